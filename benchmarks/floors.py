"""What this machine does at best: a bare server, a bare signature."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.support import keyshop
from tests.support.pier import free_port


def cpu_seconds(pid: int) -> float:
    """Return how long a process and all its threads have been on a processor; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def signatures_per_second(span: float = 1.0) -> float:
    """Return how often one core signs what a delivery signs."""
    key, text, count = keyshop.private_key("alice"), b"x" * 250, 0
    began = time.perf_counter()
    while (took := time.perf_counter() - began) < span:
        key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        count += 1
    return count / took


@asynccontextmanager
async def bare(folder: Path, answer: bytes = b"") -> AsyncIterator[int]:
    """Run the floor in a process of its own; gives its port."""
    async with bare_process(folder, answer) as (port, _):
        yield port


@asynccontextmanager
async def bare_process(folder: Path, answer: bytes = b"") -> AsyncIterator[tuple[int, int]]:
    """Run the floor in a process of its own; gives its port and the id of the process."""
    file, port = folder / "answer", free_port()
    file.write_bytes(answer)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.floor", str(port), str(file), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), 30)
    try:
        yield port, process.pid
    finally:
        process.kill()
        await process.wait()
