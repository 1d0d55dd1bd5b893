"""From a view to a page: templates, the languages they speak, and pages that say what went wrong.

Every template gets two variables, `page` and `viewer`. HTML that people wrote passes the allow-list once more on
its way out (V81), in the filter `cleaned`; no other place marks anything as safe (V82).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from node.activities.react import COMMON
from node.errors import NodeError, TooMany, Unauthenticated, Unavailable
from node.runtime import Node
from node.text.clean import clean_html
from node.web.assets import address_of
from node.web.compiling import Speaking, kept
from node.web.forms import WHOLE_FORM, Filled, typed_in_vain
from node.web.guards import local_path
from node.web.languages import Words, catalogues, folder_of, mark, post_languages, topic_names, words
from node.web.session import Viewer, lend_forms, viewer_of, with_forms

CLEANED_KEPT = 4096  # texts kept clean in memory; cleaning one takes about a millisecond
INVALID = 422  # a form that is given back with what is wrong


@dataclass(frozen=True, slots=True)
class FormView:
    """A form as a template fills it in: what was typed, and what is wrong in the viewer's language."""

    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str, default: str = "") -> str:
        """Return what was typed into a field."""
        return self.typed.get(name, default)

    def error(self, name: str = WHOLE_FORM) -> str:
        """Return what is wrong with a field, or with the whole form; empty when nothing is."""
        return self.wrong.get(name, "")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What happened, and what to do."""

    status: int
    title: str
    message: str
    sign_in: str  # where to sign in, when that is what is missing
    again_at: datetime | None = None  # when to come back, when that is known
    kept: Mapping[str, str] = field(default_factory=dict)  # words of a form that came too late


TITLES = {
    400: mark("This request makes no sense here"),
    401: mark("Please sign in"),
    403: mark("This is not allowed"),
    404: mark("Not found"),
    405: mark("This address takes no such request"),
    409: mark("This clashes with something"),
    410: mark("No longer here"),
    413: mark("Too large"),
    415: mark("Not a form we read"),
    429: mark("Please slow down"),
    500: mark("Something broke on our side"),
    503: mark("Not available right now"),
}
BROKEN = mark(
    "The node made a mistake, and nothing was changed. Whoever runs it finds the details in its log."
)
NOT_HERE = mark("There is nothing at this address. It may be misspelt, or what was here has moved.")
WRONG_METHOD = mark("Go back and use the page's own buttons and links.")


def form_view(filled: Filled[Any] | None, language: str, values: Mapping[str, str] | None = None) -> FormView:
    """Return a form for a template: as it came, or fresh with *values* in it."""
    if filled is None:
        return FormView(values or {})
    speak = words(language)
    return FormView(
        filled.typed, {name: speak.say(one.sentence, one.values) for name, one in filled.wrong.items()}
    )


async def render(
    request: Request, template: str, page: object = None, *, status: int = 200, forms: bool = False
) -> HTMLResponse:
    """Return a page. forms: strangers may send its forms, so they get what their token is bound to."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    if forms:
        viewer = with_forms(viewer, node)
    body = environment(viewer.language).get_template(template).render(page=page, viewer=viewer)
    response = HTMLResponse(body, status, {"Content-Language": viewer.language})
    if forms:
        lend_forms(response, node, viewer)
    if viewer.signed_in or forms or status != HTTPStatus.OK:
        response.headers["Cache-Control"] = "no-store"
    return response


def redirect(path: str | None, *, anchor: str = "", default: str = "/") -> Response:
    """Send the browser on to a path of this node, and no other place (A72). 303: as a GET."""
    target = local_path(path, default)
    if anchor:
        target = f"{target.partition('#')[0]}#{anchor}"
    return RedirectResponse(target, 303, {"Cache-Control": "no-store"})


