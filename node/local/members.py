"""Accounts: their names, their passwords, and becoming a member (THREATS A24, A76, A77, A81)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update
from sqlmodel import col

from node.errors import Conflict, Forbidden
from node.local import actors, sessions
from node.local.actors import Keys
from node.store.database import Transaction
from node.store.queries.members import names_of_administrators
from node.store.tables.actors import Actor
from node.store.tables.members import Member, Notification

MIN_PASSWORD = 10  # characters
MAX_PASSWORD = 200  # characters: argon2 reads them all
ADMINISTRATOR = "administrator"

# OWASP's second argon2id profile: 19 MiB and two passes, some 20 ms of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Of a password that nobody has, so that an unknown name takes as long as a wrong password (A77).
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$msKgIAxptou6x35SLnSJgA$alPaUOWX/mCMUR5SBvYgcG9PENSPKpdZKKY+ALfz8aQ"

_LOOK_ALIKES = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "3": "e", "4": "a", "5": "s", "7": "t", "_": None}
)


async def hash_password(password: str) -> str:
    """Return the form in which a password is kept. Runs in a thread; never inside a transaction."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def password_matches(kept: str | None, password: str) -> bool:
    """Tell whether the password is the one kept; takes equally long when there is none."""
    return await asyncio.to_thread(_matches, kept or NOBODYS, password) and bool(kept)


def _matches(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def skeleton(name: str) -> str:
    """Return what a name looks like at a glance: `adm1n_` and `admin` are one."""
    return name.lower().translate(_LOOK_ALIKES).replace("rn", "m").replace("vv", "w")


async def check_name(tx: Transaction, name: str) -> None:
    """Raise Malformed or Conflict when a newcomer, person or group, may not have the name (A24)."""
    actors.check_name(name)
    protected = {skeleton(one) for one in actors.RESERVED | set(await names_of_administrators(tx.session))}
    if skeleton(name) in protected:
        raise Conflict("This name looks too much like one that is reserved. Choose another.", detail=name)


async def sign_up(
    tx: Transaction,
    home: str,
    name: str,
    keys: Keys,
    *,
    password_hash: str,
    language: str,
    role: str = "member",
) -> Member:
    """Make an account and its actor; raises Malformed or Conflict for a name it cannot have."""
    await check_name(tx, name)
    actor = await actors.new_person(tx, home, name, keys)
    member = Member(
        actor_id=actor.id or 0, password=password_hash, role=role, language=language, created_at=tx.now
    )
    tx.session.add(member)
    await tx.session.flush()
    return member


async def get_member(tx: Transaction, member_id: int) -> tuple[Member, Actor]:
    """Return an account that may act, and its actor, in this transaction; raise Forbidden otherwise (V94)."""
    member = await tx.session.get(Member, member_id)
    if member is None or member.disabled_at is not None:
        raise Forbidden("This account may not act here any more.")
    actor = await tx.session.get(Actor, member.actor_id)
    if actor is None or actor.deleted_at is not None:
        raise Forbidden("This account may not act here any more.")
    return member, actor


async def make_administrator(tx: Transaction, member_id: int) -> None:
    """Raise a member to administrator."""
    member, _ = await get_member(tx, member_id)
    member.role = ADMINISTRATOR
    await tx.session.flush()


async def mark_read(tx: Transaction, member: Member, numbers: Sequence[int]) -> None:
    """Mark notifications of the member as read, by their row numbers."""
    await tx.session.execute(
        update(Notification)
        .where(
            col(Notification.id).in_(numbers),
            col(Notification.member_id) == member.id,
            col(Notification.read_at).is_(None),
        )
        .values(read_at=tx.now)
    )


async def set_password(tx: Transaction, member: Member, password_hash: str) -> None:
    """Give a member another password; every session of theirs ends (V93)."""
    member.password = password_hash
    await tx.session.flush()
    await sessions.end_all(tx, member.id or 0)
