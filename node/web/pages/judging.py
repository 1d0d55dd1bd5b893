"""One report and what follows from it: removing, warning, banning, or nothing; and closing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities.block import BanDraft
from node.activities.settling import Verdict, settle
from node.errors import NotFound, Refused
from node.runtime import Node
from node.store.queries.cautions import count_cautions
from node.store.queries.people import line_of
from node.store.queries.reports import ReportLine, count_earlier, find_report, lines_of_reports, same_open
from node.store.queries.standing import holds_office
from node.store.tables.actors import Actor
from node.store.tables.moderation import Report
from node.web import forms
from node.web.forms import WHOLE_FORM, Filled
from node.web.languages import mark
from node.web.pages.bans import ends_at
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import Viewer, acting, member_of, viewer_of

SAY_WHY = mark("Say why: the author reads it.")
HOW_LONG = mark("Choose for how long.")
NOTHING_ELSE = mark("To dismiss the report, take back all that is chosen above.")


class VerdictForm(forms.FormModel):
    """What is to be done about a report. next: the page it was judged on."""

    do: Literal["settle", "dismiss"]
    remove: Literal["", "yes"] = ""
    below: Literal["", "yes"] = ""
    warn: Literal["", "yes"] = ""
    lasts: Literal["", "1", "3", "7", "30", "90", "365", "forever"] = ""
    place: Literal["group", "node"] = "group"
    hide: Literal["", "yes"] = ""
    reason: str = Field(default="", max_length=1000)
    note: str = Field(default="", max_length=1000)
    next: str = Field(default="", max_length=500)


@dataclass(frozen=True, slots=True)
class Means:
    """What the viewer may do about a report."""

    remove: bool = False
    warn: bool = False
    ban_from_group: bool = False
    ban_from_node: bool = False


@dataclass(frozen=True, slots=True)
class JudgingPage:
    """A report with all that those who judge it need to know."""

    report: ReportLine
    same: tuple[ReportLine, ...]  # open reports of the same thing, or the report itself when it is closed
    earlier: int  # reports about the person that were upheld before
    cautions: int  # warnings that the person was given before
    is_about_viewer: bool
    means: Means
    back: str
    form: FormView


async def judge(request: Request) -> Response:
    """GET and POST /reports/{token}: read a report, decide, close it."""
    if request.method != "POST":
        return await _show(request, None)
    node: Node = request.app.state.node
    account = await member_of(request)
    found, _, back = await _found(request)
    filled = _checked(await forms.read_form(request, VerdictForm))
    if filled.model is None:
        return await _show(request, filled)
    try:
        async with node.transaction() as tx:
            judging = await acting(tx, account)
            report = await tx.session.get_one(Report, found.id)
            await settle(tx, judging, report, _verdict(filled.model, tx.now))
    except Refused as error:
        return await _show(request, filled.but(WHOLE_FORM, error.message))
    return redirect(filled.model.next, default=back)


def _checked(filled: Filled[VerdictForm]) -> Filled[VerdictForm]:
    form = filled.model
    if form is None:
        return filled
    if form.do == "dismiss" and (form.remove or form.warn or form.lasts):
        return filled.but(WHOLE_FORM, NOTHING_ELSE)
    if form.hide and not form.lasts:
        return filled.but("lasts", HOW_LONG)
    if (form.warn or form.lasts) and not form.reason.strip():
        return filled.but("reason", SAY_WHY)
    return filled


def _verdict(form: VerdictForm, now: datetime) -> Verdict:
    ban = (
        BanDraft(ends_at=ends_at(now, form.lasts), remove_content=form.hide == "yes") if form.lasts else None
    )
    return Verdict(
        remove=form.remove == "yes",
        below=form.below == "yes",
        warn=form.warn == "yes",
        ban=ban,
        from_node=form.place == "node",
        reason=form.reason.strip(),
        note=form.note.strip(),
        dismiss=form.do == "dismiss",
    )


async def _found(request: Request) -> tuple[Report, Actor | None, str]:
    """Return the report, the group where the viewer judges it, None for an administrator, and its queue.

    Raises NotFound alike for no report and for one that is not theirs to read (THREATS A20).
    """
    node: Node = request.app.state.node
    viewer, account = await viewer_of(request), await member_of(request)
    async with node.reading() as session:
        report = await find_report(session, str(request.path_params["token"]))
        group = await session.get(Actor, report.group_id) if report and report.group_id else None
        holds = group is not None and await holds_office(session, account.actor, group, viewer.now)
    if report is None or not (holds or viewer.is_administrator):
        raise NotFound("There is nothing at this address, or it is not for you to see.")
    if group is None or not holds:
        return report, None, "/reports"
    return report, group, f"{line_of(group).path}/moderation/reports"


async def _show(request: Request, filled: Filled[VerdictForm] | None) -> Response:
    node: Node = request.app.state.node
    viewer, account = await viewer_of(request), await member_of(request)
    report, group, back = await _found(request)
    async with node.reading() as session:
        same = await same_open(session, report) if report.resolved_at is None else [report]
        lines = await lines_of_reports(session, same)
        subject = await session.get(Actor, report.subject_id) if report.subject_id else None
        page = JudgingPage(
            report=next(one for one in lines if one.token == report.token),
            same=lines,
            earlier=await count_earlier(session, report),
            cautions=await count_cautions(session, subject, group) if subject is not None else 0,
            is_about_viewer=report.subject_id == account.actor.id,
            means=_means(viewer, report, subject, group, lines[0]),
            back=back,
            form=form_view(filled, viewer.language),
        )
    return await render(request, "reports/judge.html", page, status=INVALID if filled else 200)


def _means(
    viewer: Viewer, report: Report, subject: Actor | None, group: Actor | None, line: ReportLine
) -> Means:
    if report.resolved_at is not None:
        return Means()
    own = viewer.actor is not None and viewer.actor.id == report.subject_id
    person = subject is not None and not subject.is_group and subject.kind != "Application" and not own
    return Means(
        remove=report.post_id is not None and not line.gone,
        warn=report.post_id is not None and group is not None and not own,
        ban_from_group=person and group is not None,
        ban_from_node=person and viewer.is_administrator,
    )
