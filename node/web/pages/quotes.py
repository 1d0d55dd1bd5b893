"""Who quotes one's post with one's leave, and taking that back (FEP-044f)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities.ask import compose_revocation
from node.activities.perform import perform
from node.errors import Forbidden, NotFound
from node.runtime import Node
from node.store.queries.people import ActorLine, line_of, web_address
from node.store.queries.permissions import quotes_of
from node.store.queries.threads import get_visible, path_of
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.web import forms
from node.web.pages.posting import address_of
from node.web.rendering import redirect, render
from node.web.session import acting, member_of


class RevokeForm(forms.FormModel):
    """The quote whose leave is taken back."""

    quote: str = Field(max_length=40)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A quote of the post."""

    token: str
    author: ActorLine
    url: str


@dataclass(frozen=True, slots=True)
class QuotesPage:
    """The quotes of a post."""

    action: str
    back: str
    title: str
    quotes: tuple[QuoteLine, ...]


async def show(request: Request) -> Response:
    """GET and POST /post/{token}/quotes and /comment/{token}/quotes: see who quotes it, take leave back."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    if request.method == "POST":
        return await _revoke(request)
    async with node.reading() as session:
        post = _own(await get_visible(session, token, account.actor, comment=is_comment), account.actor)
        found = await quotes_of(session, post)
    lines = tuple(
        QuoteLine(row.token, line_of(actor), web_address(row.interaction) or path_of(post))
        for row, actor in found
    )
    here = path_of(post)
    return await render(request, "posting/quotes.html", QuotesPage(f"{here}/quotes", here, post.title, lines))


async def _revoke(request: Request) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    filled = await forms.read_form(request, RevokeForm)
    wanted = filled.model.quote if filled.model is not None else ""
    async with node.transaction() as tx:
        author = await acting(tx, account)
        post = _own(await get_visible(tx.session, token, author, comment=is_comment), author)
        given = {row.token: (row, actor) for row, actor in await quotes_of(tx.session, post)}
        if wanted not in given:
            raise NotFound("This quote is not one of your post's.")
        row, asker = given[wanted]
        await perform(tx, compose_revocation(tx, author, asker, row))
    return redirect(f"{path_of(post)}/quotes")


def _own(post: Post, actor: Actor) -> Post:
    if post.author_id != actor.id:
        raise Forbidden("Only the author of a post sees who quotes it with their leave.")
    return post
