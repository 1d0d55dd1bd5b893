"""What an administrator sees of other servers and of the lane in which word reaches each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    literal,
    or_,
    tuple_,
    union_all,
)
from sqlalchemy import select as sql_select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from node.errors import NotFound
from node.store.queries import lanes
from node.store.queries.log import head
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.peers import Peer

SHOWN = 30  # servers of a page
COUNTED = 1000  # entries that wait, of one lane; of more it is said that there are more
LOOKED_AT = 10_000  # entries of the log behind a cursor: a lane may stand half a million behind, and little of it be its own
_SIZES = (1, 10, SHOWN, 100)  # peers of one statement that counts
ENTRIES_SHOWN = 20  # that wait, on the page of one lane

Which = Literal["all", "troubled", "paused", "blocked"]
# What a peer said, or did not say, as `outbox.sending` and `network` write it down. The numbers are HTTP statuses.
_ANSWERED = re.compile(r"HTTP (\d{3}) from ")
_SILENT = (("took too long", "slow"), ("cannot be reached", "unreachable"), ("has no address", "nameless"))
_MEANINGS = {
    401: "unproven",
    403: "unproven",
    404: "moved",
    408: "slow",
    410: "moved",
    425: "busy",
    429: "busy",
    503: "busy",
}
# In the order of attention: given up, asleep, failing; then what the peer or somebody here holds; then what runs.
_STATES = ("dead", "sleeping", "failing", "asked", "paused", "behind", "blocked")
KIND_LENGTH, KINDS = 40, 4  # of an activity and what it holds: characters, and how deep
ABOUT_LENGTH = 300  # characters
_WHICH: dict[Which, ColumnElement[bool] | None] = {
    "all": None,
    "troubled": and_(
        col(Peer.blocked_at).is_(None),
        or_(
            col(Peer.state).in_(("dead", "sleeping")),
            and_(col(Peer.state) == "awake", col(Peer.failures) > 0),
        ),
    ),
    "paused": and_(col(Peer.blocked_at).is_(None), col(Peer.state) == "paused"),
    "blocked": col(Peer.blocked_at).is_not(None),
}


@dataclass(frozen=True, slots=True)
class ServerLine:
    """Another server and its lane.

    state: blocked, dead, sleeping, paused, failing, asked (to wait, by its own word), behind, well. waiting: entries; at
    least so many when `is_least`: more are not counted in passing. oldest: when the first of them was written.
    trouble: what `last_error` means: unproven (it does not believe our signature, or does not want us), moved, slow, busy,
    broken, refused, unreachable, nameless; empty when nobody knows. status: what it answered, 0 when it did not.
    """

    host: str
    software: str  # name and version, empty when it has not said
    state: str
    waiting: int
    is_least: bool
    oldest: datetime | None
    failures: int
    failing_since: datetime | None
    next_try: datetime | None  # None: as soon as a worker is free, or never
    last_success: datetime | None
    last_seen: datetime | None
    last_error: str
    trouble: str
    status: int


@dataclass(frozen=True, slots=True)
class ServersPage:
    """Some of the servers that this node knows. after: rank and host of the last line, None on the last page."""

    which: Which
    search: str
    lines: tuple[ServerLine, ...]
    troubled: int
    known: int
    after: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An entry of the log that waits for a server.

    types: of the activity, and of what it passes on or undoes. acts: the same without the passing on, where that says
    nothing more. about: id of what it is about, empty when it names none.
    """

    id: int
    types: tuple[str, ...]
    acts: tuple[str, ...]
    about: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ServerPage:
    """One server, and what waits for it, oldest first. last: number in the log of the newest entry there is."""

    line: ServerLine
    first_seen: datetime
    blocked_at: datetime | None
    blocked_reason: str
    entries: tuple[WaitingLine, ...]
    last: int


async def servers_page(
    session: AsyncSession,
    now: datetime,
    which: Which,
    search: str,
    after: tuple[int, str] | None,
    *,
    limit: int = SHOWN,
) -> ServersPage:
    """Return the servers whose name has *search* in it, what needs attention first, from *after* on.

    after: rank and host of the last line of the page before. limit: lines, 400 at most: each is a part of one statement.
    """
    rank = _rank(now)
    query = sql_select(Peer, rank)
    chosen = _WHICH[which]
    if chosen is not None:
        query = query.where(chosen)
    if search:
        query = query.where(col(Peer.host).contains(search.lower(), autoescape=True))
    if after is not None:
        query = query.where(tuple_(rank, col(Peer.host)) > tuple_(literal(after[0]), literal(after[1])))
    rows = (await session.execute(query.order_by(rank, col(Peer.host)).limit(limit + 1))).all()
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    troubled = select(func.count()).select_from(Peer).where(*_conditions("troubled"))
    return ServersPage(
        which,
        search,
        tuple(await _lines(session, now, shown)),
        await session.scalar(troubled) or 0,
        await session.scalar(select(func.count()).select_from(Peer)) or 0,
        (last[1], last[0].host) if last is not None else None,
    )


async def find_server(session: AsyncSession, host: str, *, to_change: bool = False) -> Peer:
    """Return the peer of that host, or raise NotFound.

    to_change: lock its row, so that a worker's step of its lane waits for this one and none undoes the other.
    """
    query = select(Peer).where(col(Peer.host) == host.lower())
    if to_change:  # SQLite has one writer and leaves this out
        query = query.with_for_update().execution_options(populate_existing=True)
    peer: Peer | None = await session.scalar(query)
    if peer is None:
        raise NotFound("This server is not known here.", detail=host)
    return peer


