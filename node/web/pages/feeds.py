"""Feeds of threads, and calendars of dates, for programs that come again: the same for everybody, so anybody may keep them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.errors import NotFound
from node.runtime import Node
from node.store.queries import syndication
from node.store.queries.syndication import Syndication
from node.text.hashtags import tag_name, tag_page
from node.web.atom import ATOM, Heading, write_feed
from node.web.calendars import ICALENDAR, write_calendar
from node.web.conditional import answer

FEED, CALENDAR = "/feed.atom", "/calendar.ics"  # behind the address of what they are of
KEPT_FOR = "public, max-age=900"


async def of_node(request: Request) -> Response:
    """GET /feed.atom: the newest threads of the node's groups."""
    node: Node = request.app.state.node
    async with node.reading() as session:
        found = await syndication.of_node(session, node.clock.now())
    return _feed(request, node.settings.name, "/?view=node", FEED, found)


async def of_group(request: Request) -> Response:
    """GET /c/{name}/feed.atom."""
    node: Node = request.app.state.node
    async with node.reading() as session:
        found = await syndication.of_group(session, _name(request), node.settings.host, node.clock.now())
    return _of_actor(request, found)


async def of_person(request: Request) -> Response:
    """GET /u/{name}/feed.atom: the threads that somebody began."""
    node: Node = request.app.state.node
    async with node.reading() as session:
        found = await syndication.of_person(session, _name(request), node.settings.host, node.clock.now())
    return _of_actor(request, found)


async def of_tag(request: Request) -> Response:
    """GET /tag/{name}/feed.atom."""
    node: Node = request.app.state.node
    name = tag_name(_name(request))
    if not name:
        raise NotFound("This is no hashtag.")
    async with node.reading() as session:
        found = await syndication.of_tag(session, name, node.clock.now())
    page = tag_page("", name)
    return _feed(request, f"#{name} · {node.settings.name}", page, page + FEED, found)


async def dates(request: Request) -> Response:
    """GET /c/{name}/calendar.ics: a group's dates, for a calendar that asks again."""
    node: Node = request.app.state.node
    now = node.clock.now()
    async with node.reading() as session:
        found = await syndication.dates_of(session, _name(request), node.settings.host, now)
    # Of the same dates the same bytes: so whoever has them need not get them again within the day.
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    body = write_calendar(found.events, home=node.settings.home, now=today, title=found.group.label)
    return _kept(request, body, ICALENDAR)


def _of_actor(request: Request, found: Syndication) -> Response:
    assert found.about is not None, "asked of somebody"
    return _feed(request, found.about.label, found.about.path, found.about.path + FEED, found)


def _feed(request: Request, title: str, page: str, path: str, found: Syndication) -> Response:
    node: Node = request.app.state.node
    body = write_feed(Heading(title, node.settings.home, path, page), found.entries)
    return _kept(request, body, f"{ATOM}; charset=utf-8")


def _kept(request: Request, body: bytes, media_type: str) -> Response:
    """Answer with the bytes, or 304; whoever asks, no cookie is looked at."""
    response = answer(request, body, media_type)
    response.headers["Cache-Control"] = KEPT_FOR
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _name(request: Request) -> str:
    return str(request.path_params["name"])
