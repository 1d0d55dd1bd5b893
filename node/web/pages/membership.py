"""Who asks to be let into a group, and who is in it: pages for its moderators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import follow as following
from node.activities.standing import is_moderator
from node.errors import Conflict, Forbidden, Malformed, NotFound
from node.outbox.publish import publish
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.followers import members_of, waiting_followers
from node.store.queries.people import ActorLine, get_named, line_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.rendering import redirect, render
from node.web.session import acting, member_of


class AnswerForm(forms.FormModel):
    """A moderator's word on somebody. show-out: of one who is in."""

    who: str = Field(min_length=1, max_length=2048)
    do: Literal["let-in", "turn-away", "show-out"]


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks, or is in."""

    actor: ActorLine
    since: datetime


@dataclass(frozen=True, slots=True)
class RequestsPage:
    """Who asks, and of a private group who is in."""

    actor: ActorLine
    private: bool
    waiting: tuple[Asker, ...]
    members: tuple[Asker, ...]
    trouble: str


async def requests(request: Request) -> Response:
    """GET /c/{name}/requests: who waits to be let in."""
    return await _show(request)


async def answer(request: Request) -> Response:
    """POST /c/{name}/requests: let somebody in, turn them away, or show a member out."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, AnswerForm)
    form = filled.model
    if form is None:
        raise Malformed("This form could not be read.")
    try:
        async with node.transaction() as tx:
            group = await _group(tx, request, await acting(tx, account))
            asker = await get_actor(tx.session, form.who)
            said = await following.answer(tx, group, asker, accept=form.do == "let-in")
            await publish(tx, said)
    except Conflict as error:
        return await _show(request, trouble=error.message)
    return redirect(f"{line_of(group).path}/requests")


async def _group(tx: Transaction, request: Request, actor: Actor) -> Actor:
    """Return the group of ours that the address names; raise Forbidden for who does not moderate it."""
    node: Node = request.app.state.node
    group = await get_named(tx.session, str(request.path_params["name"]), node.settings.host, group=True)
    if not group.is_local:
        raise NotFound("There is nothing at this address, or it is not for you to see.")
    if not await is_moderator(tx, actor, group):
        raise Forbidden("Only the group's moderators may do this.")
    return group


async def _show(request: Request, *, trouble: str = "") -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.transaction() as tx:
        group = await _group(tx, request, await acting(tx, account))
        waiting = [
            Asker(line_of(one), edge.created_at) for one, edge in await waiting_followers(tx.session, group)
        ]
        inside = await members_of(tx.session, group) if group.private else []
    members = [Asker(line_of(one), edge.answered_at or edge.created_at) for one, edge in inside]
    page = RequestsPage(line_of(group), group.private, tuple(waiting), tuple(members), trouble)
    return await render(request, "groups/requests.html", page)
