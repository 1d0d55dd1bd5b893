"""Several nodes in one process: each with its own database, keys and clock reading, joined by a sea.

    sea = Archipelago(tmp_path)
    beta = await sea.node("beta.example")
    bees = await beta.group("bees")
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()          # runs the workers until nothing moves

Nothing sleeps and nothing polls; requests, signatures and databases are real.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import col, select
from starlette.applications import Starlette

from node import app as composition
from node.activities import create, delete, follow, join, leaving, polls, update, vote
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.gathering_drafts import EventDraft, PollDraft
from node.activities.perform import perform
from node.activitypub import signatures
from node.activitypub.activity import Activity
from node.activitypub.webfinger import parse_handle
from node.ids import Ids
from node.inbox import actors as remote_actors
from node.inbox.process import process_due
from node.inbox.tasks import work_due
from node.local import actors as local_actors
from node.local import members
from node.outbox.deliver import deliver_due
from node.runtime import Node
from node.settings import Settings
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance
from node.store.queries.posts import confirmed_at, find_post, visible_to
from node.store.tables.actors import Actor
from node.store.tables.arrivals import Arrival
from node.store.tables.members import Member, Notification
from node.store.tables.peers import Peer
from node.store.tables.posts import Post
from tests.support.clock import ManualClock
from tests.support.databases import drop_database, fresh_database
from tests.support.sea import Chart, Parcel, SeaTransport

_KEYS: list[tuple[str, str]] = []
_next_key = itertools.count()
KEYS_IN_TURN = (
    6  # real keys, made once a process and handed out in turn: making one takes a tenth of a second
)
WORKERS = {"inbox": process_due, "tasks": work_due, "outbox": deliver_due}
TURNS = 60  # a sea that still moves after so many turns goes in circles


def a_key_pair() -> tuple[str, str]:
    if len(_KEYS) < KEYS_IN_TURN:
        _KEYS.append(signatures.generate_rsa())
    return _KEYS[next(_next_key) % len(_KEYS)]


class CountingIds:
    """Names in order: a failing test names the same ids again."""

    def __init__(self, prefix: str) -> None:
        self._prefix, self._count = prefix, itertools.count(1)

    def token(self) -> str:
        return f"{self._prefix}{next(self._count):06d}"

    def secret(self) -> str:
        return f"secret-{self.token()}-{'x' * 32}"

    def jitter(self) -> float:
        return 0.5


class Archipelago:
    """Nodes in one sea, under one clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.chart = Chart()
        self.nodes: dict[str, Island] = {}

    async def node(self, host: str, **settings: Any) -> Island:
        """Add a node that serves *host*."""
        url = await fresh_database(self.folder, host)
        chosen = Settings(
            **{
                "url": f"https://{host}",
                "database": url,
                "data": self.folder / host / "data",
                "keys": self.folder / host / "keys",
                "name": host,
                **settings,
            }
        )
        island = Island(self, host)
        await island.open(chosen, CountingIds(host.split(".", 1)[0].replace("-", "")))
        self.nodes[host] = island
        return island

    async def settle(self) -> None:
        """Run every node's workers until nothing moves."""
        for _ in range(TURNS):
            moved = 0
            for island in list(self.nodes.values()):
                if island.host not in self.chart.away:
                    moved += await island.work()
            if moved == 0:
                return
        raise AssertionError("the sea does not come to rest")

    def away(self, *islands: Island) -> None:
        self.chart.away.update(island.host for island in islands)

    def back(self, *islands: Island) -> None:
        self.chart.away.difference_update(island.host for island in islands)

    def deliveries(self, sender: Island | None = None, *, to: Island | None = None) -> list[Parcel]:
        """What was posted to inboxes, in order."""
        return [
            parcel
            for parcel in self.chart.parcels
            if (sender is None or parcel.sender == sender.host) and (to is None or parcel.host == to.host)
        ]

    async def close(self) -> None:
        for island in self.nodes.values():
            await island.node.close()
            await drop_database(island.node.database.url)


