"""Forms: read strictly, checked by a pydantic model, and given back with what was typed when something is wrong."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Forbidden, Malformed, NodeError, TooLarge, Unauthenticated, UnsupportedMedia
from node.runtime import Node
from node.web import guards
from node.web.languages import mark
from node.web.multipart import MULTIPART, Parts, read_parts
from node.web.session import viewer_of

MAX_FORM = 1024 * 1024  # bytes: the longest text, percent-encoded, fits
MAX_FIELDS = 32
URLENCODED = "application/x-www-form-urlencoded"
WHOLE_FORM = ""  # the key of an error that belongs to no field

Model = TypeVar("Model", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class FormModel(BaseModel):
    """A form: exactly these fields (A84)."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class Empty(FormModel):
    """A form that is only a button."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a field: a sentence of the catalogues and the values in it."""

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Filled(Generic[Model]):
    """A form as it came: the model when it is right, and what was typed and is wrong when it is not."""

    typed: Mapping[str, str]
    model: Model | None
    wrong: Mapping[str, Wrong] = field(default_factory=dict)

    def but(self, name: str, sentence: str, **values: object) -> Filled[Model]:
        """Return the form with one more thing wrong with it."""
        return Filled(self.typed, None, {**self.wrong, name: Wrong(sentence, values)})


async def read_fields(request: Request) -> dict[str, str]:
    """Return the fields of an unsafe request, its token checked and taken off.

    Raises Forbidden (another site, or a stale token), UnsupportedMedia, TooLarge, Malformed.
    """
    known = getattr(request.state, "fields", None)
    if known is not None:
        return dict(known)
    node: Node = request.app.state.node
    guards.check_origin(request, node.settings.home)
    fields = await _fields(request)
    secret = (await viewer_of(request)).secret
    try:
        guards.check_token(node.keyring, secret, fields.pop(guards.TOKEN_FIELD, ""))
    except Forbidden as error:
        if not getattr(request.state, "keeps_words", False):
            raise
        request.state.stale, request.state.parts = error, Parts()  # files are not even looked at
    request.state.fields = fields
    return dict(fields)


def parts_of(request: Request) -> Parts:
    """Return the files that came with a form whose fields were read; none with a form without files."""
    found = getattr(request.state, "parts", None)
    return found if isinstance(found, Parts) else Parts()


def takes_files(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint whose form may bring files; every other refuses them unread."""
    endpoint.takes_files = True  # type: ignore[attr-defined]
    return endpoint


def keeps_words(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint that gives a form back, and does nothing else, when its token is not valid any more.

    It asks `is_stale` first. Whoever has been signed out meanwhile is shown what they typed by the error page.
    """
    endpoint.keeps_words = True  # type: ignore[attr-defined]
    return endpoint


def is_stale(request: Request) -> bool:
    """Tell whether a form came with a token that is not valid, so that it must have no effect."""
    return getattr(request.state, "stale", None) is not None


def typed_in_vain(request: Request) -> Mapping[str, str]:
    """Return what was typed into a form of words that came too late."""
    return getattr(request.state, "fields", {}) if is_stale(request) else {}


def guarded(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that no form reaches without its token, whatever the page itself asks first (A73)."""

    @functools.wraps(endpoint)
    async def checked(request: Request) -> Response:
        if request.method not in guards.SAFE_METHODS:
            request.state.takes_files = getattr(endpoint, "takes_files", False)
            request.state.keeps_words = getattr(endpoint, "keeps_words", False)
            await read_fields(request)
            if is_stale(request):
                return await _given_back(request, endpoint)
        return await endpoint(request)

    return checked


async def _given_back(request: Request, endpoint: Endpoint) -> Response:
    """Return the form that came too late with all that is in it; raise Forbidden where there is none to return."""
    if (await viewer_of(request)).signed_in:
        with suppress(NodeError):
            response = await endpoint(request)
            if response.status_code == Forbidden.status:
                return response
    raise request.state.stale


async def read_form(request: Request, model: type[Model]) -> Filled[Model]:
    """Read an unsafe request's form and check it with *model*; raises as `read_fields`."""
    return check(await read_fields(request), model)


def check(fields: Mapping[str, str], model: type[Model]) -> Filled[Model]:
    """Check fields with *model*; what is wrong stands beside its field."""
    try:
        return Filled(fields, model.model_validate(dict(fields)))
    except ValidationError as error:
        return Filled(fields, None, wrong_of(error))


def query(request: Request, model: type[Model]) -> Model:
    """Read a GET request's parameters with *model*; raise Malformed for any that is not right."""
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise Malformed(
            "The address of this page has a part that makes no sense here.", detail=str(error)
        ) from error


SENTENCES = {
    "missing": mark("This is needed."),
    "string_too_short": mark("This needs at least %(min_length)s characters."),
    "string_too_long": mark("This has room for at most %(max_length)s characters."),
    "extra_forbidden": mark("The form carried a field that does not belong to it."),
}
OTHERWISE = mark("This is not something we can use here.")


def wrong_of(error: ValidationError) -> dict[str, Wrong]:
    """Return what is wrong by field; errors of no field, or of one that does not belong, are the whole form's."""
    wrong: dict[str, Wrong] = {}
    for one in error.errors(include_url=False):
        name = str(one["loc"][0]) if one["loc"] and one["type"] != "extra_forbidden" else WHOLE_FORM
        if one["type"] == "value_error":
            found = Wrong(str(one["ctx"]["error"]))
        elif one["type"] == "string_too_short" and one["ctx"]["min_length"] == 1:
            found = Wrong(SENTENCES["missing"])
        else:
            found = Wrong(SENTENCES.get(one["type"], OTHERWISE), one.get("ctx", {}))
        wrong.setdefault(name, found)
    return wrong


async def _fields(request: Request) -> dict[str, str]:
    """Read the fields; with a form of files, which only members send, the files as well."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == MULTIPART and getattr(request.state, "takes_files", False):
        if not (await viewer_of(request)).signed_in and not _is_short(request):
            raise Unauthenticated("Sign in to do this.")
        request.state.parts = await read_parts(request)
        return _once_each(request.state.parts.fields)
    return _parse(await _body(request, kind))


def _is_short(request: Request) -> bool:
    """Tell whether a stranger's form with files is read: for the words of somebody who was signed out meanwhile."""
    length = request.headers.get("content-length", "")
    keeps = getattr(request.state, "keeps_words", False)
    return keeps and length.isascii() and length.isdigit() and int(length) <= MAX_FORM


async def _body(request: Request, kind: str) -> bytes:
    if kind != URLENCODED:
        raise UnsupportedMedia("Forms are sent as application/x-www-form-urlencoded.", detail=kind)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            raise TooLarge("This form is larger than we take. Please shorten it.")
    return bytes(body)


def _parse(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        raise Malformed("This form could not be read.", detail=str(error)) from error
    return _once_each(pairs)


def _once_each(pairs: list[tuple[str, str]]) -> dict[str, str]:
    fields = {name: value.replace("\r\n", "\n") for name, value in pairs}
    if len(fields) != len(pairs):
        raise Malformed("This form names a field twice.")
    if any("\x00" in value for value in fields.values()):
        raise Malformed("This form holds a character that text cannot hold.")
    return fields
