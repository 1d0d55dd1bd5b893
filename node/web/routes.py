"""Every URL of the node on one page."""

from __future__ import annotations

from functools import cache

from starlette.routing import BaseRoute, Route

from node.web import assets, media, metrics
from node.web.activitypub import activities, actors, collections, inboxes, objects, stamps, wellknown
from node.web.activitypub.asking import signed
from node.web.forms import Endpoint, guarded
from node.web.negotiate import negotiated
from node.web.pages import (
    account,
    attaching,
    bans,
    blocks,
    browsers,
    choices,
    composing,
    continuing,
    crawling,
    crossposting,
    drafts,
    ending,
    exploring,
    exporting,
    feeds,
    following,
    gatherings,
    group_parts,
    groups,
    history,
    home,
    intents,
    invitations,
    judging,
    live,
    membership,
    mending,
    messages,
    moderation,
    moving,
    muting,
    notifications,
    office,
    offline,
    people,
    posting,
    quotes,
    reactions,
    reading,
    removing,
    reports,
    saving,
    search,
    servers,
    settings,
    settling,
    siblings,
    standing,
    starting,
    tags,
    threads,
    votes,
    warning,
)


@cache
def routes() -> tuple[BaseRoute, ...]:
    """Return all routes; the first that matches answers. They hold nothing of a node, so all nodes share them."""
    return (*_inboxes(), *_both(), *_doors(), *_media(), *_pages(), *_acts(), *_activitypub(), *_discovery())


def _inboxes() -> list[BaseRoute]:
    """Where other nodes deliver: asked for more than all the others together, so looked at first."""
    return [
        Route("/inbox", inboxes.shared, methods=["POST"]),
        Route("/u/{name}/inbox", inboxes.personal, methods=["POST"]),
        Route("/c/{name}/inbox", inboxes.personal, methods=["POST"]),
    ]


def _both() -> list[BaseRoute]:
    """Addresses with two faces: a page for people, a document for other nodes."""
    return [
        Route("/", negotiated(page=home.show, activity=actors.instance)),
        Route(
            "/u/{name}", negotiated(page=people.show, activity=signed(actors.person, unsigned=actors.stub))
        ),
        Route("/c/{name}", negotiated(page=groups.show, activity=signed(actors.group, unsigned=actors.stub))),
        Route("/post/{token}", negotiated(page=threads.show, activity=signed(objects.post))),
        Route("/comment/{token}", negotiated(page=threads.comment, activity=signed(objects.post))),
    ]


def _media() -> list[BaseRoute]:
    """Pictures and files: ours, and those of other servers by way of this one."""
    return [
        Route("/media/far/{name}/{size}/{seal}", media.far),
        Route("/media/{token}/{file}", media.own),
        Route("/media", guarded(attaching.add), methods=ACT),
    ]


FORM = ["GET", "POST"]
ACT = ["POST"]


def _form(path: str, endpoint: Endpoint) -> Route:
    """A page with a form that is sent back to it."""
    return Route(path, guarded(endpoint), methods=FORM)


def _act(path: str, endpoint: Endpoint) -> Route:
    """A button."""
    return Route(path, guarded(endpoint), methods=ACT)


def _doors() -> list[BaseRoute]:
    """Coming in, going out, and a member's own account."""
    return [
        _form("/sign-up", account.sign_up),
        _form("/sign-in", account.sign_in),
        _form("/sign-out", account.sign_out),
        _form("/welcome/{secret}", account.welcome),
        _form("/language", home.language),
        _form("/invitation/{secret}", invitations.land),
        _form("/first-steps", settling.show),
        _act("/first-steps/done", settling.put_away),
        *_settings(),
        *_messages(),
        Route("/notifications", notifications.show),
        _act("/notifications/read", notifications.read),
        _act("/read", reading.read),
    ]


