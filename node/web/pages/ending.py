"""Leaving for good: one's own account ends, here and wherever it was known."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import ending
from node.activities.perform import perform
from node.local import attempts, leaving, members
from node.local.leaving import LeftBehind
from node.local.members import MAX_PASSWORD
from node.runtime import Node
from node.store.queries.members import find_member
from node.web import forms
from node.web.languages import mark
from node.web.pages.settings import WRONG_PASSWORD
from node.web.rendering import INVALID, FormView, form_view, render
from node.web.session import acting, end_session, member_of

WRONG_NAME = mark("Type your name exactly as it stands above.")


class LeaveForm(forms.FormModel):
    """The name, typed, and the password: nobody leaves by mistake, nor by another's hand."""

    name: str = Field(min_length=1, max_length=100)
    present: str = Field(min_length=1, max_length=MAX_PASSWORD)


@dataclass(frozen=True, slots=True)
class LeavePage:
    """The form, and what would be left behind."""

    form: FormView
    name: str
    left: LeftBehind


async def show(request: Request) -> Response:
    """GET and POST /settings/leave: end the account."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        left = await leaving.left_behind(session, account.member_id, account.actor)
        known = await find_member(session, account.name, node.settings.host)
    if request.method != "POST":
        page = LeavePage(form_view(None, account.language), account.name, left)
        return await render(request, "settings/leave.html", page)
    filled = await forms.read_form(request, LeaveForm)
    if filled.model is not None and filled.model.name.strip().lstrip("@").lower() != account.name.lower():
        filled = filled.but("name", WRONG_NAME)
    if filled.model is not None:
        async with node.transaction() as tx:
            await attempts.spend(tx, f"account:{account.name}", attempts.SIGN_INS_OF_ACCOUNT)
        if not await members.password_matches(known.password if known else None, filled.model.present):
            filled = filled.but("present", WRONG_PASSWORD)
    if filled.model is None:
        page = LeavePage(form_view(filled, account.language), account.name, left)
        return await render(request, "settings/leave.html", page, status=INVALID)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        await leaving.forget(tx, account.member_id)
        await perform(tx, ending.compose(tx, actor))
    request.state.viewer = None  # whoever looks is a stranger from here on
    request.scope["headers"] = [one for one in request.scope["headers"] if one[0] != b"cookie"]
    response = await render(request, "account/gone.html")
    end_session(response, node)
    return response