async def render_error(request: Request, error: Exception) -> Response:
    """Return the page for an error: its own message when it is one of ours, else an apology (V98).

    A stranger who opens a page for members is led to sign in, and back.
    """
    viewer = await _viewer_despite(request)
    status = error.status if isinstance(error, NodeError) else int(getattr(error, "status_code", 500))
    kept = {
        name: value for name, value in typed_in_vain(request).items() if name in {"title", "source"} and value
    }
    late = bool(kept) and not viewer.signed_in
    sign_in = f"/sign-in?next={viewer.here}" if isinstance(error, Unauthenticated) or late else ""
    if sign_in and request.method == "GET" and not viewer.signed_in:
        return redirect(sign_in)
    wait = error.retry_after if isinstance(error, TooMany | Unavailable) else None
    again_at = viewer.now + timedelta(seconds=wait) if wait is not None else None
    page = ErrorPage(status, _title(viewer, status), _message(viewer, error, status), sign_in, again_at, kept)
    body = environment(viewer.language).get_template("error.html").render(page=page, viewer=viewer)
    headers = {"Content-Language": viewer.language, "Cache-Control": "no-store"}
    if wait is not None:
        headers["Retry-After"] = str(wait)
    return HTMLResponse(body, status, headers)


def _title(viewer: Viewer, status: int) -> str:
    return words(viewer.language).say(
        TITLES.get(status, TITLES[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400])
    )


def _message(viewer: Viewer, error: Exception, status: int) -> str:
    speak = words(viewer.language)
    if isinstance(error, NodeError):
        return speak.say(error.message)
    return speak.say({404: NOT_HERE, 405: WRONG_METHOD}.get(status, BROKEN))


async def _viewer_despite(request: Request) -> Viewer:
    """Return who is looking; a plain stranger when the database cannot say."""
    try:
        return await viewer_of(request)
    except Exception:  # noqa: BLE001 -- an error page must not need what has just failed
        node: Node = request.app.state.node
        return Viewer(
            language=node.settings.language,
            now=node.clock.now(),
            path="",
            here="/",
            home=node.settings.home,
            host=node.settings.host,
            node_name=node.settings.name,
            about=node.settings.description,
            registrations=False,
            founding="administrators",
            inviting="administrators",
            csrf="",
        )


@functools.cache
def environment(language: str) -> Environment:
    """Return the templates, speaking one language."""
    speak = words(language)
    env = Speaking(
        speak.catalogue,
        loader=FileSystemLoader(folder_of("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=kept(language, [Path(__file__), *catalogues(language)]),
    )
    env.filters |= _filters(speak)
    env.globals["static"] = address_of
    env.globals["common_emoji"] = COMMON
    env.globals["spoken"] = post_languages(language)
    return env


def _filters(speak: Words) -> dict[str, Any]:
    def since(at: datetime, viewer: Viewer) -> str:
        return speak.since(at, viewer.now, viewer.zone)

    def until(at: datetime, viewer: Viewer) -> str:
        return speak.until(at, viewer.now, viewer.zone)

    def topic_name(topic: str) -> str:
        return topic_names(speak.language).get(topic, topic)

    def day(at: datetime, viewer: Viewer) -> str:
        return speak.day(at, viewer.now, viewer.zone)

    def clock(at: datetime, viewer: Viewer) -> str:
        return speak.span(at, None, viewer.zone)

    def moment(at: datetime, viewer: Viewer) -> str:
        return speak.moment(at, viewer.zone)

    return {
        "cleaned": cleaned,
        "clock": clock,
        "said": speak.say,
        "day": day,
        "since": since,
        "until": until,
        "moment": moment,
        "iso": _iso,
        "span": speak.span,
        "percent": speak.percent,
        "number": speak.number,
        "compact": speak.compact,
        "language_name": speak.language_name,
        "topic_name": topic_name,
    }


@functools.lru_cache(maxsize=CLEANED_KEPT)
def cleaned(content: str) -> Markup:
    """Return HTML that people wrote, through the allow-list, fit to stand in a page."""
    return Markup(clean_html(content))  # noqa: S704 -- the one place; what enters has just been cleaned


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
