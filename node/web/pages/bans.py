"""Who is banned from a group or from the whole node: listing, banning, lifting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import block
from node.activities.block import BanDraft
from node.activities.perform import perform
from node.errors import Forbidden, Malformed, Refused, TooMany
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.bans import BANS_SHOWN, BanLine, bans_of
from node.store.queries.people import ActorLine, line_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.forms import Filled
from node.web.pages.moderation import in_office
from node.web.pages.naming import find_person
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of, viewer_of

Lasts = Literal["1", "3", "7", "30", "90", "365", "forever"]  # days


class BanForm(forms.FormModel):
    """Whom to ban, why, for how long, and whether what they wrote goes too."""

    who: str = Field(min_length=1, max_length=2048)
    reason: str = Field(min_length=1, max_length=1000)
    lasts: Lasts
    hide: Literal["", "yes"] = ""


class LiftForm(forms.FormModel):
    """Whose ban ends, and whether what was hidden with it comes back."""

    who: str = Field(min_length=1, max_length=2048)
    restore: Literal["", "yes"] = ""


class BansQuery(BaseModel):
    """Which part of the list, and whom the form is for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    before: int | None = Field(default=None, ge=1, lt=2**63)
    who: str = Field(default="", max_length=2048)
    done: str = Field(default="", max_length=10)


@dataclass(frozen=True, slots=True)
class BansPage:
    """Who is kept out. actor: the group; None for the whole node. done: what was done a moment ago."""

    actor: ActorLine | None
    base: str
    bans: tuple[BanLine, ...]
    ended: tuple[BanLine, ...]  # over, while what was hidden with them still is
    older: int | None  # row number that the next page begins below
    done: str
    form: FormView


async def of_group(request: Request) -> Response:
    """GET and POST /c/{name}/moderation/bans: who is banned from a group; ban one more."""
    return await _bans(request, await in_office(request))


async def lift_of_group(request: Request) -> Response:
    """POST /c/{name}/moderation/bans/lift."""
    return await _lift(request, await in_office(request))


async def of_node(request: Request) -> Response:
    """GET and POST /bans: who is banned from this whole node; ban one more."""
    await _check_administers(request)
    return await _bans(request, None)


async def lift_of_node(request: Request) -> Response:
    """POST /bans/lift."""
    await _check_administers(request)
    return await _lift(request, None)


def ends_at(now: datetime, lasts: str) -> datetime | None:
    """Return when a ban of so many days ends; None for one that lasts until it is lifted."""
    return now + timedelta(days=int(lasts)) if lasts.isdigit() else None


async def _check_administers(request: Request) -> None:
    await member_of(request)
    if not (await viewer_of(request)).is_administrator:
        raise Forbidden("Only administrators ban from the whole node.")


async def _bans(request: Request, group: Actor | None) -> Response:
    if request.method != "POST":
        return await _show(request, group, None)
    filled = await forms.read_form(request, BanForm)
    if filled.model is None:
        return await _show(request, group, filled)
    form = filled.model
    node: Node = request.app.state.node
    account = await member_of(request)
    try:
        person = await find_person(request, form.who)
        async with node.transaction() as tx:
            actor = await acting(tx, account)
            draft = BanDraft(form.reason.strip(), ends_at(tx.now, form.lasts), form.hide == "yes")
            whom = await get_actor(tx.session, person.iri)
            await perform(tx, block.compose(tx, actor, whom, await _place(tx, group), draft))
    except TooMany:
        raise
    except Refused as error:
        return await _show(request, group, filled.but("who", error.message))
    return redirect(f"{_base(group)}?done=banned")


async def _lift(request: Request, group: Actor | None) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    form = (await forms.read_form(request, LiftForm)).model
    if form is None:
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        actor, whom = await acting(tx, account), await get_actor(tx.session, form.who)
        place = await _place(tx, group)
        await perform(tx, block.compose_undo(tx, actor, whom, place, restore=form.restore == "yes"))
    return redirect(f"{_base(group)}?done=lifted")


async def _place(tx: Transaction, group: Actor | None) -> Actor | None:
    return await get_actor(tx.session, group.iri) if group is not None else None


def _base(group: Actor | None) -> str:
    return f"{line_of(group).path}/moderation/bans" if group is not None else "/bans"


async def _show(request: Request, group: Actor | None, filled: Filled[BanForm] | None) -> Response:
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    asked = forms.query(request, BansQuery)
    scope = group.iri if group is not None else f"{node.settings.home}/"
    async with node.reading() as session:
        bans = await bans_of(session, scope, viewer.now, before=asked.before)
        ended = await bans_of(session, scope, viewer.now, ended=True) if asked.before is None else ()
    page = BansPage(
        actor=line_of(group) if group is not None else None,
        base=_base(group),
        bans=bans,
        ended=ended,
        older=bans[-1].id if len(bans) == BANS_SHOWN else None,
        done=asked.done if filled is None else "",
        form=form_view(filled, viewer.language, {"who": asked.who}),
    )
    return await render(request, "moderation/bans.html", page, status=INVALID if filled else 200)
