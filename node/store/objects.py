"""Where files are kept, behind one face: a folder by default, a bucket when a node has grown (`store.bucket`).

Names are ours alone, never made of anything that came from outside (THREATS V100): `own/ab/abcdef/full.jpg`.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from node.errors import NotFound, Unavailable

NAME = re.compile(r"(own|far)/[a-z0-9]{2}/[a-z0-9]{2,40}/([a-z]{2,10}\.[a-z0-9]{2,5}|\.draft-[a-z0-9_]+)")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Objects(Protocol):
    """Files by name. Whatever is put is whole or not there."""

    async def put(self, name: str, body: bytes, mime: str) -> None:
        """Keep *body*. Raises Unavailable when there is no room."""

    async def size(self, name: str) -> int:
        """Return how many bytes it has; raises NotFound."""

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes from *start* up to *end*, which is not among them; raises NotFound."""

    async def remove(self, names: Sequence[str]) -> None:
        """Let them go; those that are not there are no error."""

    def listed(self) -> AsyncIterator[tuple[str, datetime]]:
        """Give every name with the moment at which it was put."""


def no_room(error: Exception) -> Unavailable:
    """Return the error of a store that is full."""
    return Unavailable(
        "The node has no room for files at the moment. Nothing was lost: try again later.",
        detail=str(error),
        retry_after=60,
    )


def out_of_reach(error: Exception) -> Unavailable:
    """Return the error of a store that does not answer."""
    return Unavailable(
        "The place where files are kept cannot be reached at the moment. Try again later.",
        detail=str(error),
        retry_after=60,
    )


def object_name(shelf: str, token: str, size: str, ending: str) -> str:
    """Return the name of a file. shelf: own or far. token: ours. Two letters of it make the folders small."""
    return f"{shelf}/{token[-2:]}/{token}/{size}.{ending}"


class Folder:
    """Files in a folder of this machine, readable by the node alone."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def put(self, name: str, body: bytes, mime: str) -> None:
        """Write beside, then rename: nobody ever reads half a file."""
        del mime  # the rows know it
        await asyncio.to_thread(self._put, self._path(name), body)

    async def size(self, name: str) -> int:
        """Return how many bytes it has; raises NotFound."""
        try:
            return (await asyncio.to_thread(self._path(name).stat)).st_size
        except FileNotFoundError as error:
            raise NotFound("This file is no longer here.", detail=name) from error

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes from *start* up to *end*; raises NotFound."""
        try:
            return await asyncio.to_thread(_read, self._path(name), start, end)
        except FileNotFoundError as error:
            raise NotFound("This file is no longer here.", detail=name) from error

    async def remove(self, names: Sequence[str]) -> None:
        """Let them go, and their folders with the last of them."""
        await asyncio.to_thread(self._remove, [self._path(name) for name in names])

    async def listed(self) -> AsyncIterator[tuple[str, datetime]]:
        """Give every name with the moment at which it was put."""
        for shelf in await asyncio.to_thread(lambda: sorted(self.root.glob("*/*"))):
            for name, at in await asyncio.to_thread(self._in, shelf):
                yield name, at

    def _in(self, shelf: Path) -> list[tuple[str, datetime]]:
        found = []
        for path in shelf.glob("*/*"):
            try:
                at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue
            found.append((path.relative_to(self.root).as_posix(), at))
        return found

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of ours")
        return self.root / name

    def _put(self, path: Path, body: bytes) -> None:
        draft = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        except OSError as error:
            if draft is not None:
                Path(draft).unlink(missing_ok=True)
            raise (no_room(error) if error.errno in _FULL else out_of_reach(error)) from error

    def _remove(self, paths: Sequence[Path]) -> None:
        for path in paths:
            path.unlink(missing_ok=True)
        for parent in {path.parent for path in paths}:
            try:
                parent.rmdir()
            except OSError:
                continue


def _read(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)
