"""What a running node holds. Built once, in `app`, and passed in: two nodes are two values."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from node.activitypub import integrity, request_signatures, signatures
from node.activitypub.fitting import fitted
from node.activitypub.keys import PrivateKey
from node.activitypub.request_signatures import Scheme
from node.clock import Clock
from node.errors import Misconfigured
from node.faults import Faults, Point
from node.ids import Ids
from node.keyring import Keyring
from node.ledger import Ledger
from node.metrics import Metrics
from node.network.client import Client, Signer
from node.settings import Settings
from node.store.changes import BELL, Hearer, changes_of
from node.store.database import Database, Transaction
from node.store.machine import Claim
from node.store.tables.actors import Actor

ACTOR_KEY = b"actor-key"  # purpose of sealed private keys
PROOF_KEY = b"proof-key"  # purpose of those that sign documents
LEDGER = "metrics"  # folder in `data`
LOADED_KEYS = 512  # unsealed keys kept in memory
LOOK_EVERY = 2.0  # seconds after which a worker looks for itself: a bell can be lost

Kept = TypeVar("Kept")

log = structlog.get_logger(__name__)


class Wake:
    """Bells of the workers. Rung after a commit, in each process of the database (`store.changes`).

    A worker that missed one finds the work by its due time.
    """

    def __init__(self) -> None:
        self._bells = {name: asyncio.Event() for name in ("inbox", "outbox", "tasks")}

    def ring(self, name: str) -> None:
        """Tell the worker *name* that there is work."""
        self._bells[name].set()

    def hear(self, words: Collection[str] | None) -> None:
        """Ring what another process rang; everything when it is not known what."""
        for name, bell in self._bells.items():
            if words is None or BELL + name in words:
                bell.set()

    async def wait(self, name: str, *, at_most: float) -> None:
        """Sleep until rung, or for *at_most* seconds."""
        bell = self._bells[name]
        try:
            async with asyncio.timeout(at_most):
                await bell.wait()
        except TimeoutError:
            return
        bell.clear()


@dataclass
class Node:
    """A node: its choices, clock, names, store, network and keys."""

    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    client: Client
    keyring: Keyring
    new_key_pair: Callable[[], tuple[str, str]] = signatures.generate_rsa  # (private PEM, public PEM)
    wake: Wake = field(default_factory=Wake)
    metrics: Metrics = field(default_factory=Metrics)
    claim: Claim | None = None  # on an SQLite file, for this machine
    faults: Faults | None = None  # of tests alone: what goes wrong, and where
    closing: list[Callable[[], Awaitable[None]]] = field(
        default_factory=list
    )  # what is to end well before the store
    leaving: asyncio.Event = field(
        default_factory=asyncio.Event
    )  # set once the process has been told to stop
    hearers: list[Hearer] = field(default_factory=list)  # caches, told of every change (`store.triggers`)
    _keys: dict[str, tuple[bytes, PrivateKey]] = field(default_factory=dict)
    _memory: dict[type, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.metrics.connections.set_function(self.database.connections_in_use)
        self.changes = changes_of(self.database, self._hear)

    @asynccontextmanager
    async def transaction(self, *, batch: bool = False) -> AsyncIterator[Transaction]:
        """Open a unit of work; commit at the end or roll back, then wake who has work from it."""
        async with self.database.transaction(self.clock, self.ids, batch=batch) as tx:
            tx.prove, tx.reach = self.prove, self.reach
            yield tx
            told = await self.changes.tell(tx)
            began = time.perf_counter()
        self.changes.committed(told)
        self.metrics.commits.observe(time.perf_counter() - began)
        if "outbox" in tx.wakes:
            await self.reach("O2")
        for name in tx.wakes:
            self.wake.ring(name)

    def _hear(self, words: Collection[str] | None) -> None:
        self.wake.hear(words)
        for hearer in self.hearers:
            hearer(words)

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Return the block inside which the node hears what other processes of its database commit."""
        return self.changes.listening()

    async def reach(self, point: Point) -> None:
        """Pass a point at which tests let the node fail (`node.faults`); nothing happens in a running one."""
        if self.faults is not None:
            await self.faults.at(point)

    def step_outside(self) -> None:
        """Say that what follows needs the network. Nothing to a node; where there is none, the work ends here."""

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Open a session for reading."""
        return self.database.reading()

    def memory(self, kind: type[Kept]) -> Kept:
        """Return the node's one *kind*, made when first asked for: what a layer above keeps in memory."""
        if kind not in self._memory:
            self._memory[kind] = kind()
        kept: Kept = self._memory[kind]
        return kept

    def private_key(self, actor: Actor) -> PrivateKey:
        """Return the unsealed key of a local actor; raise Misconfigured when it has none here."""
        if actor.sealed_key is None:
            raise Misconfigured(f"{actor.iri} has no private key on this node.")
        return self._opened(actor.key_id, actor.sealed_key, ACTOR_KEY)

    def prove(self, actor: Actor, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return *document* with the proof of a local actor on it (FEP-8b32); as it is where it has one.

        As it is too for an actor without a key for it, and for what no proof can be made of.
        """
        document = fitted(document)
        if actor.sealed_proof_key is None or "proof" in document:
            return document
        key = self._opened(actor.proof_key_id, actor.sealed_proof_key, PROOF_KEY)
        assert isinstance(key, Ed25519PrivateKey), "no other is sealed for that purpose"
        try:
            return integrity.attach(document, key, method=actor.proof_key_id, now=self.clock.now())
        except ValueError as error:  # it leaves all the same: its request is signed
            log.warning("no proof made", activity=document.get("id"), error=str(error))
            return document

    def _opened(self, key_id: str, sealed: bytes, purpose: bytes) -> PrivateKey:
        known = self._keys.get(key_id)
        if known is not None and known[0] == sealed:
            return known[1]
        key = signatures.load_private(self.keyring.open(sealed, purpose=purpose).decode())
        if len(self._keys) >= LOADED_KEYS:
            self._keys.pop(next(iter(self._keys)))
        self._keys[key_id] = (sealed, key)
        return key

    def sign_as(self, actor: Actor) -> Signer:
        """Return a signer for requests in the name of a local actor; each call signs afresh."""
        key = self.private_key(actor)

        def sign(method: str, url: str, body: bytes | None, scheme: Scheme = "cavage") -> Mapping[str, str]:
            return request_signatures.sign(
                scheme,
                method=method,
                url=url,
                body=body,
                key_id=actor.key_id,
                private_key=key,
                now=self.clock.now(),
            )

        return sign

    @cached_property
    def ledger(self) -> Ledger:
        """What all processes of this machine have counted."""
        return Ledger(self.settings.data / LEDGER, self.metrics.registry)

    async def close(self) -> None:
        """Let those finish who asked to (`closing`), then let go of the network and the database."""
        for end in self.closing:
            await end()
        await self.client.aclose()
        await self.changes.close()
        await self.database.dispose()
        if self.claim is not None:
            self.claim.release()
