"""A group in a few words, beside what is said in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from node.store.queries.people import ActorLine, count_followers, follow_state, line_of
from node.store.tables.actors import Actor
from node.text.clean import excerpt

WORDS = 200  # characters


@dataclass(frozen=True, slots=True)
class GroupCard:
    """What a group is, and whether the viewer follows it."""

    actor: ActorLine
    words: str  # plain
    members: int  # as its home counts them, where it says so
    follow: str | None  # state of the viewer's follow


async def group_card(session: AsyncSession, group_id: int | None, viewer: Actor | None) -> GroupCard | None:
    """Return the card of a group; None for what is in no group."""
    group = await session.get(Actor, group_id) if group_id is not None else None
    if group is None:
        return None
    known = await count_followers(session, group)
    return GroupCard(
        actor=line_of(group),
        words=words_about(group),
        members=known if group.is_local else max(known, group.home_followers or 0),
        follow=await follow_state(session, viewer, group),
    )


def words_about(actor: Actor | Row[Any]) -> str:
    """Return what somebody or a group is in a line of plain text, as they say it themselves; may be empty."""
    return actor.description or excerpt(actor.summary, WORDS)
