"""FEDERATION.md A.4 to A.6, C.0 to C.6, D.1, I.3, I.11."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from node.activitypub import (
    jsonld,
    reading,
    strictjson,
    writing,
    writing_media,
    writing_messages,
    writing_objects,
)
from node.activitypub.documents import Image, Link, Mention
from node.activitypub.trimmings import CustomEmoji, Media
from node.activitypub.vocabulary import ACTIVITYSTREAMS, CONTEXT, PLAIN_CONTEXT, PUBLIC

WHEN = datetime(2026, 11, 3, 10, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
ALICE, GROUP = "https://a.example/u/alice", "https://h.example/c/bees"
POST, COMMENT = "https://a.example/post/1", "https://a.example/comment/2"


def person(**changed):
    given = {
        "iri": ALICE, "type": "Person", "preferred_username": "alice", "inbox": f"{ALICE}/inbox",
        "outbox": f"{ALICE}/outbox", "public_key_pem": "PEM", "published": WHEN,
        "shared_inbox": "https://a.example/inbox",
    }  # fmt: skip
    return writing.LocalActor(**{**given, **changed})


GROUP_ACTOR = person(
    iri=GROUP, type="Group", preferred_username="bees", name="Bees", webfinger="bees@h.example", url=GROUP,
    inbox=f"{GROUP}/inbox", outbox=f"{GROUP}/outbox", shared_inbox="https://h.example/inbox",
    summary="<p>All about bees.</p>", summary_source="All about bees.", description="Bees, one line",
    followers=f"{GROUP}/followers", following=f"{GROUP}/following", featured=f"{GROUP}/featured",
    moderators=f"{GROUP}/moderators", icon=Image("https://h.example/i.png", "image/png", "A bee", 9, 9),
    image=Image("https://h.example/b.jpg"), languages=(("en", "English"), ("fr", "Français")),
    tags=((f"{GROUP}/tag/swarms", "Swarms"),), updated=WHEN,
)  # fmt: skip
PERSON = person(
    name="Alice", url=ALICE, webfinger="alice@a.example", followers=f"{ALICE}/followers", moved_to="https://new.example/u/alice",
    following=f"{ALICE}/following", fields=(("Site", "<a>x</a>"),), also_known_as=("https://old.example/u/a",),
    icon=Image("https://a.example/i.png", blurhash="UB"), manually_approves_followers=True,
)  # fmt: skip
NODE = person(
    iri="https://h.example/",
    type="Application",
    preferred_username="h.example",
    manually_approves_followers=True,
)


def local(**changed):
    given = {
        "iri": POST, "attributed_to": ALICE, "to": (GROUP, PUBLIC), "cc": (f"{ALICE}/followers",), "published": WHEN,
        "audience": GROUP, "context": f"{POST}/context", "name": "Which roses?", "content": "<p>For <em>shade</em>.</p>",
        "source": "For *shade*.", "language": ("en", "English"), "excerpt": "<p>For shade.</p>", "url": POST,
        "link": Link("https://x.example/roses", "text/html", "Roses"),
        "media": (Media("image", "https://a.example/r.png", "image/png", "A rose", 640, 480, "UB", (0.5, -0.25)), Media("video", "https://a.example/r.mp4", "video/mp4")),
        "thumbnail": "https://a.example/t.png", "mentions": (Mention(GROUP, "@bees@h.example"),),
        "hashtags": (("roses", "https://a.example/tag/roses"),), "updated": WHEN, "replies": f"{POST}/replies",
        "likes": f"{POST}/likes", "shares": f"{POST}/shares",
    }  # fmt: skip
    return writing.LocalObject(**{**given, **changed})


PAGE = writing.write_page(local())
REPLY = writing.write_note(
    local(
        iri=COMMENT,
        name=None,
        in_reply_to=POST,
        to=(PUBLIC, GROUP),
        cc=(ALICE,),
        link=None,
        media=(),
        thumbnail=None,
        content_warning="Thorns",
        quote="https://b.example/post/9",
        quote_stamp="https://b.example/stamps/1",
        approved_by="https://b.example/stamps/2",
        emojis=(CustomEmoji("rose", "https://a.example/e.png", WHEN),),
    )
)
FOLLOW = writing.write_follow(GROUP, iri="https://a.example/activities/follow/1", actor=ALICE)
LIKE = writing.write_like(
    POST, iri="https://a.example/activities/like/1", actor=ALICE, to=(GROUP, PUBLIC), audience=GROUP
)
CREATE = writing.write_create(PAGE, iri="https://a.example/activities/create/1", actor=ALICE, published=WHEN)
REMOVAL = writing.write_delete(
    POST,
    iri="https://h.example/activities/delete/1",
    actor=f"{GROUP}/mod",
    to=(GROUP, PUBLIC),
    cc=(GROUP,),
    audience=GROUP,
    summary="Spam",
    published=WHEN,
)
RECEIVED = {
    "@context": "https://x.example/c",
    "id": "https://b.example/1",
    "type": "Like",
    "actor": "https://b.example/u",
    "object": POST,
    "to": None,
}


def make(kind, **options):
    return getattr(writing, f"write_{kind}")(**options)


EVERYTHING = {
    "group": writing.write_actor(GROUP_ACTOR),
    "person": writing.write_actor(PERSON),
    "service": writing.write_actor(person(type="Service")),
    "node": writing.write_actor(NODE),
    "page": PAGE,
    "note": REPLY,
    "create page": CREATE,
    "create note": writing.write_create(REPLY, iri="https://a.example/activities/create/2", actor=ALICE),
    "update page": writing.write_update(PAGE, iri="https://a.example/activities/update/1", actor=ALICE, published=WHEN),
    "update group": writing.write_update(writing.write_actor(GROUP_ACTOR), iri="https://h.example/activities/update/2", actor=f"{GROUP}/mod", to=(GROUP, PUBLIC), cc=(GROUP,), audience=GROUP),
    "delete": writing.write_delete(POST, iri="https://a.example/activities/delete/2", actor=ALICE, to=(GROUP, PUBLIC)),
    "remove": REMOVAL,
    "follow": FOLLOW,
    "accept": writing.write_accept(FOLLOW, iri="https://h.example/activities/accept/1", actor=GROUP, to=(ALICE,)),
    "reject": writing.write_reject(FOLLOW, iri="https://h.example/activities/reject/1", actor=GROUP, to=(ALICE,)),
    "like": LIKE,
    "dislike": writing.write_dislike(POST, iri="https://a.example/activities/dislike/1", actor=ALICE, to=(GROUP, PUBLIC), audience=GROUP),
    "undo like": writing.write_undo(LIKE, iri="https://a.example/activities/undo/1", actor=ALICE),
    "undo follow": writing.write_undo(FOLLOW, iri="https://a.example/activities/undo/2", actor=ALICE),
    "undo remove": writing.write_undo(REMOVAL, iri="https://h.example/activities/undo/3", actor=f"{GROUP}/mod", to=(GROUP,), cc=(), audience=GROUP, published=WHEN),
    "announce create": writing.write_announce(GROUP, {name: one for name, one in CREATE.items() if name != "@context"}, iri="https://h.example/activities/announce/1", to=(GROUP, PUBLIC), cc=(f"{GROUP}/followers",), published=WHEN),
    "announce id": writing.write_announce(GROUP, POST, iri="https://h.example/activities/announce/2", cc=(f"{GROUP}/followers", ALICE)),
    "undo announce": writing.write_undo(writing.write_announce(GROUP, POST, iri="https://h.example/activities/announce/2"), iri="https://h.example/activities/undo/4", actor=GROUP),
    "block": writing.write_activity("Block", iri="https://h.example/activities/block/1", actor=f"{GROUP}/mod", obj=ALICE, to=(PUBLIC,), cc=(GROUP,), audience=GROUP, target=GROUP, summary="Spam", extra={"removeData": True, "expires": "2027-01-01T00:00:00Z", "endTime": None}),
    "flag": writing.write_activity("Flag", iri="https://a.example/activities/flag/1", actor=ALICE, obj=POST, to=(GROUP,), audience=GROUP, content="Rude"),
    "tombstone": writing.write_tombstone(POST, former_type="Page", deleted=WHEN),
    "followers": writing.write_collection(f"{GROUP}/followers", total=42),
    "moderators": writing.write_ordered_collection(f"{GROUP}/moderators", [ALICE]),
    "context": writing.write_ordered_collection(f"{POST}/context", [POST, COMMENT], name="Which roses?", attributed_to=GROUP, audience=GROUP),
    "outbox": writing.write_ordered_collection(f"{GROUP}/outbox", [writing.write_announce(GROUP, CREATE, iri="https://h.example/activities/announce/1")]),
    "cover": writing.write_ordered_collection(f"{GROUP}/outbox", None, total=900, first=f"{GROUP}/outbox?page=1"),
    "one of many": writing.write_ordered_collection(f"{GROUP}/outbox?page=1", [POST], total=900, part_of=f"{GROUP}/outbox", next_page=f"{GROUP}/outbox?page=2"),
}  # fmt: skip
EVERYTHING |= {
    "reaction": writing_media.write_reaction(POST, "🌹", iri="https://a.example/activities/like/2", actor=ALICE, to=(GROUP, PUBLIC), audience=GROUP),
    "quote request": writing_media.write_request("QuoteRequest", iri="https://a.example/activities/quoterequest/1", actor=ALICE, obj=POST, instrument=REPLY, to=GROUP),
    "like request": writing_media.write_request("LikeRequest", iri="https://a.example/activities/likerequest/1", actor=ALICE, obj=POST, instrument=LIKE, to=GROUP),
    "reply request": writing_media.write_request("ReplyRequest", iri="https://a.example/activities/replyrequest/1", actor=ALICE, obj=POST, instrument=REPLY, to=GROUP),
    "announce request": writing_media.write_request("AnnounceRequest", iri="https://a.example/activities/announcerequest/1", actor=GROUP, obj=POST, instrument=EVERYTHING["announce id"], to=ALICE),
} | {
    f"{kind} stamp": writing_media.write_stamp(kind, iri="https://a.example/stamps/1", author=ALICE, interaction=COMMENT, target=POST)
    for kind in ("quote", "like", "reply", "announce")
}  # fmt: skip
EVERYTHING["undo reaction"] = writing.write_undo(
    EVERYTHING["reaction"], iri="https://a.example/activities/undo/9", actor=ALICE
)
EVERYTHING["message"] = writing_messages.write_message(
    "Note",
    iri="https://a.example/messages/1",
    author=ALICE,
    recipients=[Mention("https://b.example/u/bob", "@bob@b.example")],
    content="<p>Hi</p>",
    source="Hi",
    published=WHEN,
    updated=WHEN,
    in_reply_to=COMMENT,
)
for stamp in ("https://a.example/stamps/1", None):
    EVERYTHING[f"grant {stamp}"] = writing_media.write_grant(
        EVERYTHING["quote request"],
        iri="https://a.example/activities/accept/9",
        actor=ALICE,
        to=GROUP,
        stamp=stamp,
    )
READ = {
    "activity": reading.read_activity,
    "actor": reading.read_actor,
    "object": reading.read_object,
    "collection": reading.read_collection,
    "tombstone": reading.read_tombstone,
}


def nulls(value):
    if isinstance(value, dict):
        return any(one is None or nulls(one) for one in value.values())
    return isinstance(value, list) and any(one is None or nulls(one) for one in value)


@pytest.mark.parametrize("name", EVERYTHING)
def test_everything_we_send_keeps_the_rules_of_all(name):
    document = EVERYTHING[name]
    assert next(iter(document)) == "@context"
    assert not nulls(document)
    assert isinstance(document["type"], str)
    if reading.kind_of(document) in {"activity", "object"} and "stamp" not in name.split():
        assert isinstance(document["to"], list)
        assert isinstance(document["cc"], list)
    assert strictjson.load(strictjson.dump(document)) == document
    assert b"\\u" not in strictjson.dump(document)


@pytest.mark.parametrize("name", EVERYTHING)
def test_everything_we_send_expands_with_no_term_lost(name):
    assert jsonld.lost_terms(EVERYTHING[name]) == set()


@pytest.mark.parametrize("name", EVERYTHING)
def test_everything_we_send_we_can_read(name):
    document = EVERYTHING[name]
    assert READ[reading.kind_of(document)](document).iri == document["id"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_contexts_stand_at_the_top_alone(name):
    inside = json.dumps({key: value for key, value in EVERYTHING[name].items() if key != "@context"})
    assert ("@context" in inside) is (name == "outbox")  # a document passed on keeps what it had


def test_a_group_says_all_that_peers_need():
    group = EVERYTHING["group"]
    assert group["type"] == "Group"
    assert group["attributedTo"] == group["moderators"] == f"{GROUP}/moderators"
    assert group["publicKey"] == {"id": f"{GROUP}#main-key", "owner": GROUP, "publicKeyPem": "PEM"}
    assert group["endpoints"] == {"sharedInbox": "https://h.example/inbox"}
    assert group["source"] == {"content": "All about bees.", "mediaType": "text/markdown"}
    assert group["mediaType"] == "text/html"
    assert group["language"] == [
        {"identifier": "en", "name": "English"},
        {"identifier": "fr", "name": "Français"},
    ]
    assert group["tag"] == [
        {
            "type": "CommunityPostTag",
            "id": f"{GROUP}/tag/swarms",
            "preferredUsername": "swarms",
            "name": "Swarms",
        }
    ]
    assert group["icon"] == {
        "type": "Image",
        "mediaType": "image/png",
        "url": "https://h.example/i.png",
        "name": "A bee",
        "width": 9,
        "height": 9,
    }
    assert group["published"] == group["updated"] == "2026-11-03T09:00:00Z"
    assert {
        "sensitive",
        "postingRestrictedToMods",
        "manuallyApprovesFollowers",
        "discoverable",
        "indexable",
        "featured",
        "following",
        "webfinger",
        "description",
    } <= set(group)
    read = reading.read_actor(group)
    assert (read.moderators, read.preferred_username, read.summary_source) == (
        f"{GROUP}/moderators",
        "bees",
        "All about bees.",
    )


def test_a_person_says_less_and_a_node_least():
    member, node = EVERYTHING["person"], EVERYTHING["node"]
    assert member["alsoKnownAs"] == ["https://old.example/u/a"]
    assert member["movedTo"] == "https://new.example/u/alice"
    assert member["attachment"] == [{"type": "PropertyValue", "name": "Site", "value": "<a>x</a>"}]
    assert {"attributedTo", "moderators", "postingRestrictedToMods", "language"}.isdisjoint(member)
    assert set(node) == {
        "@context",
        "id",
        "type",
        "preferredUsername",
        "inbox",
        "outbox",
        "endpoints",
        "manuallyApprovesFollowers",
        "published",
        "publicKey",
    }
    assert PERSON.key_id == f"{ALICE}#main-key"


def test_a_page_says_all_that_peers_need():
    assert PAGE["to"] == [GROUP, PUBLIC]
    assert PAGE["attachment"][0] == {
        "type": "Link",
        "href": "https://x.example/roses",
        "mediaType": "text/html",
        "name": "Roses",
    }
    assert PAGE["attachment"][1] == {
        "type": "Image",
        "mediaType": "image/png",
        "url": "https://a.example/r.png",
        "name": "A rose",
        "width": 640,
        "height": 480,
        "blurhash": "UB",
        "focalPoint": [0.5, -0.25],
    }
    assert PAGE["attachment"][2]["type"] == "Document", "Lemmy knows no Video (I.18)"
    assert PAGE["image"] == {"type": "Image", "url": "https://a.example/t.png"}
    assert PAGE["tag"] == [
        {"type": "Mention", "href": GROUP, "name": "@bees@h.example"},
        {"type": "Hashtag", "href": "https://a.example/tag/roses", "name": "#roses"},
    ]
    assert PAGE["contentMap"] == {"en": PAGE["content"]}
    assert (PAGE["summaryMap"], "summary" in PAGE) == ({"en": "<p>For shade.</p>"}, False)
    assert PAGE["interactionPolicy"] == {
        f"can{deed}": {"automaticApproval": [PUBLIC]} for deed in ("Like", "Reply", "Announce", "Quote")
    }
    assert (PAGE["commentsEnabled"], PAGE["stickied"], PAGE["sensitive"]) == (True, False, False)
    assert "inReplyTo" not in PAGE
    read = reading.read_object(PAGE)
    assert (read.name, read.link_url, read.language, read.source_markdown) == (
        "Which roses?",
        "https://x.example/roses",
        "en",
        "For *shade*.",
    )


def test_a_bare_page_still_has_what_mbin_reads_unguarded():
    bare = writing.write_page(
        local(
            name=None,
            content=None,
            source=None,
            language=None,
            excerpt=None,
            url=None,
            link=None,
            media=(),
            thumbnail=None,
            mentions=(),
            hashtags=(),
            policy=None,
            updated=None,
            cc=(),
        )
    )
    assert (bare["name"], bare["content"], bare["url"], bare["cc"], bare["attachment"], bare["tag"]) == (
        "",
        "",
        POST,
        [],
        [],
        [],
    )
    assert {
        "summary",
        "summaryMap",
        "source",
        "contentMap",
        "language",
        "image",
        "interactionPolicy",
        "updated",
    }.isdisjoint(bare)


def test_a_comment_has_no_title_and_its_summary_is_a_warning():
    assert REPLY["inReplyTo"] == POST
    assert REPLY["summary"] == "Thorns"
    assert {"name", "commentsEnabled", "stickied", "image"}.isdisjoint(REPLY)
    assert "summary" not in writing.write_note(local(content_warning=None, in_reply_to=POST))


def test_a_warning_of_a_page_takes_the_place_of_its_excerpt():
    """I.28: whoever takes a summary for a warning is right then."""
    page = writing.write_page(local(content_warning="Thorns"))
    assert (page["summary"], "summaryMap" in page) == ("Thorns", False)
    assert writing.write_page(local(language=None))["summaryMap"] == {"und": "<p>For shade.</p>"}


def test_a_quote_is_named_in_each_spelling_with_its_stamp():
    assert {REPLY[name] for name in ("quote", "quoteUri", "_misskey_quote")} == {"https://b.example/post/9"}
    assert REPLY["quoteAuthorization"] == "https://b.example/stamps/1"
    assert REPLY["approvedBy"] == "https://b.example/stamps/2"
    assert REPLY["tag"][-1] == {
        "type": "Emoji",
        "name": ":rose:",
        "updated": "2026-11-03T09:00:00Z",
        "icon": {"type": "Image", "url": "https://a.example/e.png"},
    }


def test_a_create_repeats_what_its_object_says():
    create = EVERYTHING["create note"]
    for name in ("to", "cc", "audience", "tag"):
        assert create[name] == REPLY[name]
    assert "tag" not in CREATE
    assert CREATE["object"]["id"] == POST


def test_an_update_of_an_actor_leaves_the_actor_without_recipients():
    update = EVERYTHING["update group"]
    assert (update["to"], update["cc"], update["audience"]) == ([GROUP, PUBLIC], [GROUP], GROUP)
    assert {"to", "cc"}.isdisjoint(update["object"])
    assert EVERYTHING["update page"]["to"] == PAGE["to"]


def test_only_a_removal_has_a_summary():
    assert "summary" not in EVERYTHING["delete"]
    assert REMOVAL["summary"] == "Spam"
    assert EVERYTHING["undo remove"]["object"]["summary"] == "Spam"
    assert writing.write_delete(POST, iri=POST, actor=ALICE, to=(), summary="")["summary"] == ""


def test_a_follow_is_addressed_to_the_followed_alone():
    assert (FOLLOW["to"], FOLLOW["cc"], FOLLOW["object"]) == ([GROUP], [], GROUP)


def test_an_answer_embeds_what_it_answers():
    accept = writing.write_accept(
        {**FOLLOW, "@context": "x", "signature": {}}, iri="https://h.example/1", actor=GROUP, to=(ALICE,)
    )
    assert accept["object"] == {"id": FOLLOW["id"], "type": "Follow", "actor": ALICE, "object": GROUP}


def test_an_undo_goes_where_the_undone_went():
    undo = EVERYTHING["undo like"]
    assert (undo["to"], undo["audience"], undo["object"]["type"]) == ([GROUP, PUBLIC], GROUP, "Like")


def test_an_announcement_passes_on_what_came_unchanged():
    announce = writing.write_announce(GROUP, RECEIVED, iri="https://h.example/1")
    assert announce["object"] is RECEIVED
    assert announce["object"]["to"] is None
    assert announce["@context"] == PLAIN_CONTEXT, "what is carried explains itself"
    bare = {name: value for name, value in RECEIVED.items() if name != "@context"}
    assert writing.write_announce(GROUP, bare, iri="https://h.example/1")["@context"] == CONTEXT
    by_id = EVERYTHING["announce id"]
    assert (by_id["object"], by_id["@context"], by_id["to"]) == (POST, ACTIVITYSTREAMS, [PUBLIC])


def test_collections_count_what_they_hold_unless_told():
    assert EVERYTHING["moderators"]["totalItems"] == 1
    assert EVERYTHING["followers"] == {
        "@context": ACTIVITYSTREAMS,
        "id": f"{GROUP}/followers",
        "type": "Collection",
        "totalItems": 42,
        "items": [],
    }
    page, cover = EVERYTHING["one of many"], EVERYTHING["cover"]
    assert (page["type"], page["totalItems"], page["partOf"]) == (
        "OrderedCollectionPage",
        900,
        f"{GROUP}/outbox",
    )
    assert "orderedItems" not in cover
    assert writing.write_ordered_collection(GROUP, [])["orderedItems"] == []


def test_moments_are_whole_seconds_of_utc():
    assert writing.write_moment(WHEN) == "2026-11-03T09:00:00Z"
    assert writing.write_moment(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05Z"
    assert writing.write_moment(None) is None
    assert writing.write_image(None) is None


def test_a_grant_names_its_request_and_carries_the_stamp():
    accept, reject = EVERYTHING["grant https://a.example/stamps/1"], EVERYTHING["grant None"]
    assert (accept["type"], accept["result"]) == ("Accept", "https://a.example/stamps/1")
    assert (reject["type"], "result" in reject) == ("Reject", False)
    assert accept["object"]["type"] == "QuoteRequest"


def test_a_stamp_names_both_sides():
    quote, like = EVERYTHING["quote stamp"], EVERYTHING["like stamp"]
    assert (quote["interactingObject"], quote["interactionTarget"]) == (COMMENT, POST)
    assert (like["type"], like["object"], like["target"]) == ("LikeApproval", COMMENT, POST)


def test_answers_are_listed_page_by_page_and_nothing_of_it_is_lost():
    """GoToSocial crawls an embedded first page alone (E)."""
    answers = [f"{COMMENT}{n}" for n in range(3)]
    written = writing_objects.write_replies(f"{POST}/replies", answers[:2], total=3)
    assert (written["totalItems"], written["first"]["items"]) == (3, answers[:2])
    assert written["first"]["next"] == f"{POST}/replies/2"
    last = writing_objects.write_replies_page(f"{POST}/replies", answers[2:], number=2, more=False)
    assert (last["partOf"], last["items"], "next" in last) == (f"{POST}/replies", answers[2:], False)
    for document in (written, last):
        assert jsonld.lost_terms({"@context": ACTIVITYSTREAMS, **document}) == set()
