"""Every URL of the node on one page."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from node.web.activitypub import activities, actors, collections, inboxes, objects, wellknown
from node.web.languages import folder_of
from node.web.negotiate import negotiated
from node.web.pages import (
    account,
    groups,
    home,
    notifications,
    people,
    posting,
    removing,
    search,
    settings,
    threads,
    votes,
)


def routes() -> list[BaseRoute]:
    """Return all routes; the first that matches answers."""
    return [*_both(), *_doors(), *_pages(), *_acts(), *_activitypub(), *_discovery()]


def _both() -> list[BaseRoute]:
    """Addresses with two faces: a page for people, a document for other nodes."""
    return [
        Route("/", negotiated(page=home.show, activity=actors.instance)),
        Route("/u/{name}", negotiated(page=people.show, activity=actors.person)),
        Route("/c/{name}", negotiated(page=groups.show, activity=actors.group)),
        Route("/post/{token}", negotiated(page=threads.show, activity=objects.post)),
        Route("/comment/{token}", negotiated(page=threads.comment, activity=objects.post)),
    ]


FORM = ["GET", "POST"]
ACT = ["POST"]


def _doors() -> list[BaseRoute]:
    """Coming in, going out, and a member's own account."""
    return [
        Route("/sign-up", account.sign_up, methods=FORM),
        Route("/sign-in", account.sign_in, methods=FORM),
        Route("/sign-out", account.sign_out, methods=FORM),
        Route("/welcome/{secret}", account.welcome, methods=FORM),
        Route("/language", home.language, methods=FORM),
        Route("/settings", settings.show),
        Route("/settings/language", settings.language, methods=ACT),
        Route("/settings/password", settings.password, methods=ACT),
        Route("/settings/profile", settings.profile, methods=FORM),
        Route("/notifications", notifications.show),
        Route("/notifications/read", notifications.read, methods=ACT),
    ]


def _pages() -> list[BaseRoute]:
    """Pages without a document behind them."""
    return [
        Route("/about", home.about),
        Route("/groups", home.groups),
        Route("/search", search.show),
        Route("/search", search.look_up, methods=ACT),
        Route("/interact", search.interact),
        Route("/c/{name}/elsewhere", groups.elsewhere),
        Mount("/static", StaticFiles(directory=folder_of("static")), name="static"),
    ]


def _acts() -> list[BaseRoute]:
    """What members do."""
    return [
        Route("/groups/new", groups.found, methods=FORM),
        Route("/c/{name}/follow", groups.follow, methods=ACT),
        Route("/c/{name}/write", posting.write, methods=FORM),
        Route("/u/{name}/follow", people.follow, methods=ACT),
        *(
            Route(f"/{kind}/{{token}}/{name}", endpoint, methods=methods)
            for kind in ("post", "comment")
            for name, endpoint, methods in (
                ("vote", votes.cast, ACT),
                ("reply", posting.reply, FORM),
                ("edit", posting.edit, FORM),
                ("delete", removing.remove, FORM),
            )
        ),
    ]


def _activitypub() -> list[BaseRoute]:
    """Addresses for other nodes alone."""
    return [
        Route("/inbox", inboxes.shared, methods=["POST"]),
        Route("/u/{name}/inbox", inboxes.personal, methods=["POST"]),
        Route("/c/{name}/inbox", inboxes.personal, methods=["POST"]),
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
