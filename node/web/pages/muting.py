"""What a member does not want to come upon: words, people, groups and servers; the list with the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Malformed, NodeError, TooMany
from node.local import muting
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.muting import MuteLine, mutes_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.forms import Filled
from node.web.pages.naming import find_group, find_person
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

LASTS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30), "ever": None}


class MuteForm(forms.FormModel):
    """What to mute, and for how long. next: the page it was done on."""

    kind: Literal["words", "person", "group", "server"]
    what: str = Field(min_length=1, max_length=2048)
    lasts: Literal["day", "week", "month", "ever"] = "ever"
    next: str = Field(default="", max_length=500)


class EndForm(forms.FormModel):
    """A mute to end, by its number."""

    number: int = Field(ge=1, lt=2**63)
    next: str = Field(default="", max_length=500)


@dataclass(frozen=True, slots=True)
class MutesPage:
    """What the member has muted."""

    lines: tuple[MuteLine, ...]
    form: FormView


async def show(request: Request) -> Response:
    """GET and POST /settings/muting: what the member has muted; mute something."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        return await _show(request, None)
    filled = await forms.read_form(request, MuteForm)
    form = filled.model
    if form is None:
        return await _show(request, filled)
    try:
        whom = await _named(request, form)
        async with node.transaction() as tx:
            own = await acting(tx, account)
            await _mute(tx, account.member_id, own, form, whom)
    except TooMany:
        raise
    except NodeError as error:
        return await _show(request, filled.but("what", error.message))
    return redirect(form.next, default="/settings/muting")


async def end(request: Request) -> Response:
    """POST /settings/muting/end: come upon it again."""
    node: Node = request.app.state.node
    account = await member_of(request)
    form = (await forms.read_form(request, EndForm)).model
    if form is None:
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        await acting(tx, account)
        await muting.unmute(tx, account.member_id, form.number)
    return redirect(form.next, default="/settings/muting")


async def _named(request: Request, form: MuteForm) -> Actor | None:
    if form.kind == "person":
        return await find_person(request, form.what)
    return await find_group(request, form.what) if form.kind == "group" else None


async def _mute(tx: Transaction, member_id: int, own: Actor, form: MuteForm, whom: Actor | None) -> None:
    lasts = LASTS[form.lasts]
    if whom is not None:
        await muting.mute_actor(tx, member_id, own, await get_actor(tx.session, whom.iri), lasts)
    elif form.kind == "server":
        host = urlsplit(form.what).netloc or form.what
        await muting.mute_server(tx, member_id, host, own.host, lasts)
    else:
        await muting.mute_words(tx, member_id, form.what, lasts)


async def _show(request: Request, filled: Filled[MuteForm] | None) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        lines = await mutes_of(session, account.member_id, node.clock.now())
    page = MutesPage(lines, form_view(filled, account.language))
    return await render(request, "settings/muting.html", page, status=INVALID if filled else 200)
