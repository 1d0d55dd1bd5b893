"""FEDERATION.md section I, items 1 to 38, and THREATS.md V21, V22, V37, A53 to A56."""

import contextlib
import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.activitypub import reading, strictjson
from node.activitypub.documents import Image
from node.activitypub.vocabulary import PUBLIC
from node.errors import Malformed

WIRE = Path(__file__).parent.parent / "wire"
ALICE, GROUP = "https://a.example/u/alice", "https://h.example/c/bees"
NOTE = {"id": "https://a.example/n/1", "type": "Note", "attributedTo": ALICE, "content": "<p>x</p>"}
LIKE = {"id": "https://a.example/l/1", "type": "Like", "actor": ALICE, "object": "https://h.example/post/1"}
ACTOR = {"id": ALICE, "type": "Person", "preferredUsername": "alice", "inbox": f"{ALICE}/inbox"}


def note(**changed):
    return reading.read_object({**NOTE, **changed})


def like(**changed):
    return reading.read_activity({**LIKE, **changed})


def actor(**changed):
    return reading.read_actor({**ACTOR, **changed})


def refused(read, **changed):
    with pytest.raises(Malformed):
        read(**changed)


def test_the_least_of_each_is_enough():
    assert note().attributed_to == ALICE
    assert like().actor == ALICE
    assert actor().inbox == f"{ALICE}/inbox"


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"type": "Like"}, "activity"),
        ({"type": ["x:Thing", "Note"]}, "object"),
        ({"type": "as:Note"}, "object"),
        ({"type": "Feed", "inbox": "https://h.example/f"}, "actor"),
        ({"type": "Person", "publicKey": {}}, "key"),
        ({"type": "Person"}, "actor"),
        ({"type": "OrderedCollectionPage"}, "collection"),
        ({"type": "Tombstone"}, "tombstone"),
        ({"type": "CryptographicKey"}, "key"),
        ({"publicKeyPem": "x"}, "key"),
        ({"type": "Purr", "actor": ALICE}, "activity"),
        ({"type": "Purr", "actor": ALICE, "attributedTo": ALICE}, "object"),
        ({"type": "Robot", "inbox": "x"}, "actor"),
        ({"type": "Heap", "items": []}, "collection"),
        ({"type": "Sculpture"}, "object"),
    ],
)
def test_the_kind_is_told_by_type_or_guessed(document, kind):
    assert reading.kind_of(document) == kind


@pytest.mark.parametrize(
    "document", [{}, {"type": None}, {"type": 1}, {"type": []}, {"type": ["Note", "Create"]}]
)
def test_a_kind_that_is_unclear_is_refused(document):
    with pytest.raises(Malformed):
        reading.kind_of(document)


def test_a_document_of_one_kind_is_not_read_as_another():
    for read, wrong in [
        (like, "Note"),
        (note, "Create"),
        (actor, "Note"),
        (note, ["Note", "Create"]),
        (note, None),
    ]:
        refused(read, type=wrong)
    with pytest.raises(Malformed):
        reading.read_tombstone({**NOTE})
    with pytest.raises(Malformed):
        reading.read_collection({**NOTE})


def test_unknown_types_are_kept():
    assert like(type="Purr").type == "Purr"
    assert actor(type=["Group", "x:Club"]).types == ("Group", "x:Club")
    assert actor(type=["x:Club", "Group"]).type == "Group"


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        True,
        "",
        "1",
        "x",
        "acct:a@b",
        "ftp://h.example/",
        [],
        {},
        {"id": 1},
        ["https://a.example/1", "https://a.example/2"],
        "https://a b",
        "https:///x",
    ],
)
def test_who_and_what_must_be_one_address(value):
    refused(note, id=value)
    refused(like, id=value)
    refused(like, actor=value)
    refused(actor, id=value)
    refused(actor, inbox=value)


@pytest.mark.parametrize(
    "value",
    [
        1,
        "1",
        [1],
        {"id": 1},
        [ALICE, 1],
        {},
        [{}],
        "alice",
        True,
        [[ALICE]],
        [ALICE, "https://victim.example/u"],
        [{"type": "Group", "id": GROUP}, {"type": "Group", "id": ALICE}],
    ],
)
def test_an_author_is_one_address_or_none(value):
    refused(note, attributedTo=value)


