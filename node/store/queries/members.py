"""Accounts, as sessions and pages ask for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.ids import fingerprint
from node.store.queries.muting import NOTHING, Muting, in_force, muting_of
from node.store.queries.notifications import count_unread
from node.store.queries.readings import visited_before
from node.store.tables.actors import Actor
from node.store.tables.members import Member, Pass, Session
from node.store.tables.mutes import Mute


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in member, as of this request."""

    member_id: int
    session_id: int
    name: str  # of the account
    label: str
    path: str  # the profile
    role: str  # member, administrator
    language: str
    unread: int
    renew: bool  # whether the session is due for a renewal
    settled: bool  # whether the first steps are done or put away
    actor: Actor  # detached: to read, not to change
    reads_flat: bool = False
    marks_reading: bool = True
    zone: str = ""  # time zone; empty: not said
    writes_in: str = ""  # language that they last wrote in; empty: not said
    muting: Muting = NOTHING
    visited: datetime | None = (
        None  # until when they had looked at the front page before this visit; None: never
    )


@dataclass(frozen=True, slots=True)
class PassPage:
    """What a one-time link opens."""

    purpose: str
    expires_at: datetime


RENEW_AFTER = 24 * 60 * 60  # seconds since a session was last used


async def find_account(session: AsyncSession, secret: str, now: datetime) -> Account | None:
    """Return whose session a cookie holds; None when it has ended or the account may not act."""
    values = {"fingerprint": fingerprint(secret), "now": now}
    row = (await session.execute(_to_find_account(), values)).first()
    if row is None:
        return None
    opened, member, actor, mutes = row
    muting = await muting_of(session, member.id or 0, actor.id or 0, now) if mutes else NOTHING
    if member.languages:
        muting = replace(muting, own=actor.id or 0, languages=tuple(member.languages.split()))
    unread = await count_unread(session, member, actor, muting)
    session.expunge_all()
    return Account(
        member_id=member.id or 0,
        session_id=opened.id or 0,
        name=actor.username,
        label=actor.name or actor.username,
        path=f"/u/{actor.username}",
        role=member.role,
        language=member.language,
        unread=unread,
        settled=member.settled_at is not None,
        renew=(now - opened.last_used).total_seconds() > RENEW_AFTER,
        actor=actor,
        reads_flat=member.reads_flat,
        marks_reading=member.marks_reading,
        zone=member.zone,
        writes_in=member.writes_in,
        muting=muting,
        visited=visited_before(member, now),
    )


@cache  # every request of a member asks
def _to_find_account() -> Any:
    mutes = exists().where(col(Mute.member_id) == col(Member.id), in_force(bindparam("now")))
    return (
        select(Session, Member, Actor, mutes)
        .join(Member, col(Member.id) == col(Session.member_id))
        .join(Actor, col(Actor.id) == col(Member.actor_id))
        .where(
            col(Session.fingerprint) == bindparam("fingerprint"),
            col(Session.expires_at) > bindparam("now"),
            col(Member.disabled_at).is_(None),
            col(Actor.deleted_at).is_(None),
        )
    )


async def find_member(session: AsyncSession, name: str, host: str) -> Member | None:
    """Return the account called *name* at *host*, or None."""
    found: Member | None = await session.scalar(
        select(Member)
        .join(Actor, col(Actor.id) == col(Member.actor_id))
        .where(
            col(Actor.lookup_name) == name.lower(),
            col(Actor.host) == host,
            col(Actor.sealed_key).is_not(None),
        )
    )
    return found


async def name_is_taken(session: AsyncSession, name: str, host: str) -> bool:
    """Tell whether a person or group of this home has, or once had, the name (A86)."""
    taken = select(Actor.id).where(col(Actor.lookup_name) == name.lower(), col(Actor.host) == host)
    return await session.scalar(taken.limit(1)) is not None


async def names_of_administrators(session: AsyncSession) -> list[str]:
    """Return the names that nobody may come close to."""
    query = (
        select(Actor.username)
        .join(Member, col(Member.actor_id) == col(Actor.id))
        .where(col(Member.role) == "administrator")
    )
    return list(await session.scalars(query))


async def find_pass(session: AsyncSession, secret: str, now: datetime) -> PassPage | None:
    """Return what a one-time link opens; None when it was used, has expired or never was."""
    found = await session.scalar(
        select(Pass).where(col(Pass.fingerprint) == fingerprint(secret), col(Pass.expires_at) > now)
    )
    return PassPage(found.purpose, found.expires_at) if found is not None else None
