"""Search: a handle or address leads to what it names, other words to groups, people and threads that this node has.

Reading never fetches. A member may ask the node to look something up elsewhere, with a button of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub.webfinger import Handle, parse_handle
from node.errors import Gone, Malformed, NodeError, NotFound, TooMany, Unavailable
from node.inbox import actors, lookup
from node.local import attempts
from node.runtime import Node
from node.store.queries.feeds import find_named
from node.store.queries.matching import Kind, Narrow
from node.store.queries.paging import within
from node.store.queries.people import ActorLine, find_group, find_person, line_of
from node.store.queries.posts import is_visible
from node.store.queries.search import Found, search
from node.store.queries.threads import ThreadLine, path_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.forms import Filled
from node.web.languages import mark, words
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import Viewer, acting, member_of, viewer_of

LONGEST = 1000  # characters of a query
NOTHING_THERE = mark("Nothing that we can read is at this address.")
NO_GROUP = mark(
    "No group of this name is known here. Type its handle, such as bees or bees@server, or leave this empty."
)
NO_PERSON = mark(
    "Nobody of this name is known here. Type their handle, such as ada or ada@server, or leave this empty."
)
AWAY = mark(
    "Its server may be down for a while, or the name of it misspelt. Check the name, or try again later."
)
MISSPELT = mark(
    "Check how it is spelt: a group is !name@server, a person @name@server, and a page begins with https://. What is"
    " private at its home is not handed out."
)
UNFIT = mark(
    "What the other server sent cannot be used here. Whoever runs this node finds the details in its log."
)


class SearchQuery(BaseModel):
    """What is looked for, and in what. What an address carries beside that is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    q: str = Field(default="", max_length=LONGEST)
    kind: Kind = ""
    group: str = Field(default="", max_length=300)
    author: str = Field(default="", max_length=300)
    when: Literal["", "day", "week", "month", "year"] = ""


class InteractQuery(BaseModel):
    """How other servers ask, by the subscribe template of WebFinger."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    uri: str = Field(default="", max_length=LONGEST)


class LookUpForm(forms.FormModel):
    """Something to look up elsewhere."""

    q: str = Field(min_length=1, max_length=LONGEST)


@dataclass(frozen=True, slots=True)
class Named:
    """What a query names: an address or a handle. Neither: it is words."""

    address: str = ""
    handle: Handle | None = None

    @property
    def host(self) -> str:
        """Return the host that would know."""
        return self.handle.host if self.handle is not None else urlsplit(self.address).netloc.lower()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found, and what can be done about what was not."""

    query: str
    is_name: bool  # an address or a handle rather than words
    actor: ActorLine | None
    post: ThreadLine | None
    found: Found
    elsewhere: str  # host that could be asked; empty when it is this node or nothing was named
    form: FormView
    failed: str = ""  # why a look-up found nothing, as the other server or ours says it
    advice: str = ""  # what to do about it

    def way(self, kind: str = "") -> str:
        """Return the address of the same search for one kind, or for all."""
        asked = {name: self.form.value(name) for name in ("group", "author", "when")}
        asked = {"q": self.query, "kind": kind} | asked
        return f"/search?{urlencode({name: value for name, value in asked.items() if value})}"

    @property
    def kind(self) -> str:
        """Which kind alone is asked for; empty: all."""
        return self.form.value("kind")

    @property
    def narrowed(self) -> bool:
        """Whether it asks for some only."""
        return any(self.form.value(name) for name in ("kind", "group", "author", "when"))


def read_query(query: str) -> Named:
    """Read what was typed: an http address, `!group@host`, `@person@host`, `name@host`, or words."""
    query = query.strip()
    if query.startswith(("https://", "http://")) and not any(one.isspace() for one in query):
        return Named(address=query)
    if " " in query or "@" not in query[1:]:
        return Named()
    try:
        return Named(handle=parse_handle(query))
    except Malformed:
        return Named()


async def show(request: Request) -> Response:
    """GET /search?q=: what this node has."""
    asked = forms.check(_once(request), SearchQuery)
    if asked.model is not None:
        return await _results(request, asked.model)
    viewer = await viewer_of(request)
    page = SearchPage(
        query=asked.typed.get("q", "")[:LONGEST],
        is_name=False,
        actor=None,
        post=None,
        found=Found(),
        elsewhere="",
        form=form_view(asked, viewer.language),
    )
    return await _rendered(request, page, status=INVALID)