def test_the_author_is_found_in_every_shape():
    for value in (
        ALICE,
        [ALICE],
        {"id": ALICE},
        {"type": "Person", "id": ALICE},
        [ALICE, None],
        [ALICE, ALICE],
    ):
        assert note(attributedTo=value).attributed_to == ALICE
    both = note(attributedTo=[{"type": "Person", "id": ALICE}, {"type": "Group", "id": GROUP}])
    assert (both.attributed_to, both.group_attribution) == (ALICE, GROUP)
    alone = note(attributedTo={"type": "Group", "id": GROUP})
    assert (alone.attributed_to, alone.group_attribution) == (GROUP, GROUP)
    assert note(attributedTo=None, actor=ALICE).attributed_to == ALICE
    refused(note, attributedTo=None)


def test_the_actor_may_be_embedded_or_listed():
    for value in ({"id": ALICE, "type": "Person"}, [ALICE], [{"id": ALICE}, ALICE]):
        assert like(actor=value).actor == ALICE


def test_an_inner_activity_may_lack_an_id():
    anonymous = {name: value for name, value in LIKE.items() if name != "id"}
    assert reading.read_activity(anonymous, need_id=False).iri == ""
    assert reading.read_activity(LIKE, need_id=False).iri == LIKE["id"]
    with pytest.raises(Malformed):
        reading.read_activity(anonymous)
    with pytest.raises(Malformed):
        reading.read_activity({**anonymous, "id": 5}, need_id=False)


def test_the_object_comes_in_every_shape():
    inner = {"id": "https://a.example/2", "type": "Note"}
    for value, iri, embedded in [
        ("https://a.example/2", "https://a.example/2", None),
        (inner, "https://a.example/2", inner),
        ([inner], "https://a.example/2", inner),
        ([inner, inner], "https://a.example/2", None),
        ({"id": "https://a.example/2"}, "https://a.example/2", None),
        (["https://a.example/2", "https://a.example/3"], "https://a.example/2", None),
        ({"type": "Follow"}, None, {"type": "Follow"}),
        (None, None, None),
        (7, None, None),
        ("tag:x", None, None),
    ]:
        read = like(object=value)
        assert (read.object_iri, read.inner) == (iri, embedded)
    assert like(object=7).object is None


def test_addresses_come_in_every_shape():
    for value in (GROUP, [GROUP], {"id": GROUP}, [{"id": GROUP}, GROUP, None, 5, {}, "x"]):
        assert like(to=value).to == (GROUP,)
    assert like(to=None, cc=[]).addressees == ()
    assert like(to="as:Public").to == like(to=["Public"]).to == like(to=PUBLIC).to == (PUBLIC,)
    assert len(like(to=[f"https://a.example/{i}" for i in range(2_000)]).to) == 1_000


def test_unlisted_is_public_all_the_same():
    unlisted = note(to=[GROUP], cc=["as:Public"])
    assert unlisted.is_public
    assert unlisted.is_unlisted
    assert unlisted.addressees == (GROUP, PUBLIC)
    assert not note(to=[GROUP]).is_public


def test_null_is_absence():
    read = note(
        **dict.fromkeys(
            [
                "name",
                "content",
                "contentMap",
                "summary",
                "source",
                "mediaType",
                "inReplyTo",
                "to",
                "cc",
                "audience",
                "context",
                "url",
                "attachment",
                "image",
                "icon",
                "tag",
                "sensitive",
                "published",
                "updated",
                "replies",
                "commentsEnabled",
                "quote",
                "language",
            ]
        )
    )
    assert read == reading.read_object({name: value for name, value in NOTE.items() if name != "content"})
    assert note(content=None, contentMap={"en": None}).content is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.example/p", "https://a.example/p"),
        ({"type": "Link", "href": "https://a.example/p"}, "https://a.example/p"),
        (
            [
                {"href": "magnet:?x"},
                {"mediaType": "video/mp4", "href": "https://a.example/v"},
                {"mediaType": "text/html; charset=utf-8", "href": "https://a.example/p"},
            ],
            "https://a.example/p",
        ),
        (
            [{"mediaType": "video/mp4", "href": "https://a.example/v"}, "https://a.example/p"],
            "https://a.example/p",
        ),
        ([{"mediaType": "video/mp4", "href": "https://a.example/v"}], "https://a.example/v"),
        ("javascript:alert(1)", None),
        (["data:text/html,x"], None),
        (5, None),
        ({}, None),
    ],
)
def test_the_page_is_found_among_urls(value, expected):
    assert note(url=value).url == expected


