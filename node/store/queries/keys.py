"""The public keys of remote actors, and the addresses that are taken."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.database import Transaction
from node.store.tables.actors import Actor, PublicKey


async def find_key(session: AsyncSession, key_id: str) -> PublicKey | None:
    """Return the key of that id, or None."""
    found: PublicKey | None = await session.scalar(select(PublicKey).where(col(PublicKey.key_id) == key_id))
    return found


async def replace_keys(tx: Transaction, owner: str, keys: Mapping[str, str]) -> None:
    """Let *owner* have exactly *keys* (id to PEM): what its own document lists now, and nothing else.

    A key id that another owner holds stays with that owner: ids do not change hands (A12).
    """
    await tx.session.execute(delete(PublicKey).where(col(PublicKey.owner) == owner))
    for key_id, pem in keys.items():
        if await find_key(tx.session, key_id) is None:
            tx.session.add(PublicKey(key_id=key_id, owner=owner, pem=pem, fetched_at=tx.now))
    await tx.session.flush()


async def is_taken(session: AsyncSession, host: str, path: str) -> bool:
    """Tell whether an actor lives at *path* of *host*: nodes are written with and without a last slash."""
    query = select(Actor.id).where(col(Actor.host) == host, col(Actor.path) == path)
    return await session.scalar(query) is not None