def _settings() -> list[BaseRoute]:
    """What a member chooses, and what is theirs alone."""
    return [
        Route("/settings", settings.show),
        _act("/settings/language", settings.language),
        _act("/settings/zone", settings.zone),
        _act("/settings/password", settings.password),
        _form("/settings/profile", settings.profile),
        _form("/settings/notifications", choices.notices),
        _form("/settings/privacy", choices.privacy),
        Route("/settings/sessions", browsers.show),
        _act("/settings/sessions/end", browsers.end),
        _form("/settings/invitations", invitations.show),
        _act("/settings/invitations/withdraw", invitations.withdraw),
        _form("/settings/data", exporting.show),
        _form("/settings/leave", ending.show),
        *_moving("/settings/moving"),
        _act("/settings/messages", settings.messages),
        _form("/settings/blocks", blocks.show),
        _form("/settings/muting", muting.show),
        _act("/settings/muting/end", muting.end),
        _form("/settings/reading", reading.show),
        Route("/settings/standing", standing.show),
        Route("/following", following.show),
        _act("/following/remove", following.remove),
        Route("/following/groups.csv", starting.groups),
        Route("/following/people.csv", starting.people),
        _form("/following/list", starting.show),
        _act("/following/list/follow", starting.follow),
        _act("/following/list/again", starting.again),
        Route("/saved", saving.show),
        Route("/drafts", drafts.show),
        _act("/drafts/{token}/remove", drafts.remove),
        _act("/compose/preview", composing.preview),
        _act("/compose/look", composing.look),
        Route("/compose/complete", composing.complete),
        Route("/post/{token}/film", composing.film),
    ]


def _messages() -> list[BaseRoute]:
    """Private messages. Their ids are no addresses: nobody fetches them."""
    return [
        Route("/messages", messages.show),
        _form("/messages/new", messages.write),
        _form("/messages/{key}", messages.talk),
        _form("/message/{token}/edit", messages.edit),
        _act("/message/{token}/delete", messages.remove),
        _form("/message/{token}/report", reports.message),
    ]


def _moving(base: str) -> list[BaseRoute]:
    """The page of somebody's moves, and its forms."""
    return [
        Route(base, moving.show),
        _act(f"{base}/alias", moving.add_alias),
        _act(f"{base}/alias/remove", moving.remove_alias),
        _act(f"{base}/away", moving.move),
        _act(f"{base}/back", moving.come_back),
    ]


def _pages() -> list[BaseRoute]:
    """Pages without a document behind them."""
    return [
        Route("/about", home.about),
        Route("/explore", exploring.show),
        Route("/groups", exploring.show),
        Route("/search", search.show),
        *_feeds(),
        Route("/tag/{name}", tags.show),
        _act("/search", search.look_up),
        Route("/interact", search.interact),
        Route("/continue", continuing.show),
        _act("/continue", continuing.go),
        Route("/intents/{verb}", intents.show),
        _act("/intents/{verb}", intents.do),
        Route("/offline", offline.show),
        Route("/sw.js", offline.worker),
        Route("/c/{name}/elsewhere", groups.elsewhere),
        Route("/c/{name}/dates", group_parts.dates),
        Route("/c/{name}/people", group_parts.people),
        Route("/c/{name}/about", group_parts.about),
        Route("/c/{name}/requests", membership.requests),
        _act("/c/{name}/requests", membership.answer),
        Route("/post/{token}/event.ics", gatherings.calendar),
        Route("/post/{token}/live", live.show),
        Route("/post/{token}/history", history.show),
        Route("/comment/{token}/history", history.show),
        Route("/robots.txt", crawling.robots),
        Route("/sitemap.xml", crawling.index),
        Route("/sitemap/{part}", crawling.part),
        Route("/static/{name}", assets.serve),
    ]


def _feeds() -> list[BaseRoute]:
    """What feed readers and calendars come for."""
    return [
        Route(feeds.FEED, feeds.of_node),
        Route(f"/c/{{name}}{feeds.FEED}", feeds.of_group),
        Route(f"/u/{{name}}{feeds.FEED}", feeds.of_person),
        Route(f"/tag/{{name}}{feeds.FEED}", feeds.of_tag),
        Route(f"/c/{{name}}{feeds.CALENDAR}", feeds.dates),
    ]