@dataclass
class Island:
    """One node, and what its people can do."""

    sea: Archipelago
    host: str
    node: Node = field(init=False)
    app: Starlette = field(init=False)
    people: list[Person] = field(default_factory=list)
    idle_since: dict[str, datetime | None] = field(default_factory=dict)

    async def open(self, settings: Settings, ids: Ids) -> None:
        """Start the node on its database, and let its host answer."""
        self.node = await composition.open_node(
            settings,
            clock=self.sea.clock,
            ids=ids,
            transport=SeaTransport(self.sea.chart, self.host),
            new_key_pair=a_key_pair,
        )
        self.app = self.sea.chart.apps[self.host] = composition.build_app(self.node, background=False)
        self.idle_since = {}

    async def work(self) -> int:
        """One turn of each worker that has a reason: its bell was rung, it was not idle, or time has passed.

        Returns how much was done.
        """
        done, now = 0, self.node.clock.now()
        for name, step in WORKERS.items():
            bell = self.node.wake._bells[name]
            if self.idle_since.get(name) == now and not bell.is_set():
                continue
            bell.clear()
            count = await step(self.node)
            self.idle_since[name] = None if count else now
            done += count
        return done

    async def member(self, name: str, *, follows: Group | None = None) -> Person:
        keys = await local_actors.new_keys(self.node)
        async with self.node.transaction() as tx:
            account = await members.sign_up(
                tx, self.node.settings.home, name, keys, password_hash="", language="en"
            )
            actor = await tx.session.get_one(Actor, account.actor_id)
        person = Person(self, actor)
        self.people.append(person)
        if follows is not None:
            await person.follows(follows)
        return person

    async def person(self, name: str) -> Person:
        """Find a member."""
        async with self.node.reading() as session:
            return Person(self, await get_actor(session, f"{self.node.settings.home}/u/{name}"))

    async def group(self, name: str, *, founder: Person | None = None, **options: Any) -> Group:
        founder = founder or await self.member(f"founder_of_{name}")
        keys = await local_actors.new_keys(self.node)
        async with self.node.transaction() as tx:
            actor = await local_actors.found_group(
                tx, self.node.settings.home, name, keys, title=name.title(), founder=founder.actor, **options
            )
        return Group(self, actor.iri, founder)

    async def get(self, path: str, *, accept: str = "text/html", **headers: str) -> httpx.Response:
        """Ask a page or a document, as a stranger."""
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"https://{self.host}") as client:
            return await client.get(path, headers={"accept": accept, **headers})

    async def document(self, iri: str) -> dict[str, Any]:
        response = await self.get(iri, accept="application/activity+json")
        assert response.status_code == 200, (iri, response.status_code, response.text)
        return response.json()

    async def post(self, iri: str) -> Post | None:
        async with self.node.reading() as session:
            return await find_post(session, iri)

    async def iris_of_posts(self) -> list[str]:
        """Return the ids of all posts that are known here, in the order of their coming."""
        async with self.node.reading() as session:
            return list(await session.scalars(select(Post.iri).order_by(col(Post.id))))

    async def arrivals(self) -> list[Arrival]:
        async with self.node.reading() as session:
            return list(await session.scalars(select(Arrival).order_by(col(Arrival.id))))

    async def peer(self, other: Island) -> Peer:
        async with self.node.reading() as session:
            return (await session.scalars(select(Peer).where(col(Peer.host) == other.host))).one()


@dataclass(frozen=True)
class Group:
    """A group as its members anywhere speak of it."""

    home: Island
    iri: str
    founder: Person

    @property
    def handle(self) -> str:
        return f"!{self.iri.rsplit('/', 1)[-1]}@{self.home.host}"


