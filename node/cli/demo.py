"""`archipel init --demo`: a community to look at, made through the doors that members use.

Its neighbours on other nodes are as invented as it is: rows that look as if they had been fetched, whose lanes are
paused, so that nothing is ever sent to a name that nobody answers to.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

from node.activities import curate, follow, letters
from node.activities.drafts import CommentDraft
from node.activities.perform import perform
from node.cli import demo_long, demo_looks
from node.cli.demo_groups import COMMUNITIES, LETTERS
from node.cli.demo_shapes import Community, Said
from node.cli.demo_stage import Stage, begin, length
from node.cli.demo_texts import NEIGHBOURS, PEOPLE
from node.inbox.exploring import count_groups, weigh
from node.inbox.wording import index_comments
from node.local.actors import Keys, found_group, new_keys
from node.local.members import sign_up
from node.runtime import Node
from node.store.queries.actors import find_at
from node.store.queries.followers import find_follow
from node.store.queries.topics import set_topics
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer
from node.text.markdown import to_html

BEGAN = timedelta(days=9)  # how long ago the demonstration community was founded
LONG_IN = "workshop"  # the group that has the thread of some two hundred comments


async def fill(node: Node) -> str:
    """Make people, groups and what is said in them, all or nothing; return a sentence about it."""
    async with node.reading() as session:
        if await find_at(session, node.settings.host, f"/c/{COMMUNITIES[0].name}") is not None:
            return "The demonstration community is here already."
    names = [*PEOPLE, *(community.name for community in COMMUNITIES if not community.home)]
    keys = dict(zip(names, await asyncio.gather(*(new_keys(node) for _ in names)), strict=True))
    looks = await demo_looks.pictures(node)
    async with node.transaction() as tx:
        said = sum(length(thread) for community in COMMUNITIES for thread in _threads(community))
        stage = Stage(node.settings.home, replace(tx, now=tx.now - BEGAN), tx.now, BEGAN / (said + 1))
        stage.media_of = partial(demo_looks.media_of, looks)
        await _enter_all(stage, keys)
        groups = [await _open(stage, community, keys) for community in COMMUNITIES]
        for actor in stage.players.values():
            await demo_looks.dress(stage, looks, actor, actor)
        for community, group in zip(COMMUNITIES, groups, strict=True):
            await demo_looks.dress(stage, looks, group, stage.players[community.founder])
        # Group after group in turn, so that each has something old and something new.
        for round_ in range(max(len(_threads(community)) for community in COMMUNITIES)):
            for community, group in zip(COMMUNITIES, groups, strict=True):
                if round_ < len(_threads(community)):
                    await begin(stage, group, community, _threads(community)[round_])
        await _write_letters(stage)
    await count_groups(node)
    await weigh(node)
    await index_comments(node)
    return (
        f"Made a demonstration community: {len(PEOPLE)} members without passwords, {len(COMMUNITIES)} groups, "
        f"{said} threads and comments. Its neighbours on other nodes are invented; their servers are paused."
    )


def _threads(community: Community) -> tuple[Said, ...]:
    return (*community.threads, demo_long.thread()) if community.name == LONG_IN else community.threads


async def _enter_all(stage: Stage, keys: dict[str, Keys]) -> None:
    for name, (title, language, about) in PEOPLE.items():
        member = await sign_up(stage.tx, stage.home, name, keys[name], password_hash="", language=language)
        actor = await stage.tx.session.get_one(Actor, member.actor_id)
        actor.name, actor.summary_source, actor.summary = title, about, to_html(about)
        stage.players[name] = actor
    for one in NEIGHBOURS:
        stage.players[one.name] = await _neighbour(
            stage, one.home, one.name, "Person", title=one.title, summary=one.summary
        )


async def _open(stage: Stage, community: Community, keys: dict[str, Keys]) -> Actor:
    """Open a group, with its moderators and followers."""
    founder = stage.players[community.founder]
    if community.home:
        group = await _neighbour(
            stage, community.home, community.name, "Group", title=community.title, summary=community.summary
        )
    else:
        group = await found_group(
            stage.tx,
            stage.home,
            community.name,
            keys[community.name],
            title=community.title,
            founder=founder,
            summary=community.summary,
            private=community.private,
        )
    await set_topics(stage.tx, group, community.topics.split())
    await _gather_followers(stage, community, group)
    for name in community.moderators.split():
        await perform(
            stage.tx, curate.compose_seat(stage.tx, founder, group, stage.players[name], appoint=True)
        )
    return group


async def _gather_followers(stage: Stage, community: Community, group: Actor) -> None:
    """Let everybody of the node follow who does; groups that ask for leave, and those elsewhere, answer."""
    away = {*community.outsiders.split(), community.founder}
    for name in PEOPLE:
        if name in away:
            continue
        request = follow.compose(stage.tx, stage.players[name], group)
        await perform(stage.tx, request)
        if group.is_local and (not community.private or name in community.asking.split()):
            continue
        if group.is_local:
            await follow.answer(stage.tx, group, stage.players[name], accept=True)
        else:
            await _accepted(stage, request.iri)


async def _accepted(stage: Stage, iri: str) -> None:
    """Let a group elsewhere say yes, without its history being asked for."""
    edge = await find_follow(stage.tx.session, iri)
    if edge is not None:
        edge.state, edge.answered_at = "accepted", stage.tx.now


async def _neighbour(stage: Stage, home: str, name: str, kind: str, *, title: str, summary: str) -> Actor:
    """Make somebody of another node as if they had been fetched."""
    host = home.partition("://")[2]
    peer = stage.peers.get(host)
    if peer is None:
        peer = Peer(host=host, software="archipel", dialect="thread", state="paused", first_seen=stage.tx.now)
        peer.last_seen = peer.nodeinfo_at = stage.ends
        stage.peers[host] = peer
        stage.tx.session.add(peer)
        await stage.tx.session.flush()
    path = f"/{'c' if kind == 'Group' else 'u'}/{name}"
    actor = Actor(
        iri=home + path,
        kind=kind,
        home=home,
        host=host,
        path=path,
        username=name,
        handle_verified=True,
        peer_id=peer.id,
        name=title,
        summary=to_html(summary),
        inbox=f"{home}{path}/inbox",
        shared_inbox=f"{home}/inbox",
        followers=f"{home}{path}/followers",
        published=stage.tx.now,
        fetched_at=stage.ends,
    )
    stage.tx.session.add(actor)
    await stage.tx.session.flush()
    return actor


async def _write_letters(stage: Stage) -> None:
    for writer, reader, words in LETTERS:
        draft = CommentDraft(source=words)
        letter = await letters.compose(stage.tx, stage.players[writer], [stage.players[reader]], draft)
        await perform(stage.tx, letter)
        stage.moves_on()
