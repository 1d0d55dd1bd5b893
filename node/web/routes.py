"""Every URL of the node on one page."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from node.web.activitypub import activities, actors, collections, objects, wellknown
from node.web.negotiate import negotiated


def routes() -> list[BaseRoute]:
    """Return all routes; the first that matches answers."""
    return [*_both(), *_activitypub(), *_discovery()]


def _both() -> list[BaseRoute]:
    """Addresses with two faces: a page for people, a document for other nodes."""
    return [
        Route("/", negotiated(page=None, activity=actors.instance)),
        Route("/u/{name}", negotiated(page=None, activity=actors.person)),
        Route("/c/{name}", negotiated(page=None, activity=actors.group)),
        Route("/post/{token}", negotiated(page=None, activity=objects.post)),
        Route("/comment/{token}", negotiated(page=None, activity=objects.post)),
    ]


def _activitypub() -> list[BaseRoute]:
    """Addresses for other nodes alone."""
    return [
        Route("/u/{name}/outbox", collections.person_outbox),
        Route("/u/{name}/followers", collections.followers),
        Route("/u/{name}/following", collections.following),
        Route("/c/{name}/outbox", collections.group_outbox),
        Route("/c/{name}/followers", collections.followers),
        Route("/c/{name}/following", collections.following),
        Route("/c/{name}/featured", collections.featured),
        Route("/c/{name}/moderators", collections.moderators),
        Route("/post/{token}/context", objects.context),
        *(
            Route(f"/{kind}/{{token}}/{name}", endpoint)
            for kind in ("post", "comment")
            for name, endpoint in (
                ("replies", objects.replies),
                ("likes", objects.likes),
                ("shares", objects.shares),
            )
        ),
        Route("/activities/{kind}/{token}", activities.activity),
        Route("/site_outbox", collections.site_outbox),
    ]


def _discovery() -> list[BaseRoute]:
    """How the node and its actors are found."""
    return [
        Route("/.well-known/webfinger", wellknown.webfinger),
        Route("/.well-known/host-meta", wellknown.host_meta),
        Route("/.well-known/nodeinfo", wellknown.nodeinfo_links),
        Route("/nodeinfo/{schema}", wellknown.nodeinfo_report),
    ]
