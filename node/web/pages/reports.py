"""Reporting a thread, a comment or a person, and the reports that wait for those who judge them."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import flag, resolve
from node.activities.flag import Matter
from node.activities.perform import perform
from node.errors import Conflict, Forbidden, NotFound
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.people import get_named, line_of
from node.store.queries.reports import ReportLine, find_report, queue
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
    name: str  # of the thread or the person; empty for a comment
    content: str  # HTML as kept
    group: str  # whose moderators judge it; empty: administrators do
    form: FormView


async def post(request: Request) -> Response:
    """GET and POST /post/{token}/report and /comment/{token}/report."""
    return await _report(request)


async def person(request: Request) -> Response:
    """GET and POST /u/{name}/report."""
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
    page = ReportPage(
        action=f"{back}/report",
        back=back,
        name=matter.post.title if matter.post else line_of(matter.subject).label,
        content=matter.post.content if matter.post else "",
        group=line_of(matter.group).label if matter.group else "",
        form=form_view(filled, account.language),
    )
    return await render(request, "reports/new.html", page, status=INVALID if filled else 200)


async def _matter(request: Request, tx: Transaction, actor: Actor) -> tuple[Matter, str]:
    node: Node = request.app.state.node
    if "name" in request.path_params:
        name = str(request.path_params["name"])
        subject = await get_named(tx.session, name, node.settings.host, group=False)
        return Matter(subject), line_of(subject).path
    token, is_comment = address_of(request)
    found = await get_visible(tx.session, token, actor, comment=is_comment)
    return await flag.matter_of_post(tx, found), path_of(found)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Reports that wait, for those who judge them."""

    base: str
    lines: tuple[ReportLine, ...]


class ResolveForm(forms.FormModel):
    """Which report has been dealt with."""

    report: str = Field(min_length=1, max_length=40)


async def queue_of_group(request: Request) -> Response:
    """GET and POST /c/{name}/moderation/reports: what waits in a group; one of them is closed."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        name = str(request.path_params["name"])
        group = await get_named(session, name, node.settings.host, group=True)
        if not await holds_office(session, account.actor, group, node.clock.now()):
            raise Forbidden("Only the group's moderators may do this.")
    return await _queue(request, group, f"{line_of(group).path}/moderation/reports")


async def queue_of_node(request: Request) -> Response:
    """GET and POST /reports: all that waits on this node, for administrators."""
    if not (await viewer_of(request)).is_administrator:
        raise Forbidden("Only administrators read all reports of the node.")
    return await _queue(request, None, "/reports")


async def _queue(request: Request, group: Actor | None, base: str) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method == "POST":
        filled = await forms.read_form(request, ResolveForm)
        async with node.transaction() as tx:
            actor = await acting(tx, account)
            found = await find_report(tx.session, filled.model.report if filled.model else "")
            if found is None or (group is not None and found.group_id != group.id):
                raise NotFound("There is nothing at this address, or it is not for you to see.")
            await perform(tx, await resolve.compose(tx, actor, found))
        return redirect(base)
    async with node.reading() as session:
        page = QueuePage(base, await queue(session, group))
    return await render(request, "reports/queue.html", page)