def _acts() -> list[BaseRoute]:
    """What members do."""
    return [
        _form("/groups/new", groups.found),
        _act("/c/{name}/follow", groups.follow),
        _form("/c/{name}/write", posting.write),
        Route("/c/{name}/log", moderation.log),
        Route("/log", moderation.log_of_node),
        Route("/c/{name}/moderation", moderation.show),
        _act("/c/{name}/moderators", moderation.seat),
        _form("/c/{name}/settings", moderation.settings),
        _form("/c/{name}/close", moderation.close),
        _act("/c/{name}/older", mending.older),
        _act("/post/{token}/repair", mending.repair),
        Route("/post/{token}/cross-post", crossposting.choose),
        Route("/c/{name}/siblings", siblings.show),
        _act("/c/{name}/siblings", siblings.add),
        _act("/c/{name}/siblings/remove", siblings.remove),
        _act("/c/{name}/siblings/bridge", siblings.bridge),
        _act("/c/{name}/unlist/{token}", siblings.hide),
        *_moving("/c/{name}/moving"),
        _form("/post/{token}/move", siblings.relocate),
        _act("/u/{name}/follow", people.follow),
        _form("/u/{name}/report", reports.person),
        _act("/post/{token}/attend", gatherings.attend),
        _act("/post/{token}/invite", gatherings.invite),
        _act("/post/{token}/attendance/{number}", gatherings.answer),
        _form("/c/{name}/report", reports.group),
        Route("/c/{name}/moderation/reports", reports.queue_of_group),
        Route("/reports", reports.queue_of_node),
        _form("/reports/{token}", judging.judge),
        _form("/c/{name}/moderation/bans", bans.of_group),
        _act("/c/{name}/moderation/bans/lift", bans.lift_of_group),
        Route("/servers", servers.show),
        Route("/servers/{host}", servers.show_one),
        _act("/servers/{host}", servers.steer),
        _form("/servers/{host}/forget", servers.forget),
        _form("/bans", bans.of_node),
        _act("/bans/lift", bans.lift_of_node),
        *(
            Route(f"/{kind}/{{token}}/{name}", guarded(endpoint), methods=methods)
            for kind in ("post", "comment")
            for name, endpoint, methods in (
                ("vote", votes.cast, ACT),
                ("save", saving.save, ACT),
                ("react", reactions.add, ACT),
                ("quotes", quotes.show, FORM),
                ("reply", posting.reply, FORM),
                ("choose", gatherings.choose, ACT),
                ("edit", posting.edit, FORM),
                ("delete", removing.remove, FORM),
                ("restore", drafts.restore, FORM),
                ("moderate", office.act, ACT),
                ("report", reports.post, FORM),
                ("warn", warning.warn_author, FORM),
            )
        ),
    ]


def _activitypub() -> list[BaseRoute]:
    """Addresses for other nodes alone; where the operator wants it, they must sign to read."""
    return [Route(one.path, signed(one.endpoint)) for one in _documents()]


def _documents() -> list[Route]:
    return [
        Route("/u/{name}/outbox", collections.person_outbox),
        Route("/u/{name}/followers", collections.followers),
        Route("/u/{name}/following", collections.following),
        Route("/c/{name}/outbox", collections.group_outbox),
        Route("/c/{name}/followers", collections.followers),
        Route("/c/{name}/following", collections.following),
        Route("/c/{name}/followers_synchronization", collections.followers_synchronization),
        Route("/c/{name}/featured", collections.featured),
        Route("/c/{name}/moderators", collections.moderators),
        Route("/post/{token}/context", objects.context),
        Route("/post/{token}/context/{number:int}", objects.context_page),
        Route("/post/{token}/attendees", objects.attendees),
        *(
            Route(f"/{kind}/{{token}}/{name}", endpoint)
            for kind in ("post", "comment")
            for name, endpoint in (
                ("replies", objects.replies),
                ("replies/{number:int}", objects.replies_page),
                ("likes", objects.likes),
                ("shares", objects.shares),
            )
        ),
        Route("/activities/{kind}/{token}", activities.activity),
        Route("/stamps/{token}", stamps.stamp),
        Route("/site_outbox", collections.site_outbox),
    ]


def _discovery() -> list[BaseRoute]:
    """How the node and its actors are found, and how it fares."""
    return [
        Route("/.well-known/webfinger", wellknown.webfinger),
        Route("/.well-known/host-meta", wellknown.host_meta),
        Route("/.well-known/nodeinfo", wellknown.nodeinfo_links),
        Route("/nodeinfo/{schema}", wellknown.nodeinfo_report),
        Route("/metrics", metrics.show),
    ]
