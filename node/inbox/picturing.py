"""Pictures of other servers, fetched when somebody looks, written anew, and kept for a while (THREATS A90, A91).

Only what a stored object names is ever asked for, by the one guarded client and in the node's own name: nothing of
whoever looks goes along. What cannot be had is not asked for again for some hours. Two who look at once cause one
fetch.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import delete
from sqlmodel import col

from node.errors import Conflict, NodeError, NotFound, Refused, TooMany, Unavailable, UnsupportedMedia
from node.inbox.fetching import check_not_blocked, instance_signer
from node.pictures.decoder import Decoded
from node.runtime import Node
from node.store.objects import object_name
from node.store.queries.media import FarSource, far_fingerprint, find_kept
from node.store.tables.media import FarPicture

ACCEPT = "image/webp, image/avif, image/png, image/jpeg, image/gif;q=0.8"
LARGEST = 10 * 1024 * 1024  # bytes
AT_ONCE = 4  # fetches of one process
MOST_WAITING = 64  # who come when so many wait get the link instead
NOT_AGAIN_FOR = timedelta(hours=6)  # after it could not be had
NOT_BUSY_FOR = timedelta(minutes=10)  # after its home was away


log = structlog.get_logger()


class Flights:
    """Pictures on their way, by fingerprint: who wants one that is coming waits for it."""

    def __init__(self) -> None:
        self.coming: dict[str, asyncio.Task[FarPicture]] = {}
        self.turn = asyncio.Semaphore(AT_ONCE)


async def picture_of(node: Node, source: FarSource) -> FarPicture:
    """Return a picture of another server, from the store or from its home.

    Raises NotFound for one that cannot be had or whose server is blocked, TooMany when too many are on their way.
    """
    if node.settings.far_media_bytes == 0:
        raise _absent("")
    try:
        await check_not_blocked(node, source.url)
    except Refused as error:
        raise _absent(str(error)) from error
    async with node.reading() as session:
        kept = await find_kept(session, source)
    if kept is not None and (kept.token or (kept.retry_at is not None and kept.retry_at > node.clock.now())):
        return _had(kept)
    flights = node.memory(Flights)
    mark = far_fingerprint(source.use, source.url)
    if mark not in flights.coming:
        if len(flights.coming) >= MOST_WAITING:
            raise TooMany("Many pictures are being fetched. Try again in a moment.", retry_after=5)
        task = asyncio.create_task(_fetch(node, source, flights.turn))
        flights.coming[mark] = task
        task.add_done_callback(lambda _: flights.coming.pop(mark, None))
    # Whoever turns away leaves the picture on its way for the others.
    return _had(await asyncio.shield(flights.coming[mark]))


def _absent(detail: str) -> NotFound:
    return NotFound("This picture cannot be had at the moment.", detail=detail)


def _had(kept: FarPicture) -> FarPicture:
    if not kept.token:
        raise _absent(kept.url)
    return kept


async def _fetch(node: Node, source: FarSource, turn: asyncio.Semaphore) -> FarPicture:
    """Fetch, decode and keep a picture; or keep that it could not be had."""
    async with turn:
        try:
            decoded = await _decoded(node, source)
        except NodeError as error:
            wait = NOT_BUSY_FOR if isinstance(error, Unavailable) else NOT_AGAIN_FOR
            log.info("picture not had", url=source.url, error=str(error))
            return await _keep(node, source, retry_after=wait)
        token = node.ids.token()
        names = []
        for one in decoded.sizes:
            names.append(object_name("far", token, one.name, "webp"))
            await node.objects.put(names[-1], one.body, one.mime)
        try:
            return await _keep(node, source, token=token, decoded=decoded)
        except Conflict:  # another process had it first
            await node.objects.remove(names)
            async with node.reading() as session:
                kept = await find_kept(session, source)
            if kept is None:
                raise
            return kept


async def _decoded(node: Node, source: FarSource) -> Decoded:
    signer = await instance_signer(node) if source.group_id is not None else None
    via = {"via": f"1.1 {node.settings.host}"}
    fetched = await node.client.get(source.url, accept=ACCEPT, limit=LARGEST, signer=signer, headers=via)
    await check_not_blocked(node, fetched.url)
    if not fetched.media_type.startswith("image/") or "svg" in fetched.media_type:
        raise UnsupportedMedia("This address answers with no picture.", detail=fetched.media_type)
    return await node.decoder.decode(fetched.body, source.use)


async def _keep(
    node: Node,
    source: FarSource,
    *,
    token: str = "",
    decoded: Decoded | None = None,
    retry_after: timedelta | None = None,
) -> FarPicture:
    """Write the row; raises Conflict when another process has the picture by now."""
    mark = far_fingerprint(source.use, source.url)
    async with node.transaction() as tx:
        await tx.take_turns([mark])
        known = await find_kept(tx.session, source)
        if known is not None and known.token:
            if token:
                raise Conflict("This picture is here already.", detail=source.url)
            return known
        await tx.session.execute(delete(FarPicture).where(col(FarPicture.fingerprint) == mark))
        kept = FarPicture(
            fingerprint=mark,
            url=source.url,
            token=token,
            bytes=sum(len(one.body) for one in decoded.sizes) if decoded is not None else 0,
            width=decoded.width if decoded is not None else 0,
            height=decoded.height if decoded is not None else 0,
            colour=decoded.colour if decoded is not None else "",
            fetched_at=tx.now,
            retry_at=tx.now + retry_after if retry_after is not None else None,
        )
        tx.session.add(kept)
        await tx.session.flush()
    return kept


def is_in_a_circle(node: Node, via: str) -> bool:
    """Tell whether a request for a picture went through this node before (V60)."""
    named = [one.split() for one in via.split(",")]
    return any(len(one) > 1 and one[1].lower() == node.settings.host for one in named)
