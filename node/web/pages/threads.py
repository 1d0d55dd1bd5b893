"""Reading: a thread with its comments, and one comment in its context."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.errors import NotFound
from node.runtime import Node
from node.store.queries.threads import thread_page
from node.store.queries.untouched import find_origin
from node.web import forms
from node.web.rendering import redirect, render
from node.web.session import viewer_of


class ThreadQuery(BaseModel):
    """Which part of a thread, in which order."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order: Literal["top", "new", "old"] = "top"
    after: str = Field(default="", max_length=40, pattern="^[A-Za-z0-9_-]*$")


async def show(request: Request) -> Response:
    """GET /post/{token}: a thread with its comments."""
    return await _show(request, comment=False)


async def comment(request: Request) -> Response:
    """GET /comment/{token}: one comment, what it answers and what answers it."""
    return await _show(request, comment=True)


async def _show(request: Request, *, comment: bool) -> Response:
    node: Node = request.app.state.node
    asked = forms.query(request, ThreadQuery)
    viewer = await viewer_of(request)
    token = str(request.path_params["token"])
    async with node.reading() as session:
        try:
            page = await thread_page(
                session,
                token,
                viewer.actor,
                now=viewer.now,
                order=asked.order,
                after=asked.after or None,
                focus=comment,
            )
        except NotFound:
            origin = await find_origin(session, token)
            if origin is None:
                raise
            return redirect(
                f"/search?q={quote(origin, safe='')}"
            )  # not kept, but a member can have it fetched
    gone = bool(page.focus and page.focus.gone) if comment else bool(page.gone)
    status = HTTPStatus.GONE if gone else HTTPStatus.OK
    return await render(request, "threads/show.html", page, status=status)
