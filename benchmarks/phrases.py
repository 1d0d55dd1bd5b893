"""Words that nobody wrote: syllables strung together, some words said often and most of them rarely."""

from __future__ import annotations

import itertools
from random import Random

ONSETS = (
    "b",
    "br",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
)
VOWELS = ("a", "e", "i", "o", "u", "é", "ö", "ai", "ou")
ENDS = ("", "l", "n", "r", "s", "t")
WORDS = 20_000
COMMON = "swarm"  # stands in a tenth of all titles
RARE = "zephyrine"  # stands in one title of ten thousand
POOL = 200_000  # words drawn once; texts are runs of them


class Phrases:
    """Titles and texts, drawn from *random*."""

    def __init__(self, random: Random) -> None:
        self._random = random
        syllables = ["".join(parts) for parts in itertools.product(ONSETS, VOWELS, ENDS)]
        self._words = ["".join(random.choices(syllables, k=random.randint(1, 3))) for _ in range(WORDS)]
        self._pool = [self.word() for _ in range(POOL)]

    def word(self) -> str:
        """Return a word; the n-th most common one is n times rarer than the first."""
        return self._words[int(WORDS ** self._random.random()) - 1]

    def title(self, length: int) -> str:
        """Return about *length* words on one line."""
        drawn = self._random.random()
        extra = f" {COMMON}" if drawn < 0.1 else f" {RARE}" if drawn > 0.9999 else ""
        return self.text(length).capitalize() + extra

    def text(self, length: int) -> str:
        """Return up to twice *length* words, *length* on average."""
        begin = int(self._random.random() * (POOL - 2 * length))
        return " ".join(self._pool[begin : begin + 1 + int(self._random.random() * 2 * length)])
