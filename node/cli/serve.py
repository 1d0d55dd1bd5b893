"""`archipel serve` and `archipel worker`: the two processes of a node, or one that is both."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any, cast

import click
import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.loops.auto import auto_loop_factory
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from node.app import STOP_WITHIN, build_app, reporting, working
from node.cli.opening import Opening
from node.errors import Misconfigured
from node.settings import Settings

SOCKET = "unix:"
KEEP_ALIVE = 5  # seconds that an idle connection of the proxy stays open
CONNECTIONS = 1000  # at a time; beyond that 503
HEADER_BYTES = 16384  # request line and headers; beyond that 400 (THREATS 4.2)
LOUD = (
    "ARCHIPEL_DEVELOPMENT is on: this node speaks plain http and connects to its own machine.\n"
    "Never let the internet reach it."
)


@click.command()
@click.option("--host", help="Address to listen on, or unix:/path/to/socket.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--background/--no-background",
    default=True,
    help="Do the background work in this process too.",
    show_default=True,
)
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, background: bool) -> None:
    """Serve the pages and inboxes of the node, and do its background work."""
    given = {"listen": host, "port": port}
    opening = ctx.ensure_object(Opening)
    settings = opening.settings(**{name: value for name, value in given.items() if value is not None})
    _be_loud(settings)
    _run(lambda: _serve(opening, settings, background=background))


@click.command()
@click.pass_context
def worker(ctx: click.Context) -> None:
    """Do the background work alone: beside `serve --no-background`, or to have more of it."""
    opening = ctx.ensure_object(Opening)
    settings = opening.settings()
    _be_loud(settings)
    _run(lambda: _work(opening, settings))


class Server(uvicorn.Server):
    """A server that stops at SIGTERM and SIGINT with exit code 0, after letting go of everything."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals through the event loop; uvicorn would raise them again when it is done."""
        with _signals(lambda: self.handle_exit(signal.SIGTERM, None)):
            yield

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Open the door, then say so: whoever started the process may wait for that line."""
        await super().startup(sockets)
        if self.started:
            where = self.config.uds or f"{self.config.host}:{self.config.port}"
            click.echo(f"Ready: {self.config.app.settings.url} on {where}")  # type: ignore[union-attr]


class Door:
    """The application behind the operator's proxy: the client's address is what the proxy says it is.

    Headers are believed from `trusted_proxies` and on a unix socket, which only the proxy can reach; of
    several addresses in X-Forwarded-For the last that is no proxy's counts, since a client can write the
    others itself.
    """

    def __init__(self, app: Starlette, settings: Settings) -> None:
        self.settings = settings
        proxies = [one.strip() for one in settings.trusted_proxies.split(",") if one.strip()]
        # uvicorn and Starlette write the same interface down in two ways.
        self._app: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=[*proxies, SOCKET])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] == "http" and scope.get("client") is None:
            scope = {**scope, "client": (SOCKET, 0)}
        await self._app(scope, receive, send)


def configuration(app: Door) -> uvicorn.Config:
    """Return how uvicorn is to serve (THREATS 4.2). h11 rather than httptools: it bounds headers."""
    settings = app.settings
    listen = settings.listen
    path = listen.removeprefix(SOCKET) if listen.startswith(SOCKET) else None
    return uvicorn.Config(
        app,
        host=listen,
        port=settings.port,
        uds=path,
        http="h11",
        ws="none",
        lifespan="on",
        proxy_headers=False,  # Door does it
        server_header=False,
        access_log=False,  # one-time links are in paths (A109); the proxy keeps the access log
        log_config=None,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=STOP_WITHIN,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )


async def _serve(opening: Opening, settings: Settings, *, background: bool) -> None:
    node = await opening.open(settings)
    try:
        server = Server(configuration(Door(build_app(node, background=background), settings)))
        try:
            await server.serve()
        except SystemExit as error:  # what uvicorn does when it cannot listen; it has logged why
            raise Misconfigured(
                f"Cannot listen on {settings.listen}, port {settings.port}: is another process there? "
                "Choose with --host and --port."
            ) from error
    finally:
        await node.close()


async def _work(opening: Opening, settings: Settings) -> None:
    node = await opening.open(settings)
    stopping = asyncio.Event()
    try:
        with _signals(stopping.set):
            async with reporting(node), node.listening(), working(node):
                click.echo(f"Ready: working for {settings.url}")
                await stopping.wait()
    finally:
        await node.close()


@contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    taken = (signal.SIGTERM, signal.SIGINT)
    for one in taken:
        loop.add_signal_handler(one, stop)
    try:
        yield
    finally:
        for one in taken:
            loop.remove_signal_handler(one)


def _run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run on the fastest event loop there is."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main())


def _be_loud(settings: Settings) -> None:
    if settings.development:
        click.secho(LOUD, fg="yellow", bold=True, err=True)