def test_icons_come_in_every_shape():
    small, large = (
        {"type": "Image", "url": "https://a.example/s"},
        {"type": "Image", "url": [{"href": "https://a.example/l"}]},
    )
    for value in (
        large,
        [small, large],
        "https://a.example/l",
        ["https://a.example/l", 5],
        [small, None, large],
    ):
        assert actor(icon=value).icon_url == "https://a.example/l"
        assert actor(image=value).image_url == "https://a.example/l"
    for value in (None, [], {}, 5, {"url": "data:image/png;base64,x"}):
        assert actor(icon=value).icon_url is None


def test_pictures_are_read_with_their_words_and_sizes():
    read = note(
        attachment=[
            {
                "type": "Document",
                "mediaType": "image/PNG",
                "url": "https://a.example/1.png",
                "name": " A &amp; B ",
                "width": "640",
                "height": 480.0,
                "blurhash": "U",
            },
            {"type": "Document", "mediaType": "video/mp4", "url": "https://a.example/2.mp4"},
            {"type": "Image", "href": "https://a.example/3", "summary": "alt", "width": -1, "height": True},
            {"type": "Document", "url": "https://a.example/4.JPG?x=1"},
            {"type": "Document", "url": "https://a.example/5"},
            {"type": "Image", "url": "https://a.example/3"},
            {"type": "Image"},
            "https://a.example/6",
        ],
        image={"url": "https://a.example/thumbnail"},
    )
    assert read.images == (
        Image("https://a.example/1.png", "image/png", "A & B", 640, 480, "U"),
        Image("https://a.example/3", None, "alt"),
        Image("https://a.example/4.JPG?x=1"),
    )
    assert (
        note(attachment={"type": "Image", "url": "https://a.example/7"}).images[0].url
        == "https://a.example/7"
    )
    assert note(image=["https://a.example/8"], icon="https://a.example/9").images == (
        Image("https://a.example/8"),
    )


def test_the_link_of_a_post_is_found():
    link = {"type": "Link", "href": "https://x.example/", "name": "X"}
    assert note(attachment=link).link_url == "https://x.example/"
    assert (
        note(
            attachment=[
                {"type": "Image", "url": "https://a.example/i"},
                {"type": "Page", "url": "https://y.example/"},
            ]
        ).link_url
        == "https://y.example/"
    )
    assert note(attachment=[{"type": "Link", "href": "javascript:x"}]).link_url is None
    assert note(source="https://z.example/").link_url == "https://z.example/"
    assert note(source="plain words").link_url is None
    assert note(type="Link", href="https://l.example/").link_url == "https://l.example/"
    assert note(type="Video", url="https://v.example/").link_url == "https://v.example/"


def test_tags_come_in_every_shape():
    read = note(
        tag=[
            "cofe",
            None,
            {"type": "Mention", "href": ALICE, "name": "@alice"},
            {"type": "Mention", "href": ALICE, "name": "again"},
            {"type": "Mention", "name": "@nobody"},
            {"type": "Hashtag", "href": "/tags/test", "name": "#Test"},
            {"type": "Hashtag", "href": "/tags/unnamed/"},
            {"type": "Hashtag", "name": "plain"},
            {"type": "Hashtag", "name": "two words"},
            {"type": "Hashtag"},
            {"type": "Link", "mediaType": 'application/ld+json; profile="x"', "href": "https://q.example/1"},
            {"type": "Emoji", "name": ":bee:"},
        ]
    )
    assert [one.href for one in read.mentions] == [ALICE]
    assert read.mentions[0].name == "@alice"
    assert read.hashtags == ("Test", "unnamed", "plain")
    assert read.quote == "https://q.example/1"
    assert note(tag={"type": "Hashtag", "name": "#one"}).hashtags == ("one",)


def test_quotes_have_several_names():
    for name in ("quote", "quoteUri", "quoteUrl", "_misskey_quote"):
        assert note(**{name: "https://q.example/2"}).quote == "https://q.example/2"


