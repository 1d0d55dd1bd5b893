"""Many peers on loopback that follow a group, and what is told to them."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from node.activities import create
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.app import open_node
from node.runtime import Node
from node.settings import Settings
from node.store.queries.actors import get_actor
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.peers import Peer
from tests.support.pier import Pier

Manner = Literal["well", "never", "slow", "too many"]
SLOW = 3.0  # seconds until a slow peer answers


@dataclass
class Shore:
    """A server that is every peer: what manner a peer has, its port says. Knows who got what, and when."""

    got: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # of those that do well
    expected: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    ports: dict[Manner, int] = field(default_factory=dict)
    _count: int = 0

    async def serve(self, manner: Manner, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                if head.startswith(b"get "):  # what software it is, who alice is: nobody says
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
                if manner == "well":
                    self._note(host)
                    writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
                elif manner == "too many":
                    writer.write(b"HTTP/1.1 429 Too Many\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n")
                else:
                    await asyncio.sleep(SLOW if manner == "slow" else 3600)
                    writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    def expect(self, number: int) -> None:
        """Be done when so many more have come."""
        self.expected, self._count = number, 0
        self.done.clear()

    def _note(self, host: str) -> None:
        self.got[host].append(time.perf_counter())
        self._count += 1
        if self._count == self.expected:
            self.done.set()


@asynccontextmanager
async def shore() -> AsyncIterator[Shore]:
    """Open a server for each manner."""
    found, servers = Shore(), []
    manners: tuple[Manner, ...] = ("well", "never", "slow", "too many")
    for manner in manners:

        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, manner: Manner = manner
        ) -> None:
            with suppress(asyncio.CancelledError):  # those that never answer end with the bench
                await found.serve(manner, reader, writer)

        server = await asyncio.start_server(serve, "0.0.0.0", 0, backlog=4096)  # all of loopback
        found.ports[manner] = server.sockets[0].getsockname()[1]
        servers.append(server)
    yield found
    for server in servers:
        server.close()


async def opened(pier: Pier) -> Node:
    """Open the node beside its processes."""
    return await open_node(
        Settings(url=pier.home, development=True, data=pier.folder, keys=pier.folder / "keys")
    )


async def follow(node: Node, pier: Pier, ports: list[int]) -> None:
    """Let somebody on a peer of each port follow the group; they have taken something before."""
    async with node.transaction() as tx:
        group = await get_actor(tx.session, pier.bees)
        for number, port in enumerate(ports):
            host = f"127.1.{number // 250}.{number % 250 + 1}:{port}"
            home = f"http://{host}"
            iri = f"{home}/users/alice"
            peer = Peer(host=host, first_seen=tx.now, dialect="thread", software="lemmy", last_success=tx.now)
            tx.session.add(peer)
            await tx.session.flush()
            actor = Actor(
                iri=iri,
                kind="Person",
                home=home,
                host=host,
                path="/users/alice",
                username="alice",
                peer_id=peer.id,
                inbox=f"{iri}/inbox",
                published=tx.now,
            )
            tx.session.add(actor)
            await tx.session.flush()
            tx.session.add(
                Follow(
                    follower_id=actor.id or 0,
                    followee_id=group.id or 0,
                    iri=f"{iri}/follow",
                    state="accepted",
                    created_at=tx.now,
                )
            )


async def post(node: Node, pier: Pier, number: int) -> float:
    """Let ada write threads; return the seconds that the quickest took until it was committed."""
    took = []
    for one in range(number):
        began = time.perf_counter()
        async with node.transaction() as tx:
            ada = await get_actor(tx.session, f"{pier.home}/u/ada")
            group = await get_actor(tx.session, pier.bees)
            draft = ThreadDraft(title=f"Thread {one}", source="Words. " * 50)
            await perform(tx, await create.compose_thread(tx, ada, group, draft))
        took.append(time.perf_counter() - began)
    return min(took)


def cpu_seconds(pid: int) -> float:
    """Return how long a process has been on a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
