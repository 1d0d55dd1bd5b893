"""Words as searches compare them: no markup, small letters, no accents. Pure, and alike for every database."""

from __future__ import annotations

import re
import unicodedata

from node.text.clean import plain_text

_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
# Scripts that put no blank between words: each sign is a word, and a run of them is looked for as a phrase.
SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # as a class of a pattern has them
_SIGN = re.compile(f"([{SIGNS}])")


def fold(text: str) -> list[str]:
    """Return the words of plain text, folded: ``Crème brûlée!`` is creme, brulee."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return _WORD.findall(_SIGN.sub(r" \1 ", unicodedata.normalize("NFKC", bare).casefold()))


def fold_html(content: str, at_most: int) -> list[str]:
    """Return the folded words of HTML, as far as *at_most* characters of it reach."""
    return fold(plain_text(content[:at_most]))
