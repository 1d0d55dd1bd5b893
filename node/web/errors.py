"""Errors as answers: a page for people, a problem (RFC 9457) for programs; details for the log alone."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, cast

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from node.activitypub import strictjson
from node.activitypub.message_signatures import challenge
from node.errors import Malformed, NodeError, NotFound, Refused
from node.web.headers import complete, vary_on
from node.web.negotiate import accept_of, wants_json
from node.web.rendering import BROKEN, NOT_HERE, WRONG_METHOD, render_error

PROBLEM_JSON = "application/problem+json"
RETRY_AFTER = 30  # seconds, when nothing better is known

_log = structlog.get_logger(__name__)


class WrongMethod(Refused):
    """The address is right, what was to be done there is not."""

    status: ClassVar[int] = 405


class Broken(NodeError):
    """Ours to repair."""


async def on_node_error(request: Request, error: Exception) -> Response:
    """Answer with the status and message of a NodeError; its detail goes to the log."""
    known = cast("NodeError", error)
    if known.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request failed", path=request.scope["path"], error=str(known))
    else:
        _log.info("request refused", path=request.scope["path"], status=known.status, error=str(known))
    return await answer(request, known)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what the router and the framework refuse, in our own words."""
    refused = cast("HTTPException", error)
    return await answer(request, _in_our_words(refused), headers=refused.headers)


async def on_unexpected(request: Request, error: Exception) -> Response:
    """Answer 500 without a word of what happened; the log has it.

    This answer is made outside all middleware, so it brings its headers itself.
    """
    _log.error("request broke", path=request.scope["path"], exc_info=error)
    response = await answer(request, Broken(BROKEN))
    secure = request.app.state.node.settings.secure
    complete(request.scope, response.headers, response.status_code, secure=secure)
    return response


def exception_handlers() -> Mapping[Any, Any]:
    """Return the handlers for the application: ours, the framework's, and everything else."""
    return {NodeError: on_node_error, HTTPException: on_http_error, Exception: on_unexpected}


async def answer(request: Request, error: NodeError, *, headers: Mapping[str, str] | None = None) -> Response:
    """Write *error* in the form that the request reads."""
    response = _problem(error) if _reads_json(request) else await _page(request, error)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    if error.status == HTTPStatus.UNAUTHORIZED and _reads_json(request):
        response.headers["Accept-Signature"] = challenge()
    retry = getattr(error, "retry_after", None)
    if retry is None and error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry = RETRY_AFTER
    if retry is not None:
        response.headers["Retry-After"] = str(retry)
    vary_on(response.headers, "Accept")
    return response


def _reads_json(request: Request) -> bool:
    """Tell whether the request, or the address it is for, is a program's."""
    endpoint = request.scope.get("endpoint")
    return wants_json(accept_of(request)) or getattr(endpoint, "__module__", "").startswith(
        "node.web.activitypub"
    )


def _problem(error: NodeError) -> Response:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.message,
    }
    response = Response(strictjson.dump(body), error.status, media_type=PROBLEM_JSON)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


async def _page(request: Request, error: NodeError) -> Response:
    try:
        return await render_error(request, error)
    except Exception:  # noqa: BLE001 -- whatever keeps a page from being made, the message gets through
        _log.exception("error page failed", path=request.scope["path"])
        return PlainTextResponse(f"{error.message}\n", error.status)


def _in_our_words(refused: HTTPException) -> NodeError:
    if refused.status_code == HTTPStatus.NOT_FOUND:
        return NotFound(NOT_HERE)
    if refused.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return WrongMethod(WRONG_METHOD)
    return Malformed("This request cannot be read.", detail=f"{refused.status_code} {refused.detail}")
