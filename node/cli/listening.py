"""The sockets that a node answers on: opened once, before the processes that share them."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.errors import Misconfigured
from node.settings import Settings

UNIX = "unix:"
BACKLOG = 2048  # connections that the kernel holds until a process takes them
FOR_ALL = 0o666  # of a new unix socket; who may reach it is for the folder to say


@contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Listen inside the block, on every address that the name has; raises Misconfigured when that cannot be.

    Processes that are forked meanwhile take connections from the same sockets: the kernel gives each to one that is idle,
    and none is lost with a process that dies before it has taken it.
    """
    try:
        path = unix_path(settings)
        sockets = _tcp(settings.listen, settings.port) if path is None else [_unix(path)]
    except OSError as error:
        raise Misconfigured(
            f"Cannot listen on {settings.listen}, port {settings.port}: is another process there? "
            "Choose with --host and --port.",
            detail=str(error),
        ) from error
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()
        if path is not None:
            Path(path).unlink(missing_ok=True)


def unix_path(settings: Settings) -> str | None:
    """Return the path of the unix socket that the settings name, or None."""
    return settings.listen.removeprefix(UNIX) if settings.listen.startswith(UNIX) else None


def _tcp(host: str, port: int) -> list[socket.socket]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            sockets.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            one.listen(BACKLOG)
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets


def _unix(path: str) -> socket.socket:
    mode = _clear(path)
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        one.bind(path)
        Path(path).chmod(mode)
        one.listen(BACKLOG)
    except OSError:
        one.close()
        raise
    return one


def _clear(path: str) -> int:
    """Remove a socket that nobody answers on any more; return the mode that it had. Raises OSError where one does."""
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        return FOR_ALL
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(f"{path} is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
        try:
            knock.connect(path)
        except ConnectionRefusedError:
            Path(path).unlink()
            return stat.S_IMODE(mode)
    raise FileExistsError(f"somebody answers on {path}")
