"""Reacting to a post with an emoji, or taking that back."""

from __future__ import annotations

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import react
from node.activities.perform import perform
from node.errors import Malformed
from node.runtime import Node
from node.store.queries.threads import get_visible
from node.web import forms
from node.web.pages.posting import address_of, back_at
from node.web.session import acting, member_of


class ReactionForm(forms.FormModel):
    """An emoji that was pressed or typed, and the page where."""

    emoji: str = Field(default="", max_length=100)
    typed: str = Field(default="", max_length=100)
    next: str = Field(default="", max_length=500)


async def add(request: Request) -> Response:
    """POST /post/{token}/react and /comment/{token}/react: an emoji in place of the last; the same again goes."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, ReactionForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    token, is_comment = address_of(request)
    emoji = filled.model.emoji or filled.model.typed
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, token, actor, comment=is_comment)
        for activity in await react.compose(tx, actor, post, emoji):
            await perform(tx, activity)
    return back_at(post, filled.model.next)