@dataclass(frozen=True)
class Person:
    """A member of one node: acts through the same composers as pages and commands."""

    island: Island
    actor: Actor

    @property
    def iri(self) -> str:
        return self.actor.iri

    async def finds(self, group: Group) -> Actor:
        """Look a group up by its handle, as the search box does."""
        if group.home is not self.island:
            await remote_actors.find_handle(self.island.node, parse_handle(group.handle))
        async with self.island.node.reading() as session:
            return await get_actor(session, group.iri)

    async def follows(self, group: Group) -> None:
        target = await self.finds(group)
        async with self.island.node.transaction() as tx:
            await perform(tx, follow.compose(tx, self.actor, target))

    async def leaves(self, group: Group) -> None:
        async with self.island.node.transaction() as tx:
            activity = await follow.compose_undo(tx, self.actor, await get_actor(tx.session, group.iri))
            assert activity is not None
            await perform(tx, activity)

    async def posts(self, group: Group, *, title: str, text: str = "", **draft: Any) -> str:
        """Begin a thread; returns its iri."""
        async with self.island.node.transaction() as tx:
            target = await get_actor(tx.session, group.iri)
            drafted = ThreadDraft(title=title, source=text, **draft)
            activity = await create.compose_thread(tx, self.actor, target, drafted)
            await perform(tx, activity)
        return activity.object or ""

    async def asks(self, group: Group, *, title: str, **draft: Any) -> str:
        """Begin a thread that is a poll; returns its iri."""
        return await self._begins(group, PollDraft(title=title, **draft))

    async def plans(self, group: Group, *, title: str, **draft: Any) -> str:
        """Begin a thread that is an event; returns its iri."""
        return await self._begins(group, EventDraft(title=title, **draft))

    async def _begins(self, group: Group, draft: ThreadDraft) -> str:
        async with self.island.node.transaction() as tx:
            target = await get_actor(tx.session, group.iri)
            activity = await create.compose_thread(tx, self.actor, target, draft)
            await perform(tx, activity)
        return activity.object or ""

    async def chooses(self, iri: str, *positions: int) -> None:
        """Vote in a poll."""
        async with self.island.node.transaction() as tx:
            for activity in await polls.compose(tx, self.actor, await self._post(tx, iri), list(positions)):
                await perform(tx, activity)

    async def joins(self, iri: str, message: str = "") -> None:
        async with self.island.node.transaction() as tx:
            await perform(tx, await join.compose(tx, self.actor, await self._post(tx, iri), message=message))

    async def does_not_come(self, iri: str) -> None:
        async with self.island.node.transaction() as tx:
            activity = await leaving.compose(tx, self.actor, await self._post(tx, iri))
            assert activity is not None
            await perform(tx, activity)

    async def part_in(self, iri: str) -> str:
        """What became of this member's part in an event; empty when there is none."""
        async with self.island.node.reading() as session:
            post = await find_post(session, iri)
            assert post is not None
            found = await find_attendance(session, post, self.actor)
            return found.state if found is not None else ""

    async def answers(self, iri: str, text: str) -> str:
        """Answer a thread or comment; returns the comment's iri."""
        async with self.island.node.transaction() as tx:
            parent = await self._post(tx, iri)
            activity = await create.compose_comment(tx, self.actor, parent, CommentDraft(source=text))
            await perform(tx, activity)
        return activity.object or ""

    async def edits(self, iri: str, text: str, *, title: str | None = None) -> None:
        async with self.island.node.transaction() as tx:
            post = await self._post(tx, iri)
            draft = CommentDraft(source=text) if title is None else ThreadDraft(title=title, source=text)
            await perform(tx, await update.compose(tx, self.actor, post, draft))

    async def deletes(self, iri: str, *, reason: str | None = None) -> None:
        async with self.island.node.transaction() as tx:
            post = await self._post(tx, iri)
            await perform(tx, await delete.compose(tx, self.actor, post, reason=reason))

    async def votes(self, iri: str, value: int) -> None:
        async with self.island.node.transaction() as tx:
            activity = await vote.compose(tx, self.actor, await self._post(tx, iri), value)
            if activity is not None:
                await perform(tx, activity)

    async def does(self, activity: Activity) -> None:
        async with self.island.node.transaction() as tx:
            await perform(tx, activity)

    async def reads(self, group: Group) -> list[str]:
        """Titles of the group's threads as this member sees them here, newest first."""
        async with self.island.node.reading() as session:
            target = await get_actor(session, group.iri)
            query = (
                select(Post)
                .where(
                    col(Post.group_id) == target.id,
                    col(Post.in_reply_to).is_(None),
                    visible_to(self.actor),
                    confirmed_at(self.island.node.clock.now()),
                )
                .order_by(col(Post.published).desc(), col(Post.id).desc())
            )
            return [post.title for post in await session.scalars(query)]

    async def notices(self) -> list[tuple[str, str]]:
        """What this member was told: (kind, iri of the post)."""
        async with self.island.node.reading() as session:
            query = (
                select(Notification.kind, Post.iri)
                .join(Post, col(Notification.post_id) == col(Post.id))
                .join(Member, col(Notification.member_id) == col(Member.id))
                .where(col(Member.actor_id) == self.actor.id)
                .order_by(col(Notification.id))
            )
            return [(kind, iri) for kind, iri in (await session.execute(query)).all()]

    @staticmethod
    async def _post(tx: Any, iri: str) -> Post:
        post = await find_post(tx.session, iri)
        assert post is not None, f"{iri} is not known here"
        return post
