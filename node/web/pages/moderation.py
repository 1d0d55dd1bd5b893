"""Running a group: its moderation log for everybody; moderators, charter and closing for those in office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import charter, closing, curate
from node.activities import follow as following
from node.activities.drafts import CharterDraft
from node.activities.perform import perform
from node.errors import Conflict, Forbidden, NodeError, NotFound
from node.inbox.lookup import find_named_anew
from node.local import actors
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import find_at, get_actor
from node.store.queries.deeds import DeedLine, Seat, check_may_read, log_page, recent_deeds, seats
from node.store.queries.media import Picture, picture_of_actor
from node.store.queries.people import ActorLine, get_named, line_of
from node.store.queries.reports import count_waiting
from node.store.queries.standing import holds_office
from node.store.queries.topics import set_topics, topics_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.forms import Filled
from node.web.languages import topic_names
from node.web.pages import insignia
from node.web.pages.naming import NOBODY
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of, viewer_of


class LogQuery(BaseModel):
    """Which part of a log."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    before: int | None = Field(default=None, ge=1, lt=2**63)


class SeatForm(forms.FormModel):
    """Who is to moderate, or no longer."""

    do: Literal["appoint", "dismiss"]
    who: str = Field(min_length=1, max_length=2048)


class CharterForm(forms.FormModel):
    """A group's charter as it is typed."""

    title: str = Field(min_length=1, max_length=100)
    description: str = Field(default="", max_length=150)
    summary: str = Field(default="", max_length=5000)
    who: Literal["everyone", "moderators"] = "everyone"
    sensitive: Literal["", "yes"] = ""
    readers: Literal["everyone", "members"] = "everyone"
    topic_1: str = Field(default="", max_length=20)
    topic_2: str = Field(default="", max_length=20)
    topic_3: str = Field(default="", max_length=20)

    @property
    def topics(self) -> set[str]:
        """What the group is about."""
        return {self.topic_1, self.topic_2, self.topic_3} - {""}


@dataclass(frozen=True, slots=True)
class ModerationPage:
    """What those in office see of their group."""

    actor: ActorLine
    waiting: int  # reports
    seats: tuple[Seat, ...]
    deeds: tuple[DeedLine, ...]
    form: FormView


@dataclass(frozen=True, slots=True)
class CharterPage:
    """The form of a group's charter."""

    actor: ActorLine
    form: FormView
    may_close: bool
    banner: Picture | None
    topics: dict[str, str]  # from which to choose


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """Asks once before a group closes, or opens again."""

    actor: ActorLine
    is_closed: bool


async def log(request: Request) -> Response:
    """GET /c/{name}/log: what moderators did, for everybody to read."""
    node: Node = request.app.state.node
    asked = forms.query(request, LogQuery)
    viewer = await viewer_of(request)
    async with node.reading() as session:
        group = await get_named(session, _name(request), viewer.host, group=True)
        await check_may_read(session, group, viewer.actor, viewer.now)
        page = await log_page(session, group, viewer.actor, asked.before)
    return await render(request, "groups/log.html", page)


async def log_of_node(request: Request) -> Response:
    """GET /log: whom administrators banned from the whole node, and what they removed that is in no group."""
    node: Node = request.app.state.node
    asked = forms.query(request, LogQuery)
    viewer = await viewer_of(request)
    async with node.reading() as session:
        page = await log_page(session, None, viewer.actor, asked.before)
    return await render(request, "groups/log.html", page)


async def show(request: Request) -> Response:
    """GET /c/{name}/moderation: moderators, and what they did last."""
    return await _show(request, None)


async def seat(request: Request) -> Response:
    """POST /c/{name}/moderators: appoint somebody by their handle, or dismiss one."""
    node: Node = request.app.state.node
    account = await member_of(request)
    group = await in_office(request)
    filled = await forms.read_form(request, SeatForm)
    form = filled.model
    if form is None:
        return await _show(request, filled)
    try:
        person = await find_named_anew(node, form.who)
    except NodeError:
        return await _show(request, filled.but("who", NOBODY))
    try:
        async with node.transaction() as tx:
            actor = await acting(tx, account)
            here, whom = await get_actor(tx.session, group.iri), await get_actor(tx.session, person.iri)
            change = curate.compose_seat(tx, actor, here, whom, appoint=form.do == "appoint")
            await perform(tx, change)
    except (Conflict, Forbidden) as error:
        return await _show(request, filled.but("who", error.message))
    return redirect(f"{line_of(group).path}/moderation")


