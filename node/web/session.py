"""Who is looking: the cookie, the viewer, and signing in and out of a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from node.errors import Unauthenticated
from node.local import members, sessions
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.media import Picture
from node.store.queries.members import Account, find_account
from node.store.queries.muting import NOTHING, Muting
from node.store.tables.actors import Actor
from node.web import guards
from node.web.languages import LANGUAGES, preferred

PICTURE = "picture"  # purpose of what signs the addresses of pictures
LANGUAGE_COOKIE = "lang"
LANGUAGE_FOR = timedelta(days=365)
COOKIE_LASTS = timedelta(days=400)  # the most that browsers keep; the session itself ends earlier


@dataclass(frozen=True)
class Viewer:
    """Whoever looks at a page, a member or a stranger; what every template may know."""

    language: str
    now: datetime
    path: str  # of the page
    here: str  # path and query of the page, to come back to
    home: str  # scheme and host of the node
    host: str
    node_name: str
    about: str  # what its operator says of the node; may be empty
    registrations: bool  # whether strangers may sign up
    founding: str  # who may found a group: members or administrators
    inviting: str  # who may invite: members or administrators
    csrf: str  # the forms' token; empty on a stranger's page without forms
    secret: str = field(default="", repr=False)  # what the token is bound to: session or pre-session cookie
    account: Account | None = None
    languages: dict[str, str] = field(default_factory=lambda: dict(LANGUAGES))
    seal: Callable[[str], str] | None = field(default=None, repr=False)  # signs addresses of pictures
    uploads: bool = False  # whether members add pictures and files
    engines: bool = True  # whether search engines may keep public pages

    @property
    def signed_in(self) -> bool:
        """Whether this is a member."""
        return self.account is not None

    def picture(self, picture: Picture | None, size: str) -> str:
        """Return the address of a picture in a size; empty when it is not to be shown: shown, thumb, square, face."""
        if picture is None or (not picture.is_own and self.seal is None):
            return ""
        if picture.is_own:
            return f"/media/{picture.name}/{size}.webp"
        assert self.seal is not None, "just asked"
        return f"/media/far/{picture.name}/{size}/{self.seal(f'{picture.name}/{size}')}"

    @property
    def is_administrator(self) -> bool:
        """Whether this member runs the node; read from the database on each request (V94)."""
        return self.account is not None and self.account.role == "administrator"

    @property
    def may_found(self) -> bool:
        """Whether this member may found a group."""
        return self.is_administrator or (self.signed_in and self.founding == "members")

    @property
    def may_invite(self) -> bool:
        """Whether this member may make links by which others sign up."""
        return self.is_administrator or (self.signed_in and self.inviting == "members")

    @property
    def unread(self) -> int:
        """How many notifications wait."""
        return self.account.unread if self.account is not None else 0

    @property
    def reads_flat(self) -> bool:
        """Whether they like comments side by side rather than as a tree."""
        return self.account is not None and self.account.reads_flat

    @property
    def zone(self) -> str:
        """Their time zone, such as Europe/Paris; empty: not said."""
        return self.account.zone if self.account is not None else ""

    @property
    def muting(self) -> Muting:
        """What this member does not want to come upon."""
        return self.account.muting if self.account is not None else NOTHING

    @property
    def actor(self) -> Actor | None:
        """The member's actor."""
        return self.account.actor if self.account is not None else None


def cookie_name(node: Node, name: str) -> str:
    """Return the cookie's name; over TLS with the prefix that binds it to this very host (A78)."""
    return f"__Host-{name}" if node.settings.secure else name


def set_cookie(response: Response, node: Node, name: str, value: str, *, lasts: timedelta | None) -> None:
    """Set a cookie that scripts cannot read; *lasts* None: until the browser closes."""
    response.set_cookie(
        cookie_name(node, name),
        value,
        max_age=int(lasts.total_seconds()) if lasts else None,
        secure=node.settings.secure,
        httponly=True,
        samesite="lax",
        path="/",
    )


