"""What a member has been told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Malformed
from node.local import members
from node.runtime import Node
from node.store.queries.notifications import notification_page
from node.web import forms
from node.web.rendering import redirect, render
from node.web.session import member_of


class NotificationsQuery(BaseModel):
    """Which of them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    show: Literal["", "answers", "mentions", "messages", "dates", "requests", "moves"] = ""


class ReadForm(forms.FormModel):
    """Everything up to there has been read; or one alone, by its number, with those that it stands for."""

    until: AwareDatetime | None = None
    number: int | None = Field(default=None, ge=1, lt=2**63)
    also: str = Field(default="", max_length=1200, pattern=r"^(\d{1,18}( \d{1,18})*)?$")
    next: str = Field(default="", max_length=500)


async def show(request: Request) -> Response:
    """GET /notifications."""
    node: Node = request.app.state.node
    account = await member_of(request)
    asked = forms.query(request, NotificationsQuery)
    async with node.reading() as session:
        page = await notification_page(
            session,
            account.member_id,
            account.actor,
            node.clock.now(),
            sort=asked.show,
            muting=account.muting,
        )
    return await render(request, "notifications/show.html", page)


async def read(request: Request) -> Response:
    """POST /notifications/read: what came since the page was opened stays new."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, ReadForm)
    form = filled.model
    if form is None or (form.until is None) == (form.number is None):
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        if form.until is not None:
            before = member.read_notifications_at or datetime.min.replace(tzinfo=UTC)
            member.read_notifications_at = max(before, min(form.until, tx.now))
        else:
            await members.mark_read(tx, member, [form.number or 0, *map(int, form.also.split())])
    return redirect(form.next, default="/notifications")
