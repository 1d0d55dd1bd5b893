"""The one way out: every request of the node to anywhere passes through this client.

It asks only URLs that pass `targets`, follows redirects by hand so that each hop is judged and signed anew,
counts decoded bytes, and gives up on the whole exchange after a fixed time. The transport below it judges
the address that is connected to.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urljoin

import httpx

from node.activitypub.origin import is_local, origin_of
from node.activitypub.request_signatures import Scheme
from node.clock import Clock, SystemClock
from node.errors import Forbidden, Refused, TooMany, Unavailable
from node.network.answers import (
    ACTIVITY_STREAMS,
    NOT_MODIFIED,
    Delivered,
    Fetched,
    excerpt_of,
    read_fetched,
    read_retry_after,
    refusal,
)
from node.network.bodies import read_body, read_start
from node.network.gate import Gate
from node.network.resolver import Resolver
from node.network.schemes import Schemes
from node.network.targets import read_target
from node.settings import KIB, VERSION, Settings

DOCUMENT = f'application/activity+json, application/ld+json; profile="{ACTIVITY_STREAMS}"'
JSON = "application/jrd+json, application/json"
JSON_LIMIT = 64 * KIB  # WebFinger, NodeInfo
ANSWER_LIMIT = 16 * KIB  # of a peer's answer to a delivery; a longer one costs it the connection
_REDIRECTS = {301, 302, 303, 307, 308}
_NONE: Mapping[str, str] = MappingProxyType({})


class Signer(Protocol):
    """Signs requests as one actor."""

    def __call__(
        self, method: str, url: str, body: bytes | None, scheme: Scheme = "cavage"
    ) -> Mapping[str, str]:
        """Return the headers to add, in that form of signature; asked afresh for every hop."""


class Budget:
    """How many fetches one activity may cause, whoever makes them. One object goes to every hop of any kind."""

    def __init__(self, fetches: int) -> None:
        self.left = fetches

    def spend(self) -> None:
        """Take one fetch, or raise TooMany when none is left."""
        if self.left <= 0:
            raise TooMany("This activity needs more documents from elsewhere than we fetch for one.")
        self.left -= 1


@dataclass(frozen=True, slots=True)
class _Ask:
    """What stays the same over the hops of one fetch."""

    accept: str
    limit: int
    signer: Signer | None
    budget: Budget | None
    headers: Mapping[str, str]


class Client:
    """Fetches from and delivers to peers. One for each node."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        settings: Settings,
        *,
        homes: Collection[str],
        clock: Clock | None = None,
    ) -> None:
        """Stand on *transport*. homes: the node's own origins, never asked over the network; may grow."""
        self._transport = transport
        self._settings = settings
        self._homes = homes
        self._clock = clock or SystemClock()
        self.schemes = Schemes(self._clock)
        self._gate = Gate(per_host=settings.fetches_per_host, overall=settings.fetches_open)
        self._agent = f"Archipel/{VERSION} (+{settings.url}/)"

    async def get(
        self,
        url: str,
        *,
        accept: str,
        limit: int | None = None,
        signer: Signer | None = None,
        budget: Budget | None = None,
        headers: Mapping[str, str] = _NONE,
    ) -> Fetched:
        """Fetch *url*, following redirects; limit: decoded bytes, the settings' max_body when None.

        Raises Malformed for a URL we do not ask, Forbidden for our own homes, private addresses, 401 and
        403, NotFound, Gone, TooLarge, TooMany for an empty budget, Refused for other refusals and for
        redirects without end, Unavailable for what may work later.
        """
        ask = _Ask(accept, limit or self._settings.max_body, signer, budget, headers)
        with _trouble(url):
            async with asyncio.timeout(self._settings.fetch_timeout):
                return await self._follow(url, ask)

    async def get_document(
        self, url: str, *, signer: Signer | None = None, budget: Budget | None = None, etag: str = ""
    ) -> Fetched:
        """Fetch an ActivityPub document. Raises as `get`, and UnsupportedMedia for any other media type.

        etag: of the copy that is here; the answer may then be that nothing `is_unchanged`, without a body.
        """
        known = {"if-none-match": etag} if etag else _NONE
        fetched = await self.get(url, accept=DOCUMENT, signer=signer, budget=budget, headers=known)
        if not fetched.is_unchanged:
            fetched.check_document()
        return fetched

    async def get_json(self, url: str, *, limit: int = JSON_LIMIT, budget: Budget | None = None) -> Fetched:
        """Fetch WebFinger or NodeInfo. Raises as `get`, and NotFound for what is not JSON."""
        fetched = await self.get(url, accept=JSON, limit=limit, budget=budget)
        fetched.check_json()
        return fetched

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        within: float | None = None,
        connect_within: float | None = None,
    ) -> Delivered:
        """Send *body* once, with *headers* signed for exactly this URL, and return the peer's word.

        within: seconds for all of it, connect_within: for the connection; the settings' when None. Redirects are not followed. Raises Malformed and Forbidden as `get`, Unavailable for trouble on
        the way; any status is returned.
        """
        target = self._target(url)
        request = self._request("POST", target, {"accept-encoding": "identity", **headers}, body)
        if connect_within is not None:
            request.extensions["timeout"]["connect"] = connect_within
        with _trouble(url):
            async with (
                asyncio.timeout(within or self._settings.delivery_timeout),
                self._answer(request) as response,
            ):
                start = await read_start(response, ANSWER_LIMIT)
                wait = read_retry_after(response.headers.get("retry-after", ""), now=self._clock.now())
                return Delivered(response.status_code, wait, excerpt_of(start))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def _follow(self, url: str, ask: _Ask) -> Fetched:
        target, seen = self._target(url), set[str]()
        for _ in range(self._settings.max_redirects + 1):
            seen.add(str(target))
            if ask.budget is not None:
                ask.budget.spend()
            found = await self._hop(target, ask)
            if isinstance(found, Fetched):
                return found
            target = self._target(found, coming_from=target)
            if str(target) in seen:
                break
        raise Refused("This address leads on and on to other addresses.", detail=f"{url}, last {target}")

    async def _hop(self, target: httpx.URL, ask: _Ask) -> Fetched | str:
        """Ask *target* once: the document, or the address it points at."""
        async with self._gate.passing(str(target.host)), self._signed_get(target, ask) as response:
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return _joined(target, response.headers["location"])
            if response.status_code == NOT_MODIFIED and "if-none-match" in ask.headers:
                return read_fetched(response, b"")
            error = refusal(response, now=self._clock.now())
            if error is not None:
                raise error
            return read_fetched(response, await read_body(response, ask.limit))

    @asynccontextmanager
    async def _signed_get(self, target: httpx.URL, ask: _Ask) -> AsyncIterator[httpx.Response]:
        """Ask in the form of signature that the origin is known to take; once more in the other (RULE B4)."""
        headers = {"accept": ask.accept, "accept-encoding": "gzip", **ask.headers}
        origin = origin_of(str(target))
        schemes: tuple[Scheme, ...] = self.schemes.to_try(origin) if ask.signer else ("cavage",)
        for scheme in schemes:
            if scheme != schemes[0] and ask.budget is not None:
                ask.budget.spend()  # it is a fetch like any other
            signed = ask.signer("GET", str(target), None, scheme) if ask.signer else _NONE
            async with self._answer(self._request("GET", target, {**headers, **signed}, None)) as response:
                last = scheme == schemes[-1]
                again = ask.signer is not None and self.schemes.learn(
                    origin, scheme, last=last, status=response.status_code
                )
                if not again:
                    yield response
                    return

    def _target(self, url: str, *, coming_from: httpx.URL | None = None) -> httpx.URL:
        target = read_target(url, development=self._settings.development)
        if coming_from is not None and (coming_from.scheme, target.scheme) == ("https", "http"):
            raise Refused("A redirect must not lead from https to http.", detail=f"{coming_from} to {target}")
        if is_local(str(target), self._homes):
            raise Forbidden("The node does not ask itself over the network.", detail=url)
        return target

    def _request(
        self, method: str, target: httpx.URL, headers: Mapping[str, str], body: bytes | None
    ) -> httpx.Request:
        settings = self._settings
        read = settings.first_byte_timeout if body is None else settings.delivery_timeout
        patience = {"connect": settings.connect_timeout, "read": read, "write": read, "pool": None}
        merged = {"user-agent": self._agent} | {name.lower(): value for name, value in headers.items()}
        raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in merged.items()]
        return httpx.Request(method, target, headers=raw, content=body, extensions={"timeout": patience})

    @asynccontextmanager
    async def _answer(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        # Straight to the transport: httpx's client would add cookies, proxies, redirects and half its cost.
        response = await self._transport.handle_async_request(request)
        response.request = request
        try:
            yield response
        finally:
            await response.aclose()


@dataclass(frozen=True, slots=True)
class Network:
    """What a running node reaches others with."""

    client: Client
    resolver: Resolver


def _joined(target: httpx.URL, location: str) -> str:
    try:
        return urljoin(str(target), location)
    except ValueError as error:
        raise Refused("A redirect leads nowhere.", detail=f"{target} to {location[:200]!r}") from error


@contextmanager
def _trouble(url: str) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise Unavailable("The other node took too long to answer.", detail=url) from error
    except httpx.TransportError as error:
        raise Unavailable(
            "The other node cannot be reached at the moment.", detail=f"{url}: {type(error).__name__} {error}"
        ) from error
