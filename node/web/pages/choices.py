"""What a member chooses: what they are told of, and what others see of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from node.activities import update
from node.activities.perform import perform
from node.local import members
from node.runtime import Node
from node.store.queries.members import find_member
from node.store.queries.notifications import SORTS
from node.store.tables.members import Member
from node.web import forms
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

Ticked = Literal["yes", ""]


class NoticesForm(forms.FormModel):
    """Kinds of notifications that are wanted."""

    answers: Ticked = ""
    mentions: Ticked = ""
    messages: Ticked = ""
    dates: Ticked = ""
    requests: Ticked = ""
    moves: Ticked = ""


class PrivacyForm(forms.FormModel):
    """What others see. Ticked: they do."""

    lists: Ticked = ""
    discoverable: Ticked = ""
    indexable: Ticked = ""


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """A form of boxes to tick. done: whether it has just been kept."""

    form: FormView
    done: bool


async def notices(request: Request) -> Response:
    """GET and POST /settings/notifications: what the member is told of."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        member = await _member(request)
        quiet = member.quiet_kinds.split()
        ticked = {name: "" if kinds[0] in quiet else "yes" for name, kinds in SORTS.items()}
        return await _show(request, "settings/notifications.html", form_view(None, account.language, ticked))
    filled = await forms.read_form(request, NoticesForm)
    if filled.model is None:
        view = form_view(filled, account.language)
        return await _show(request, "settings/notifications.html", view, status=INVALID)
    wanted = filled.model.model_dump()
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        member.quiet_kinds = " ".join(
            kind for name, kinds in SORTS.items() if not wanted[name] for kind in kinds
        )
    return redirect("/settings/notifications?done=yes")


async def privacy(request: Request) -> Response:
    """GET and POST /settings/privacy: what others see, and whether search finds it."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        shown = {
            "lists": not (await _member(request)).hides_lists,
            "discoverable": account.actor.discoverable,
            "indexable": account.actor.indexable,
        }
        ticked = {name: "yes" if is_so else "" for name, is_so in shown.items()}
        return await _show(request, "settings/privacy.html", form_view(None, account.language, ticked))
    filled = await forms.read_form(request, PrivacyForm)
    form = filled.model
    if form is None:
        view = form_view(filled, account.language)
        return await _show(request, "settings/privacy.html", view, status=INVALID)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        member, _ = await members.get_member(tx, account.member_id)
        member.hides_lists = not form.lists
        told = (bool(form.discoverable), bool(form.indexable))
        if told != (actor.discoverable, actor.indexable):
            actor.discoverable, actor.indexable = told
            actor.updated = tx.now
            await tx.session.flush()
            await perform(tx, update.compose_actor(tx, actor))
    return redirect("/settings/privacy?done=yes")


async def _member(request: Request) -> Member:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        found = await find_member(session, account.name, node.settings.host)
    assert found is not None, "they have just been seen signed in"
    return found


async def _show(request: Request, template: str, form: FormView, *, status: int = 200) -> Response:
    page = ChoicesPage(form, request.query_params.get("done") == "yes")
    return await render(request, template, page, status=status)
