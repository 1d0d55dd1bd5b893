"""A title for a thread that was started by a note without one (RULE D3 of the federation reference)."""

from __future__ import annotations

import re
from collections.abc import Collection

from node.text.clean import shortened, text_lines

LONGEST = 120  # characters
SHORTEST = 5  # characters; less says nothing
_SENTENCE_END = re.compile(r"[.!?…。！？]+(?=\s|$)")
_SHORTCODES = re.compile(
    r"(?<![\w:]):[A-Za-z0-9_+-]{2,60}:(?![\w:])"
)  # custom emoji: pictures elsewhere (I.102)
_HASHTAGS = re.compile(r"^(?:#\w+[\s,;]*+)+")


def title_from(source: str, *, strip_mentions: Collection[str]) -> tuple[str, bool]:
    """Return a title from the HTML of a note, and whether it leaves out some of the line it is from.

    The title is the first line with words, less the mentions of the group, leading hashtags and custom emoji,
    up to the end of its first sentence or LONGEST characters. "" when less than SHORTEST are left.
    strip_mentions: handles of the group, with or without the leading @ or !.
    """
    mentions = _mentions(strip_mentions)
    for raw in text_lines(source):
        line = _HASHTAGS.sub("", mentions.sub("", _SHORTCODES.sub("", raw)).strip(" \t:,;–—-")).strip(
            " \t:,;–—-"
        )
        if line:
            line = " ".join(line.split())  # a mention in the middle leaves two blanks
            title = _cut(line)
            return (
                (title, len(title) < len(line.removesuffix("."))) if len(title) >= SHORTEST else ("", False)
            )
    return "", False


def _cut(line: str) -> str:
    end = _SENTENCE_END.search(line, SHORTEST)
    if end is None:
        return shortened(line, LONGEST)
    sentence = line[: end.end()]
    if not sentence.endswith(".."):
        sentence = sentence.removesuffix(".")
    return sentence if len(sentence) <= LONGEST else shortened(line, LONGEST)


def _mentions(handles: Collection[str]) -> re.Pattern[str]:
    """Match a group's mentions in full and, as most software shows them, by name alone."""
    names = {handle.lstrip("@!") for handle in handles} - {""}
    forms = names | {name.partition("@")[0] for name in names}
    if not forms:
        return re.compile(r"(?!)")
    choice = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![\w@])[@!](?:{choice})(?![\w@]|\.\w)", re.IGNORECASE)
