"""What a form of words asks while somebody writes: a preview, names, emoji, what is at a link; and films, to be played."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from node.activities.words import render as render_words
from node.activitypub.vocabulary import MAX_CONTENT
from node.errors import Malformed, NodeError, NotFound
from node.inbox import cards
from node.runtime import Node
from node.store.queries.completing import names_like
from node.store.queries.threads import get_visible, path_of
from node.text.emojis import find_emoji
from node.text.films import Film, film_at
from node.web import forms
from node.web.guards import PAGE_HEADERS
from node.web.languages import words
from node.web.rendering import cleaned, render
from node.web.session import member_of, viewer_of

SIGNS = "@!:"
POLICY = "Content-Security-Policy"


class WordsForm(forms.FormModel):
    """Markdown to look at."""

    source: str = Field(default="", max_length=MAX_CONTENT)


class LinkForm(forms.FormModel):
    """An address to look at."""

    link_url: str = Field(min_length=1, max_length=2000)


class NameQuery(BaseModel):
    """What was typed so far: @ and a person's name, ! and a group's, : and an emoji's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    q: str = Field(default="", max_length=100)


@dataclass(frozen=True, slots=True)
class FilmPage:
    """A film, in the player of its host."""

    title: str
    back: str
    film: Film


async def preview(request: Request) -> Response:
    """POST /compose/preview: Markdown as it would be shown. Answers with JSON: html."""
    node: Node = request.app.state.node
    await member_of(request)
    filled = await forms.read_form(request, WordsForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    async with node.reading() as session:
        shown = await render_words(session, filled.model.source, node.settings.home)
    return JSONResponse({"html": str(cleaned(shown))})


async def look(request: Request) -> Response:
    """POST /compose/look: what is at an address. Answers with JSON: the card, or what went wrong."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, LinkForm)
    try:
        if filled.model is None:
            raise Malformed("Give the link first, as a whole web address.")
        card = await cards.look(node, account.member_id, filled.model.link_url)
    except NodeError as error:
        return JSONResponse({"error": words(account.language).say(error.message)}, error.status)
    return JSONResponse({name: value for name, value in asdict(card).items() if name != "image"})


async def complete(request: Request) -> Response:
    """GET /compose/complete?q=: names that begin so. Answers with JSON: what to write, and what it is."""
    node: Node = request.app.state.node
    account = await member_of(request)
    typed = forms.query(request, NameQuery).q.strip()
    sign, name = typed[:1], typed[1:]
    found: list[dict[str, str]] = []
    if sign == ":":
        emoji = await asyncio.to_thread(find_emoji, name, account.language)
        found = [{"text": one, "label": f"{one} {what}", "hint": ""} for one, what in emoji]
    elif sign in SIGNS and sign:
        async with node.reading() as session:
            lines = await names_like(session, name, node.settings.host, groups=sign == "!")
        found = [{"text": one.handle, "label": one.label, "hint": one.handle} for one in lines]
    return JSONResponse({"found": found})


async def film(request: Request) -> Response:
    """GET /post/{token}/film: the film that a thread is about, in its host's player."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    async with node.reading() as session:
        post = await get_visible(session, str(request.path_params["token"]), viewer.actor, comment=False)
    found = film_at(post.link_url)
    if found is None:
        raise NotFound("This thread is not about a film that can be played here.")
    page = FilmPage(post.title, path_of(post), found)
    return with_player(await render(request, "threads/film.html", page), found)


def with_player(response: Response, film: Film | None) -> Response:
    """Let the page frame the player of that film, and nothing else."""
    if film is not None:
        response.headers[POLICY] = f"{PAGE_HEADERS[POLICY]}; frame-src https://{film.host}"
    return response
