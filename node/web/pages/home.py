"""The front page, what this node is, and the choice of language."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from node.errors import NodeError
from node.runtime import Node
from node.store.queries.feeds import feed_page
from node.store.queries.groups import count_groups
from node.store.queries.lists import Listing
from node.store.queries.narrowing import Only, What
from node.store.queries.paging import read_position
from node.store.queries.readings import note_visit
from node.text.hashtags import tag_name
from node.web import forms
from node.web.languages import LANGUAGES
from node.web.rendering import redirect, render
from node.web.session import LANGUAGE_COOKIE, LANGUAGE_FOR, looks_ahead, viewer_of


class ListingQuery(BaseModel):
    """How a list of threads is asked for. What else an address carries is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sort: Literal["hot", "new", "top", "active", "commented", "controversial"] = "hot"
    period: Literal["day", "week", "month", "year", "all"] = "all"
    after: str = Field(default="", max_length=80)
    what: What = ""
    lang: str = Field(default="", max_length=20, pattern=r"^([A-Za-z]{2,3})?$")
    tag: str = Field(default="", max_length=110)

    def listing(self) -> Listing:
        """Return it as the queries take it; raises Malformed for a cursor that is none."""
        only = Only(self.what, self.lang.lower(), tag_name(self.tag))
        return Listing(self.sort, self.period, read_position(self.after), only=only)


class FeedQuery(ListingQuery):
    """The front page's parameters."""

    view: Literal["followed", "node", "all"] | None = None

    def listing(self) -> Listing:
        """Return it as the queries take it; raises Malformed for a cursor that is none."""
        return replace(super().listing(), view=self.view)


class LanguageForm(forms.FormModel):
    """The language that a stranger chooses."""

    language: Literal["en", "fr"]
    next: str = Field(default="/", max_length=500)


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What a visitor wants to know of the node."""

    description: str
    groups: int


@dataclass(frozen=True, slots=True)
class LanguagePage:
    """Where the choice of language leads back to."""

    next: str


async def show(request: Request) -> Response:
    """GET /: threads of what the member follows, the node's own, or all that are here."""
    node: Node = request.app.state.node
    asked = forms.query(request, FeedQuery)
    viewer = await viewer_of(request)
    async with node.reading() as session:
        page = await feed_page(
            session,
            viewer.actor,
            asked.listing(),
            viewer.now,
            muting=viewer.muting,
            visited=viewer.account.visited if viewer.account is not None else None,
        )
    response = await render(request, "home/show.html", page)
    if viewer.account is not None and viewer.account.marks_reading and not looks_ahead(request):
        response.background = BackgroundTask(_note, node, viewer.account.member_id)
    return response


async def _note(node: Node, member_id: int) -> None:
    """Note the visit once the page is on its way: nobody waits for that."""
    with suppress(NodeError):  # the next look may do
        async with node.transaction() as tx:
            await note_visit(tx, member_id)


async def about(request: Request) -> Response:
    """GET /about: what this node is."""
    node: Node = request.app.state.node
    async with node.reading() as session:
        known = await count_groups(session)
    return await render(request, "home/about.html", AboutPage(node.settings.description, known))


async def language(request: Request) -> Response:
    """GET and POST /language: a stranger chooses a language. Members do so in their settings."""
    if request.method != "POST":
        return await render(
            request, "home/language.html", LanguagePage(request.query_params.get("next", "/")), forms=True
        )
    filled = await forms.read_form(request, LanguageForm)
    node: Node = request.app.state.node
    chosen = filled.model
    response = redirect(chosen.next if chosen else "/language")
    if chosen is not None and chosen.language in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen.language,
            max_age=int(LANGUAGE_FOR.total_seconds()),
            secure=node.settings.secure,
            httponly=True,
            samesite="lax",
            path="/",
        )
    return response
