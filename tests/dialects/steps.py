"""What happens before a sample comes, and the ways by which one comes."""

from __future__ import annotations

import json
from typing import Any

from node.activities import follow
from node.activities.perform import perform
from node.inbox.repairing import repair
from node.store.queries.actors import get_actor
from node.store.tables.follows import Moderator
from tests.dialects.arrival import Step, Way
from tests.dialects.world import HOME, PUBLIC, THEIRS, World, sample

Documents = dict[str, Any]


def moderates(iri: str, group: str = f"{HOME}/c/bees") -> Step:
    """Somebody is on a group's list of moderators."""

    async def step(world: World) -> None:
        await world.knows(iri)
        async with world.island.node.transaction() as tx:
            place, actor = await get_actor(tx.session, group), await get_actor(tx.session, iri)
            tx.session.add(Moderator(group_id=place.id or 0, actor_id=actor.id or 0, since=tx.now))

    return step


def asks_to_follow(iri: str) -> Step:
    """Ada asks to follow somebody, with the Follow that the samples answer."""

    async def step(world: World) -> None:
        await world.knows(iri)
        world.ids.next = ["1"]
        async with world.island.node.transaction() as tx:
            await perform(tx, follow.compose(tx, world.ada.actor, await get_actor(tx.session, iri)))

    return step


def follows(iri: str) -> Step:
    """Ada follows somebody, who has accepted."""

    async def step(world: World) -> None:
        await asks_to_follow(iri)(world)
        request = {
            "id": f"{HOME}/activities/follow/1",
            "type": "Follow",
            "actor": world.ada.iri,
            "object": iri,
        }
        await world.delivers({"id": f"{iri}#accepts/1", "type": "Accept", "actor": iri, "object": request})

    return step


def serves(iri: str, document: Documents | int) -> Step:
    """The server there answers with a document, or a status."""

    async def step(world: World) -> None:
        world.serve(iri, document)

    return step


def came(name: str) -> Step:
    """Another sample has come."""

    async def step(world: World) -> None:
        assert await world.delivers(sample(name)) == ""

    return step


def later(**span: float) -> Step:
    """Time has passed."""

    async def step(world: World) -> None:
        world.sea.clock.advance(**span)

    return step


async def announced(world: World, document: Documents) -> str:
    """The program's group passes it on."""
    group = THEIRS[world.software]
    world.serial += 1
    inner = {name: value for name, value in document.items() if name != "@context"}
    return await world.delivers(
        {
            "@context": document.get("@context"),
            "id": f"{group.partition('?')[0]}/announce/{world.serial}",
            "type": "Announce",
            "actor": group,
            "to": [PUBLIC],
            "cc": [f"{group}/followers"],
            "object": inner,
        }
    )


async def to_bees(world: World, document: Documents) -> str:
    """What is said of the program's group is said of ours."""
    return await world.delivers(
        json.loads(json.dumps(document).replace(THEIRS[world.software], world.bees.iri))
    )


def changed(*pairs: tuple[str, str]) -> Way:
    """The sample with other words in it."""

    async def way(world: World, document: Documents) -> str:
        text = json.dumps(document)
        for old, new in pairs:
            text = text.replace(old, new)
        return await world.delivers(json.loads(text))

    return way


def repairs(iri: str) -> Way:
    """A member has the thread there repaired: everything is read anew at its home."""

    async def way(world: World, document: Documents) -> str:
        await repair(world.island.node, iri)
        return ""

    return way


def quotes(iri: str) -> Step:
    """Ada begins a thread that quotes the post there, whose author is asked for leave."""

    async def step(world: World) -> None:
        assert await world.finds(iri) == ""
        world.ids.next = ["q1", "c1", "1"]
        await world.ada.posts(world.bees, title="Look", link_url=iri)

    return step


def replaced(stem: str, /, **fields: Any) -> Documents:
    """Return a sample with other values in some fields."""
    return sample(stem) | fields