def test_markdown_is_taken_from_where_it_is():
    source = {"content": "*x*", "mediaType": "text/markdown; charset=utf-8"}
    assert note(source=source).source_markdown == "*x*"
    for other in (
        "*x*",
        {"content": "*x*"},
        {"content": "[b]x[/b]", "mediaType": "text/bbcode"},
        [],
        5,
        {"content": {}, "mediaType": "text/markdown"},
    ):
        assert note(source=other).source_markdown is None
    video = note(mediaType="text/markdown", content="*x*")
    assert (video.content, video.source_markdown, video.content_media_type) == (None, "*x*", "text/markdown")
    assert note(mediaType="text/markdown", content="*y*", source=source).source_markdown == "*x*"


def test_plain_content_becomes_html():
    assert note(mediaType="text/plain", content="a < b\nc").content == "<p>a &lt; b<br>c</p>"
    assert note(mediaType="TEXT/HTML", content="<p>").content == "<p>"
    assert note(mediaType="nonsense").content_media_type == "text/html"


def test_a_language_is_chosen_where_there_are_several():
    versions = {"en": "<p>en</p>", "fr": "<p>fr</p>"}
    assert note(content=None, contentMap=versions, language="fr").content == "<p>fr</p>"
    assert note(content=None, contentMap=versions).content == "<p>en</p>"
    assert (
        note(content=None, contentMap={**versions, "und": "<p>und</p>"}, language="fr").content
        == "<p>und</p>"
    )
    assert note(content="<p>x</p>", contentMap=versions).content == "<p>x</p>"
    assert note(name=None, nameMap={"fr": "Nom"}).name == "Nom"
    assert note(summaryMap={"fr": "Résumé"}).summary == "Résumé"
    assert note(content=None, contentMap=["x"]).content is None


def test_the_language_is_told_in_several_ways():
    for changed in (
        {"language": {"identifier": "fr", "name": "F"}},
        {"language": "fr"},
        {"inLanguage": "fr"},
        {"contentMap": {"fr": "x"}},
        {"language": [{"identifier": "und"}, {"identifier": "fr"}]},
    ):
        assert note(**changed).language == "fr"
    for changed in (
        {"language": "und"},
        {"language": "../../etc"},
        {"contentMap": {"fr": "x", "en": "y"}},
        {"language": 5},
        {"language": {}},
    ):
        assert note(**changed).language is None


def test_names_become_plain_text_once():
    assert note(name="A &amp; B &amp;amp; C").name == "A & B &amp; C"
    assert note(name=" two \n lines\t").name == "two lines"
    assert note(name="a\u202eb\u200bc\x07").name == "abc"
    assert note(name="می\u200cخواهم 👩\u200d🌾").name == "می\u200cخواهم 👩\u200d🌾"
    assert actor(name="می\u200cخواهم").name == "میخواهم"
    assert note(name=5).name == "5"
    for nothing in ("", " ", "\u200b", [], {}, True):
        assert note(name=nothing).name is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-03T09:00:00Z", "2026-11-03T09:00:00+00:00"),
        ("2026-11-03T09:00:00+00:00", "2026-11-03T09:00:00+00:00"),
        ("2026-11-03T09:00:00+02:00", "2026-11-03T07:00:00+00:00"),
        ("2026-11-03T09:00:00.123Z", "2026-11-03T09:00:00.123000+00:00"),
        ("2026-11-03T09:00:00.123456789Z", "2026-11-03T09:00:00.123456+00:00"),
        ("2026-11-03T09:00:00", "2026-11-03T09:00:00+00:00"),
        (" 2026-11-03t09:00:00z ", "2026-11-03T09:00:00+00:00"),
        ("2026-11-03", "2026-11-03T00:00:00+00:00"),
        (1793696400, "2026-11-03T09:00:00+00:00"),
        ("1793696400", "2026-11-03T09:00:00+00:00"),
        (1793696400000, "2026-11-03T09:00:00+00:00"),
        (1793696400.5, "2026-11-03T09:00:00.500000+00:00"),
        ("2999-01-01T00:00:00Z", "2999-01-01T00:00:00+00:00"),
    ],
)
def test_dates_come_in_every_shape(value, expected):
    read = note(published=value, updated=value)
    assert read.published.isoformat() == expected
    assert read.updated.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+23:00",
        True,
        [],
        {},
        10**18,
        -(10**18),
        "2026-11-03T25:00:00Z",
    ],
)
def test_a_date_that_cannot_be_read_is_absent(value):
    assert note(published=value).published is None


