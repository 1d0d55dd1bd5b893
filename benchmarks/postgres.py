"""A PostgreSQL of our own for the time of a bench: as it comes, durable, on a socket in a folder of its own."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")  # where Debian puts each version
READY_WITHIN = 30.0  # seconds
USER = "archipel"


@asynccontextmanager
async def cluster() -> AsyncIterator[str]:
    """Start a server; gives the URL of an empty database. It ends with the block, and its files go."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="archipel-bench-"))
    folder.chmod(0o755)
    if os.getuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
    try:
        made = await _run(
            binaries / "initdb",
            f"--pgdata={folder}/data",
            f"--username={USER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        assert await made.wait() == 0, "initdb failed"
        server = await _run(
            binaries / "postgres", "-D", f"{folder}/data", "-k", str(folder), "-c", "listen_addresses="
        )
        try:
            await _ready(binaries, folder)
            yield f"postgresql://{USER}@/postgres?host={folder}"
        finally:
            server.terminate()
            await server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(INSTALLED.glob("*/bin"), key=lambda one: float(one.parent.name))
    if not found:
        raise RuntimeError(
            f"This bench needs a PostgreSQL server: {INSTALLED} has none. Debian: apt install postgresql"
        )
    return found[-1]


async def _run(*command: str | Path) -> asyncio.subprocess.Process:
    who = pwd.getpwnam("postgres") if os.getuid() == 0 else None
    return await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        user=who.pw_uid if who else None,
        group=who.pw_gid if who else None,
        extra_groups=[] if who else None,
    )


async def _ready(binaries: Path, folder: Path) -> None:
    async with asyncio.timeout(READY_WITHIN):
        while await (await _run(binaries / "pg_isready", "-q", "-h", folder, "-U", USER)).wait() != 0:
            await asyncio.sleep(0.1)
