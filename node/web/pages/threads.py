"""Reading: a thread with its comments, and one comment in its context."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from node.errors import NodeError, NotFound
from node.runtime import Node
from node.store.queries.members import Account
from node.store.queries.readings import mark_read
from node.store.queries.threads import ThreadPage, thread_page
from node.store.queries.untouched import find_origin
from node.web import forms
from node.web.pages.composing import with_player
from node.web.rendering import redirect, render
from node.web.session import looks_ahead, viewer_of

LATEST = 4_102_444_800  # seconds since 1970: the year 2100


class ThreadQuery(BaseModel):
    """Which part of a thread, in which order."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order: Literal["top", "new", "old"] = "top"
    view: Literal["", "tree", "flat"] = ""
    after: str = Field(default="", max_length=40, pattern="^[A-Za-z0-9_-]*$")
    since: int | None = Field(default=None, ge=0, le=LATEST)

    def moment(self) -> datetime | None:
        """Return since when comments are new, where the address says so."""
        return datetime.fromtimestamp(self.since, UTC) if self.since is not None else None


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
                flat=asked.view == "flat" or (not asked.view and viewer.reads_flat),
                since=asked.moment() if viewer.signed_in else None,
                muting=viewer.muting,
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
    response = await render(request, "threads/show.html", page, status=status)
    with_player(response, page.link.film if page.link is not None else None)
    if viewer.account is not None and not comment and not gone and _is_read(request, page, asked):
        response.background = BackgroundTask(_note, node, viewer.account, token)
    return response


def _is_read(request: Request, page: ThreadPage, asked: ThreadQuery) -> bool:
    """Tell whether this is somebody who reads what they have not read: no browser that looks ahead."""
    return not looks_ahead(request) and (page.line.unread != 0 or (page.new > 0 and asked.since is None))


async def _note(node: Node, account: Account, token: str) -> None:
    """Note that it was read, once the page is on its way: nobody waits for that."""
    if not account.marks_reading:
        return
    with suppress(NodeError):  # the next look may do
        async with node.transaction() as tx:
            await mark_read(tx, account.actor.id or 0, token)
