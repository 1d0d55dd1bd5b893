"""Finding an emoji by its name, in the reader's language or in English."""

from __future__ import annotations

from functools import cache

MOST = 8
_FULLY = 2  # status of an emoji in its full form; others are ways to write the same


def find_emoji(words: str, language: str) -> list[tuple[str, str]]:
    """Return at most MOST emoji whose name has a word that begins like *words*, the shortest names first: (emoji, name)."""
    wanted = words.strip().lower().replace(" ", "_")
    if not wanted:
        return []
    found: dict[str, tuple[tuple[bool, int, str], str]] = {}
    for name, sign in _names(language):
        if name.startswith(wanted) or f"_{wanted}" in name:
            rank = (not name.startswith(wanted), len(name), name)
            if sign not in found or rank < found[sign][0]:
                found[sign] = (rank, name)
    best = sorted(found.items(), key=lambda one: one[1][0])[:MOST]
    return [(sign, name.replace("_", " ")) for sign, (_, name) in best]


@cache  # some four thousand names; read when somebody first asks
def _names(language: str) -> tuple[tuple[str, str], ...]:
    import emoji  # noqa: PLC0415 -- four megabytes that most processes never need

    emoji.config.load_language(language)
    return tuple(
        (name.strip(":").lower(), sign)
        for sign, data in emoji.EMOJI_DATA.items()
        if data["status"] == _FULLY and not any(tone in sign for tone in _TONES)
        for name in {data.get(language, ""), data["en"], *data.get("alias", ())}
        if name
    )


_TONES = tuple(chr(code) for code in range(0x1F3FB, 0x1F400))  # a hand in five colours is one hand
