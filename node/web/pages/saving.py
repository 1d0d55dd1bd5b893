"""What a member keeps: the list, and the button on threads and comments."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Malformed
from node.local import saving
from node.runtime import Node
from node.store.queries.saved import saved_page
from node.store.queries.threads import get_visible
from node.web import forms
from node.web.pages.posting import address_of, back_at
from node.web.rendering import render
from node.web.session import acting, member_of


class SavedQuery(BaseModel):
    """Which part of what is kept."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    show: Literal["all", "threads", "comments"] = "all"
    q: str = Field(default="", max_length=200)
    before: int | None = Field(default=None, ge=1, lt=2**63)


class SaveForm(forms.FormModel):
    """Keep it, or no longer. next: the page it was done on."""

    save: Literal["yes", "no"]
    next: str = Field(default="", max_length=500)


async def show(request: Request) -> Response:
    """GET /saved: what the member keeps."""
    node: Node = request.app.state.node
    account = await member_of(request)
    asked = forms.query(request, SavedQuery)
    async with node.reading() as session:
        page = await saved_page(
            session,
            account.member_id,
            account.actor,
            kind=asked.show,
            query=asked.q.strip(),
            before=asked.before,
        )
    return await render(request, "saving/show.html", page)


async def save(request: Request) -> Response:
    """POST /post/{token}/save and /comment/{token}/save."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, SaveForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    token, is_comment = address_of(request)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, token, actor, comment=is_comment)
        act = saving.save if filled.model.save == "yes" else saving.let_go
        await act(tx, account.member_id, post)
    return back_at(post, filled.model.next)
