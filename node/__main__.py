"""`python -m node`, and what the installed command `archipel` runs."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

# glibc gives each thread a heap of its own and takes little of it back: 15 MB after an hour's work. Threads here sign and
# compress, and wait for the interpreter's lock to make anything; one heap is enough. Other C libraries have no such call.
M_ARENA_MAX = -8
with suppress(AttributeError, OSError):
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)

# Seconds until a thread that waits for the interpreter's lock gets it from one that does not let go. Threads here want it
# for a moment between one signature, or one statement, and the next: at Python's 5 ms the second core stood idle meanwhile.
sys.setswitchinterval(0.00005)

# What is loaded at a start stays: looking through it for garbage again and again takes a fifth of the time.
gc.disable()
# httpx, structlog and uvicorn load these where they find them, for output that a node never makes and files that it never watches:
# 10 MB.
for name in ("pygments", "rich", "watchfiles"):
    sys.modules.setdefault(name, None)  # type: ignore[arg-type]

from node.cli.archipel import archipel  # noqa: E402 -- after what makes it cheap

gc.freeze()
gc.enable()
# Nearly all that a request makes goes with its last reference. At Python's 700 new objects a search for cycles, beside a hundred
# requests under way, took a seventh of the time of a node that takes arrivals in.
gc.set_threshold(5_000, 20, 20)


def main() -> None:
    """Run the command that the arguments name."""
    archipel(prog_name="archipel")


if __name__ == "__main__":
    main()
