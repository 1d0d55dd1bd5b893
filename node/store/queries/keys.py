"""The public keys of remote actors, and the addresses that are taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.batches import known
from node.store.database import Transaction
from node.store.tables.actors import Actor, PublicKey

Purpose = Literal["signature", "proof"]  # of requests, or of documents: neither key does the other's work


async def find_key(session: AsyncSession, key_id: str, purpose: Purpose = "signature") -> PublicKey | None:
    """Return the key of that id that is listed for *purpose*, or None."""

    async def ask() -> PublicKey | None:
        found: PublicKey | None = await session.scalar(
            select(PublicKey).where(col(PublicKey.key_id) == key_id, col(PublicKey.purpose) == purpose)
        )
        return found

    return await known(session, PublicKey, (key_id, purpose), ask)


async def find_keys(session: AsyncSession, key_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return owner and PEM of those of the keys that are known, by key id: keys of requests alone."""
    rows = await session.execute(
        select(PublicKey.key_id, PublicKey.owner, PublicKey.pem).where(
            col(PublicKey.key_id).in_(key_ids), col(PublicKey.purpose) == "signature"
        )
    )
    return {key_id: (owner, pem) for key_id, owner, pem in rows}


async def replace_keys(
    tx: Transaction, owner: str, keys: Mapping[str, str], purpose: Purpose = "signature"
) -> None:
    """Let *owner* have exactly *keys* (id to PEM) for *purpose*: what its own document lists now, no others.

    An empty PEM stands for a key that is listed by its address alone: what was found there is kept. A key id
    that another owner holds stays with that owner: ids do not change hands (A12).
    """
    by_address = [key_id for key_id, pem in keys.items() if not pem]
    await tx.session.execute(
        delete(PublicKey).where(
            col(PublicKey.owner) == owner,
            col(PublicKey.purpose) == purpose,
            col(PublicKey.key_id).not_in(by_address),
        )
    )
    for key_id, pem in keys.items():
        if pem:
            await add_key(tx, owner, key_id, pem, purpose)


async def add_key(tx: Transaction, owner: str, key_id: str, pem: str, purpose: Purpose = "signature") -> None:
    """Note a key of *owner*; one whose id is another's, for whatever purpose, stays that other's."""
    rows = await tx.session.scalars(select(PublicKey).where(col(PublicKey.key_id) == key_id))
    known = {row.purpose: row for row in rows}
    if any(row.owner != owner for row in known.values()):
        return
    key = known.get(purpose) or PublicKey(
        key_id=key_id, owner=owner, purpose=purpose, pem=pem, fetched_at=tx.now
    )
    key.pem, key.fetched_at = pem, tx.now
    tx.session.add(key)
    await tx.session.flush()


async def is_taken(session: AsyncSession, host: str, path: str) -> bool:
    """Tell whether an actor lives at *path* of *host*: nodes are written with and without a last slash."""
    query = select(Actor.id).where(col(Actor.host) == host, col(Actor.path) == path)
    return await session.scalar(query) is not None
