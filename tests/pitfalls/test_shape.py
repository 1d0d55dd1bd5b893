"""Shapes and their reading: I.1 to I.38 (those that no other test names)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from node.activities import delete, vote
from node.activitypub import addressing, reading, strictjson, writing
from node.activitypub.documents import Image
from node.activitypub.vocabulary import PUBLIC
from node.errors import Malformed
from node.store.queries.posts import find_post
from tests.activitypub.least import ACTOR, ALICE, GROUP, NOTE, actor, like, note

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)


def page(**more):
    return writing.write_page(
        writing.LocalObject(
            iri="https://h.example/post/1",
            attributed_to=ALICE,
            to=(GROUP, PUBLIC),
            cc=(),
            published=AT,
            audience=GROUP,
            name="Title",
            **more,
        )
    )


def test_a_type_may_be_a_list_and_ours_is_one_word():
    """I.1"""
    assert note(type=["x:Thing", "Note"]).type == "Note"
    assert actor(type=["Person", "x:Thing"]).type == "Person"
    assert page()["type"] == "Page"


def test_recipients_come_in_every_shape_and_leave_as_lists():
    """I.2, I.3"""
    for given in (ALICE, [ALICE], {"id": ALICE}, [{"id": ALICE}], [ALICE, ALICE, None, 5]):
        assert note(to=given).to == (ALICE,)
    assert note(to=None).to == () == note().to
    written = page()
    assert isinstance(written["to"], list)
    assert isinstance(written["cc"], list)


def test_the_public_has_three_spellings_and_we_write_one():
    """I.4, I.6: in `cc` it is still public for groups."""
    for spelling in (PUBLIC, "as:Public", "Public"):
        assert note(to=[spelling]).is_public
        assert note(cc=[spelling]).is_public
        assert addressing.visibility(note(cc=[spelling]).to, note(cc=[spelling]).cc, None) == "unlisted"
    assert PUBLIC in page()["to"]


async def test_a_deletion_names_the_public_in_to_itself(scene):
    """I.5: Lemmy looks nowhere else; I.28: only a removal has a summary; I.3: both lists are always there."""
    iri = await scene.arrives()
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        removal = await delete.compose(tx, scene.group.founder.actor, post, reason="")
        own = await delete.compose(tx, await get(tx, post.author_id), post)
        liked = await vote.compose(tx, scene.ben.actor, post, 1)
    for activity in (removal, own):
        assert PUBLIC in activity.raw["to"]
        assert activity.raw["to"][0] == scene.group.iri
        assert isinstance(activity.raw["cc"], list)
    assert "summary" in removal.raw
    assert "summary" not in own.raw
    assert isinstance(liked.raw["object"], str)


async def get(tx, actor_id):
    from node.store.tables.actors import Actor

    return await tx.session.get_one(Actor, actor_id)


def test_what_a_group_passes_on_is_untouched():
    """I.9: no context is put in, nulls and unknown terms stay: a proof on it still holds."""
    inner = {"id": "https://a.example/l/1", "type": "Like", "actor": ALICE, "x": None, "object": GROUP}
    announced = writing.write_announce(GROUP, inner, iri=f"{GROUP}/a/1")
    assert announced["object"] == inner
    assert "@context" not in announced["object"]
    assert "@context" in announced, "I.8"


def test_an_author_comes_in_every_shape():
    """I.12: a string, an object, lists of either; of a list the Person writes and the Group is the place."""
    assert note(attributedTo={"id": ALICE}).attributed_to == ALICE
    assert note(attributedTo=[ALICE]).attributed_to == ALICE
    both = [{"type": "Group", "id": GROUP}, {"type": "Person", "id": ALICE}]
    read = note(attributedTo=both)
    assert (read.attributed_to, read.group_attribution) == (ALICE, GROUP)
    assert page()["attributedTo"] == ALICE


def test_who_a_group_is_attributed_to_are_its_moderators():
    """I.13"""
    group = actor(type="Group", attributedTo=f"{GROUP}/moderators")
    assert (group.moderators, group.owners) == (f"{GROUP}/moderators", ())


def test_an_actor_may_be_embedded_or_listed():
    """I.14, and I.15: the object may be a list."""
    for given in (ALICE, {"id": ALICE, "type": "Person"}, [ALICE]):
        assert like(actor=given).actor == ALICE
    assert like(object=[GROUP, ALICE]).object_iri == GROUP


def test_pictures_come_in_every_shape_and_leave_as_one_object():
    """I.17"""
    one = {"type": "Image", "url": "https://a.example/1.png"}
    for given in (one, [one], one["url"], [{"type": "Image", "url": "https://a.example/0.png"}, one]):
        assert actor(icon=given).icon_url == one["url"]
    written = writing.write_image(Image(one["url"]))
    assert written["url"] == one["url"]


def test_a_tag_may_stand_alone():
    """I.19: one object instead of a list; ours are lists, on Notes too."""
    tag = {"type": "Mention", "href": ALICE}
    assert [one.href for one in note(tag=tag).mentions] == [ALICE]
    assert isinstance(page()["tag"], list)


def test_hashtags_are_known_by_their_names():
    """I.20: the address may be relative or missing, the name with # or without."""
    tags = [
        {"type": "Hashtag", "href": "/tags/one", "name": "#one"},
        {"type": "Hashtag", "name": "two"},
        {"type": "Hashtag", "href": "https://a.example/t/3", "name": "#Three"},
    ]
    assert [one.lower() for one in note(tag=tags).hashtags] == ["one", "two", "three"]


