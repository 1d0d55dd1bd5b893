"""What an arrival names, as far as its body can be read: to keep in order what is about one thing."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

DEEPEST = 8  # an id in an object in an activity in a list in a collection that a group announces


def named(body: str, members: Collection[str]) -> set[str]:
    """Return the ids under *members* of an activity and of what is in it; none of a body that is no JSON."""
    found: set[str] = set()
    try:
        level: list[Any] = [json.loads(body)]
    except ValueError:
        return found  # its own work will say so, and holds up nobody
    for _ in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                found.add(one)
            elif isinstance(one, dict):
                below += [one.get(name) for name in members]
            elif isinstance(one, list):
                below += one
        level = below
    return found
