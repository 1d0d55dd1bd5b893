"""By the minute: the words of comments are taken into the index of searches, those that came lately first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from node.runtime import Node
from node.store.queries.wordlists import take_in, untaken
from node.store.tables.search import READ
from node.text.folding import fold_html

AT_ONCE = 200  # comments in one unit of work
UNITS = 50  # in one look: ten thousand comments a minute, while there are as many from before


async def index_comments(node: Node, go_on: Callable[[], Awaitable[None]] | None = None) -> int:
    """Take in the words of comments that lack; return of how many."""
    done = 0
    for _ in range(UNITS):
        if go_on is not None:
            await go_on()
        async with node.reading() as session:
            found = await untaken(session, AT_ONCE)
        if not found:
            break
        words = await asyncio.to_thread(_folded, found)
        async with node.transaction() as tx:
            await take_in(tx, words)
        done += len(found)
        if len(found) < AT_ONCE:
            break
    return done


def _folded(comments: Sequence[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """Fold them, beside whatever else this process does. One without a word is noted by an empty text."""
    return [(number, content, " ".join(fold_html(content, READ))) for number, content in comments]
