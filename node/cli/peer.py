"""`archipel peer`: the other nodes, and steering the lane in which word reaches each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import click

from node.cli.opening import with_node
from node.cli.printing import as_json, show, show_one
from node.local.peers import block, get_peer, unblock
from node.outbox import lanes
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.lanes import count_pending
from node.store.queries.servers import ServerLine, Which, server_line, servers_page
from node.store.tables.peers import Peer

TOGETHER = 100  # peers whose waiting activities are counted in one statement
_ALL: tuple[Which, ...] = ("all",)
_FAILING: tuple[Which, ...] = ("troubled", "paused")


@click.group("peer")
def peers() -> None:
    """Other nodes."""


@peers.command("list")
@click.option("--failing", is_flag=True, help="Only those whose lane does not run.")
@click.option("--search", default="", metavar="TEXT", help="Only those with TEXT in their host.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@as_json
@with_node
async def list_peers(node: Node, *, failing: bool, search: str, limit: int | None, as_json: bool) -> None:
    """Show the nodes that this one knows, what needs attention first.

    The state is blocked, dead, sleeping, failing, asked (us to wait), paused, behind or well. Up to 1000 activities
    that wait are counted; "or more" says that there may be more. `archipel peer show` counts all.
    """
    rows: list[dict[str, Any]] = []
    for which in _FAILING if failing else _ALL:
        async with aclosing(_lines(node, which, search)) as lines:
            async for line in lines:
                if len(rows) == limit:
                    break
                rows.append(_row(line))
    show(rows, as_json=as_json, nothing="No such peers.")


@peers.command("show")
@click.argument("host")
@as_json
@with_node
async def show_peer(node: Node, *, host: str, as_json: bool) -> None:
    """Show all that is known of HOST and its lane."""
    async with node.transaction() as tx:
        peer = await get_peer(tx, host)
        waiting = await count_pending(tx.session, peer.id)
        line = await server_line(tx.session, tx.now, peer)
    values: dict[str, Any] = {
        "host": peer.host,
        "software": peer.software,
        "version": peer.version,
        "dialect": peer.dialect,
        "state": line.state,
        "waiting": waiting,
        "failures": peer.failures,
        "failing_since": peer.failing_since,
        "next_try": peer.due_at,
        "last_success": peer.last_success,
        "last_error": peer.last_error,
        "first_seen": peer.first_seen,
        "last_seen": peer.last_seen,
        "blocked_at": peer.blocked_at,
        "blocked_reason": peer.blocked_reason,
    }
    show_one(values, as_json=as_json)


@peers.command("block")
@click.argument("host")
@click.option("--reason", default="", help="For you to remember; shown to nobody else.")
@with_node
async def block_peer(node: Node, *, host: str, reason: str) -> None:
    """Take nothing from HOST and the hosts below it, and tell it nothing."""
    async with node.transaction() as tx:
        peer = await block(tx, host, own=node.settings.host, reason=reason)
    click.echo(f"Blocked {peer.host}.")


@peers.command("unblock")
@click.argument("host")
@with_node
async def unblock_peer(node: Node, *, host: str) -> None:
    """Deal with HOST again. What was said meanwhile is not told later."""
    async with node.transaction() as tx:
        peer = await unblock(tx, host)
    click.echo(f"{peer.host} is no longer blocked.")


@peers.command("retry")
@click.argument("host")
@with_node
async def retry(node: Node, *, host: str) -> None:
    """Try what waits for HOST at once instead of later."""
    await _steer(node, host, lanes.retry_now)
    click.echo(f"{host} is tried again as soon as a worker is free.")


@peers.command("pause")
@click.argument("host")
@with_node
async def pause(node: Node, *, host: str) -> None:
    """Deliver nothing to HOST until it is resumed; what is written meanwhile waits."""
    await _steer(node, host, lanes.pause)
    click.echo(f"The lane to {host} is paused.")


@peers.command("resume")
@click.argument("host")
@with_node
async def resume(node: Node, *, host: str) -> None:
    """Let the lane to HOST run again, with all that waits."""
    await _steer(node, host, lanes.resume)
    click.echo(f"The lane to {host} runs again.")


@peers.command("skip")
@click.argument("host")
@with_node
async def skip(node: Node, *, host: str) -> None:
    """Pass over the first activity that waits for HOST."""
    entry = await _steer(node, host, lanes.skip_one)
    click.echo(f"Nothing waits for {host}." if entry is None else f"Skipped {entry.iri}")


@peers.command("forget")
@click.argument("host")
@click.confirmation_option(prompt="Drop everything that waits for this peer?")
@with_node
async def forget(node: Node, *, host: str) -> None:
    """Drop all that waits for HOST. It cannot be brought back."""
    dropped = await _steer(node, host, lanes.forget)
    click.echo(f"Dropped {dropped} activities that waited for {host}.")


async def _steer(node: Node, host: str, act: Callable[[Transaction, Peer], Awaitable[Any]]) -> Any:
    async with node.transaction() as tx:
        return await act(tx, await get_peer(tx, host))


def _row(line: ServerLine) -> dict[str, Any]:
    return {
        "host": line.host,
        "software": line.software,
        "state": line.state,
        "waiting": line.waiting,
        "or_more": line.is_least,
        "failures": line.failures,
        "next_try": line.next_try,
        "last_seen": line.last_seen,
        "last_error": line.last_error,
    }


async def _lines(node: Node, which: Which, search: str) -> AsyncGenerator[ServerLine]:
    """Walk the list that administrators see, some lines of it with a few statements."""
    after: tuple[int, str] | None = None
    now = node.clock.now()  # the order depends on it: one for all parts
    async with node.reading() as session:
        while True:
            page = await servers_page(session, now, which, search.strip(), after, limit=TOGETHER)
            for line in page.lines:
                yield line
            if (after := page.after) is None:
                return
