"""A moderator's buttons on a thread or a comment: close, pin, mark, restore."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import curate, delete, lock, marking, update
from node.activities.perform import perform
from node.activities.standing import group_of
from node.activitypub.activity import Activity
from node.errors import Conflict, Malformed
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.threads import get_shown, get_visible
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.web import forms
from node.web.pages.posting import address_of, back_at
from node.web.session import acting, member_of


class OfficeForm(forms.FormModel):
    """What a moderator does to a post, and the page it was done on."""

    do: Literal["lock", "unlock", "pin", "unpin", "mark", "unmark", "restore", "speak", "unspeak"]
    reason: str = Field(default="", max_length=300)
    next: str = Field(default="", max_length=500)


async def act(request: Request) -> Response:
    """POST /post/{token}/moderate and /comment/{token}/moderate: do it, and stay where you are.

    Whether the member may is judged where everything is: in the activity's own check.
    """
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, OfficeForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    token, is_comment = address_of(request)
    find = get_shown if filled.model.do == "restore" else get_visible
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await find(tx.session, token, actor, comment=is_comment)
        await perform(tx, await _compose(tx, actor, post, filled.model))
    return back_at(post, filled.model.next)


async def _compose(tx: Transaction, actor: Actor, post: Post, form: OfficeForm) -> Activity:
    if form.do == "lock":
        return await lock.compose(tx, actor, post, reason=form.reason.strip())
    if form.do == "unlock":
        return await lock.compose_undo(tx, actor, post)
    if form.do == "restore":
        return await delete.compose_restore(tx, actor, post, with_replies=True)
    if form.do in {"mark", "unmark"}:
        return await marking.compose(tx, actor, post, sensitive=form.do == "mark")
    if form.do in {"speak", "unspeak"}:
        return await update.compose_voice(tx, actor, post, in_office=form.do == "speak")
    group = await group_of(tx, post)
    if group is None:
        raise Conflict("This post is in no group.")
    return curate.compose_pin(tx, actor, group, post, pin=form.do == "pin")
