"""One node on a fresh database, filled with rows by hand, asked over ASGI: for tests of what is served."""

from __future__ import annotations

import itertools
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware

from node.ids import RandomIds
from node.keyring import Keyring
from node.network.client import Client
from node.runtime import Node
from node.settings import Settings
from node.store.database import Database
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer
from node.store.tables.posts import Post
from node.web.activitypub.hot import Hot
from node.web.errors import exception_handlers
from node.web.headers import middleware
from node.web.routes import routes
from tests.support.clock import ManualClock
from tests.support.databases import drop_database, fresh_database

HOST = "h.example"
HOME = f"https://{HOST}"
ACTIVITY = {"accept": "application/activity+json"}
PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


class Quay:
    """A node to be filled and looked at from outside."""

    def __init__(self, node: Node, app: Starlette) -> None:
        self.node, self.app, self.clock = node, app, cast("ManualClock", node.clock)
        self.browser = self.visitor()
        self._count = itertools.count(1)

    @classmethod
    async def open(cls, folder: Path, **settings: Any) -> Quay:
        database = await fresh_database(folder, "quay")
        chosen = Settings(url=HOME, database=database, keys=folder / "keys", name="Quay", **settings)
        node = Node(
            settings=chosen,
            clock=ManualClock(),
            ids=RandomIds(),
            database=Database(database),
            client=cast("Client", None),  # what is served never talks to anybody
            keyring=Keyring(chosen.keys),
        )
        app = Starlette(
            routes=routes(),
            middleware=[Middleware(Hot, node=node), *middleware(node)],
            exception_handlers=dict(exception_handlers()),
        )
        app.state.node = node
        quay = cls(node, app)
        await quay.actor("Application", path="/", username=HOST, outbox=f"{HOME}/site_outbox")
        return quay

    async def close(self) -> None:
        await self.browser.aclose()
        await self.node.changes.close()
        await self.node.database.dispose()
        await drop_database(self.node.settings.database_url)

    def visitor(self, *, raises: bool = True) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=raises)
        return httpx.AsyncClient(transport=transport, base_url=HOME)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask as another node does."""
        return await self.browser.get(path, headers=ACTIVITY | headers)

    async def json(self, path: str) -> dict[str, Any]:
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def add(self, row: Any) -> Any:
        async with self.node.transaction() as tx:
            tx.session.add(row)
        return row

    async def change(self, row: Any, **values: Any) -> None:
        async with self.node.transaction() as tx:
            found = await tx.session.get_one(type(row), row.id)
            for name, value in values.items():
                setattr(found, name, value)

    async def actor(self, kind: str, *, path: str, username: str, home: str = HOME, **values: Any) -> Actor:
        iri, host = home + path, home.removeprefix("https://")
        ours = home == HOME
        peer = None if ours else await self.add(Peer(host=host, first_seen=self.clock.now()))
        given = {
            "inbox": f"{iri.rstrip('/')}/inbox",
            "shared_inbox": f"{home}/inbox",
            "outbox": f"{iri}/outbox",
            "followers": f"{iri}/followers",
            "following": f"{iri}/following",
            "featured": f"{iri}/featured" if kind == "Group" else None,
            "moderators": f"{iri}/moderators" if kind == "Group" else None,
            "url": iri,
            "public_key": PEM,
            "name": username.capitalize(),
            "published": self.clock.now(),
            "document": "" if ours else json.dumps({"id": iri}),
            "sealed_key": b"sealed" if ours else None,
            "peer_id": peer.id if peer else None,
        } | values
        row = Actor(iri=iri, kind=kind, home=home, host=host, path=path, username=username, **given)
        return cast("Actor", await self.add(row))

    async def person(self, name: str, **values: Any) -> Actor:
        return await self.actor("Person", path=f"/u/{name}", username=name, **values)

    async def group(self, name: str, **values: Any) -> Actor:
        return await self.actor("Group", path=f"/c/{name}", username=name, **values)

    async def post(
        self, author: Actor, group: Actor | None = None, parent: Post | None = None, **values: Any
    ) -> Post:
        number = next(self._count)
        published: datetime = self.clock.now() + timedelta(minutes=number)
        token = values.pop("token", f"n{number}")
        given = {
            "title": "" if parent else f"Title {number}",
            "content": f"<p>Words {number}</p>",
            "source": f"Words {number}",
            "kind": "Note" if parent else "Page",
            "create_iri": f"{author.home}/activities/create/c{number}",
            "published": published,
            "received_at": published,
            "last_active": published,
            "confirmed_at": published,
        } | values
        post = Post(
            iri=f"{author.home}/{'comment' if parent else 'post'}/{token}",
            token=token,
            author_id=author.id or 0,
            group_id=group.id if group else None,
            root_id=(parent.root_id or parent.id) if parent else None,
            parent_id=parent.id if parent else None,
            in_reply_to=parent.iri if parent else None,
            depth=parent.depth + 1 if parent else 0,
            **given,
        )
        if not author.is_local:
            post.document = json.dumps(_as_sent(post, author, group))
        return cast("Post", await self.add(post))

    async def follows(self, follower: Actor, followee: Actor, state: str = "accepted") -> None:
        await self.add(
            Follow(
                follower_id=follower.id or 0,
                followee_id=followee.id or 0,
                iri=f"{follower.home}/activities/follow/f{next(self._count)}",
                state=state,
                created_at=self.clock.now(),
            )
        )

    async def moderates(self, actor: Actor, group: Actor) -> None:
        row = Moderator(group_id=group.id or 0, actor_id=actor.id or 0, since=self.clock.now())
        await self.add(row)

    async def logs(self, actor: Actor, content: dict[str, Any], *, public: bool = True) -> None:
        await self.add(
            LogEntry(
                iri=content["id"],
                type=content["type"],
                actor_id=actor.id or 0,
                public=public,
                body=json.dumps(content),
                at=self.clock.now(),
            )
        )


def _as_sent(post: Post, author: Actor, group: Actor | None) -> dict[str, Any]:
    """What the author's own node said of the post."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": post.iri,
        "type": post.kind,
        "attributedTo": author.iri,
        "to": [*([group.iri] if group else []), PUBLIC],
        "cc": f"{author.iri}/followers",
        "name": post.title,
        "content": post.content,
        "context": f"{post.iri}/whole-thread",
        "published": "2026-11-03T09:00:00Z",
    }
