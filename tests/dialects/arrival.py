"""One document of another program, and what it does to a node of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.dialects.world import World

Step = Callable[["World"], Awaitable[Any]]
Way = Callable[["World", dict[str, Any]], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A sample of tests/wire on its way to us.

    effect: of one that acts, every line by which what the node holds, tells and sends has changed (see `ledger`);
    of one that is refused, the reason, and nothing has changed.
    """

    software: str  # folder in tests/wire
    sample: str  # file stem there
    row: str  # of the compatibility matrix; "" when it is none of the matrix's
    outcome: Literal["acts", "refuses"]
    effect: str
    scene: str = "ours"  # those of one scene come to one node, in the order of the table
    before: tuple[Step, ...] = ()  # what happened before, not counted as its effect
    way: Way | None = None  # how it comes; None: by itself, or, of what is no activity, its address is pasted

    @property
    def name(self) -> str:
        """Folder and stem, as test_wire.py names it."""
        return f"{self.software}/{self.sample}"