def _once(request: Request) -> dict[str, str]:
    """Return what the address asks, without what is empty: a form sends that too."""
    return {name: value for name, value in request.query_params.items() if value}


async def interact(request: Request) -> Response:
    """GET /interact?uri=: another server sent somebody here to follow or answer what is at *uri*."""
    await member_of(request)
    uri = forms.query(request, InteractQuery).uri.removeprefix("acct:")
    return redirect(f"/search?q={quote(uri, safe='')}")


async def look_up(request: Request) -> Response:
    """POST /search: a member asks the node to look elsewhere."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, LookUpForm)
    named = read_query(filled.model.q) if filled.model is not None else Named()
    if filled.model is None or not named.host:
        return await _results(request, SearchQuery(q=filled.typed.get("q", "")[:LONGEST]))
    asked = SearchQuery(q=filled.model.q)
    async with node.transaction() as tx:
        await acting(tx, account)
        await attempts.spend(tx, f"lookup:{account.member_id}", attempts.LOOK_UPS)
    try:
        path = await fetched(node, named, filled.model.q, account.actor)
    except TooMany:
        raise
    except NodeError as error:
        return await _results(request, asked, error)
    if path is None:
        return await _results(request, asked, NotFound(NOTHING_THERE))
    return redirect(path)


async def fetched(node: Node, named: Named, typed: str, viewer: Actor) -> str | None:
    """Return the page here of what the node found elsewhere; raises what the look-up raises."""
    if named.handle is not None:
        group = {"!": True, "@": None}.get(typed.strip()[:1])
        return line_of(await actors.find_handle(node, named.handle, group=group)).path
    found = await lookup.find_url(node, named.address)
    if isinstance(found, Actor):
        return line_of(found).path
    async with node.reading() as session:  # what is not for them is not even said to be there (A96)
        readable = found is not None and await is_visible(session, found, viewer)
    return path_of(found) if found is not None and readable else None


async def _results(request: Request, asked: SearchQuery, error: NodeError | None = None) -> Response:
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    query = asked.q.strip()
    named = read_query(query)
    one, found = None, Found()
    filled = Filled(asked.model_dump(), asked)
    async with node.reading() as session:
        if named.address:
            one = await find_named(session, viewer.actor, address=named.address)
        elif named.handle is not None:
            handle = named.handle
            one = await find_named(session, viewer.actor, username=handle.username, host=handle.host)
        else:
            narrow, filled = await _narrow(session, filled, viewer)
            if query and narrow is not None:
                found = await search(session, query, viewer.actor, viewer.now, narrow, muting=viewer.muting)
    speak = words(viewer.language)
    page = SearchPage(
        query=query,
        is_name=bool(named.host),
        actor=one if isinstance(one, ActorLine) else None,
        post=one if isinstance(one, ThreadLine) else None,
        found=found,
        elsewhere="" if named.host == viewer.host else named.host,
        form=form_view(filled, viewer.language),
        failed=speak.say(error.message) if error is not None else "",
        advice=speak.say(_advice(error)) if error is not None else "",
    )
    return await _rendered(request, page, status=INVALID if filled.wrong else 200)


async def _narrow(
    session: AsyncSession, filled: Filled[SearchQuery], viewer: Viewer
) -> tuple[Narrow | None, Filled[SearchQuery]]:
    """Return what is asked for, or None when it names somebody who is not known here; and the form with that in it."""
    asked = filled.model
    assert asked is not None, "it has been checked"
    group = await find_group(session, asked.group, viewer.host) if asked.group.strip() else None
    author = await find_person(session, asked.author, viewer.host) if asked.author.strip() else None
    if asked.group.strip() and group is None:
        filled = filled.but("group", NO_GROUP)
    if asked.author.strip() and author is None:
        filled = filled.but("author", NO_PERSON)
    if filled.wrong:
        return None, filled
    since = within(asked.when, viewer.now) if asked.when else None
    return Narrow(asked.kind, group.id if group else None, author.id if author else None, since), filled


def _advice(error: NodeError) -> str:
    """Return what somebody can do about a look-up that failed."""
    if isinstance(error, Unavailable):
        return AWAY
    return MISSPELT if isinstance(error, NotFound | Malformed | Gone) else UNFIT


async def _rendered(request: Request, page: SearchPage, *, status: int = 200) -> Response:
    response = await render(request, "search/show.html", page, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
