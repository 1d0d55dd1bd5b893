"""Whom a member follows and who follows them: leaving and removing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import follow
from node.errors import Malformed
from node.outbox.publish import publish
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.following import FollowList, followed_by, followers_of
from node.web import forms
from node.web.rendering import redirect, render
from node.web.session import acting, member_of

Show = Literal["groups", "people", "followers"]


class FollowingQuery(BaseModel):
    """Which list, and where it goes on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    show: Show = "groups"
    before: int | None = Field(default=None, ge=1, lt=2**63)


class RemoveForm(forms.FormModel):
    """Somebody who shall follow no longer; by their id."""

    who: str = Field(min_length=1, max_length=2048)


@dataclass(frozen=True, slots=True)
class FollowingPage:
    """One of the three lists."""

    show: Show
    list: FollowList


async def show(request: Request) -> Response:
    """GET /following: groups, people, or one's followers."""
    node: Node = request.app.state.node
    account = await member_of(request)
    asked = forms.query(request, FollowingQuery)
    async with node.reading() as session:
        if asked.show == "followers":
            found = await followers_of(session, account.actor, asked.before)
        else:
            groups = asked.show == "groups"
            found = await followed_by(session, account.actor, asked.before, own=True, groups=groups)
    return await render(request, "following/show.html", FollowingPage(asked.show, found))


async def remove(request: Request) -> Response:
    """POST /following/remove: somebody follows no longer; their server is told."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, RemoveForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        follower = await get_actor(tx.session, filled.model.who)
        await publish(tx, await follow.answer(tx, actor, follower, accept=False))
    return redirect("/following?show=followers")
