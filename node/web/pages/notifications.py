"""What a member has been told."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Malformed
from node.local import members
from node.runtime import Node
from node.store.queries.notifications import notification_page
from node.web import forms
from node.web.rendering import redirect, render
from node.web.session import member_of


class ReadForm(forms.FormModel):
    """Everything up to there has been read."""

    until: AwareDatetime


async def show(request: Request) -> Response:
    """GET /notifications."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        page = await notification_page(session, account.member_id, account.actor, node.clock.now())
    return await render(request, "notifications/show.html", page)


async def read(request: Request) -> Response:
    """POST /notifications/read: what came since the page was opened stays new."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, ReadForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        before = member.read_notifications_at or datetime.min.replace(tzinfo=UTC)
        member.read_notifications_at = max(before, min(filled.model.until, tx.now))
    return redirect("/notifications")
