"""One node with a group, two members, and people elsewhere whose activities come as if verified."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import pytest

from node.activities.perform import perform
from node.activitypub import reading
from node.activitypub.activity import Activity
from node.activitypub.vocabulary import CONTEXT
from node.inbox.actors import keep_actor
from node.store.tables.actors import Actor
from tests.support.archipelago import Archipelago, Group, Island, Person

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@dataclass
class Scene:
    """What the tests of activities play on."""

    island: Island
    group: Group
    ben: Person
    serial: Any

    async def stranger(
        self, name: str, *, host: str = "far.example", kind: str = "Person", **more: Any
    ) -> str:
        """Make a remote actor known; returns its iri."""
        iri = f"https://{host}/users/{name}"
        document = {
            "id": iri,
            "type": kind,
            "preferredUsername": name,
            "inbox": f"{iri}/inbox",
            "outbox": f"{iri}/outbox",
            "followers": f"{iri}/followers",
            "publicKey": {"id": f"{iri}#main-key", "owner": iri, "publicKeyPem": ""},
            **more,
        }
        async with self.island.node.transaction() as tx:
            await keep_actor(tx, reading.read_actor(document))
        return iri

    def iri(self, actor: str, kind: str) -> str:
        return f"{actor}/{kind}/{next(self.serial)}"

    def object(self, author: str, **fields: Any) -> dict[str, Any]:
        """A public Page of *author* in the group, as JSON."""
        return {
            "id": self.iri(author, "objects"),
            "type": "Page",
            "attributedTo": author,
            "name": "Title",
            "content": "<p>Words</p>",
            "to": [self.group.iri, PUBLIC],
            "cc": [],
            "audience": self.group.iri,
            "published": "2026-11-03T08:00:00Z",
        } | fields

    def carrying(self, kind: str, document: dict[str, Any], **fields: Any) -> Activity:
        """Create or Update of a document, as the inbox would hand it over."""
        read = reading.read_object(document)
        return self.activity(
            kind,
            fields.pop("actor", read.attributed_to),
            read.iri,
            **{"document": read, "audience": self.group.iri, "to": read.to, "cc": read.cc} | fields,
        )

    def activity(self, kind: str, actor: str, thing: str | None, **fields: Any) -> Activity:
        iri = fields.pop("iri", None) or self.iri(actor, kind.lower())
        raw = {"@context": CONTEXT, "id": iri, "type": kind, "actor": actor, "object": thing}
        return Activity(**{"type": kind, "iri": iri, "actor": actor, "object": thing, "raw": raw} | fields)

    def undo(self, inner: Activity, *, actor: str | None = None) -> Activity:
        return self.activity("Undo", actor or inner.actor, inner.iri, inner=inner, audience=inner.audience)

    async def happens(self, activity: Activity) -> None:
        async with self.island.node.transaction() as tx:
            await perform(tx, activity)

    async def arrives(self, kind: str = "Page", **fields: Any) -> str:
        """A post by a stranger takes effect; returns its iri."""
        author = fields.pop("author", None) or await self.stranger("ann")
        document = self.object(author, type=kind, **fields)
        await self.happens(self.carrying("Create", document))
        return str(document["id"])

    async def appoint(self, iri: str, group: str | None = None) -> None:
        """Put somebody on a group's list of moderators."""
        from node.store.queries.actors import get_actor
        from node.store.tables.follows import Moderator

        async with self.island.node.transaction() as tx:
            place, actor = (
                await get_actor(tx.session, group or self.group.iri),
                await get_actor(tx.session, iri),
            )
            tx.session.add(Moderator(group_id=place.id or 0, actor_id=actor.id or 0, since=tx.now))

    async def actor(self, iri: str) -> Actor:
        from node.store.queries.actors import get_actor

        async with self.island.node.reading() as session:
            return await get_actor(session, iri)

    async def leaving(self) -> list[str]:
        """Types of what is in the log, in order."""
        from sqlmodel import col, select

        from node.store.tables.log import LogEntry

        async with self.island.node.reading() as session:
            return list(await session.scalars(select(LogEntry.type).order_by(col(LogEntry.id))))


@pytest.fixture
async def scene(sea: Archipelago) -> Scene:
    island = await sea.node("beta.example")
    group = await island.group("bees")
    ben = await island.member("ben", follows=group)
    return Scene(island, group, ben, itertools.count(1))
