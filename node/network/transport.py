"""The wire under the client: httpx's transport interface over aiohttp's connections.

Chosen by measurement (docs/adr/0001-egress-transport.md). The address is judged twice: when a name is
resolved, and once more when the socket is opened, which is also where hosts written as bare addresses are
caught, for those are never resolved. TLS and the Host header keep the name.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from node.errors import NodeError
from node.network.resolver import GuardedResolver, Resolver
from node.settings import Settings

KEEPALIVE = 4.0  # seconds; common servers close idle connections after 5, and a POST must not meet that
CHUNK = 16 * 1024

_Session = aiohttp.ClientSession  # noqa: TID251 -- what the guarded client stands on

AddressInfo = tuple[Any, ...]  # as from getaddrinfo: family, type, protocol, name, socket address
SocketOpener = Callable[[AddressInfo], socket.socket]


def make_transport(
    settings: Settings,
    resolver: Resolver,
    *,
    tls: ssl.SSLContext | None = None,
    open_socket: SocketOpener | None = None,
) -> httpx.AsyncBaseTransport:
    """Return the transport that connects to public addresses only; in development to loopback as well.

    tls: what to trust; the public authorities when None. open_socket: how a socket is made, once its
    address has been judged.
    """
    guard = GuardedResolver(resolver, allow_loopback=settings.development)
    trust = tls or httpx.create_ssl_context(trust_env=False)
    return GuardedTransport(
        guard, trust, open_socket or _open_socket, connect_timeout=settings.connect_timeout
    )


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends one request, as it stands: no redirects, cookies, proxies, retries or decoding."""

    def __init__(
        self,
        guard: GuardedResolver,
        tls: ssl.SSLContext,
        open_socket: SocketOpener,
        *,
        connect_timeout: float,
    ) -> None:
        self._guard = guard
        self._tls = tls
        self._open_socket = open_socket
        self._connect_timeout = connect_timeout
        self._opened: _Session | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request* and return the response with its body unread.

        Raises Forbidden for an address that is not public, Unavailable for a name without one, and
        httpx.TransportError for trouble on the way. The read timeout in seconds is taken from the
        request's `timeout` extension.
        """
        patience = request.extensions.get("timeout", {})
        with _as_httpx_errors(request):
            answer = await self._session().request(
                request.method,
                URL(str(request.url), encoded=True),  # requoting would break the signed target
                headers=[
                    (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
                ],
                data=await request.aread() or None,
                allow_redirects=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                timeout=aiohttp.ClientTimeout(
                    sock_connect=patience.get("connect") or self._connect_timeout,
                    sock_read=patience.get("read"),
                ),
            )
        return httpx.Response(
            answer.status, headers=list(answer.raw_headers), stream=_Body(answer, request), request=request
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    def _session(self) -> _Session:
        # Made on first use: aiohttp ties it to the running loop, and the composition root has none yet.
        if self._opened is None:
            connector = aiohttp.TCPConnector(
                resolver=_AiohttpResolver(self._guard),
                use_dns_cache=False,
                socket_factory=self._judged_socket,
                ssl=self._tls,
                keepalive_timeout=KEEPALIVE,
                limit=0,  # the client and the lanes hold the limits
            )
            self._opened = _Session(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._opened

    def _judged_socket(self, info: AddressInfo) -> socket.socket:
        self._guard.check(str(info[4][0]))
        return self._open_socket(info)


class _AiohttpResolver(AbstractResolver):
    def __init__(self, guard: GuardedResolver) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family  # both kinds are asked for; aiohttp races them
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._guard.resolve(host, port)
        ]

    async def close(self) -> None:
        """Hold nothing, so close nothing."""


class _Body(httpx.AsyncByteStream):
    """The bytes of a response as they come in, still encoded."""

    def __init__(self, answer: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx_errors(self._request):
            async for chunk in self._answer.content.iter_chunked(CHUNK):
                yield chunk

    async def aclose(self) -> None:
        self._answer.release()  # keeps the connection when the body was read to its end, else closes it


@contextmanager
def _as_httpx_errors(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except NodeError:
        raise
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise httpx.UnsupportedProtocol(str(error), request=request) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise httpx.ConnectError(str(error), request=request) from error
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except (aiohttp.ClientError, OSError) as error:
        raise httpx.ReadError(str(error), request=request) from error


def _open_socket(info: AddressInfo) -> socket.socket:
    family, kind, protocol = cast("tuple[int, int, int]", info[:3])
    return socket.socket(family, kind, protocol)
