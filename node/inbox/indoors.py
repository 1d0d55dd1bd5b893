"""A node without a network: what can be done about an arrival with what is known already.

Most arrivals need nothing that is not here. They are worked within one unit of work, many at a time; whoever turns out
to need the network is told so by `NeedsNetwork`, and worked on its own, outside any unit of work.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, Never, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from node.runtime import Node
from node.store.database import Transaction

Held = TypeVar("Held")


class NeedsNetwork(Exception):
    """The work cannot go on with what is known here. No error: never shown, never logged."""


class Indoors(Node):
    """A node as one unit of work sees it: it reads and writes within that one, and asks nobody."""

    def __init__(self, node: Node, tx: Transaction) -> None:
        vars(self).update(vars(node))  # the same clock, settings and memory: it is the same node
        self._tx, self._session = _Given(tx), _Given(tx.session)
        self.client = _ClosedDoor()  # type: ignore[assignment]

    def step_outside(self) -> Never:
        """Raise NeedsNetwork."""
        raise NeedsNetwork

    def transaction(self, *, batch: bool = False) -> AbstractAsyncContextManager[Transaction]:  # type: ignore[override]
        """Return the one there is; it is neither committed nor rolled back."""
        del batch
        return self._tx

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Return the session there is."""
        return self._session


class _ClosedDoor:
    def __getattr__(self, name: str) -> Any:
        raise NeedsNetwork


class _Given(AbstractAsyncContextManager[Held], Generic[Held]):
    """A block inside which something is held that outlives it."""

    def __init__(self, held: Held) -> None:
        self._held = held

    async def __aenter__(self) -> Held:
        return self._held

    async def __aexit__(self, *_: object) -> None:
        return None
