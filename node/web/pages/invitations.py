"""Invitations: making links, withdrawing them, and coming by one."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Conflict, Forbidden
from node.local import invitations
from node.local.invitations import MOST_DAYS, MOST_USES
from node.runtime import Node
from node.store.queries.invitations import (
    InvitationLine,
    InvitationView,
    find_invitation,
    groups_to_offer,
    invitations_of,
    invited_by,
)
from node.store.queries.people import ActorLine
from node.text.clean import plain_name
from node.web import forms
from node.web.forms import Filled
from node.web.pages.account import SignUpForm, enter, join
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of, viewer_of


class InvitationForm(forms.FormModel):
    """A link to make."""

    uses: int = Field(ge=1, le=MOST_USES)
    days: int = Field(ge=1, le=MOST_DAYS)
    note: str = Field(default="", max_length=100)
    group: str = Field(default="", max_length=20, pattern=r"^\d*$")  # row number of one that is offered


class WithdrawForm(forms.FormModel):
    """A link to withdraw, by its number."""

    number: int = Field(ge=1, lt=2**63)


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """The member's links. fresh: the one just made, shown this once."""

    may_invite: bool
    fresh: str
    lines: tuple[InvitationLine, ...]
    invited: tuple[ActorLine, ...]
    groups: dict[str, str]  # row number to name
    form: FormView


@dataclass(frozen=True, slots=True)
class LandingPage:
    """What somebody who comes by a link reads."""

    invitation: InvitationView
    secret: str
    form: FormView


async def show(request: Request) -> Response:
    """GET and POST /settings/invitations: the member's links; make one, and read it this once."""
    account = await member_of(request)
    if request.method != "POST":
        return await _show(request, None)
    node: Node = request.app.state.node
    if not (await viewer_of(request)).may_invite:
        raise Forbidden("On this node, administrators invite. Ask one of them.")
    filled = await forms.read_form(request, InvitationForm)
    form = filled.model
    if form is None:
        return await _show(request, filled)
    async with node.reading() as session:
        offered = {one.id for one in await groups_to_offer(session, account.actor)}
    group = int(form.group or 0)
    try:
        async with node.transaction() as tx:
            await acting(tx, account)
            secret = await invitations.issue(
                tx,
                account.member_id,
                uses=form.uses,
                days=form.days,
                note=plain_name(form.note),
                group_id=group if group in offered else None,
            )
    except Conflict as error:
        return await _show(request, filled.but(forms.WHOLE_FORM, error.message))
    return await _show(request, None, fresh=f"{node.settings.home}/invitation/{secret}")


async def withdraw(request: Request) -> Response:
    """POST /settings/invitations/withdraw."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, WithdrawForm)
    if filled.model is not None:
        async with node.transaction() as tx:
            await acting(tx, account)
            await invitations.withdraw(tx, account.member_id, filled.model.number)
    return redirect("/settings/invitations")


async def land(request: Request) -> Response:
    """GET and POST /invitation/{secret}: who invites to what, and signing up. Looking does not use it up."""
    node: Node = request.app.state.node
    secret = str(request.path_params["secret"])
    viewer = await viewer_of(request)
    async with node.reading() as session:
        found = await find_invitation(session, secret, viewer.now)
    if found is None:
        raise invitations.used_up()
    if request.method != "POST":
        page = LandingPage(found, secret, form_view(None, viewer.language))
        response: Response = await render(request, "invitations/land.html", page, forms=True)
    elif viewer.signed_in:
        response = redirect(found.group.path if found.group else "/")
    else:
        filled = await join(request, await forms.read_form(request, SignUpForm), invitation=secret)
        if filled.model is not None:
            response = await enter(request, node, filled.model.name, "/first-steps")
        else:
            page = LandingPage(found, secret, form_view(filled, viewer.language))
            response = await render(request, "invitations/land.html", page, status=INVALID, forms=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def _show(request: Request, filled: Filled[InvitationForm] | None, *, fresh: str = "") -> Response:
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    account = await member_of(request)
    async with node.reading() as session:
        groups = await groups_to_offer(session, account.actor)
        page = InvitationsPage(
            may_invite=viewer.may_invite,
            fresh=fresh,
            lines=await invitations_of(session, account.member_id, viewer.now),
            invited=await invited_by(session, account.member_id),
            groups={str(one.id): one.label for one in groups},
            form=form_view(filled, viewer.language, {"uses": "1", "days": "7"}),
        )
    return await render(request, "invitations/show.html", page, status=INVALID if filled else 200)
