"""Search: a handle or address leads to what it names, other words to groups, people and threads that this node has.

Reading never fetches. A member may ask the node to look something up elsewhere, with a button of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub.webfinger import Handle, parse_handle
from node.errors import Malformed, NodeError, TooMany
from node.inbox import actors, lookup
from node.local import attempts
from node.runtime import Node
from node.store.queries.feeds import find_named
from node.store.queries.people import ActorLine, line_of
from node.store.queries.posts import is_visible
from node.store.queries.search import Found, search
from node.store.queries.threads import ThreadLine, path_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.languages import mark, words
from node.web.rendering import redirect, render
from node.web.session import acting, member_of, viewer_of

LONGEST = 1000  # characters of a query
NOTHING_THERE = mark("Nothing that we can read is at this address.")


class SearchQuery(BaseModel):
    """What is looked for. uri: how other servers ask, by the subscribe template of WebFinger."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    q: str = Field(default="", max_length=LONGEST)
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
    failed: str  # why a look-up found nothing


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
    return await _results(request, forms.query(request, SearchQuery).q.strip())


async def interact(request: Request) -> Response:
    """GET /interact?uri=: another server sent somebody here to follow or answer what is at *uri*."""
    await member_of(request)
    uri = forms.query(request, SearchQuery).uri.removeprefix("acct:")
    return redirect(f"/search?q={quote(uri, safe='')}")


async def look_up(request: Request) -> Response:
    """POST /search: a member asks the node to look elsewhere."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, LookUpForm)
    named = read_query(filled.model.q) if filled.model is not None else Named()
    if filled.model is None or not named.host:
        return await _results(request, filled.typed.get("q", "")[:LONGEST])
    async with node.transaction() as tx:
        await acting(tx, account)
        await attempts.spend(tx, f"lookup:{account.member_id}", attempts.LOOK_UPS)
    try:
        path = await fetched(node, named, filled.model.q, account.actor)
    except TooMany:
        raise
    except NodeError as error:
        return await _results(request, filled.model.q, failed=error.message)
    if path is None:
        return await _results(request, filled.model.q, failed=NOTHING_THERE)
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


async def _results(request: Request, query: str, *, failed: str = "") -> Response:
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    named = read_query(query)
    one, found = None, Found()
    async with node.reading() as session:
        if named.address:
            one = await find_named(session, viewer.actor, address=named.address)
        elif named.handle is not None:
            handle = named.handle
            one = await find_named(session, viewer.actor, username=handle.username, host=handle.host)
        elif query:
            found = await search(session, query, viewer.actor, viewer.now, muting=viewer.muting)
    page = SearchPage(
        query=query,
        is_name=bool(named.host),
        actor=one if isinstance(one, ActorLine) else None,
        post=one if isinstance(one, ThreadLine) else None,
        found=found,
        elsewhere="" if named.host == viewer.host else named.host,
        failed=words(viewer.language).say(failed),
    )
    response = await render(request, "search/show.html", page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
