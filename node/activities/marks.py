"""Marks of what came too early: the Delete before its Create, the Undo before its Like (R18, R21)."""

from __future__ import annotations

from sqlalchemy import delete
from sqlmodel import col, select

from node.ids import fingerprint
from node.store.batches import none_of
from node.store.database import Transaction
from node.store.tables.posts import Mark


async def leave_mark(tx: Transaction, kind: str, iri: str, actor: str) -> None:
    """Remember that *actor* said *kind* of *iri*; saying it twice is saying it once."""
    if not await has_mark(tx, kind, iri, actor):
        tx.session.add(
            Mark(fingerprint=mark_of(kind, iri, actor), kind=kind, object=iri, actor=actor, at=tx.now)
        )
        await tx.session.flush()


async def has_mark(tx: Transaction, kind: str, iri: str, actor: str) -> bool:
    """Tell whether *actor* said *kind* of *iri* before it came."""
    wanted = mark_of(kind, iri, actor)
    if none_of(tx.session, Mark, wanted):
        return False
    query = select(Mark.id).where(col(Mark.fingerprint) == wanted)
    return await tx.session.scalar(query) is not None


async def lift_mark(tx: Transaction, kind: str, iri: str, actor: str) -> None:
    """Forget that *actor* said *kind* of *iri*: it was taken back."""
    await tx.session.execute(delete(Mark).where(col(Mark.fingerprint) == mark_of(kind, iri, actor)))


def mark_of(kind: str, iri: str, actor: str) -> str:
    """Return the name under which it is kept that *actor* said *kind* of *iri*."""
    return fingerprint(f"{kind} {iri} {actor}")
