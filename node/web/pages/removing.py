"""Deleting one's own words, and removing another's as a moderator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import delete
from node.activities.perform import perform
from node.errors import Forbidden, Malformed
from node.runtime import Node
from node.store.queries.people import line_of
from node.store.queries.standing import office_in
from node.store.queries.threads import get_visible, path_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.pages.posting import address_of, to_comment
from node.web.rendering import redirect, render
from node.web.session import acting, member_of


class DeleteForm(forms.FormModel):
    """Delete one's own post, or as a moderator remove another's."""

    reason: str = Field(default="", max_length=300)
    below: Literal["", "yes"] = ""  # with all that answers it


@dataclass(frozen=True, slots=True)
class DeletePage:
    """What is about to be deleted."""

    action: str
    back: str
    is_thread: bool
    title: str
    content: str
    as_moderator: bool


async def remove(request: Request) -> Response:
    """GET and POST /post/{token}/delete and /comment/{token}/delete: ask once, then delete."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    async with node.reading() as session:
        post = await get_visible(session, token, account.actor, comment=is_comment)
        is_own = post.author_id == account.actor.id
        if not is_own and not (await office_in(session, post, account.actor, node.clock.now())).may_hide:
            raise Forbidden("Only its author or a moderator of the group deletes this.")
    here = path_of(post)
    if request.method != "POST":
        page = DeletePage(
            action=f"{here}/delete",
            back=here,
            is_thread=not is_comment,
            title=post.title,
            content=post.content,
            as_moderator=not is_own,
        )
        return await render(request, "posting/delete.html", page)
    filled = await forms.read_form(request, DeleteForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        post = await get_visible(tx.session, token, actor, comment=is_comment)
        reason = None if post.author_id == actor.id else filled.model.reason.strip()
        await perform(
            tx, await delete.compose(tx, actor, post, reason=reason, with_replies=filled.model.below == "yes")
        )
    if reason is None and post.author_id == actor.id:
        return redirect(f"{here}/restore")
    if is_comment:
        return await to_comment(request, post)
    async with node.reading() as session:
        group = await session.get(Actor, post.group_id) if post.group_id is not None else None
    return redirect(line_of(group).path if group is not None else "/")