async def viewer_of(request: Request) -> Viewer:
    """Return who is looking; asked once a request."""
    known = getattr(request.state, "viewer", None)
    if isinstance(known, Viewer):
        return known
    node: Node = request.app.state.node
    account = await _account(request, node)
    viewer = _viewer(request, node, account)
    request.state.viewer = viewer
    return viewer


async def _account(request: Request, node: Node) -> Account | None:
    secret = request.cookies.get(cookie_name(node, "sid"))
    if not secret:
        return None
    async with node.reading() as session:
        return await find_account(session, secret, node.clock.now())


def _viewer(request: Request, node: Node, account: Account | None) -> Viewer:
    settings = node.settings
    secret = request.cookies.get(cookie_name(node, "pre" if account is None else "sid"), "")
    query = f"?{request.url.query}" if request.url.query else ""
    return Viewer(
        language=account.language if account is not None else _language(request, node),
        now=node.clock.now(),
        path=request.scope["path"],
        here=guards.local_path(request.scope["path"] + query) if request.method in {"GET", "HEAD"} else "/",
        home=settings.home,
        host=settings.host,
        node_name=settings.name,
        about=settings.description,
        registrations=settings.registrations == "open",
        founding=settings.group_founding,
        inviting=settings.invitations,
        csrf=guards.form_token(node.keyring, secret, node.ids) if secret else "",
        secret=secret,
        account=account,
        seal=partial(node.keyring.sign_token, purpose=PICTURE) if settings.far_media_bytes else None,
        uploads=settings.media_per_member > 0,
        engines=settings.search_engines == "open",
    )


def _language(request: Request, node: Node) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return preferred(request.headers.get("accept-language", ""), node.settings.language)


def looks_ahead(request: Request) -> bool:
    """Tell whether a browser asks for a page before anybody wants to see it."""
    early = {request.headers.get(name, "").lower() for name in ("sec-purpose", "purpose", "x-moz")}
    return any(one.startswith(("prefetch", "preview")) for one in early)


async def member_of(request: Request) -> Account:
    """Return the signed-in member, or raise Unauthenticated."""
    account = (await viewer_of(request)).account
    if account is None:
        raise Unauthenticated("Sign in to do this.")
    return account


async def acting(tx: Transaction, account: Account) -> Actor:
    """Return the member's actor in this transaction, to act in its name; raise Forbidden if it may not (V94)."""
    _, actor = await members.get_member(tx, account.member_id)
    if account.renew:
        await sessions.renew(tx, account.session_id)
    return actor


# What browsers call themselves, the more particular first: Edge says that it is Chrome, Chrome that it is Safari.
_BROWSERS = (
    ("Firefox/", "Firefox"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(request: Request) -> str:
    """Return what a member will know their browser by, such as ``Firefox, Linux``; empty when it says neither."""
    told = request.headers.get("user-agent", "")
    names = [next((name for sign, name in known if sign in told), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, names))


def with_forms(viewer: Viewer, node: Node) -> Viewer:
    """Return a stranger's viewer able to send forms; `lend_forms` must then go with the page."""
    if viewer.secret:
        return viewer
    secret = node.ids.secret()
    return replace(viewer, secret=secret, csrf=guards.form_token(node.keyring, secret, node.ids))


def lend_forms(response: Response, node: Node, viewer: Viewer) -> None:
    """Give a stranger's browser the cookie that its form tokens are bound to."""
    if viewer.account is None:
        set_cookie(response, node, "pre", viewer.secret, lasts=None)


def keep_session(response: Response, node: Node, secret: str) -> None:
    """Give the browser its new session; what came before it is forgotten (A78)."""
    set_cookie(response, node, "sid", secret, lasts=COOKIE_LASTS)
    _drop(response, node, "pre")


def end_session(response: Response, node: Node) -> None:
    """Make the browser forget the session, and what it kept of pages seen in it."""
    _drop(response, node, "sid")
    _drop(response, node, "pre")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def _drop(response: Response, node: Node, name: str) -> None:
    response.delete_cookie(
        cookie_name(node, name), path="/", secure=node.settings.secure, httponly=True, samesite="lax"
    )
