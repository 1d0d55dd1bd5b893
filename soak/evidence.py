"""What each node knows of the things that a verdict names: written beside the logs, to find the cause by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from soak.world import SoakNode

MOST: Final = 8  # things that are looked into
WORDS: Final = 600  # characters of a body that are shown
_NAMED: Final = re.compile(r"http://localhost:\d+/(?:post|comment)/\w+")
_CONTEXT: Final = re.compile(r'"@context":\[.*?(?:\}\]|"\]),')
_ASKED: Final = {
    "post": "SELECT * FROM posts WHERE iri = :iri OR in_reply_to = :iri",
    "arrival": "SELECT id, iri, type, actor, signer, trust, received_at, state, attempts, closed_at, reason, body"
    " FROM arrivals WHERE body LIKE :like ORDER BY id",
    "entry": "SELECT id, iri, type, body FROM log WHERE body LIKE :like ORDER BY id",
    "mark": "SELECT kind, object, actor, at FROM marks WHERE object = :iri",
}


async def gather(nodes: Sequence[SoakNode], findings: Iterable[str], path: Path) -> None:
    """Write what the nodes' posts, journals, logs and marks say of each thing that the findings name."""
    named = dict.fromkeys(iri for line in findings for iri in _NAMED.findall(line))
    with path.open("w") as file:
        for iri in list(named)[:MOST]:
            for node in nodes:
                async with node.database.reading() as session:
                    lines = [line async for line in _of(session, iri)]
                print(f"=== {iri} at {node.name} ({node.host})", *lines, sep="\n", file=file)


async def _of(session: AsyncSession, iri: str) -> Any:
    for kind, query in _ASKED.items():
        for row in await session.execute(text(query), {"iri": iri, "like": f"%{iri}%"}):
            shown = {
                name: _short(name, value) for name, value in row._mapping.items() if value not in (None, "")
            }
            yield f"{kind}: {shown}"


def _short(name: str, value: Any) -> str:
    """Leave the context, which is always the same, out of a body."""
    said = _CONTEXT.sub("", str(value)) if name == "body" else str(value)
    return said[:WORDS]
