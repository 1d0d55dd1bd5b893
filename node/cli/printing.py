"""Answers: a sentence, a table for people, or JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

Row = Mapping[str, Any]
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def show(rows: Sequence[Row], *, as_json: bool, nothing: str) -> None:
    """Print rows that have the same keys; *nothing* is what an empty table says."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2, default=_plain))
        return
    if not rows:
        click.echo(nothing)
        return
    cells = [[_cell(value) for value in row.values()] for row in rows]
    titles = [name.replace("_", " ") for name in rows[0]]
    widths = [max(len(line[at]) for line in [titles, *cells]) for at in range(len(titles))]
    for line in [titles, *cells]:
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def show_one(values: Row, *, as_json: bool) -> None:
    """Print one thing, a line for each of its values."""
    if as_json:
        click.echo(json.dumps(dict(values), ensure_ascii=False, indent=2, default=_plain))
        return
    width = max(len(name) for name in values)
    for name, value in values.items():
        click.echo(f"{name.replace('_', ' ').ljust(width)}  {_cell(value)}".rstrip())


def _cell(value: object) -> str:
    """Write a value on one line, without control characters: names come from elsewhere (A108)."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
