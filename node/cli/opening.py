"""Opening the node for the time of a command, and finding what its arguments name."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import click
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node import logs
from node.app import open_node
from node.errors import Forbidden, Misconfigured, NotFound
from node.runtime import Node
from node.settings import Settings, read_settings, unknown_variables
from node.store.database import Transaction
from node.store.queries.actors import find_actor
from node.store.queries.members import find_member
from node.store.queries.people import get_named
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor
from node.store.tables.members import Member
from node.store.tables.posts import Post

P = ParamSpec("P")


@dataclass
class Opening:
    """How commands come by their node; replaced in tests."""

    open: Callable[[Settings], Awaitable[Node]] = open_node
    config: Path | None = None
    is_root: bool = os.geteuid() == 0

    def settings(self, **overrides: Any) -> Settings:
        """Read the settings, warn of misspelt ones, and set up the log; raises Misconfigured."""
        settings = read_settings(self.config, **overrides)
        for name in unknown_variables():
            click.echo(f"Warning: {name} is no setting of Archipel. Is it misspelt?", err=True)
        if self.is_root and not settings.development:
            raise Misconfigured(
                "archipel does not run as root: run it as the account of the service, "
                "such as `sudo -u archipel archipel ...`."
            )
        logs.set_up(development=settings.development)
        return settings


def with_node(command: Callable[Concatenate[Node, P], Awaitable[None]]) -> Callable[P, None]:
    """Make a command of a coroutine function whose first argument is the open node, the others by name."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        opening = click.get_current_context().ensure_object(Opening)
        settings = opening.settings()

        async def opened() -> None:
            node = await opening.open(settings)
            try:
                await command(node, *args, **kwargs)
            finally:
                await node.close()

        asyncio.run(opened())

    return run


async def find_local_member(session: AsyncSession, name: str, host: str) -> Member:
    """Return the account called *name* here, disabled or not; raises NotFound."""
    member = await find_member(session, name.removeprefix("@").removesuffix(f"@{host}"), host)
    if member is None:
        raise NotFound(f"There is no member {name} here. `archipel member list` shows them.")
    return member


async def acting_as(tx: Transaction, name: str, host: str) -> Actor:
    """Return the actor of the member who acts; raises NotFound, or Forbidden when the account is disabled."""
    member = await find_local_member(tx.session, name, host)
    actor = await tx.session.get(Actor, member.actor_id)
    if actor is None or actor.deleted_at is not None or member.disabled_at is not None:
        raise Forbidden(f"The account {name} may not act: it is disabled or was deleted.")
    return actor


async def find_group(session: AsyncSession, name: str, host: str) -> Actor:
    """Return the group that *name* means: ``bees``, ``!bees@beta.example`` or its id; raises NotFound."""
    if name.startswith(("http://", "https://")):
        actor = await find_actor(session, name)
        if actor is None or not actor.is_group:
            raise NotFound(f"No group with the id {name} is known here.")
        return actor
    return await get_named(session, name.removeprefix("!"), host, group=True)


async def find_post(session: AsyncSession, name: str) -> Post:
    """Return the post that *name* means: its token, its page here or its id; raises NotFound."""
    if name.startswith(("http://", "https://")):
        return await get_post(session, name)
    found: Post | None = await session.scalar(
        select(Post).where(col(Post.token) == name.rstrip("/").rsplit("/", 1)[-1])
    )
    if found is None:
        raise NotFound(f"There is no post {name} here. `archipel post list GROUP` shows them.")
    return found