def test_flags_and_numbers_may_be_words():
    for yes in (True, "true", "True", 1, "1"):
        assert note(sensitive=yes).sensitive
    for no in (False, "false", 0, None, "", "maybe", [], {}):
        assert not note(sensitive=no).sensitive
    assert not note(commentsEnabled="false").comments_enabled
    assert note(commentsEnabled=[]).comments_enabled


def test_a_reply_is_never_mistaken_for_a_thread():
    assert note(inReplyTo="https://h.example/1").in_reply_to == "https://h.example/1"
    assert note(inReplyTo=["https://h.example/1"]).in_reply_to == "https://h.example/1"
    assert note(inReplyTo={"id": "https://h.example/1"}).in_reply_to == "https://h.example/1"
    for absent in (None, "", [], [None]):
        assert note(inReplyTo=absent).in_reply_to is None
    for unclear in ("tag:x", 5, {"type": "Note"}, [7]):
        refused(note, inReplyTo=unclear)


def test_contexts_of_threads_may_be_anything():
    assert note(context="tag:x").context is None
    assert note(context={"id": "https://h.example/ctx"}).context == "https://h.example/ctx"
    assert note(replies={"id": "https://h.example/r", "type": "Collection"}).replies == "https://h.example/r"


def test_moderators_and_owners_are_told_apart():
    group = {"type": "Group", "id": GROUP, "inbox": f"{GROUP}/inbox"}
    read = reading.read_actor
    assert read({**group, "attributedTo": f"{GROUP}/mods"}).moderators == f"{GROUP}/mods"
    assert read({**group, "moderators": f"{GROUP}/mods"}).moderators == f"{GROUP}/mods"
    assert (
        read({**group, "attributedTo": {"type": "Collection", "id": f"{GROUP}/mods"}}).moderators
        == f"{GROUP}/mods"
    )
    channel = read({**group, "attributedTo": [{"type": "Person", "id": ALICE}]})
    assert (channel.owners, channel.moderators) == ((ALICE,), None)
    several = read({**group, "attributedTo": [ALICE, "https://a.example/u/b"]})
    assert (several.owners, several.moderators) == ((ALICE, "https://a.example/u/b"), None)
    bot = actor(attributedTo="https://a.example/u/owner")
    assert (bot.owners, bot.moderators) == (("https://a.example/u/owner",), None)
    with pytest.raises(Malformed):
        read({**group, "attributedTo": 1})


def test_keys_of_others_are_left_out():
    def key(**changed):
        return {"id": f"{ALICE}#main-key", "owner": ALICE, "publicKeyPem": "PEM", **changed}

    assert [one.pem for one in actor(publicKey=key()).public_keys] == ["PEM"]
    assert actor(publicKey=[key(), key(id=f"{ALICE}#2")]).public_keys[1].iri == f"{ALICE}#2"
    assert actor(publicKey=f"{ALICE}#main-key").public_keys[0].pem == ""
    assert actor(publicKey=key(owner=None)).public_keys[0].owner == ALICE
    for bad in (
        key(owner="https://victim.example/u"),
        key(id=None),
        key(publicKeyPem=None),
        key(publicKeyPem="x" * 9000),
        5,
        {},
        [],
    ):
        assert actor(publicKey=bad).public_keys == ()


def test_keys_stand_alone_or_in_a_stub():
    alone = {"id": f"{ALICE}/key", "owner": ALICE, "publicKeyPem": "PEM"}
    assert reading.read_key(alone).owner == ALICE
    assert (
        reading.read_key(
            {"id": f"{ALICE}/key", "controller": ALICE, "type": "Key", "publicKeyPem": "PEM"}
        ).pem
        == "PEM"
    )
    stub = {
        "id": ALICE,
        "type": "Person",
        "publicKey": {"id": f"{ALICE}/key", "owner": ALICE, "publicKeyPem": "PEM"},
    }
    assert reading.read_key(stub).iri == f"{ALICE}/key"
    for bad in (
        {**alone, "owner": 5},
        {**alone, "owner": None},
        {**alone, "id": None},
        {**alone, "publicKeyPem": ""},
        {**stub, "publicKey": f"{ALICE}/key"},
        {**stub, "publicKey": []},
    ):
        with pytest.raises(Malformed):
            reading.read_key(bad)


