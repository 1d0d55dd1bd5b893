"""GET of an activity that was sent, by its id (FEDERATION B.7).

What it carries is shown by the rules of what it carries (V72): the Create of a deleted post is gone with it, and what
was said to the members of a private group is for the servers of its members.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from node.errors import NotFound
from node.store.queries import documents
from node.store.queries.collections import (
    all_shown,
    find_closed_group,
    find_shown,
    find_shown_by_create,
    find_shown_to_members,
)
from node.store.tables.actors import Actor
from node.store.tables.log import LogEntry
from node.web.activitypub.asking import admit, is_admitted
from node.web.activitypub.serving import NOTHING, document, node_of, own_iri


async def activity(request: Request) -> Response:
    """GET /activities/{kind}/{token}: from the log, or made again from the post it was about."""
    iri = own_iri(request)
    await _admit(request, iri)
    members = is_admitted(request)
    async with node_of(request).reading() as session:
        entry = await session.scalar(select(LogEntry).where(col(LogEntry.iri) == iri))
        if entry is not None:
            content = await _logged(session, entry, members=members)
        elif request.path_params["kind"] == "create":
            content = await _create(session, iri, members=members)
        elif request.path_params["kind"] == "announce":
            content = await _announce(session, iri, members=members)
        else:
            content = None
    if content is None:
        raise NotFound(NOTHING, detail=iri)
    return document(request, content)


async def _admit(request: Request, iri: str) -> None:
    """Ask who it is that wants an activity of a private group. Raises as `admit`; others pass by."""
    async with node_of(request).reading() as session:
        group = await _closed_group_of(session, request.path_params["kind"], iri)
    if group is not None:
        await admit(request, group)


async def _closed_group_of(session: AsyncSession, kind: str, iri: str) -> Actor | None:
    """Return the private group to whose members the activity of that id was said, or None."""
    entry = await session.scalar(select(LogEntry).where(col(LogEntry.iri) == iri))
    if entry is not None:
        content = json.loads(entry.body)
        named = [*_listed(content.get("to")), *_listed(content.get("cc"))]
        return None if entry.public else await find_closed_group(session, named)
    if kind == "create":
        found = await find_shown_to_members(session, create_iri=iri)
    else:
        token = iri.rpartition("/")[2].removeprefix("create-")
        found = await find_shown_to_members(session, token=token) if kind == "announce" else None
    return found[1] if found is not None else None


def _listed(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


async def _logged(session: AsyncSession, entry: LogEntry, *, members: bool) -> dict[str, Any] | None:
    actor = await session.get_one(Actor, entry.actor_id)
    if not (entry.public or members) or (actor.deleted_at is not None and entry.type != "Delete"):
        return None
    content: dict[str, Any] = json.loads(entry.body)
    return content if await all_shown(session, list(_embedded(content)), members=members) else None


async def _create(session: AsyncSession, iri: str, *, members: bool) -> dict[str, Any] | None:
    post = await find_shown_by_create(session, iri)
    if post is None and members:
        found = await find_shown_to_members(session, create_iri=iri)
        post = found[0] if found is not None else None
    return await documents.create_document(session, post) if post is not None else None


async def _announce(session: AsyncSession, iri: str, *, members: bool) -> dict[str, Any] | None:
    token = iri.rpartition("/")[2]
    post = await find_shown(session, token.removeprefix("create-"))
    if post is None and members:
        found = await find_shown_to_members(session, token=token.removeprefix("create-"))
        post = found[0] if found is not None else None
    group = await session.get(Actor, post.group_id) if post is not None and post.group_id else None
    if post is None or group is None or not group.is_local or group.deleted_at is not None:
        return None
    if iri == documents.announce_create_iri(group, post):
        return await documents.announce_document(session, group, post)
    if iri == documents.boost_iri(group, post) and post.depth == 0 and not members:
        return documents.boost_document(group, post, await session.get_one(Actor, post.author_id))
    return None


def _embedded(content: Any) -> Iterator[str]:
    """Find the ids of everything that stands whole inside an activity."""
    inner = content.get("object") if isinstance(content, dict) else None
    for one in inner if isinstance(inner, list) else [inner]:
        if isinstance(one, dict):
            if isinstance(one.get("id"), str):
                yield one["id"]
            yield from _embedded(one)
