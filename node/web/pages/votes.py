"""Voting: up, down, or neither."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import vote as voting
from node.activities.perform import perform
from node.errors import Malformed
from node.runtime import Node
from node.store.queries.threads import get_visible
from node.web import forms
from node.web.pages.posting import address_of, back_at
from node.web.session import acting, member_of

VALUES = {"up": 1, "down": -1, "none": 0}


class VoteForm(forms.FormModel):
    """A vote, and the page it was cast on."""

    vote: Literal["up", "down", "none"]
    next: str = Field(default="", max_length=500)


async def cast(request: Request) -> Response:
    """POST /post/{token}/vote and /comment/{token}/vote: vote, and stay where you are."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, VoteForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    token, is_comment = address_of(request)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, token, actor, comment=is_comment)
        activity = await voting.compose(tx, actor, post, VALUES[filled.model.vote])
        if activity is not None:
            await perform(tx, activity)
    return back_at(post, filled.model.next)
