"""What happens before a sample comes, and the ways by which one comes."""

from __future__ import annotations

import json
from typing import Any

from node.activities import create, follow
from node.activities.drafts import ThreadDraft
from node.activities.gathering_drafts import PollDraft
from node.activities.perform import perform
from node.inbox.backfill import backfill
from node.inbox.repairing import repair
from node.inbox.stamps import check_stamps
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


def wants_to_follow(iri: str) -> Step:
    """Ada asks to follow somebody, and nothing is said of it yet."""

    async def step(world: World) -> None:
        await world.knows(iri)
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
        accept = {"id": f"{iri}#accepts/1", "type": "Accept", "actor": iri, "object": request}
        assert (reason := await world.delivers(accept)) == "", reason

    return step


def serves(iri: str, document: Documents | int) -> Step:
    """The server there answers with a document, or a status."""

    async def step(world: World) -> None:
        world.serve(iri, document)

    return step


def came(document: str | Documents, way: Way | None = None) -> Step:
    """Something else has come: a sample by its name, or a document."""

    async def step(world: World) -> None:
        raw = sample(document) if isinstance(document, str) else document
        reason = await (way(world, raw) if way is not None else world.delivers(raw))
        assert reason == "", (document, reason)

    return step


def found(iri: str) -> Step:
    """Ada has looked up the post there."""

    async def step(world: World) -> None:
        assert (reason := await world.finds(iri)) == "", reason

    return step


def met(*iris: str) -> Step:
    """The node knows somebody already."""

    async def step(world: World) -> None:
        for iri in iris:
            await world.knows(iri)

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
    theirs = sample(f"{world.software}/group")
    ours = {theirs["id"]: world.bees.iri, f"{theirs['id']}/followers": f"{world.bees.iri}/followers"}
    for name in ("followers", "featured"):
        ours[theirs.get(name) or ""] = f"{world.bees.iri}/{name}"
    if isinstance(theirs.get("attributedTo"), str):
        ours[theirs["attributedTo"]] = f"{world.bees.iri}/moderators"

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(one) for key, one in value.items()}
        return [told(one) for one in value] if isinstance(value, list) else ours.get(value, value)

    return await world.delivers(told(document))


async def carried_to_bees(world: World, document: Documents) -> str:
    """What the program's group passes on is sent to ours instead, as its actor sent it in the first place."""
    return await to_bees(world, document["object"])


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


def checks_stamps(iri: str) -> Way:
    """The stamps that the post there names are looked up where they were given."""

    async def way(world: World, document: Documents) -> str:
        await check_stamps(world.island.node, iri)
        return ""

    return way


def fetches_history(iri: str) -> Way:
    """The history of the group there is read, as when its first member here joins."""

    async def way(world: World, document: Documents) -> str:
        await backfill(world.island.node, iri)
        return ""

    return way


def fetches_feed(iri: str) -> Way:
    """Ada follows the feed there, and what it holds is read."""

    async def way(world: World, document: Documents) -> str:
        await follows(iri)(world)
        return ""

    return way


def without_history(iri: str) -> Step:
    """The group there shows nothing of itself but its profile."""

    async def step(world: World) -> None:
        for name in ("outbox", "moderators", "followers", "featured"):
            world.serve(f"{iri}/{name}", 404)

    return step


async def has_a_den(world: World) -> None:
    """There is a private group here."""
    await world.island.group("den", private=True)


async def signs_by_stub(world: World, document: Documents) -> str:
    """GoToSocial shows no more than its key to who has not signed, at the key's own address."""
    world.serve(document["publicKey"]["id"], document)
    return await world.delivers(sample("gotosocial/like"))


def says_in(iri: str, *, poll: bool = False) -> Step:
    """Ada begins a thread in a group elsewhere, or a poll, which the group has taken."""

    async def step(world: World) -> None:
        async with world.island.node.transaction() as tx:
            group = await get_actor(tx.session, iri)
            draft = (
                PollDraft(title="When?", options="In April\nIn May") if poll else ThreadDraft(title="Asked")
            )
            world.ids.next = ["q1", "1"]
            activity = await create.compose_thread(tx, world.ada.actor, group, draft)
            await perform(tx, activity)

    return step


def answers(iri: str) -> Step:
    """Ada answers the post there, which she has looked up."""

    async def step(world: World) -> None:
        assert await world.finds(iri) == ""
        world.ids.next = ["q2"]
        await world.ada.answers(iri, "At night, surely.")

    return step


async def plans(world: World) -> None:
    """Ada has planned an event, to which everybody may come."""
    world.ids.next = ["e1"]
    await world.ada.plans(world.bees, title="Open hives", starts="2026-12-01T19:00")


def asks_to_come(iri: str) -> Step:
    """Ada wants to come to the event there, which she has looked up."""

    async def step(world: World) -> None:
        assert await world.finds(iri) == ""
        world.ids.next = ["1"]
        await world.ada.joins(iri)

    return step


def moved(stem: str, old: str, new: str) -> Documents:
    """The new account of somebody, which says that it was the old one."""
    return json.loads(json.dumps(sample(stem)).replace(old, new)) | {"alsoKnownAs": [old]}


def replaced(stem: str, /, **fields: Any) -> Documents:
    """Return a sample with other values in some fields."""
    return sample(stem) | fields
