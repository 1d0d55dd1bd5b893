"""How the node and its actors are found: WebFinger, host-meta, NodeInfo (FEDERATION A.2, A.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast
from xml.sax.saxutils import quoteattr

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub import intents, nodeinfo, strictjson
from node.activitypub.origin import parse_iri
from node.activitypub.vocabulary import JRD_JSON, XRD_XML
from node.activitypub.webfinger import Handle, jrd_for, parse_handle
from node.errors import Gone, Malformed, NotFound
from node.runtime import Node
from node.settings import VERSION
from node.store.queries.actors import find_at
from node.store.queries.census import take_census
from node.store.tables.actors import Actor
from node.web.activitypub.hot import kept
from node.web.activitypub.serving import NOTHING, data, node_of

COUNTED_FOR = timedelta(minutes=5)  # how long the numbers in NodeInfo are given out before counting again
NODEINFO_JSON = 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/{schema}#"'
JSON = "application/json"


@kept
async def webfinger(request: Request) -> Response:
    """GET /.well-known/webfinger?resource=: a handle, or the address of an actor, to the actor's id."""
    asked = request.query_params.getlist("resource")
    if len(asked) != 1 or not asked[0]:
        raise Malformed("Name one resource, such as ?resource=acct:name@community.example.")
    async with node_of(request).reading() as session:
        actor = await _find(session, node_of(request), asked[0])
    if actor is None:
        raise NotFound("Nobody of that name is here.", detail=asked[0])
    if actor.deleted_at is not None:
        raise Gone("This account has been deleted.", detail=asked[0])
    jrd = jrd_for(
        Handle(actor.username, actor.host),
        iri=actor.iri,
        kind=None if actor.kind == "Application" else actor.kind,
        profile_url=actor.url,
        subscribe_template=f"{actor.home}/interact?uri={{uri}}" if actor.kind == "Person" else None,
        more=intents.write_intents(actor.home) if actor.kind == "Person" else (),
    )
    return data(request, strictjson.dump(jrd), JRD_JSON)


async def host_meta(request: Request) -> Response:
    """GET /.well-known/host-meta: where WebFinger is, for old software."""
    template = quoteattr(f"{node_of(request).settings.home}/.well-known/webfinger?resource={{uri}}")
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="{JRD_JSON}" template={template}/>\n'
        "</XRD>\n"
    )
    return data(request, body.encode(), XRD_XML)


async def nodeinfo_links(request: Request) -> Response:
    """GET /.well-known/nodeinfo. Lemmy asks daily, and takes us for dead when this fails (A.3)."""
    return data(request, strictjson.dump(nodeinfo.write_wellknown(node_of(request).settings.home)), JSON)


async def nodeinfo_report(request: Request) -> Response:
    """GET /nodeinfo/2.0 and /nodeinfo/2.1: what runs here and how it is doing."""
    schema = request.path_params["schema"]
    if schema not in {"2.0", "2.1"}:
        raise NotFound(NOTHING, detail=schema)
    report = nodeinfo.write_nodeinfo(await _report(request), cast("nodeinfo.Schema", schema))
    return data(request, strictjson.dump(report), NODEINFO_JSON.format(schema=schema))


async def _find(session: AsyncSession, node: Node, resource: str) -> Actor | None:
    """Find a local actor by handle or id. Only exact ids count: nothing is repaired (V18)."""
    if "://" in resource:
        iri = parse_iri(resource, development=node.settings.development)
        if iri.origin != node.settings.home or iri.query or iri.fragment:
            return None
        return await find_at(session, node.settings.host, iri.path or "/")
    handle = parse_handle(resource)
    found: Actor | None = await session.scalar(
        select(Actor).where(
            col(Actor.lookup_name) == handle.username.lower(),
            col(Actor.host) == handle.host,
            col(Actor.sealed_key).is_not(None),
        )
    )
    return found


async def _report(request: Request) -> nodeinfo.NodeReport:
    """Return the numbers, counted at most every five minutes."""
    node = node_of(request)
    now = node.clock.now()
    known: tuple[datetime, nodeinfo.NodeReport] | None = getattr(request.app.state, "nodeinfo", None)
    if known is not None and now - known[0] < COUNTED_FOR:
        return known[1]
    async with node.reading() as session:
        census = await take_census(session, now)
    report = nodeinfo.NodeReport(
        version=VERSION,
        repository=node.settings.home,
        homepage=node.settings.home,
        members=census.members,
        active_half_year=census.active_half_year,
        active_month=census.active_month,
        threads=census.threads,
        comments=census.comments,
        open_registrations=node.settings.registrations == "open",
        name=node.settings.name,
        description=node.settings.description,
    )
    request.app.state.nodeinfo = (now, report)
    return report