def test_a_mention_is_known_by_its_address():
    """I.21, I.22: the name may be anything; the address counts."""
    for name in ("@alice", "@alice@a.example", "alice@a.example", "Alice the Great", None):
        (found,) = note(tag=[{"type": "Mention", "href": ALICE, "name": name}]).mentions
        assert found.href == ALICE


def test_a_source_counts_only_as_markdown():
    """I.23, I.24: an address, BBCode or nothing is no source; Markdown may stand in the content."""
    for given in (
        None,
        "https://records.example/1",
        {"content": "x", "mediaType": "text/bbcode"},
        {"content": "x"},
    ):
        assert note(source=given).source_markdown is None
    assert note(source={"content": "*x*", "mediaType": "text/markdown"}).source_markdown == "*x*"
    read = note(content="*film*", mediaType="text/markdown")
    assert (read.content, read.source_markdown) == (None, "*film*")


def test_a_title_is_plain_text():
    """I.27: entities are decoded once; markup in a title is its letters, and is escaped where it is shown."""
    assert note(name="Salt &amp; pepper &amp;lt;").name == "Salt & pepper &lt;"
    assert note(name="<b>Bold</b>").name == "<b>Bold</b>"


async def test_a_post_without_a_date_is_of_now(scene):
    """I.30: and one from the future is too (I.29)."""
    for published in (None, "2999-01-01T00:00:00Z"):
        iri = await scene.arrives(published=published)
        assert (await scene.island.post(iri)).published == scene.island.node.clock.now()


def test_what_is_not_said_to_be_sensitive_is_not():
    """I.33, I.32: and a word may stand for a truth value."""
    assert note().sensitive is False
    assert note(sensitive=None).sensitive is False
    assert note(sensitive="true").sensitive is True


async def test_actors_of_every_kind_are_kept(scene):
    """I.35"""
    for kind in ("Service", "Organization", "Application", "Group", "Feed"):
        iri = await scene.stranger(kind.lower(), kind=kind)
        assert (await scene.actor(iri)).kind == kind
    odd = reading.read_actor({**ACTOR, "type": ["x:Robot", "Person"]})
    assert odd.type == "Person"


def test_json_that_two_would_read_differently_is_refused():
    """I.36: doubled names, depth; characters that a database cannot hold do not reach it."""
    for text in (b'{"id":"a","id":"b"}', b"[" * 200 + b"]" * 200, b'{"a":NaN}'):
        with pytest.raises(Malformed):
            strictjson.load(text)
    assert note(name="a\x00b").name == "ab"


def test_collections_come_in_every_shape():
    """I.37, I.38: counts alone, either name of the items, an embedded first page; ids, objects, tombstones."""
    base = {"id": "https://a.example/c", "type": "OrderedCollection"}
    assert reading.read_collection({**base, "totalItems": 3}).total_items == 3
    for name in ("items", "orderedItems"):
        mixed = [ALICE, NOTE, {"id": ALICE, "type": "Tombstone"}, 5, None]
        assert len(reading.read_collection({**base, name: mixed}).items) == 3
    embedded = reading.read_collection({**base, "first": {"type": "OrderedCollectionPage", "items": [ALICE]}})
    assert reading.read_collection(embedded.first).items == (ALICE,)
