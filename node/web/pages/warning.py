"""A moderator's private word to the author of a post."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import warn
from node.activities.perform import perform
from node.errors import Forbidden, Refused
from node.runtime import Node
from node.store.queries.people import ActorLine, line_of
from node.store.queries.standing import office_in
from node.store.queries.threads import get_visible, path_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.pages.posting import address_of
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of


class WarnForm(forms.FormModel):
    """What is wrong with it, in words for the author."""

    reason: str = Field(min_length=1, max_length=1000)


@dataclass(frozen=True, slots=True)
class WarnPage:
    """A post whose author is to be warned."""

    action: str
    back: str
    author: ActorLine
    title: str
    content: str
    form: FormView


async def warn_author(request: Request) -> Response:
    """GET and POST /post/{token}/warn and /comment/{token}/warn."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    async with node.reading() as session:
        post = await get_visible(session, token, account.actor, comment=is_comment)
        if not (await office_in(session, post, account.actor, node.clock.now())).holds:
            raise Forbidden("Only the group's moderators may do this.")
        author = await session.get_one(Actor, post.author_id)
    here = path_of(post)
    filled = await forms.read_form(request, WarnForm) if request.method == "POST" else None
    if filled is not None and filled.model is not None:
        try:
            async with node.transaction() as tx:
                moderator = await acting(tx, account)
                said = await get_visible(tx.session, token, moderator, comment=is_comment)
                await perform(tx, await warn.compose(tx, moderator, said, filled.model.reason.strip()))
        except Refused as error:
            filled = filled.but("reason", error.message)
        else:
            return redirect(here)
    view = form_view(filled, account.language)
    page = WarnPage(f"{here}/warn", here, line_of(author), post.title, post.content, view)
    return await render(request, "posting/warn.html", page, status=INVALID if filled else 200)
