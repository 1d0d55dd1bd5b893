"""A node in processes of its own: the real command, real signals, a database that outlives them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from node.app import open_node
from node.local import actors, members
from node.settings import Settings
from tests.support.archipelago import a_key_pair

DEADLINE = 60.0  # seconds until a process must have said that it is ready, or have ended


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Pier:
    """The node `bees` lives on; ada moderates it."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self._more = more  # environment of the processes
        self.port = free_port()
        self.home = f"http://localhost:{self.port}"
        self.bees = f"{self.home}/c/bees"
        self.file = folder / "archipel.db"
        self._running: list[asyncio.subprocess.Process] = []

    @property
    def settings(self) -> Settings:
        """What the processes are started with, as far as it decides what they are."""
        database = self._more.get("ARCHIPEL_DATABASE", "")
        keys = self.folder / "keys"
        return Settings(url=self.home, development=True, data=self.folder, keys=keys, database=database)

    async def furnish(self) -> None:
        """Make the database, ada and her group."""
        node = await open_node(self.settings, new_key_pair=a_key_pair)
        async with node.transaction() as tx:
            keys = await actors.new_keys(node)
            ada = await members.sign_up(tx, self.home, "ada", keys, password_hash="", language="en")
            founder = await tx.session.get_one(actors.Actor, ada.actor_id)
            await actors.found_group(tx, self.home, "bees", keys, title="Bees", founder=founder)
        await node.close()

    async def start(self, *command: str) -> asyncio.subprocess.Process:
        """Start `archipel serve` or `archipel worker`; return when it says that it is ready."""
        process = await self._process(command)
        self._running.append(process)
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), DEADLINE)
        assert line.startswith(b"Ready: "), self.log.read_text()
        return process

    async def run(self, *command: str) -> str:
        """Run a command to its end and return what it answered."""
        process = await self._process(command)
        out, _ = await asyncio.wait_for(process.communicate(), DEADLINE)
        assert process.returncode == 0, out.decode() + self.log.read_text()
        return out.decode().strip()

    async def kill(self, process: asyncio.subprocess.Process) -> None:
        process.kill()
        await asyncio.wait_for(process.wait(), DEADLINE)
        assert process.returncode == -signal.SIGKILL

    async def stop(self, process: asyncio.subprocess.Process) -> None:
        """Let the process end well: what it holds is finished, and its exit code says so."""
        process.terminate()
        await asyncio.wait_for(process.wait(), DEADLINE)
        assert process.returncode == 0, self.log.read_text()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database, beside the node."""
        with contextlib.closing(sqlite3.connect(self.file)) as connection, connection:
            return connection.execute(query, values).fetchall()

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    async def close(self) -> None:
        for process in self._running:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _process(self, command: Sequence[str]) -> asyncio.subprocess.Process:
        env = os.environ | {
            "ARCHIPEL_URL": self.home,
            "ARCHIPEL_DEVELOPMENT": "1",
            "ARCHIPEL_DATA": str(self.folder),
            "ARCHIPEL_KEYS": str(self.folder / "keys"),
            "ARCHIPEL_PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "",  # an installed node has its bytecode
            **self._more,
        }
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "node", *command, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
            )


@contextlib.asynccontextmanager
async def moored(folder: Path, **more: str) -> AsyncIterator[Pier]:
    """A furnished node whose processes end with the block; *more*: variables of theirs."""
    pier = Pier(folder, **more)
    await pier.furnish()
    try:
        yield pier
    finally:
        await pier.close()
