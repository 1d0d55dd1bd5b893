"""Having pictures decoded by a process of their own (`child`), a few at a time."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any, Literal

from node.errors import NodeError, Refused, TooLarge, Unavailable, UnsupportedMedia

Use = Literal["attachment", "icon", "banner", "far", "far-icon"]
AT_ONCE = 2  # processes of one node process
WITHIN = 20.0  # seconds, waiting for a core included; the child itself gets 10 of a core

REFUSALS: dict[str, NodeError] = {
    "size": TooLarge("This file is larger than 10 MB. Make it smaller, then try again."),
    "pixels": TooLarge("This picture has more than 33 million pixels. Make it smaller, then try again."),
    "frames": TooLarge("This animation is too long or too large. Shorten it, then try again."),
    "heavy": TooLarge("This picture takes more memory than we give to one. Make it smaller, then try again."),
}


@dataclass(frozen=True, slots=True)
class Sized:
    """One size of a picture, written anew. name: full, shown, thumb, square or face; sizes in pixels."""

    name: str
    mime: str
    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture written anew: the size of the whole of it in pixels, its mean colour, and its sizes."""

    width: int
    height: int
    colour: str  # #rrggbb
    moves: bool
    sizes: tuple[Sized, ...]


class Decoder:
    """Decodes pictures in processes that can do nothing else."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def decode(self, data: bytes, use: Use) -> Decoded:
        """Return *data* written anew for *use*, nothing of the file itself in it.

        Raises UnsupportedMedia for what is no picture, TooLarge for one over a limit, Unavailable when no
        process can be had.
        """
        async with self._turn:
            return _read(await _run(data, use))


async def _run(data: bytes, use: Use) -> bytes:
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-I", "-m", "node.pictures.child", use),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
    except OSError as error:
        raise Unavailable(
            "Pictures cannot be read at the moment. Try again later.", detail=str(error), retry_after=60
        ) from error
    try:
        async with asyncio.timeout(WITHIN):
            output, _ = await child.communicate(data)
    except TimeoutError:
        output = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if not output:  # the kernel ended it: out of time, or of memory in the middle of a library
        raise TooLarge("This picture takes too long to read. Make it smaller, then try again.")
    return output


def _read(output: bytes) -> Decoded:
    line, _, bodies = output.partition(b"\n")
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError as error:
        raise _unreadable(str(error)) from error
    if "refused" in told:
        raise _refusal(str(told["refused"]), str(told.get("detail", "")))
    sizes, at = [], 0
    for one in told["sizes"]:
        body = bodies[at : at + one["length"]]
        at += one["length"]
        if len(body) != one["length"]:
            raise _unreadable("the process ended in the middle")
        sizes.append(Sized(one["name"], one["mime"], body, one["width"], one["height"]))
    return Decoded(told["width"], told["height"], told["colour"], told["moves"], tuple(sizes))


def _refusal(word: str, detail: str) -> NodeError:
    known = REFUSALS.get(word)
    if isinstance(known, Refused):
        return type(known)(known.message, detail=detail)
    return _unreadable(detail)


def _unreadable(detail: str) -> UnsupportedMedia:
    return UnsupportedMedia(
        "This file is no picture that we can read. JPEG, PNG, WebP, GIF and AVIF are.", detail=detail
    )
