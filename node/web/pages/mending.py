"""Bringing what is missing: older threads of a group, the holes of a thread. A member asks, a worker fetches (E3, E4)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.errors import Refused
from node.local import attempts
from node.runtime import Node
from node.store.queries.people import get_named, line_of
from node.store.queries.tasks import ask_for
from node.store.queries.threads import get_visible, path_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.rendering import redirect
from node.web.session import acting, member_of


async def repair(request: Request) -> Response:
    """POST /post/{token}/repair: fetch what is missing of a thread of another node."""
    node: Node = request.app.state.node
    account = await member_of(request)
    await forms.read_form(request, forms.Empty)
    token = str(request.path_params["token"])
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        thread = await get_visible(tx.session, token, actor, comment=False)
        author = await tx.session.get_one(Actor, thread.author_id)
        if author.is_local:
            raise Refused("This thread is at home here: nothing can be missing.")
        await attempts.spend(tx, f"repair:{account.member_id}", attempts.REPAIRS)
        await attempts.spend(tx, f"repair-of:{thread.id}", attempts.REPAIRS_OF_THREAD)
        await ask_for(tx, "repair", thread.iri)
    return redirect(path_of(thread), anchor="at-home")


async def older(request: Request) -> Response:
    """POST /c/{name}/older: fetch more of the history of a group of another node."""
    node: Node = request.app.state.node
    account = await member_of(request)
    await forms.read_form(request, forms.Empty)
    async with node.transaction() as tx:
        await acting(tx, account)
        name = str(request.path_params["name"])
        group = await get_named(tx.session, name, node.settings.host, group=True)
        if group.is_local:
            raise Refused("This group is at home here: all of its threads are.")
        await attempts.spend(tx, f"history:{account.member_id}", attempts.HISTORIES)
        await attempts.spend(tx, f"history-of:{group.id}", attempts.HISTORIES_OF_GROUP)
        await ask_for(tx, "backfill", group.iri)
    return redirect(line_of(group).path)
