"""FEDERATION.md's matrix of compatibility: what it says of arrivals is what happens, and every row is proven.

What it says of departures is held in `test_departures`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from tests.dialects.arrivals import ARRIVALS
from tests.dialects.columns import COLUMNS
from tests.dialects.departures import ROWS
from tests.dialects.matrix import column_of, table

ROOT = Path(__file__).parent.parent.parent
SIGNED = "signed GET"  # no activity: held in `test_departures` as a whole


def happens() -> dict[tuple[str, str], str]:
    """Return of each row and column what the samples do here: `A`, `R` or both."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for arrival in ARRIVALS:
        if arrival.row and (column := column_of(arrival.software)):
            found[arrival.row, column].add("A" if arrival.outcome == "acts" else "R")
    return {cell: "".join(sorted(letters)) for cell, letters in found.items()}


def test_what_is_said_of_arrivals_is_what_they_do():
    found = happens()
    wrong = [
        f"“{row.name}”, {column}: the page says {says or 'nothing'}, the code does {does or 'nothing'}"
        for row in table()
        if row.name != SIGNED
        for column, letters in row.cells.items()
        if (says := letters.strip("Ss")) != (does := found.get((row.name, column), ""))
    ]
    assert not wrong, "\n".join(wrong)


def test_rows_and_columns_are_those_that_are_proven():
    assert [row.name for row in table()] == [*ROWS, SIGNED]
    assert {arrival.row for arrival in ARRIVALS} - {""} <= set(ROWS)
    for row in table():
        assert set("".join(row.cells.values())) <= set("SsAR"), row.name
    page = (ROOT / "FEDERATION.md").read_text()
    head = re.search(r"^\| activity \| Lemmy .*$", page, re.MULTILINE)
    assert head is not None
    assert [one.strip() for one in head[0].strip("|").split("|")] == ["activity", *COLUMNS, "test"]


def test_the_test_that_a_row_names_exists():
    for row in table():
        path, _, name = row.proof.partition("::")
        assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), row.proof
