"""The browsers in which a member is signed in, and signing out of others."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.local import sessions
from node.runtime import Node
from node.store.queries.sessions import SessionLine, sessions_of
from node.web import forms
from node.web.rendering import redirect, render
from node.web.session import acting, member_of


class EndForm(forms.FormModel):
    """A session to end, by its number; 0: all but this."""

    number: int = Field(ge=0, lt=2**63)


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """The member's signed-in browsers."""

    lines: tuple[SessionLine, ...]


async def show(request: Request) -> Response:
    """GET /settings/sessions."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        lines = await sessions_of(session, account.member_id, account.session_id, node.clock.now())
    return await render(request, "settings/sessions.html", SessionsPage(lines))


async def end(request: Request) -> Response:
    """POST /settings/sessions/end: sign out another browser, or all others. This one signs out at /sign-out."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, EndForm)
    if filled.model is not None:
        async with node.transaction() as tx:
            await acting(tx, account)
            await sessions.end_others(
                tx, account.member_id, but=account.session_id, number=filled.model.number
            )
    return redirect("/settings/sessions")
