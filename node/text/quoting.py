"""Words of a post as a quotation in Markdown, to begin an answer with."""

from __future__ import annotations

from node.text.clean import text_lines

LONGEST = 40  # lines; who answers cuts what they do not answer


def quotation(source: str, content: str) -> str:
    """Return a quotation and an empty line below it. source: Markdown, where it is known; else content: HTML."""
    lines = source.splitlines() if source else text_lines(content)
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    kept = [*lines[:LONGEST], *(["…"] if len(lines) > LONGEST else [])]
    return "".join(f"> {line}".rstrip() + "\n" for line in kept) + "\n" if kept else ""
