"""A peer with faults that can be switched: an ASGI app, and the same over real sockets (THREATS 0.1)."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import itertools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ACTIVITY = "application/activity+json"


@dataclass
class Reply:
    """What to answer at a path.

    chunks: the body in pieces. hold: waited for before the answer. pause: waited for between pieces, which
    makes a slow drip. half: end before the last piece.
    """

    status: int = 200
    chunks: Sequence[bytes] = (b"{}",)
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": ACTIVITY})
    hold: asyncio.Event | None = None
    pause: asyncio.Event | None = None
    half: bool = False


@dataclass(frozen=True)
class Seen:
    """A request that came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    host: str


class FakeRemote:
    """Answers what it was told to, 404 otherwise, and remembers what it was asked."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.seen: list[Seen] = []
        self.open_now = 0
        self.most_open = 0

    def on(self, path: str, body: bytes = b"{}", **changes: Any) -> Reply:
        """Answer *body* at *path*; *changes* are fields of Reply."""
        headers = {"content-type": ACTIVITY} | changes.pop("headers", {})
        self.replies[path] = Reply(**({"chunks": (body,)} | changes), headers=headers)
        return self.replies[path]

    def redirects(self, *steps: str, status: int = 302) -> None:
        """Lead from each path in *steps* to the next step."""
        for path, location in itertools.pairwise(steps):
            self.on(path, b"", status=status, headers={"location": location})

    def bomb(self, path: str, size: int) -> None:
        """Answer *size* zero bytes at *path*, packed."""
        self.on(path, gzip.compress(bytes(size)), headers={"content-encoding": "gzip"})

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        body = (await receive()).get("body", b"")
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"]
        target = scope["raw_path"].decode() + (f"?{query.decode()}" if query else "")
        self.seen.append(Seen(scope["method"], target, headers, body, headers.get("host", "")))
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            await _answer(self.replies.get(target, Reply(404)), send)
        finally:
            self.open_now -= 1

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        """Listen on a free port of loopback, one request a connection, and give the port."""
        tasks: set[asyncio.Task[Any]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            try:
                await self._serve(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                tasks.discard(task)
                writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in list(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = [
            (name.lower().encode(), value.strip().encode())
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        ]
        body = await reader.readexactly(int(dict(headers).get(b"content-length", b"0")))
        path, _, query = target.partition("?")

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                lines = [b"HTTP/1.1 %d Fake" % message["status"], b"connection: close"]
                lines += [name + b": " + value for name, value in message["headers"]]
                writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
            else:
                writer.write(message.get("body", b""))
            await writer.drain()

        scope = {
            "method": method,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": headers,
        }
        await self(scope, receive, send)


async def _answer(reply: Reply, send: Callable[[Any], Awaitable[None]]) -> None:
    if reply.hold is not None:
        await reply.hold.wait()
    length = sum(map(len, reply.chunks))
    headers = {"content-length": str(length)} | reply.headers
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    last = len(reply.chunks) - 1
    for index, chunk in enumerate(reply.chunks):
        if reply.half and index == last:
            return
        await send({"type": "http.response.body", "body": chunk, "more_body": index != last})
        if reply.pause is not None and index != last:
            await reply.pause.wait()


def tls_for(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return (server, client) contexts: a certificate for *names*, and the trust in it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Fake authority")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "fake.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