def test_a_username_is_usable_or_empty():
    assert actor(preferredUsername="Bob.the_builder-1").preferred_username == "Bob.the_builder-1"
    for bad in (None, 5, "", "a b", "a@b", "a/b", "<b>", "a\u202eb", "x" * 101, []):
        assert actor(preferredUsername=bad).preferred_username == ""


def test_actors_say_what_they_want_or_what_is_usual():
    usual = actor()
    assert (usual.discoverable, usual.indexable, usual.sensitive, usual.manually_approves_followers) == (
        True,
        False,
        False,
        False,
    )
    assert (
        actor(endpoints={"sharedInbox": "https://a.example/inbox"}).shared_inbox == "https://a.example/inbox"
    )
    assert actor(sharedInbox="https://a.example/inbox").shared_inbox == "https://a.example/inbox"
    assert actor(endpoints=[]).shared_inbox is None
    assert actor(alsoKnownAs="https://old.example/u").also_known_as == ("https://old.example/u",)
    assert actor(content="<p>c</p>").summary == "<p>c</p>"
    assert actor(movedTo={"id": "https://new.example/u"}).moved_to == "https://new.example/u"


def test_collections_come_in_every_shape():
    base = {"id": "https://h.example/x", "type": "OrderedCollection"}
    read = reading.read_collection
    assert read({**base, "items": ["a", {"id": "b"}, None, 5]}).items == ("a", {"id": "b"})
    assert read({**base, "orderedItems": "https://h.example/1"}).items == ("https://h.example/1",)
    assert read({**base, "totalItems": "3", "first": "https://h.example/x?page=1"}).total_items == 3
    embedded = read({**base, "first": {"type": "CollectionPage", "next": "https://h.example/x?page=2"}})
    assert read(embedded.first).next == "https://h.example/x?page=2"
    assert read(embedded.first).iri == ""
    assert read({**base, "first": 5, "totalItems": -1}).first is None
    with pytest.raises(Malformed):
        read({**base, "id": 7})


