"""How fast signed arrivals are verified, committed and answered."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks import load
from benchmarks.figures import Figure
from benchmarks.floors import bare_process, cpu_seconds
from node.activitypub import reading
from node.app import open_node
from node.inbox.actors import keep_actor
from node.settings import Settings
from tests.support.pier import Pier, moored

HOSTS = 50
ARRIVALS = 20_000
WARMING = 1_000  # before the clock starts
CONNECTIONS = 96  # kept open
PIECES = 4  # ours and the floor take turns: what else the machine does meanwhile falls on both


async def measure(folder: Path) -> list[Figure]:
    """20,000 signed arrivals from 50 hosts into one web process, each committed before its 202."""
    async with (
        moored(folder, ARCHIPEL_REQUESTS_PER_MINUTE="10000000") as pier,
        bare_process(folder) as (floor, floor_pid),
    ):
        peers = [Peer(number) for number in range(HOSTS)]
        await introduce(pier, peers)
        warming, *pieces = await signed(pier, peers)
        process = await pier.start("serve", "--no-background")
        await load.ask("127.0.0.1", pier.port, warming, connections=CONNECTIONS)
        await load.ask("127.0.0.1", floor, warming, connections=CONNECTIONS)
        ours, floors = 0.0, 0.0  # seconds
        worked, floor_worked = -cpu_seconds(process.pid), -cpu_seconds(floor_pid)
        for piece in pieces:
            ours += await _seconds(pier.port, piece)
            floors += await _seconds(floor, piece)
        worked, floor_worked = worked + cpu_seconds(process.pid), floor_worked + cpu_seconds(floor_pid)
        kept = {iri for (iri,) in pier.rows("SELECT iri FROM arrivals")}
        sent = {peers[number % HOSTS].iri(number) for number in range(WARMING + ARRIVALS)}
        assert kept == sent, "what was answered 202 is not all there"
        [(commits,)] = pier.rows("SELECT count(DISTINCT received_at) FROM arrivals")
        await pier.stop(process)
    return [
        Figure(
            name="accept",
            what="signed arrivals answered 202",
            value=ARRIVALS / ours,
            unit="a second",
            floor=ARRIVALS / floors,
            floor_is="bare uvicorn answering 202",
            aim=0.2,
            note=f"{CONNECTIONS} connections; {len(kept) / commits:.0f} arrivals a commit; "
            f"{worked / ARRIVALS * 1e6:.0f} us of a core each, the floor {floor_worked / ARRIVALS * 1e6:.0f}",
        )
    ]


@dataclass
class Peer:
    """A server with one account; its key is made anew in each run."""

    number: int

    def __post_init__(self) -> None:
        self.home = f"http://127.0.1.{self.number + 1}:4000"
        self.alice = f"{self.home}/users/alice"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def iri(self, number: int) -> str:
        """Return the id of that activity."""
        return f"{self.home}/likes/{number}"

    def like(self, pier: Pier, number: int) -> bytes:
        """Return a request with an activity of its own id, signed."""
        body = json.dumps(
            {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": self.iri(number),
                "type": "Like",
                "actor": self.alice,
                "object": f"{pier.home}/post/{number}",
                "to": [f"{self.alice}/followers"],
                "audience": pier.bees,
            }
        ).encode()
        headers = {
            "host": pier.home.removeprefix("http://"),
            "date": format_datetime(datetime.now(UTC), usegmt=True),
            "digest": f"SHA-256={base64.b64encode(hashlib.sha256(body).digest()).decode()}",
            "content-type": "application/activity+json",
        }
        lines = {"(request-target)": "post /inbox"} | headers
        text = "\n".join(f"{name}: {value}" for name, value in lines.items()).encode()
        value = base64.b64encode(self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
        signature = (
            f'keyId="{self.alice}#main-key",algorithm="rsa-sha256",headers="{" ".join(lines)}",'
            f'signature="{value}"'
        )
        sent = [*headers.items(), ("content-length", str(len(body))), ("signature", signature)]
        return load.post("/inbox", sent, body)

    def document(self) -> dict[str, object]:
        """Return what the account says of itself."""
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "id": self.alice,
            "type": "Person",
            "preferredUsername": "alice",
            "inbox": f"{self.alice}/inbox",
            "publicKey": {"id": f"{self.alice}#main-key", "owner": self.alice, "publicKeyPem": pem.decode()},
        }


async def introduce(pier: Pier, peers: Sequence[Peer]) -> None:
    """Let the node know the accounts and their keys: nothing is fetched while the clock runs."""
    node = await open_node(
        Settings(url=pier.home, development=True, data=pier.folder, keys=pier.folder / "keys")
    )
    async with node.transaction() as tx:
        for peer in peers:
            await keep_actor(tx, reading.read_actor(peer.document()))
    await node.close()


async def signed(pier: Pier, peers: Sequence[Peer]) -> list[list[bytes]]:
    """Return the requests of the warming, then those of each piece."""

    def sign(start: int, count: int) -> list[bytes]:
        return [peers[number % HOSTS].like(pier, number) for number in range(start, start + count)]

    size = ARRIVALS // PIECES
    starts = [(0, WARMING), *((WARMING + number * size, size) for number in range(PIECES))]
    return list(await asyncio.gather(*(asyncio.to_thread(sign, *one) for one in starts)))


async def _seconds(port: int, requests: Sequence[bytes]) -> float:
    rate = await load.ask("127.0.0.1", port, requests, connections=CONNECTIONS)
    return len(requests) / load.all_of(rate, 202)