@forms.takes_files
async def settings(request: Request) -> Response:
    """GET and POST /c/{name}/settings: the charter."""
    node: Node = request.app.state.node
    account = await member_of(request)
    group = await in_office(request)
    if request.method != "POST":
        return await _charter(request, group, None)
    fields = await forms.read_fields(request)
    going = insignia.dropped(fields)
    filled = forms.check(fields, CharterForm)
    form = filled.model
    if form is None:
        return await _charter(request, group, filled)
    drafted = forms.check(
        {
            "title": form.title,
            "description": form.description,
            "summary": form.summary,
            "posting_restricted": "true" if form.who == "moderators" else "false",
            "sensitive": "true" if form.sensitive else "false",
        },
        CharterDraft,
    )
    if drafted.model is None:
        return await _charter(request, group, Filled(filled.typed, None, drafted.wrong))
    shown = await insignia.bring(request, account, going)
    if shown.wrong:
        return await _charter(request, group, Filled(filled.typed, None, shown.wrong))
    try:
        async with node.transaction() as tx:
            here = await get_actor(tx.session, group.iri)
            actor = await acting(tx, account)
            if here.is_local:
                await set_readers(tx, here, private=form.readers == "members")
                await insignia.put_on(tx, here, shown)
                await set_topics(tx, here, form.topics)
            await perform(tx, await charter.compose(tx, actor, here, drafted.model))
    except Conflict as error:
        return await _charter(request, group, filled.but("readers", error.message))
    return redirect(line_of(group).path)


async def set_readers(tx: Transaction, group: Actor, *, private: bool) -> None:
    """Say who reads a group of ours; who could not keep it private is shown out. Raises Conflict."""
    was = group.private
    await actors.set_private(tx, group, private=private)
    if group.private and not was:
        await following.turn_away_the_open(tx, group)


async def close(request: Request) -> Response:
    """GET and POST /c/{name}/close: ask once, then close the group; or open a closed one again."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        group = await find_at(tx.session, node.settings.host, f"/c/{_name(request)}")
        if group is None or not group.is_group or not await closing.may_close(tx, actor, group):
            raise NotFound("There is nothing at this address, or it is not for you to see.")
        was_closed = group.deleted_at is not None
        if request.method == "POST":
            compose = closing.compose_undo if was_closed else closing.compose
            await perform(tx, compose(tx, actor, group))
    line = line_of(group)
    if request.method != "POST":
        return await render(request, "groups/close.html", ClosingPage(line, was_closed))
    return redirect(line.path if was_closed else "/explore")


async def _show(request: Request, filled: Filled[SeatForm] | None) -> Response:
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    account = await member_of(request)
    group = await in_office(request)
    async with node.reading() as session:
        page = ModerationPage(
            actor=line_of(group),
            waiting=await count_waiting(session, group),
            seats=await seats(session, group, account.actor, administers=viewer.is_administrator),
            deeds=await recent_deeds(session, group, account.actor),
            form=form_view(filled, viewer.language),
        )
    return await render(request, "groups/moderation.html", page, status=INVALID if filled else 200)


async def _charter(request: Request, group: Actor, filled: Filled[CharterForm] | None) -> Response:
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    account = await member_of(request)
    now = charter.typed(group)
    typed = {
        "title": now.title,
        "description": now.description,
        "summary": now.summary,
        "who": "moderators" if now.posting_restricted else "everyone",
        "sensitive": "yes" if now.sensitive else "",
        "readers": "members" if group.private else "everyone",
    }
    async with node.transaction() as tx:
        may_close = await closing.may_close(tx, account.actor, group)
        chosen = await topics_of(tx.session, [group.id or 0])
    typed |= {f"topic_{number}": one for number, one in enumerate(chosen.get(group.id or 0, ()), 1)}
    banner = picture_of_actor("b", group.id or 0, group.image_url, is_local=group.is_local)
    form = form_view(filled, viewer.language, typed)
    page = CharterPage(line_of(group), form, may_close, banner, dict(topic_names(viewer.language)))
    return await render(request, "groups/settings.html", page, status=INVALID if filled else 200)


async def in_office(request: Request) -> Actor:
    """Return the group that the address names, or raise Forbidden for a member who is not in office there."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        group = await get_named(session, _name(request), node.settings.host, group=True)
        if not await holds_office(session, account.actor, group, node.clock.now()):
            raise Forbidden("Only the group's moderators may do this.")
    return group


def _name(request: Request) -> str:
    return str(request.path_params["name"])
