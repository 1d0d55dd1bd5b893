"""Reporting a post, a message, a person or a group, and the queues of those who judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import flag
from node.activities.flag import Matter
from node.activities.perform import perform
from node.errors import Conflict, Forbidden
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.messages import received_message
from node.store.queries.people import ActorLine, get_named, line_of
from node.store.queries.reports import SHOWN, ReportLine, queue
from node.store.queries.standing import holds_office
from node.store.queries.threads import get_visible, path_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.pages.posting import address_of
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of, viewer_of


class ReportForm(forms.FormModel):
    """Why something is reported."""

    reason: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The form that reports something."""

    action: str
    back: str
    about: str  # post, message, person, group
    name: str  # of the thread, of the person or the group, of who wrote the message; empty for a comment
    content: str  # HTML as kept
    group: str  # whose moderators judge it; empty: administrators do
    host: str  # the server of who is reported, which is told; empty: this one
    form: FormView


async def post(request: Request) -> Response:
    """GET and POST /post/{token}/report and /comment/{token}/report."""
    return await _report(request)


async def person(request: Request) -> Response:
    """GET and POST /u/{name}/report."""
    return await _report(request)


async def group(request: Request) -> Response:
    """GET and POST /c/{name}/report: a group as a whole, to the administrators of its node."""
    return await _report(request)


async def message(request: Request) -> Response:
    """GET and POST /message/{token}/report: a private message that the member got."""
    return await _report(request)


async def _report(request: Request) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, ReportForm) if request.method == "POST" else None
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        matter, back = await _matter(request, tx, actor)
        if filled is not None and filled.model is not None:
            try:
                await perform(tx, await flag.compose(tx, actor, matter, filled.model.reason.strip()))
                return redirect(back)
            except Conflict as error:
                filled = filled.but("reason", error.message)
    said = matter.post or matter.message
    page = ReportPage(
        action=str(request.scope["path"]),
        back=back,
        about=_kind_of(matter),
        name=matter.post.title if matter.post else line_of(matter.subject).label,
        content=said.content if said else "",
        group=line_of(matter.group).label if matter.group else "",
        host="" if matter.subject.is_local else matter.subject.host,
        form=form_view(filled, account.language),
    )
    return await render(request, "reports/new.html", page, status=INVALID if filled else 200)


def _kind_of(matter: Matter) -> str:
    if matter.post is not None or matter.message is not None:
        return "post" if matter.post is not None else "message"
    return "group" if matter.subject.is_group else "person"


async def _matter(request: Request, tx: Transaction, actor: Actor) -> tuple[Matter, str]:
    """Return what the address names and the page to go back to; raise NotFound for what they may not read."""
    node: Node = request.app.state.node
    kind = str(request.scope["path"]).split("/", 2)[1]
    if kind in {"u", "c"}:
        name = str(request.path_params["name"])
        subject = await get_named(tx.session, name, node.settings.host, group=kind == "c")
        return Matter(subject), line_of(subject).path
    if kind == "message":
        got = await received_message(tx.session, str(request.path_params["token"]), actor)
        return await flag.matter_of_message(tx, got), f"/messages/{got.conversation}"
    token, is_comment = address_of(request)
    found = await get_visible(tx.session, token, actor, comment=is_comment)
    return await flag.matter_of_post(tx, found), path_of(found)


class QueueQuery(BaseModel):
    """Which reports, and which part of them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    resolved: Literal["", "yes"] = ""
    before: str = Field(default="", max_length=40)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Reports that wait, or those that were dealt with, for those who judge them."""

    actor: ActorLine | None  # the group; None: all of the node
    base: str
    resolved: bool
    lines: tuple[ReportLine, ...]
    older: str  # token that the next page begins below; empty: this is the last


async def queue_of_group(request: Request) -> Response:
    """GET /c/{name}/moderation/reports: what was reported in a group."""
    node: Node = request.app.state.node
    account = await member_of(request)
    viewer = await viewer_of(request)
    async with node.reading() as session:
        name = str(request.path_params["name"])
        place = await get_named(session, name, node.settings.host, group=True)
        holds = await holds_office(session, account.actor, place, viewer.now)
    if not holds and viewer.is_administrator:
        return redirect("/reports")  # they are told where nobody else here judges
    if not holds:
        raise Forbidden("Only the group's moderators may do this.")
    return await _queue(request, place, f"{line_of(place).path}/moderation/reports")


async def queue_of_node(request: Request) -> Response:
    """GET /reports: all that was reported on this node, for administrators."""
    await member_of(request)
    if not (await viewer_of(request)).is_administrator:
        raise Forbidden("Only administrators read all reports of the node.")
    return await _queue(request, None, "/reports")


async def _queue(request: Request, place: Actor | None, base: str) -> Response:
    node: Node = request.app.state.node
    asked = forms.query(request, QueueQuery)
    resolved = asked.resolved == "yes"
    async with node.reading() as session:
        lines = await queue(session, place, resolved=resolved, before=asked.before)
    older = lines[-1].token if len(lines) == SHOWN else ""
    page = QueuePage(line_of(place) if place else None, base, resolved, lines, older)
    return await render(request, "reports/queue.html", page)
