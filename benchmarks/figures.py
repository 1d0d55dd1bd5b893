"""A measured figure, and what it is held against."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table.

    value: in *unit*. floor: what this machine does at best, measured in the same run, in the same unit; None where
    the aim is about the value itself. aim: of the ratio where there is a floor, else of the value. at_most: the aim
    is a ceiling rather than a floor. note: what bounds it, or how it was measured.
    """

    name: str
    what: str
    value: float
    unit: str
    floor: float | None = None
    floor_is: str = ""
    aim: float
    at_most: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return None if not self.floor else self.value / self.floor

    @property
    def met(self) -> bool:
        judged = self.value if self.ratio is None else self.ratio
        return judged <= self.aim if self.at_most else judged >= self.aim

    def as_json(self) -> dict[str, Any]:
        ratio = None if self.ratio is None else round(self.ratio, 3)
        return asdict(self) | {"value": round(self.value, 3), "ratio": ratio, "met": self.met}


Bench = Callable[[Path], Awaitable[list[Figure]]]  # is given a folder of its own
