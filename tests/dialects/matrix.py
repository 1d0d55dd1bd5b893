"""The table of FEDERATION.md's "Compatibility", taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from tests.dialects.columns import COLUMNS
from tests.test_federation_page import rows

NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """One row. cells: of each column the letters that stand there, none for a dash. proof: `file::name`."""

    name: str
    cells: dict[str, str]
    proof: str


def table() -> list[Row]:
    """Return the rows in the order of the page."""
    found = []
    for name, *cells, proof in rows("Compatibility"):
        letters = ["" if cell == NOTHING else cell for cell in cells]
        found.append(Row(name, dict(zip(COLUMNS, letters, strict=True)), proof))
    return found


def column_of(software: str) -> str:
    """Return the column of a program, empty for one that has none."""
    return next((column for column, names in COLUMNS.items() if software in names), "")
