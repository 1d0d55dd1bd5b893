"""The databases under the nodes, and what befalls them: connections cut, locks of others, a full disk.

Each node's files lie on a small file system of their own where this process may mount one; else the disk is full in
that no process of the node may let a file grow.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import asyncpg

DISK = 256  # MB of a node's file system
READY_WITHIN = 30.0  # seconds
PIECE = 1 << 20  # bytes of ballast at a time


class Store(Protocol):
    """The database of one node."""

    url: str
    disk: Disk

    async def disconnect(self, seconds: float) -> None:
        """Take the database away from the node: its connections, or for *seconds* the right to write."""

    async def check(self) -> list[str]:
        """Say what is broken inside it, a line each."""


class Disk:
    """Where a node's data lies, and how it gets full."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder, self.mounted = folder, mounted

    @property
    def way(self) -> str:
        return "a tmpfs of its own, filled" if self.mounted else "RLIMIT_FSIZE of its processes"

    @contextlib.contextmanager
    def full(self, pids: Iterable[int]) -> Iterator[None]:
        """Let nothing more be written inside the block."""
        with self._ballast() if self.mounted else self._limited(pids):
            yield

    @contextlib.contextmanager
    def _ballast(self) -> Iterator[None]:
        path = self.folder / "ballast"
        try:
            with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
                for piece in (PIECE, 4096, 1):
                    with contextlib.suppress(OSError):
                        while file.write(b"\0" * piece):
                            pass
            yield
        finally:
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _limited(self, pids: Iterable[int]) -> Iterator[None]:
        files = [one for one in self.folder.iterdir() if one.is_file()]
        largest = max((one.stat().st_size for one in files), default=0)
        limited = []
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                limited.append((pid, resource.prlimit(pid, resource.RLIMIT_FSIZE)))
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest // 2, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            for pid, before in limited:
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def disk_for(folder: Path) -> Disk:
    """Make the folder and mount a small file system there, if this process may mount one that ends with it."""
    folder.mkdir(parents=True)
    if not in_own_mounts():
        return Disk(folder, mounted=False)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=0755", "soak", str(folder)], check=False
    )
    return Disk(folder, mounted=done.returncode == 0)


def release(disk: Disk) -> None:
    """Give the memory of a mounted file system back."""
    if disk.mounted:
        subprocess.run(["umount", "--lazy", str(disk.folder)], check=False)


OWN_MOUNTS = "--own-mounts"  # said to itself, by a soak that began again inside a name space of mounts
_own: list[bool] = []


def may_mount() -> bool:
    """Tell whether a name space of mounts can be had, whose mounts nobody else sees and that end with this process."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode == 0


def mark_own_mounts() -> None:
    """Remember that this process is in a name space of mounts of its own."""
    _own.append(True)


def in_own_mounts() -> bool:
    """Tell whether this process may mount."""
    return bool(_own)


class SqliteStore:
    """One file."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        self.path = disk.folder / "archipel.db"
        self.url = f"sqlite+aiosqlite:///{self.path}"

    async def disconnect(self, seconds: float) -> None:
        """Hold a foreign lock on the file for *seconds* (R06)."""
        await asyncio.to_thread(self._lock, seconds)

    def _lock(self, seconds: float) -> None:
        foreign = contextlib.closing(sqlite3.connect(self.path, timeout=10, isolation_level=None))
        with foreign as connection, contextlib.suppress(sqlite3.OperationalError):
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    async def check(self) -> list[str]:
        """Let SQLite look at every page and index of it."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return [] if said == ["ok"] else [f"integrity_check: {one}" for one in said[:5]]


class PostgresStore:
    """A database of the soak's own cluster."""

    def __init__(self, disk: Disk, cluster: Cluster, name: str) -> None:
        self.disk, self._cluster, self.name = disk, cluster, name
        self.url = cluster.url(name)

    async def disconnect(self, seconds: float) -> None:
        """End every connection of the node (R07)."""
        del seconds
        await self._cluster.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", self.name
        )

    async def check(self) -> list[str]:
        """Nothing: PostgreSQL has no such statement without an extension."""
        return []


class Cluster:
    """A PostgreSQL server of the soak's own, on a socket in a folder of its own, ended with the soak."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._as: list[str] = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT", "--"]
            if os.geteuid() == 0
            else []
        )

    def url(self, name: str) -> str:
        return f"postgresql+asyncpg://archipel@/{name}?host={self._folder}"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Cluster]:
        self._folder.mkdir(mode=0o755)
        programs = programs_of_postgres()
        if self._as:
            shutil.chown(self._folder, "postgres", "postgres")
        await self._run(
            programs / "initdb", "--username=archipel", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-sync", f"--pgdata={self._folder / 'data'}",
        )  # fmt: skip
        with (self._folder / "log").open("wb") as log:
            server = await asyncio.create_subprocess_exec(
                *self._as, str(programs / "postgres"), "-D", str(self._folder / "data"), "-k", str(self._folder),
                "-c", "listen_addresses=", "-c", "max_connections=300", "-c", "fsync=off",
                "-c", "full_page_writes=off", "-c", "shared_buffers=64MB",
                stdout=log, stderr=log, cwd=self._folder,
            )  # fmt: skip
        try:
            await self._answers(server)
            yield self
        finally:
            if server.returncode is None:
                server.send_signal(2)
                await server.wait()

    async def store(self, disk: Disk, name: str) -> PostgresStore:
        """Make a database whose tables lie on *disk*."""
        name = f"{name}_{uuid.uuid4().hex[:8]}"
        space = ""
        if disk.mounted:
            tables = disk.folder / "tables"
            tables.mkdir()
            if self._as:
                shutil.chown(tables, "postgres", "postgres")
            await self.execute(f"CREATE TABLESPACE {name} LOCATION '{tables}'")
            space = f" TABLESPACE {name}"
        await self.execute(f"CREATE DATABASE {name}{space}")
        return PostgresStore(disk, self, name)

    async def drop(self, store: PostgresStore) -> None:
        await self.execute(f"DROP DATABASE IF EXISTS {store.name} WITH (FORCE)")
        if store.disk.mounted:
            await self.execute(f"DROP TABLESPACE IF EXISTS {store.name}")

    async def execute(self, statement: str, *values: Any) -> None:
        connection = await asyncpg.connect(user="archipel", database="postgres", host=str(self._folder))
        try:
            await connection.execute(statement) if not values else await connection.fetch(statement, *values)
        finally:
            await connection.close()

    async def _answers(self, server: asyncio.subprocess.Process) -> None:
        async with asyncio.timeout(READY_WITHIN):
            while True:
                assert server.returncode is None, (self._folder / "log").read_text()
                try:
                    await self.execute("SELECT 1")
                except (OSError, asyncpg.PostgresError):
                    await asyncio.sleep(0.1)
                else:
                    return

    async def _run(self, program: Path, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._as, str(program), *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            cwd=self._folder,
        )  # fmt: skip
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()


def programs_of_postgres() -> Path:
    """Return the folder of PostgreSQL's server programs, the newest there is. Raises FileNotFoundError."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).parent
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parents[1].name)
    )
    if not found:
        raise FileNotFoundError("initdb: PostgreSQL is not installed")
    return found[-1].parent
