"""For search engines: what they are to leave alone, and which pages there are.

Every page says for itself whether it may be kept (`macros/sharing.html`); this spares both sides the way there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from node.errors import NotFound
from node.runtime import Node
from node.store.queries import sitemap
from node.store.queries.sitemap import Place
from node.web.conditional import answer

KEPT_FOR = "public, max-age=3600"
XML = "application/xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PART = re.compile(r"(threads|people)-(0|[1-9]\d{0,7})\.xml")
PLACES = "places.xml"  # the part with the node's own pages and its groups

# What is for members, does something, is made anew for whoever asks, or goes on for ever: an address with a question, and
# all below the page of somebody or something. A longer rule beats a shorter one (RFC 9309, 2.2.2).
LEFT_ALONE = (
    "/*?",
    "/c/*/",
    "/u/*/",
    "/post/*/",
    "/comment/*/",
    "/sign-",
    "/welcome/",
    "/invitation/",
    "/language",
    "/first-steps",
    "/settings",
    "/messages",
    "/message/",
    "/notifications",
    "/following",
    "/saved",
    "/drafts",
    "/compose/",
    "/read",
    "/search",
    "/interact",
    "/continue",
    "/intents/",
    "/offline",
    "/groups/",
    "/reports",
    "/servers",
    "/bans",
    "/log",
    "/metrics",
    "/inbox",
    "/activities/",
    "/stamps/",
    "/site_outbox",
)
WELCOME = ("/static/", "/media/")


async def robots(request: Request) -> Response:
    """GET /robots.txt: what programs that follow links are to leave alone."""
    node: Node = request.app.state.node
    lines = ["User-agent: *"]
    if node.settings.search_engines == "open":
        lines += [f"Allow: {path}" for path in WELCOME]
        lines += [f"Disallow: {path}" for path in LEFT_ALONE]
        lines += ["", f"Sitemap: {node.settings.home}/sitemap.xml"]
    else:
        lines.append("Disallow: /")
    body = "\n".join(lines).encode() + b"\n"
    return _kept(answer(request, body, "text/plain; charset=utf-8"))


async def index(request: Request) -> Response:
    """GET /sitemap.xml: the parts of the list of pages."""
    node = _open(request)
    async with node.reading() as session:
        found = await sitemap.parts(session)
    names = [
        PLACES,
        *(f"people-{number}.xml" for number in found.people),
        *(f"threads-{number}.xml" for number in found.threads),
    ]
    paths = [f"/sitemap/{name}" for name in names]
    return _document(request, "sitemapindex", "sitemap", [Place(path) for path in paths])


async def part(request: Request) -> Response:
    """GET /sitemap/{part}: some thousand addresses at most."""
    node = _open(request)
    name = str(request.path_params["part"])
    asked = _PART.fullmatch(name)
    async with node.reading() as session:
        if name == PLACES:
            found: Sequence[Place] = [Place("/"), Place("/about"), *await sitemap.groups(session)]
        elif asked is None:
            raise NotFound("There is no such part of the list of pages.")
        else:
            walk = sitemap.threads if asked[1] == "threads" else sitemap.people
            found = await walk(session, int(asked[2]))
    return _document(request, "urlset", "url", found)


def _open(request: Request) -> Node:
    node: Node = request.app.state.node
    if node.settings.search_engines != "open":
        raise NotFound("This node asks search engines to leave it alone.")
    return node


def _document(request: Request, root: str, entry: str, places: Iterable[Place]) -> Response:
    home: str = request.app.state.node.settings.home
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_NAMESPACE}">']
    for one in places:
        changed = f"<lastmod>{one.changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if one.changed else ""
        lines.append(f"<{entry}><loc>{escape(home + one.path)}</loc>{changed}</{entry}>")
    body = "\n".join([*lines, f"</{root}>"]).encode()
    return _kept(answer(request, body, XML))


def _kept(response: Response) -> Response:
    """Let anybody keep it for an hour: it is the same for everybody."""
    response.headers["Cache-Control"] = KEPT_FOR
    return response
