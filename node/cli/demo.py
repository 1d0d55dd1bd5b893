"""`archipel init --demo`: a small community to look at, made through the doors that members use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from node.activities import create, follow, vote
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.perform import perform
from node.cli.demo_pictures import draw
from node.cli.demo_texts import COMMUNITIES, HARBOUR, PEOPLE, Community, Said
from node.local.actors import Keys, found_group, new_keys
from node.local.members import sign_up
from node.local.uploads import Prepared, prepare, record, show_as
from node.pictures.decoder import Use
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import find_at
from node.store.queries.posts import get_post
from node.store.queries.uploads import address_of, as_media
from node.store.tables.actors import Actor

BEGAN = timedelta(days=3)  # how long ago the demonstration community was founded
PACE = timedelta(minutes=97)  # between two things said in it


@dataclass
class _Stage:
    """Who plays, and what time it is in the play."""

    home: str
    tx: Transaction
    players: dict[str, Actor]
    pictures: dict[str, Prepared]

    def moves_on(self) -> None:
        self.tx = replace(self.tx, now=self.tx.now + PACE)


async def fill(node: Node) -> str:
    """Make people, groups, threads, comments and votes, all or nothing; return a sentence about it."""
    async with node.reading() as session:
        if await find_at(session, node.settings.host, f"/c/{COMMUNITIES[0].name}") is not None:
            return "The demonstration community is here already."
    names = [*PEOPLE, *(community.name for community in COMMUNITIES)]
    keys = dict(zip(names, await asyncio.gather(*(new_keys(node) for _ in names)), strict=True))
    pictures = await _pictures(node)
    async with node.transaction() as tx:
        stage = _Stage(node.settings.home, replace(tx, now=tx.now - BEGAN), {}, pictures)
        for name in PEOPLE:
            stage.players[name] = await _enter(stage, name, keys[name])
        groups = [await _found(stage, community, keys[community.name]) for community in COMMUNITIES]
        # Group after group in turn, so that each has something old and something new.
        for round_ in range(max(len(community.threads) for community in COMMUNITIES)):
            for community, group in zip(COMMUNITIES, groups, strict=True):
                if round_ < len(community.threads):
                    await _begin(stage, group, community, community.threads[round_])
    return (
        f"Made a demonstration community: {len(PEOPLE)} members without passwords, {len(COMMUNITIES)} groups."
    )


async def _pictures(node: Node) -> dict[str, Prepared]:
    """Put into the store what the people of the demonstration show; none where members show none."""
    if node.settings.media_per_member == 0:
        return {}
    scenes = [one for community in COMMUNITIES for said in community.threads for one, _ in said.pictures]
    faces = [*PEOPLE, *(community.name for community in COMMUNITIES)]
    wanted = [(f"{HARBOUR.name}-banner", "evening", "banner"), *((one, one, "attachment") for one in scenes)]
    wanted += [(one, one, "icon") for one in faces]
    drawn = await asyncio.to_thread(lambda: {scene: draw(scene) for _, scene, _ in wanted})
    made = await asyncio.gather(
        *(prepare(node, drawn[scene], use=cast("Use", use)) for _, scene, use in wanted)
    )
    return dict(zip((name for name, _, _ in wanted), made, strict=True))


async def _dress(stage: _Stage, actor: Actor, owner: Actor, *names: str) -> None:
    """Give somebody a face or a banner, where there is one of that name."""
    for name in names:
        prepared = stage.pictures.get(name)
        if prepared is not None:
            medium = await record(stage.tx, owner, prepared)
            await show_as(stage.tx, actor, medium, address_of(medium, actor.home))


async def _enter(stage: _Stage, name: str, keys: Keys) -> Actor:
    title, language = PEOPLE[name]
    member = await sign_up(stage.tx, stage.home, name, keys, password_hash="", language=language)
    actor = await stage.tx.session.get_one(Actor, member.actor_id)
    actor.name = title
    await _dress(stage, actor, actor, name)
    return actor


async def _found(stage: _Stage, community: Community, keys: Keys) -> Actor:
    group = await found_group(
        stage.tx,
        stage.home,
        community.name,
        keys,
        title=community.title,
        founder=stage.players[community.founder],
        summary=community.summary,
    )
    founder = stage.players[community.founder]
    await _dress(stage, group, founder, community.name, f"{community.name}-banner")
    for name, player in stage.players.items():
        if name != community.founder:
            await perform(stage.tx, follow.compose(stage.tx, player, group))
    return group


async def _begin(stage: _Stage, group: Actor, community: Community, thread: Said) -> None:
    draft = ThreadDraft(
        title=thread.title, source=thread.text, link_url=thread.link, language=community.language
    )
    author = stage.players[thread.by]
    media = [
        as_media(await record(stage.tx, author, stage.pictures[name]), author.home, alt)
        for name, alt in thread.pictures
        if name in stage.pictures
    ]
    activity = await create.compose_thread(stage.tx, author, group, draft, tuple(media))
    await perform(stage.tx, activity)
    await _follow_up(stage, activity.object or "", thread)


async def _follow_up(stage: _Stage, iri: str, said: Said) -> None:
    """Let the others vote, then answer."""
    await _vote(stage, iri, said.up.split(), 1)
    await _vote(stage, iri, said.down.split(), -1)
    for answer in said.answers:
        stage.moves_on()
        parent = await get_post(stage.tx.session, iri)
        draft = CommentDraft(source=answer.text)
        activity = await create.compose_comment(stage.tx, stage.players[answer.by], parent, draft)
        await perform(stage.tx, activity)
        await _follow_up(stage, activity.object or "", answer)


async def _vote(stage: _Stage, iri: str, names: Iterable[str], value: int) -> None:
    for name in names:
        post = await get_post(stage.tx.session, iri)
        activity = await vote.compose(stage.tx, stage.players[name], post, value)
        if activity is not None:
            await perform(stage.tx, activity)
