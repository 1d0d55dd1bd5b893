"""`archipel serve` and `archipel worker`: the processes of a node, or one that is all of them."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from socket import socket
from types import FrameType
from typing import Any, cast

import click
import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.loops.auto import auto_loop_factory
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from node.app import build_app, standing, working
from node.cli.listening import UNIX, listening
from node.cli.opening import Opening
from node.cli.supervising import Place, Role, Supervisor, run_once
from node.settings import Settings

KEEP_ALIVE = 5  # seconds that an idle connection of the proxy stays open
IDLE = 1000  # connections at a time beside those that wait for an answer; beyond that 503
HANG_UP_WITHIN = 10  # seconds for answers that are under way at a stop; the workers have the rest of R04's 30
HEADER_BYTES = 16384  # request line and headers; beyond that 400 (THREATS 4.2)
RETRY_AFTER = b"5"  # seconds; what waits for an answer now is answered by then, or given up
LOUD = (
    "ARCHIPEL_DEVELOPMENT is on: this node speaks plain http and connects to its own machine.\n"
    "Never let the internet reach it."
)


@click.command()
@click.option("--host", help="Address to listen on, or unix:/path/to/socket.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    help="Processes that answer requests; with more than one, the background work has another to itself.",
    show_default=True,
)
@click.option(
    "--background/--no-background", default=True, help="Do the background work too.", show_default=True
)
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, workers: int, background: bool) -> None:
    """Serve the pages and inboxes of the node, and do its background work."""
    given = {"listen": host, "port": port}
    opening = ctx.ensure_object(Opening)
    settings = opening.settings(**{name: value for name, value in given.items() if value is not None})
    _be_loud(settings)
    if workers == 1:
        with listening(settings) as sockets:
            _run(lambda: _serve(opening, settings, sockets, background=background))
    else:
        _serve_together(opening, settings, workers, background=background)


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

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        lifeline: int | None,
        leave: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._ready, self._lifeline, self._leave = ready, lifeline, leave

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals through the event loop; uvicorn would raise them again when it is done."""
        with _stopped_by(lambda: self.handle_exit(signal.SIGTERM, None), self._lifeline):
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take nothing new; answers that never end by themselves are told to."""
        self._leave()
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Open the door, then say so: whoever started the process may wait for that."""
        await super().startup(sockets)
        if self.started:
            self._ready()


class Door:
    """The application behind the operator's proxy: the client's address is what the proxy says it is.

    Headers are believed from `trusted_proxies` and on a unix socket, which only the proxy can reach; of
    several addresses in X-Forwarded-For the last that is no proxy's counts, since a client can write the
    others itself.

    More requests than `requests_open` wait for an answer at no time: who comes then is told when to come again, before
    anything is read of what they say, so that memory does not grow with what is asked.
    """

    def __init__(self, app: Starlette, settings: Settings) -> None:
        self.settings = settings
        self.open = 0  # requests that wait for their answer
        proxies = [one.strip() for one in settings.trusted_proxies.split(",") if one.strip()]
        # uvicorn and Starlette write the same interface down in two ways.
        self._app: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=[*proxies, UNIX])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or turn it away."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self.open >= self.settings.requests_open:
            await _turn_away(send)
            return
        if scope.get("client") is None:
            scope = {**scope, "client": (UNIX, 0)}
        self.open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.open -= 1


async def _turn_away(send: Send) -> None:
    body = b"The node is busy. Please try again in a few seconds.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", RETRY_AFTER),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),  # what was sent and not read would be taken for the next request
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def configuration(app: Door) -> uvicorn.Config:
    """Return how uvicorn is to serve (THREATS 4.2). h11 rather than httptools: it bounds headers."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        proxy_headers=False,  # Door does it
        server_header=False,
        access_log=False,  # one-time links are in paths (A109); the proxy keeps the access log
        log_config=None,
        limit_concurrency=app.settings.requests_open + IDLE,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=HANG_UP_WITHIN,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )


def _serve_together(opening: Opening, settings: Settings, workers: int, *, background: bool) -> None:
    """Serve in several processes, with one more for the background work.

    The database is brought up to date first, by a process that ends: the parent never opens it, and of its children none
    finds it half way.
    """
    with listening(settings) as sockets:
        run_once(lambda: _run(lambda: _prepare(opening, settings)))

        def web(place: Place) -> None:
            _run(lambda: _serve(opening, settings, sockets, background=False, place=place))

        def work(place: Place) -> None:
            for one in sockets:
                one.close()
            _run(lambda: _work(opening, settings, place=place))

        roles = [Role("web", workers, web), *([Role("work", 1, work)] if background else [])]
        count = sum(role.count for role in roles)
        Supervisor(roles, lambda: click.echo(f"{_ready(settings)}, {count} processes")).run()


async def _prepare(opening: Opening, settings: Settings) -> None:
    node = await opening.open(settings)
    await node.close()


async def _serve(
    opening: Opening,
    settings: Settings,
    sockets: Sequence[socket],
    *,
    background: bool,
    place: Place | None = None,
) -> None:
    node = await opening.open(settings)
    try:
        door = Door(build_app(node, background=background), settings)
        ready = place.ready if place else lambda: click.echo(_ready(settings))
        server = Server(configuration(door), ready, place.lifeline if place else None, node.leaving.set)
        await server.serve(sockets=list(sockets))
    finally:
        await node.close()


async def _work(opening: Opening, settings: Settings, *, place: Place | None = None) -> None:
    node = await opening.open(settings)
    stopping = asyncio.Event()
    try:
        with _stopped_by(stopping.set, place.lifeline if place else None):
            async with standing(node), working(node):
                if place:
                    place.ready()
                else:
                    click.echo(f"Ready: working for {settings.url}")
                await stopping.wait()
    finally:
        await node.close()


def _ready(settings: Settings) -> str:
    where = settings.listen if settings.listen.startswith(UNIX) else f"{settings.listen}:{settings.port}"
    return f"Ready: {settings.url} on {where}"


@contextmanager
def _stopped_by(stop: Callable[[], None], lifeline: int | None) -> Iterator[None]:
    """Stop at a signal, and when the parent is gone."""
    loop = asyncio.get_running_loop()
    taken = (signal.SIGTERM, signal.SIGINT)
    for one in taken:
        loop.add_signal_handler(one, stop)

    def orphaned() -> None:
        loop.remove_reader(cast("int", lifeline))  # it stays readable for ever
        stop()

    if lifeline is not None:
        loop.add_reader(lifeline, orphaned)
    try:
        yield
    finally:
        if lifeline is not None:
            with suppress(ValueError):
                loop.remove_reader(lifeline)
        for one in taken:
            loop.remove_signal_handler(one)


def _run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run on the fastest event loop there is."""
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main())


def _be_loud(settings: Settings) -> None:
    if settings.development:
        click.secho(LOUD, fg="yellow", bold=True, err=True)
