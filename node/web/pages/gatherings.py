"""Choosing in a poll, taking part in an event, and its entry for a calendar."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from node.activities import attending, leaving, polls
from node.activities import invite as inviting
from node.activities import join as joining
from node.activities.perform import perform
from node.activitypub.webfinger import parse_handle
from node.errors import Malformed, NotFound
from node.inbox.actors import find_handle
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.threads import get_visible, path_of
from node.store.tables.gatherings import Attendance, Event
from node.web import forms
from node.web.calendars import ICALENDAR, write_calendar
from node.web.pages.posting import address_of
from node.web.rendering import redirect
from node.web.session import acting, member_of, viewer_of

_NUMBER = re.compile(r"^[0-9]{1,15}$")
_CHOICE = re.compile(r"^choice-(\d{1,2})$")
_READABLE = 75  # characters of a title in the name of a file


class AttendForm(forms.FormModel):
    """What a member makes of an event."""

    do: Literal["join", "leave", "accept", "decline"]
    message: str = Field(default="", max_length=joining.MAX_MESSAGE)


class AnswerForm(forms.FormModel):
    """What the organiser makes of a request."""

    do: Literal["accept", "decline"]


class InviteForm(forms.FormModel):
    """Whom the organiser invites."""

    handle: str = Field(min_length=3, max_length=320)


async def choose(request: Request) -> Response:
    """POST /post/{token}/choose and /comment/{token}/choose: vote in a poll."""
    node: Node = request.app.state.node
    account = await member_of(request)
    positions = _positions(await forms.read_fields(request))
    token, is_comment = address_of(request)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, token, actor, comment=is_comment)
        for activity in await polls.compose(tx, actor, post, positions):
            await perform(tx, activity)
    return redirect(path_of(post), anchor=f"poll-{token}")


def _positions(fields: dict[str, str]) -> list[int]:
    """Return the chosen answers: `choice` of one that may be, `choice-0`, `choice-1` ... of several."""
    single = fields.get("choice", "")
    ticked = [match[1] for name in fields if (match := _CHOICE.match(name))]
    chosen = [single, *ticked] if single else ticked
    if not all(one.isascii() and one.isdigit() for one in chosen):
        raise Malformed("This form could not be read.")
    return [int(one) for one in dict.fromkeys(chosen)]


async def attend(request: Request) -> Response:
    """POST /post/{token}/attend: take part in an event, or not; answer an invitation."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, AttendForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    form, token = filled.model, str(request.path_params["token"])
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, token, actor, comment=False)
        if form.do == "join":
            await perform(tx, await joining.compose(tx, actor, post, message=form.message))
        elif form.do == "leave":
            activity = await leaving.compose(tx, actor, post)
            if activity is not None:
                await perform(tx, activity)
        else:
            await perform(tx, await inviting.compose_answer(tx, actor, post, accept=form.do == "accept"))
    return redirect(path_of(post), anchor="event")


async def answer(request: Request) -> Response:
    """POST /post/{token}/attendance/{number}: the organiser says who comes."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, AnswerForm)
    number = str(request.path_params["number"])
    if filled.model is None or not _NUMBER.match(number):
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, str(request.path_params["token"]), actor, comment=False)
        attendance = await tx.session.scalar(
            select(Attendance).where(col(Attendance.id) == int(number), col(Attendance.post_id) == post.id)
        )
        if attendance is None:
            raise NotFound("Nobody asks to take part any more.")
        await attending.answer(tx, actor, post, attendance, accept=filled.model.do == "accept")
    return redirect(path_of(post), anchor="attendances")


async def invite(request: Request) -> Response:
    """POST /post/{token}/invite: the organiser invites somebody, here or elsewhere."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, InviteForm)
    if filled.model is None:
        raise Malformed("Name somebody, such as @ada@server.example.")
    token = str(request.path_params["token"])
    async with node.reading() as session:
        await get_visible(session, token, account.actor, comment=False)
    text = filled.model.handle.strip()
    handle = parse_handle(text if "@" in text.lstrip("@") else f"{text}@{node.settings.host}")
    found = await find_handle(node, handle, group=False)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, token, actor, comment=False)
        await perform(tx, inviting.compose(tx, actor, post, await get_actor(tx.session, found.iri)))
    return redirect(path_of(post), anchor="attendances")


async def calendar(request: Request) -> Response:
    """GET /post/{token}/event.ics: the event for a calendar."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    async with node.reading() as session:
        post = await get_visible(session, str(request.path_params["token"]), viewer.actor, comment=False)
        event = await session.get(Event, post.id)
    if event is None:
        raise NotFound("There is no event at this address.")
    entry = write_calendar([(post, event)], home=viewer.home, now=node.clock.now())
    name = re.sub(r"[^A-Za-z0-9]+", "-", post.title)[:_READABLE].strip("-") or "event"
    headers = {"Content-Disposition": f'attachment; filename="{name}.ics"'}
    return Response(entry, media_type=ICALENDAR, headers=headers)
