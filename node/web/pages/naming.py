"""Whom a form names: somebody known here, or looked up at their own server."""

from __future__ import annotations

from starlette.requests import Request

from node.errors import NodeError, NotFound, TooMany
from node.inbox.lookup import find_named_anew
from node.local import attempts
from node.runtime import Node
from node.store.queries import people as queries
from node.store.tables.actors import GROUP_KINDS, Actor
from node.web.languages import mark
from node.web.session import acting, member_of

NOBODY = mark("Nobody was found under this name. Write a handle, such as @ada@example.org.")

NO_GROUP = mark("No group was found under this name. Write a handle, such as !bees@example.org.")


async def find_person(request: Request, typed: str) -> Actor:
    """Return the person that a handle or an address names, as they are known here.

    Only who is not known is looked up, so that a server that is away keeps nobody from being banned or blocked.
    Raises NotFound, with a sentence for the field, and TooMany.
    """
    node: Node = request.app.state.node
    async with node.reading() as session:
        known = await queries.find_person(session, typed, node.settings.host)
    return known if known is not None else await _looked_up(request, typed, NOBODY)


async def find_group(request: Request, typed: str) -> Actor:
    """Return the group that a handle or an address names; raises as `find_person`."""
    node: Node = request.app.state.node
    async with node.reading() as session:
        known = await queries.find_group(session, typed, node.settings.host)
    found = known if known is not None else await _looked_up(request, typed, NO_GROUP)
    if found.kind not in GROUP_KINDS:
        raise NotFound(NO_GROUP)
    return found


async def _looked_up(request: Request, typed: str, nobody: str) -> Actor:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.transaction() as tx:
        await acting(tx, account)
        await attempts.spend(tx, f"lookup:{account.member_id}", attempts.LOOK_UPS)
    try:
        return await find_named_anew(node, typed)
    except TooMany:
        raise
    except NodeError as error:
        raise NotFound(nobody, detail=str(error)) from error
