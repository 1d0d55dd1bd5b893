"""EmojiReact and Like with an emoji: a vote with a picture (FEDERATION C.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import col, select

from node.activities import react
from node.activities.perform import perform
from node.errors import Malformed
from node.store.queries.posts import get_post
from node.store.queries.trimmings import reaction_lines
from node.store.tables.trimmings import Emoji

ANN = "https://far.example/users/ann"


async def marks(scene, iri):
    """Score, and the emoji with their numbers."""
    async with scene.island.node.reading() as session:
        post = await get_post(session, iri)
        lines = await reaction_lines(session, [post.id], None)
        return post.upvotes, post.downvotes, {one.emoji: one.count for one in lines.get(post.id, ())}


def said(scene, kind, iri, content=None, *, actor=ANN, **more):
    activity = scene.activity(kind, actor, iri)
    extra = ({"content": content} if content else {}) | more
    return replace(activity, raw={**activity.raw, **extra})


async def reacts(scene, iri, emoji):
    async with scene.island.node.transaction() as tx:
        actor = await scene.ben_in(tx)
        for activity in await react.compose(tx, actor, await get_post(tx.session, iri), emoji):
            await perform(tx, activity)


@pytest.fixture
def scene(scene):
    async def ben_in(tx):
        from node.store.queries.actors import get_actor

        return await get_actor(tx.session, scene.ben.iri)

    scene.ben_in = ben_in
    return scene


async def test_each_dialect_of_a_reaction_is_a_vote_and_an_emoji(scene):
    iri = await scene.arrives()
    bob, cat, dee = [await scene.stranger(name) for name in ("bob", "cat", "dee")]
    tag = {"type": "Emoji", "name": ":rose:", "icon": {"type": "Image", "url": "https://far.example/e.png"}}
    await scene.happens(said(scene, "EmojiReact", iri, "☕"))
    await scene.happens(said(scene, "Like", iri, "☕", actor=bob, _misskey_reaction="☕"))
    await scene.happens(said(scene, "EmojiReact", iri, ":rose:", actor=cat, tag=[tag]))
    await scene.happens(said(scene, "EmojiReact", iri, "not an emoji", actor=dee))
    assert await marks(scene, iri) == (4, 0, {"☕": 2, ":rose:": 1})


async def test_the_group_passes_reactions_on(scene):
    iri = await scene.arrives()
    before = len(await scene.leaving())
    await scene.happens(said(scene, "EmojiReact", iri, "☕"))
    assert (await scene.leaving())[before:] == ["Announce"]


async def test_several_emoji_of_one_actor_are_one_vote_that_goes_with_the_last(scene):
    """Repeats count once; I.75, R18"""
    iri = await scene.arrives()
    first, second = said(scene, "EmojiReact", iri, "☕"), said(scene, "EmojiReact", iri, "🌹")
    for one in (first, second, first):
        await scene.happens(one)
    assert await marks(scene, iri) == (1, 0, {"☕": 1, "🌹": 1})
    await scene.happens(scene.undo(first))
    assert await marks(scene, iri) == (1, 0, {"🌹": 1})
    await scene.happens(scene.undo(second))
    assert await marks(scene, iri) == (0, 0, {})


async def test_an_undo_that_comes_first_voids_the_reaction(scene):
    iri = await scene.arrives()
    late = said(scene, "EmojiReact", iri, "☕")
    await scene.happens(scene.undo(late))
    await scene.happens(late)
    assert await marks(scene, iri) == (0, 0, {})


async def test_a_dislike_takes_the_emoji_away(scene):
    iri = await scene.arrives()
    await scene.happens(said(scene, "Like", iri, "☕"))
    await scene.happens(said(scene, "Dislike", iri))
    assert await marks(scene, iri) == (0, 1, {})


async def test_kinds_of_emoji_under_a_post_are_limited(scene, monkeypatch):
    """THREATS 0.2: more are votes alone."""
    monkeypatch.setattr(react, "MOST_KINDS", 2)
    monkeypatch.setattr(react, "MOST_EACH", 2)
    iri = await scene.arrives()
    for emoji in ("☕", "🌹", "🎉"):
        await scene.happens(said(scene, "EmojiReact", iri, emoji))
    bob = await scene.stranger("bob")
    await scene.happens(said(scene, "EmojiReact", iri, "🎉", actor=bob))
    await scene.happens(said(scene, "EmojiReact", iri, "☕", actor=bob))
    assert await marks(scene, iri) == (2, 0, {"☕": 2, "🌹": 1})


async def test_a_members_reaction_replaces_what_they_said_before(scene):
    """One form for all: a Like with the emoji, after an Undo, so that every peer ends with the same."""
    iri = await scene.arrives()
    sent = len(await scene.leaving())
    await reacts(scene, iri, "☕")
    await reacts(scene, iri, "🌹")
    assert await marks(scene, iri) == (1, 0, {"🌹": 1})
    told = [one for one in (await scene.leaving())[sent:] if one != "Announce"]
    assert told == ["Like", "Undo", "Like"]
    await reacts(scene, iri, "🌹")
    assert await marks(scene, iri) == (0, 0, {})
    from node.store.tables.log import LogEntry

    async with scene.island.node.reading() as session:
        bodies = list(await session.scalars(select(LogEntry.body).where(col(LogEntry.type) == "Like")))
    assert all('"_misskey_reaction"' in body for body in bodies)


async def test_a_member_types_one_emoji_or_one_of_the_nodes_own(scene):
    iri = await scene.arrives()
    for wrong in ("nice", "", ":rose:", "<b>"):
        with pytest.raises(Malformed, match="one emoji"):
            await reacts(scene, iri, wrong)
    async with scene.island.node.transaction() as tx:
        tx.session.add(Emoji(host="beta.example", shortcode="rose", url="https://beta.example/e.png"))
    await reacts(scene, iri, ":rose:")
    assert await marks(scene, iri) == (1, 0, {":rose:": 1})
