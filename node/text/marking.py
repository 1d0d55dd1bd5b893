"""Where in a text the words stand that somebody looked for. Pure: what comes out are pieces of text, never markup."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from node.text.folding import SIGNS, fold

BEFORE = 60  # characters that are shown before the first word that was found
_WORD = re.compile(
    rf"[{SIGNS}]|(?:[^\W_{SIGNS}][\u0300-\u036f]*)+"
)  # a sign, or a run of letters, accents and digits


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text. found: whether it is a word that was looked for."""

    text: str
    found: bool = False


def marked(text: str, words: Collection[str], beginning: str = "") -> tuple[Piece, ...]:
    """Return *text* in pieces, joined the same again. words: folded. beginning: a folded one that longer words begin with."""
    pieces: list[Piece] = []
    last = 0
    for match in _WORD.finditer(text):
        folded = fold(match[0])
        if any(one in words or (beginning and one.startswith(beginning)) for one in folded):
            if match.start() > last:
                pieces.append(Piece(text[last : match.start()]))
            pieces.append(Piece(match[0], found=True))
            last = match.end()
    if last < len(text):
        pieces.append(Piece(text[last:]))
    return tuple(pieces)


def around(text: str, words: frozenset[str], size: int) -> tuple[Piece, ...]:
    """Return about *size* characters of *text* around the first word that was looked for, cut between words, in pieces."""
    hits = (match.start() for match in _WORD.finditer(text) if not words.isdisjoint(fold(match[0])))
    first = next(hits, 0)
    start = max(0, first - BEFORE)
    if start:
        start = max(text.rfind(" ", 0, start + 1) + 1, start - BEFORE)
    end = min(len(text), start + size)
    if end < len(text):
        blank = text.rfind(" ", start, end + 1)
        end = blank if blank > first else end
    cut = text[start:end].strip()
    return marked(("…" if start else "") + cut + ("…" if end < len(text) else ""), words)
