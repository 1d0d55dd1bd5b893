"""Forms with files: read whole, in memory and no further than a cap, the text of the form before all else.

What was typed must outlive a file that is too large (a form is given back with everything in it), so the fields are
read first, files are dropped beyond the cap, and the rest of the request is read away for a while rather than cut off,
which browsers take for a broken connection.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from node.errors import Malformed, TooLarge

MULTIPART = "multipart/form-data"
CAP = 12 * 1024 * 1024  # bytes of a request that are looked at (THREATS A88)
DRAINED = 4 * CAP  # bytes that are read in all before the request is cut off
MAX_FILES = 8
MAX_FIELDS = 64
MAX_FIELD = 1024 * 1024  # bytes of one field


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: in which field, as its sender calls it, its bytes."""

    field: str
    name: str
    body: bytes


@dataclass(slots=True)
class Parts:
    """What a form brought. cut: files beyond the cap were left out."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[Upload] = field(default_factory=list)
    cut: bool = False


class _Capped:
    """The body of a request up to the cap; the rest is read and thrown away."""

    def __init__(self, request: Request) -> None:
        self._stream = request.stream()
        self.cut = False

    async def __call__(self) -> AsyncGenerator[bytes, None]:
        seen = 0
        async for chunk in self._stream:
            seen += len(chunk)
            if seen > DRAINED:
                raise TooLarge("These files are far too large together. Go back, and add fewer at a time.")
            if seen > CAP:
                self.cut = True
            elif chunk:
                yield chunk


async def read_parts(request: Request) -> Parts:
    """Return the fields and files of a multipart request. Raises Malformed, and TooLarge far beyond the cap."""
    body = _Capped(request)
    parser = MultiPartParser(
        request.headers, body(), max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD
    )
    parts = Parts()
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Malformed("This form could not be read.", detail=error.message) from error
    except (KeyError, ValueError) as error:  # no boundary; a name that is no text
        raise Malformed("This form could not be read.", detail=str(error)) from error
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            parts.fields.append((name, value))
        elif value.size:
            parts.files.append(Upload(name, value.filename or "", await value.read()))
    await form.close()
    for file in parser._files_to_close_on_error:  # noqa: SLF001 -- a part that was cut off is told in no other way
        file.close()
    parts.cut = body.cut
    return parts
