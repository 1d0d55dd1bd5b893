"""What every document must say, and how it says it (FEDERATION.md section I, items 1 to 38; THREATS.md V21, V22, V37, A53 to A56)."""

import copy
from datetime import UTC, datetime

import pytest

from node.activitypub import reading
from node.activitypub.vocabulary import PUBLIC
from node.errors import Malformed
from tests.activitypub.least import ALICE, GROUP, LIKE, NOTE, actor, like, note, refused


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
