"""Letting the bytes of files go once nothing is left that they belong to (THREATS A63, A93).

First the rows say that nobody sees a file any more; then its bytes go, then its row: what dies in between is found
again. Files that no row names, of a process that died between the two, go when they are a day old.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlmodel import col

from node.runtime import Node
from node.store.queries.uploads import LOOSE_FOR, far_files, far_may_go, files_of, known_tokens, may_go
from node.store.tables.media import FarPicture, Medium

AT_ONCE = 100  # files looked at in one go

GoOn = Callable[[], Awaitable[None]]
log = structlog.get_logger()


async def sweep_files(node: Node, go_on: GoOn | None = None) -> dict[str, int]:
    """Let go of uploads that are gone or were never used, and of old pictures of other servers; return how many."""
    swept = {
        "uploads": await _repeat(node, _sweep_uploads, go_on),
        "pictures from elsewhere": await _repeat(node, _sweep_far, go_on),
    }
    if any(swept.values()):
        log.info("files swept", **{name.replace(" ", "_"): number for name, number in swept.items()})
    return swept


async def _repeat(node: Node, once: Callable[[Node], Awaitable[int]], go_on: GoOn | None) -> int:
    done = 0
    while number := await once(node):
        done += number
        if go_on is not None:
            await go_on()
    return done


async def _sweep_uploads(node: Node) -> int:
    async with node.reading() as session:
        going = await may_go(session, node.clock.now(), AT_ONCE)
    if not going:
        return 0
    ids = [one.id for one in going]
    async with (
        node.transaction() as tx
    ):  # whoever attaches one at this moment: the row decides, before the bytes go
        still = {one.id for one in await may_go(tx.session, tx.now, AT_ONCE)}
        going = [one for one in going if one.id in still]
        for one in going:
            row = await tx.session.get(Medium, one.id)
            if row is not None:
                row.gone_at = row.gone_at or tx.now
    await node.objects.remove([name for one in going for name in files_of(one).values()])
    async with node.transaction() as tx:
        await tx.session.execute(
            delete(Medium).where(col(Medium.id).in_(ids), col(Medium.gone_at).is_not(None))
        )
    return len(going)


async def _sweep_far(node: Node) -> int:
    keep, room = timedelta(days=node.settings.far_media_days), node.settings.far_media_bytes
    async with node.reading() as session:
        going = await far_may_go(session, node.clock.now(), keep, room, AT_ONCE)
    if not going:
        return 0
    async with node.transaction() as tx:  # the rows first: who looks meanwhile has it fetched anew
        await tx.session.execute(delete(FarPicture).where(col(FarPicture.id).in_([one.id for one in going])))
    await node.objects.remove([name for one in going if one.token for name in far_files(one.token)])
    return len(going)


async def sweep_strays(node: Node, go_on: GoOn | None = None) -> int:
    """Let go of files that no row names and that are older than a day; return how many."""
    before, done = node.clock.now() - LOOSE_FOR, 0
    batch: list[tuple[str, datetime]] = []
    async for one in node.objects.listed():
        batch.append(one)
        if len(batch) >= AT_ONCE:
            done += await _let_strays_go(node, batch, before)
            batch = []
            if go_on is not None:
                await go_on()
    done += await _let_strays_go(node, batch, before)
    if done:
        log.info("stray files swept", number=done)
    return done


async def _let_strays_go(node: Node, batch: list[tuple[str, datetime]], before: datetime) -> int:
    old = {name: name.split("/")[2] for name, at in batch if at < before and name.count("/") == 3}  # noqa: PLR2004 -- shelf, letters, token, file
    if not old:
        return 0
    async with node.reading() as session:
        known = await known_tokens(session, set(old.values()))
    strays = [name for name, token in old.items() if token not in known or "/.draft-" in name]
    await node.objects.remove(strays)
    return len(strays)
