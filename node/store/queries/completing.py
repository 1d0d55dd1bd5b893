"""Names that begin with what somebody has typed so far."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.store.queries.people import ActorLine, line_of
from node.store.tables.actors import GROUP_KINDS, PERSON_KINDS, Actor

MOST = 8
LOOKED_AT = 60  # names of each query, in the order of the alphabet
NAMED = tuple(kind for kind in PERSON_KINDS if kind != "Application")  # a server is nobody to speak to
LAST = "\uffff"  # behind every letter of a name


async def names_like(session: AsyncSession, typed: str, host: str, *, groups: bool) -> list[ActorLine]:
    """Return people or groups whose name begins with *typed*: those of this node first, short names first.

    host: authority of this node. typed: a name, or the beginning of one; more may follow an @.
    """
    name, _, server = typed.lower().partition("@")
    if not name:
        return []
    column = col(Actor.lookup_name)
    query = (
        select(Actor)
        .where(
            column >= name,
            column < name + LAST,
            col(Actor.kind).in_(GROUP_KINDS if groups else NAMED),
            col(Actor.deleted_at).is_(None),
        )
        .order_by(column)
        .limit(LOOKED_AT)
    )
    found: dict[int, Actor] = {}
    for one in (query.where(col(Actor.host) == host), query):
        found |= {actor.id or 0: actor for actor in await session.scalars(one)}
    fit = [
        actor
        for actor in found.values()
        if (actor.lookup_name or "").startswith(name)
        and actor.host.startswith(server)
        and (actor.is_local or (actor.handle_verified and actor.discoverable is not False))
    ]
    fit.sort(key=lambda actor: (not actor.is_local, len(actor.username), actor.username, actor.host))
    return [line_of(actor) for actor in fit[:MOST]]
