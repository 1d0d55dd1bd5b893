"""FEDERATION.md says what the code does: each row against the table of handlers and the tests it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from node.activities.create import THREADS
from node.activities.table import ANSWERS, HANDLERS
from node.activitypub.vocabulary import ACTIVITY_TYPES

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "FEDERATION.md").read_text()


def rows(title: str) -> list[list[str]]:
    """The table below the heading, without its head."""
    section = PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_activity_that_takes_effect_has_its_row_and_no_other():
    assert {row[0] for row in rows("Activities")} == set(HANDLERS) | ANSWERS


def test_every_kind_of_thread_has_its_row():
    assert {row[0] for row in rows("Objects")} == THREADS


def test_what_is_said_to_be_undone_can_be_undone():
    (undo,) = [row for row in rows("Activities") if row[0] == "Undo"]
    from node.activities.handler import not_undoable

    undoable = {name for name, handler in HANDLERS.items() if handler.undo is not not_undoable}
    for cell in undo[1:3]:
        assert set(cell.split(": ", 1)[1].split(", ")) == undoable


@pytest.mark.parametrize("row", rows("Activities"), ids=lambda row: row[0])
def test_what_is_announced_is_what_groups_pass_on(row):
    from node.outbox.announcing import _WRAPPED

    says = "announces" in row[1]
    assert says == (row[0] in _WRAPPED), row[0]


@pytest.mark.parametrize("row", rows("Activities") + rows("Objects"), ids=lambda row: row[0])
def test_the_named_test_exists_and_is_about_it(row):
    path = ROOT / row[-1]
    assert path.is_file(), row[-1]
    assert re.search(rf"\b{row[0]}|{row[0].lower()}", path.read_text()), f"{row[-1]} never speaks of {row[0]}"


def test_every_type_named_is_one_of_the_vocabulary():
    assert {row[0] for row in rows("Activities")} <= ACTIVITY_TYPES
