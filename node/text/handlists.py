"""Lists of groups and people as they are handed on: one a line, Mastodon's table of follows, Lemmy's settings. Pure."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass

COLUMN = "account address"  # of the table in which Mastodon and its kin write whom one follows
COMMUNITIES = "followed_communities"  # of the settings that Lemmy hands out
LONGEST = 500  # characters of one name or address
_ADDRESS = re.compile(r"https?://[^\s<>\"'|,;]+")
_HANDLE = re.compile(
    r"(?<![\w.])[!@]?[\w.-]{1,200}@[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{2,5})?(?![\w@])", re.IGNORECASE
)
_HANDLE_ON_A_PORT = re.compile(r"(?<![\w.])[!@]?[\w.-]{1,200}@localhost(?::\d{2,5})?(?![\w@])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HandList:
    """What a list names, each once, in its order; and lines in which nothing is named."""

    names: tuple[str, ...]
    unread: tuple[str, ...] = ()


def read_list(text: str) -> HandList:
    """Read a list in whichever of the forms it is. Names are addresses, or handles with their mark where they have one."""
    text = text.lstrip("\ufeff").strip()
    if text.startswith(("{", "[")):
        return _settings(text)
    head = text.partition("\n")[0].lower()
    if COLUMN in head:
        return _table(text)
    return _lines(text.splitlines())


def _settings(text: str) -> HandList:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return HandList((), (text[:80],)) if text.startswith("{") else _lines(text.splitlines())
    listed = found.get(COMMUNITIES) if isinstance(found, dict) else found
    if not isinstance(listed, list):
        return HandList((), (text[:80],))
    return _lines([one if isinstance(one, str) else json.dumps(one) for one in listed])


def _table(text: str) -> HandList:
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        return _lines(text.splitlines())
    place = next((number for number, name in enumerate(rows[0]) if name.strip().lower() == COLUMN), 0)
    return _lines([row[place] for row in rows[1:] if len(row) > place])


def _lines(lines: list[str]) -> HandList:
    names: dict[str, str] = {}
    unread = []
    for raw in lines:
        line = raw.strip()
        if not line or line.startswith(("#", "//")):
            continue
        name = _named(line)
        if name:
            names.setdefault(name.lstrip("!@").lower() if "://" not in name else name, name)
        else:
            unread.append(line[:80])
    return HandList(tuple(names.values()), tuple(unread))


def _named(line: str) -> str:
    """Return the address or handle that a line is about, the first; empty when there is none."""
    address = _ADDRESS.search(line)
    handle = _HANDLE.search(line) or _HANDLE_ON_A_PORT.search(line)
    if address is not None and (handle is None or address.start() <= handle.start()):
        return address[0].rstrip(".)")[:LONGEST]
    if handle is None:
        return ""
    name, _, host = handle[0].rpartition("@")
    return f"{name}@{host.lower()}"[:LONGEST]
