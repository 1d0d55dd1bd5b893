"""What an edit changed, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

Part = tuple[Literal["same", "gone", "new"], str]

LONGEST = 4000  # words and signs of a text; longer ones are shown one after the other
_PIECES = re.compile(r"\w+|\s+|[^\w\s]")


def differences(before: str, after: str) -> list[Part]:
    """Return both texts as one: what stayed, what went and what came, in reading order. Plain text."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if max(len(old), len(new)) > LONGEST:
        return [part for part in (("gone", before), ("new", after)) if part[1]]
    parts: list[Part] = []
    for what, begin, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("same", "".join(old[begin:end])))
            continue
        if end > begin:
            parts.append(("gone", "".join(old[begin:end])))
        if last > first:
            parts.append(("new", "".join(new[first:last])))
    return parts
