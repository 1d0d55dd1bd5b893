"""First steps of a new member: groups, people, and who they are. Each can be passed over, and all put away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import follow, update
from node.activities.perform import perform
from node.errors import Malformed, Refused
from node.local import members
from node.runtime import Node
from node.store.queries.settling import Suggestion, find_offered, groups_to_follow, people_to_follow
from node.text.clean import plain_name
from node.web import forms
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

Step = Literal["groups", "people", "you"]
ONWARD: dict[Step, str] = {
    "groups": "/first-steps?step=people",
    "people": "/first-steps?step=you",
    "you": "/",
}
_TICKED = re.compile(r"follow_(\d{1,18})")


class StepQuery(BaseModel):
    """Which step."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: Step = "groups"


class YouForm(forms.FormModel):
    """Who the newcomer is, as people read it, and in which language they read."""

    step: Literal["you"]
    name: str = Field(default="", max_length=100)
    language: Literal["en", "fr"]


@dataclass(frozen=True, slots=True)
class StepPage:
    """One step."""

    step: Step
    here: tuple[Suggestion, ...]
    elsewhere: tuple[Suggestion, ...]
    people: tuple[Suggestion, ...]
    form: FormView


async def show(request: Request) -> Response:
    """GET and POST /first-steps."""
    account = await member_of(request)
    if request.method != "POST":
        asked = forms.query(request, StepQuery)
        return await _show(
            request, asked.step, form_view(None, account.language, {"name": account.actor.name})
        )
    fields = await forms.read_fields(request)
    step = fields.get("step", "")
    if step == "you":
        return await _introduce(request, fields)
    if step not in ONWARD:
        raise Malformed("This form could not be read.")
    await follow_each(request, [int(found[1]) for name in fields if (found := _TICKED.fullmatch(name))])
    return redirect(ONWARD["groups" if step == "groups" else "people"])


async def put_away(request: Request) -> Response:
    """POST /first-steps/done: the card on the front page goes."""
    node: Node = request.app.state.node
    account = await member_of(request)
    await forms.read_form(request, forms.Empty)
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        member.settled_at = member.settled_at or tx.now
    return redirect("/")


async def follow_each(request: Request, numbers: list[int]) -> None:
    """Follow what was ticked, by row number; one that cannot be followed any more keeps the others from nothing."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        wanted = [one.id or 0 for one in await find_offered(session, numbers)]
    for number in wanted:
        try:
            async with node.transaction() as tx:
                actor = await acting(tx, account)
                for followee in await find_offered(tx.session, [number]):
                    await perform(tx, follow.compose(tx, actor, followee))
        except Refused:
            continue


async def _introduce(request: Request, fields: dict[str, str]) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = forms.check(fields, YouForm)
    form = filled.model
    if form is None:
        return await _show(request, "you", form_view(filled, account.language), status=INVALID)
    async with node.transaction() as tx:
        member, actor = await members.get_member(tx, account.member_id)
        member.language, member.settled_at = form.language, member.settled_at or tx.now
        if plain_name(form.name) != actor.name:
            actor.name, actor.updated = plain_name(form.name), tx.now
            await tx.session.flush()
            await perform(tx, update.compose_actor(tx, actor))
    return redirect(ONWARD["you"])


async def _show(request: Request, step: Step, form: FormView, *, status: int = 200) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        groups, people = step == "groups", step == "people"
        page = StepPage(
            step=step,
            here=await groups_to_follow(session, account.actor, here=True) if groups else (),
            elsewhere=await groups_to_follow(session, account.actor, here=False) if groups else (),
            people=await people_to_follow(session, account.actor) if people else (),
            form=form,
        )
    return await render(request, "settling/show.html", page, status=status)