def test_tombstones_say_what_was_there():
    read = reading.read_tombstone(
        {"id": ALICE, "type": "Tombstone", "formerType": "Note", "deleted": "2026-11-03T09:00:00Z"}
    )
    assert (read.iri, read.former_type, read.deleted) == (ALICE, "Note", datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert reading.read_tombstone({"id": ALICE, "type": "Tombstone"}).former_type is None


def test_texts_are_held_to_their_limits():
    assert note(content="x" * 100_000).content
    refused(note, content="x" * 100_001)
    refused(note, content=None, source={"content": "x" * 100_001, "mediaType": "text/markdown"})
    assert len(note(name="x" * 201).name) == 200
    assert len(note(summary="x" * 5_001).summary) == 5_000
    assert len(actor(name="x" * 201).name) == 200
    assert len(actor(summary="x" * 5_001).summary) == 5_000


def test_lists_are_held_to_their_limits():
    read = note(
        tag=[{"type": "Mention", "href": f"https://a.example/{i}"} for i in range(65)],
        attachment=[{"type": "Image", "url": f"https://a.example/{i}"} for i in range(17)],
    )
    assert (len(read.mentions), len(read.images)) == (64, 16)
    tags = [{"type": "Hashtag", "name": f"#{i}"} for i in range(3_000)]  # as many as the loader lets in
    assert len(note(tag=tags).hashtags) == 64


@pytest.mark.parametrize("keyword", ["@graph", "@included", "@reverse", "@nest"])
def test_a_document_that_rearranges_itself_is_refused(keyword):
    for document in (
        {**NOTE, keyword: []},
        {**NOTE, "a": {keyword: None}},
        {**NOTE, "a": [{"b": {keyword: {}}}]},
        {**NOTE, "@context": {keyword: "x"}},
        {**NOTE, "@context": ["https://x.example/", {"alias": keyword}]},
        {**NOTE, "@context": [[{"alias": {"@id": keyword}}]]},
    ):
        with pytest.raises(Malformed):
            reading.read_object(document)


@pytest.mark.parametrize(
    "context",
    [
        {"actor": "https://evil.example/actor"},
        {"to": None},
        {"id": "@type"},
        {"type": "as:type"},
        {"cc": {"@id": "as:to", "@type": "@id"}},
        {"as": "https://evil.example/ns#"},
        {"attributedTo": {"@reverse": "as:actor"}},
        {"object": {"@id": 5}},
        [{"x": "y"}, {"inReplyTo": "as:name"}],
    ],
)
def test_a_context_that_renames_core_terms_is_refused(context):
    refused(note, **{"@context": context})
    refused(like, **{"@context": ["https://www.w3.org/ns/activitystreams", context]})
    refused(note, attachment={"type": "Image", "@context": context})


def test_contexts_that_say_the_same_are_fine():
    same = {
        "id": "@id",
        "type": "@type",
        "as": "https://www.w3.org/ns/activitystreams#",
        "to": {"@id": "as:to", "@type": "@id"},
        "cc": {"@type": "@id"},
        "actor": "https://www.w3.org/ns/activitystreams#actor",
    }
    for context in (same, "https://unreachable.example/", [], None, 5, ["x", same, None]):
        assert note(**{"@context": context})


def test_what_was_received_is_kept_as_it_was():
    document = {**NOTE, "unknown": {"a": [None]}}
    kept = copy.deepcopy(document)
    assert reading.read_object(document).raw is document
    assert document == kept


def test_ids_are_found_in_every_shape():
    for value in (ALICE, {"id": ALICE}, [ALICE], [{"id": ALICE}, 5], [None, ALICE]):
        assert reading.id_of(value) == ALICE
    for value in (None, "", 5, [], {}, {"id": None}, [[[[ALICE]]]], "x" * 3000, True):
        assert reading.id_of(value) is None


READERS = [
    reading.read_activity,
    reading.read_actor,
    reading.read_object,
    reading.read_collection,
    reading.read_tombstone,
    reading.read_key,
]
SAMPLES = [json.loads(path.read_text()) for path in sorted(WIRE.glob("*/*.json"))]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=8) | st.sampled_from(["https://a.example/x", "as:Public", "2026-11-03T09:00:00Z", "Note", "Create", "@id"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "href", "url", "name", "mediaType", "@context", "content", "identifier"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value, path=()):
    yield path
    for key, one in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(one, (*path, key))


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_changed_in_a_sample_it_is_read_or_malformed(data):
    sample = copy.deepcopy(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from([path for path in places(sample) if path]))
        parent = sample
        for key in path:
            parent = parent[key]
        parent[last] = data.draw(ANYTHING)
    for read in [reading.kind_of, *READERS]:
        with contextlib.suppress(Malformed):
            read(sample)


FIELDS = ["id", "type", "actor", "object", "to", "cc", "audience", "target", "attributedTo", "name", "nameMap", "content", "contentMap", "mediaType", "source", "summary", "language", "inReplyTo", "context", "url", "attachment", "image", "icon", "tag", "sensitive", "published", "updated", "replies", "quote", "inbox", "endpoints", "publicKey", "alsoKnownAs", "preferredUsername", "orderedItems", "totalItems", "first", "@context"]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "value", ["x", "", 1, 1.5, True, None, [], {}, [None], [[]], {"id": {}}, [{"type": []}]]
)
def test_every_json_type_in_every_field_is_read_or_malformed(field, value):
    for base in (
        NOTE,
        LIKE,
        ACTOR,
        {"id": ALICE, "type": "Collection"},
        {"id": ALICE, "type": "Tombstone"},
        {"id": ALICE, "owner": ALICE, "publicKeyPem": "x"},
    ):
        for read in [reading.kind_of, *READERS]:
            with contextlib.suppress(Malformed):
                read({**base, field: value})


def test_the_deepest_document_the_loader_takes_can_be_read():
    deep = json.dumps({**NOTE, "x": None}).replace("null", "[" * 31 + "]" * 31)
    assert reading.read_object(strictjson.load(deep.encode()))
