"""Visitors go on at their own server: they say where that is, and are shown the way (THREATS A72, A75)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from node.activitypub.webfinger import Handle, parse_handle
from node.errors import Malformed, NotFound
from node.inbox.intents import Onward, find_onward
from node.local import attempts
from node.runtime import Node
from node.settings import HOST
from node.store.queries.people import get_named, line_of
from node.store.queries.threads import get_visible, path_of
from node.web import forms
from node.web.forms import Filled
from node.web.guards import subnet
from node.web.languages import mark
from node.web.rendering import INVALID, FormView, form_view, render
from node.web.session import cookie_name, set_cookie, viewer_of

Intent = Literal["follow", "vote", "answer", "react", "choose", "attend", "report", "see"]
# The verb of FEP-3b86 for each; what has none is done on the page of the thing itself.
VERBS: dict[Intent, str] = {
    "follow": "Follow",
    "vote": "Like",
    "answer": "Create",
}
HOME_COOKIE = "home"  # the visitor's handle, when they wish it remembered
REMEMBERED_FOR = timedelta(days=365)
SERVER_FORM = mark("Write a handle such as @you@example.org, or a server's name such as example.org.")
OWN_SERVER = mark("That is this very node: sign in instead.")


class ContinueQuery(BaseModel):
    """What the visitor wants to do, and to what: the path of a page here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    intent: Intent = "see"
    object: str = Field(default="/", max_length=300)


class HandleForm(forms.FormModel):
    """Where the visitor is at home."""

    intent: Intent
    object: str = Field(max_length=300)
    handle: str = Field(min_length=1, max_length=300)
    remember: Literal["yes", ""] = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """What is to be followed, answered and so on. address: to search for elsewhere; handle or id."""

    path: str
    label: str
    iri: str
    address: str


@dataclass(frozen=True, slots=True)
class ContinuePage:
    """The form, or once the server is named the way there."""

    intent: Intent
    thing: Thing
    form: FormView
    server: str = ""
    onward: Onward | None = None


async def show(request: Request) -> Response:
    """GET /continue?intent=&object=: ask the visitor where they are at home. Nobody is asked anything yet."""
    node: Node = request.app.state.node
    asked = forms.query(request, ContinueQuery)
    viewer = await viewer_of(request)
    async with node.reading() as session:
        thing = await _thing(session, asked.object, viewer.host)
    remembered = request.cookies.get(cookie_name(node, HOME_COOKIE), "")[:300]
    typed = {"handle": remembered, "remember": "yes" if remembered else ""}
    page = ContinuePage(asked.intent, thing, form_view(None, viewer.language, typed))
    response = await render(request, "intents/continue.html", page, forms=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def go(request: Request) -> Response:
    """POST /continue: ask the visitor's server for its addresses, and show the way there."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    filled = await forms.read_form(request, HandleForm)
    asked = forms.check(
        {name: filled.typed.get(name, "") for name in ("intent", "object")}, ContinueQuery
    ).model
    if asked is None:
        raise Malformed("This form could not be read.")
    async with node.reading() as session:
        thing = await _thing(session, asked.object, viewer.host)
    page = ContinuePage(asked.intent, thing, form_view(filled, viewer.language))
    host, handle = read_home(filled.typed.get("handle", ""), development=node.settings.development)
    wrong = SERVER_FORM if not host else OWN_SERVER if host == viewer.host else ""
    if filled.model is None or wrong:
        again: Filled[HandleForm] = filled.but("handle", wrong) if wrong else filled
        page = replace(page, form=form_view(again, viewer.language))
        return await render(request, "intents/continue.html", page, status=INVALID, forms=True)
    address = request.client.host if request.client is not None else None
    async with node.transaction() as tx:
        await attempts.spend(tx, f"onward:{subnet(address)}", attempts.VISITORS_LOOK_UPS)
    onward = await find_onward(
        node, host, handle, VERBS.get(asked.intent, "Object"), thing.iri, address=thing.address
    )
    page = replace(page, server=host, onward=onward)
    response = await render(request, "intents/continue.html", page, forms=True)
    if filled.model.remember:
        set_cookie(response, node, HOME_COOKIE, str(handle or host), lasts=REMEMBERED_FOR)
    else:
        response.delete_cookie(
            cookie_name(node, HOME_COOKIE),
            path="/",
            secure=node.settings.secure,
            httponly=True,
            samesite="lax",
        )
    return response


def read_home(typed: str, *, development: bool) -> tuple[str, Handle | None]:
    """Return the server, and the handle where one was typed, of `@you@example.org` or `example.org`.

    An empty server: it is neither. development: names without a dot and with a port will do.
    """
    try:
        handle = parse_handle(typed)
    except Malformed:
        handle = None
    if handle is not None:
        host = handle.host
    else:
        bare = typed.strip().lower()
        bare = urlsplit(bare).netloc if "://" in bare else bare.partition("/")[0]
        try:
            host = bare.encode("idna").decode("ascii")
        except UnicodeError:
            return "", None
    name = host.partition(":")[0] if development else host
    return (host, handle) if HOST.match(name) and ("." in name or development) else ("", None)


async def _thing(session: AsyncSession, path: str, host: str) -> Thing:
    """Return what the page at *path* is of, as a stranger may see it; raise NotFound and Gone as that page does."""
    kind, _, name = path.strip("/").partition("/")
    if kind in {"c", "u"} and name:
        actor = await get_named(session, name, host, group=kind == "c")
        line = line_of(actor)
        return Thing(line.path, line.label, actor.iri, line.handle)
    if kind in {"post", "comment"} and name:
        post = await get_visible(session, name, None, comment=kind == "comment")
        return Thing(path_of(post), post.title, post.iri, post.iri)
    raise NotFound("There is nothing at this address, or it is not for you to see.")
