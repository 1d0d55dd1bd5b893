"""`archipel peer`: the other nodes, and steering the lane in which word reaches each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import click
from sqlmodel import col, select

from node.cli.opening import with_node
from node.cli.printing import as_json, show, show_one
from node.local.peers import block, get_peer, unblock
from node.outbox import lanes
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.lanes import count_pending
from node.store.tables.peers import Peer


@click.group("peer")
def peers() -> None:
    """Other nodes."""


@peers.command("list")
@click.option("--failing", is_flag=True, help="Only those whose lane does not run.")
@as_json
@with_node
async def list_peers(node: Node, *, failing: bool, as_json: bool) -> None:
    """Show the nodes that this one knows."""
    async with node.reading() as session:
        found = await session.scalars(select(Peer).order_by(col(Peer.host)))
        rows = [
            {
                "host": peer.host,
                "software": f"{peer.software or ''} {peer.version or ''}".strip(),
                "state": _state(peer),
                "waiting": await count_pending(session, peer.id),
                "failures": peer.failures,
                "last_seen": peer.last_seen,
                "last_error": peer.last_error,
            }
            for peer in found
            if not failing or peer.failures or peer.state != "awake"
        ]
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
    values: dict[str, Any] = {
        "host": peer.host,
        "software": peer.software,
        "version": peer.version,
        "dialect": peer.dialect,
        "state": _state(peer),
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


def _state(peer: Peer) -> str:
    return "blocked" if peer.blocked_at is not None else peer.state