async def server_page(session: AsyncSession, now: datetime, host: str) -> ServerPage:
    """Return one server by its host. Raises NotFound."""
    peer = await find_server(session, host)
    line = await server_line(session, now, peer)
    entries = await lanes.pending(session, peer.id, ENTRIES_SHOWN)
    return ServerPage(
        line,
        peer.first_seen,
        peer.blocked_at,
        peer.blocked_reason,
        tuple(map(_waiting_line, entries)),
        await head(session),
    )


def _rank(now: datetime) -> ColumnElement[int]:
    """The place of a peer's state in _STATES, as far as its row tells."""
    held = col(Peer.blocked_at).is_not(None)
    return case(
        (held, _STATES.index("blocked")),
        *((col(Peer.state) == state, _STATES.index(state)) for state in ("dead", "sleeping", "paused")),
        (col(Peer.failures) > 0, _STATES.index("failing")),
        (col(Peer.due_at) > now, _STATES.index("asked")),
        else_=_STATES.index("behind"),
    )


def _conditions(which: Which) -> Sequence[ColumnElement[bool]]:
    chosen = _WHICH[which]
    return () if chosen is None else (chosen,)


def _waiting_line(entry: LogEntry) -> WaitingLine:
    about: Any = json.loads(entry.body).get("object")
    types = [entry.type]
    # What is passed on or undone, and what that is about.
    while isinstance(about, dict) and "object" in about and len(types) < KINDS:
        types.append(str(about.get("type", ""))[:KIND_LENGTH])
        about = about["object"]
    iri = about.get("id") if isinstance(about, dict) else about
    acts = types[1:] if types[0] == "Announce" and len(types) > 1 else types
    said = iri[:ABOUT_LENGTH] if isinstance(iri, str) else ""
    return WaitingLine(entry.id or 0, tuple(types), tuple(acts), said, entry.at)


async def server_line(session: AsyncSession, now: datetime, peer: Peer) -> ServerLine:
    """Return what is shown of one server."""
    query = sql_select(Peer, _rank(now)).where(col(Peer.id) == peer.id)
    (line,) = await _lines(session, now, (await session.execute(query)).all())
    return line


async def _lines(session: AsyncSession, now: datetime, ranked: Iterable[Any]) -> list[ServerLine]:
    """Return lines of peers, each with its rank, in their order; what waits for them is counted in one statement."""
    end = await head(session)
    rows: list[tuple[Peer, int]] = [(row[0], row[1]) for row in ranked]
    behind = [peer.id or 0 for peer, _ in rows if peer.cursor < end and peer.blocked_at is None]
    waiting = await _waiting(session, behind)
    return [_line(peer, rank, now, end, waiting.get(peer.id or 0, (0, None))) for peer, rank in rows]


async def _waiting(session: AsyncSession, ids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
    """Return how many entries wait for each of the peers, COUNTED + 1 at most, and when the first was written."""
    if not ids:
        return {}
    size = next((size for size in _SIZES if size >= len(ids)), len(ids))
    values = {f"peer{at}": peer_id for at, peer_id in enumerate([*ids, *[0] * (size - len(ids))])}
    limits = {"looked_at": LOOKED_AT, "most": COUNTED + 1}
    rows: Iterable[Any] = await session.execute(_to_count(size), values | limits)
    return {peer: (number, at) for peer, number, at in rows}


@cache  # to write the statement anew took longer than the answer; so there are few sizes of it
def _to_count(size: int) -> Any:
    counts = union_all(*(_count_of(bindparam(f"peer{at}", type_=Integer)) for at in range(size))).subquery()
    first = (counts.c.peer, counts.c.number, col(LogEntry.at))
    return sql_select(*first).outerjoin(LogEntry, col(LogEntry.id) == counts.c.oldest)


def _count_of(peer: BindParameter[int]) -> Select[Any, Any, Any]:
    entry = col(LogAudience.entry_id)
    # In the log's order, so that what is counted has the oldest among it.
    near = entry <= col(Peer.cursor) + bindparam("looked_at", type_=Integer)
    waiting = lanes.waiting_for(peer).where(near).order_by(entry)
    some = waiting.limit(bindparam("most", type_=Integer)).subquery()
    number, oldest = func.count().label("number"), func.min(some.c.entry_id).label("oldest")
    return sql_select(peer.label("peer"), number, oldest).select_from(some)


def _line(peer: Peer, rank: int, now: datetime, end: int, counted: tuple[int, datetime | None]) -> ServerLine:
    waiting, oldest = counted
    is_later = peer.due_at is not None and peer.due_at > now
    is_least = peer.blocked_at is None and (waiting > COUNTED or peer.cursor + LOOKED_AT < end)
    state = _STATES[rank]
    if state in {"asked", "behind"} and not waiting and not is_least:
        state = "well"
    trouble, status = _meaning(peer.last_error)
    return ServerLine(
        host=peer.host,
        software=f"{peer.software or ''} {peer.version or ''}".strip(),
        state=state,
        waiting=min(waiting, COUNTED),
        is_least=is_least,
        oldest=oldest,
        failures=peer.failures,
        failing_since=peer.failing_since,
        next_try=peer.due_at if is_later else None,
        last_success=peer.last_success,
        last_seen=peer.last_seen,
        last_error=peer.last_error,
        trouble=trouble,
        status=status,
    )


def _meaning(error: str) -> tuple[str, int]:
    answered = _ANSWERED.match(error)
    if answered is None:
        return next((kind for words, kind in _SILENT if words in error), ""), 0
    status = int(answered[1])
    by_class = {3: "moved", 4: "refused", 5: "broken"}
    return _MEANINGS.get(status, by_class.get(status // 100, "")), status
