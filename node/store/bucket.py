"""Files in a bucket of an S3-compatible store, by way of `obstore` (the extra `s3`)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from node.errors import Misconfigured, NotFound
from node.store.objects import out_of_reach

TIMEOUT = "30s"


def open_bucket(name: str, *, endpoint: str, region: str, key_id: str, key: str) -> Bucket:
    """Return the bucket of that name. endpoint: empty for Amazon's. Raises Misconfigured without the library."""
    try:
        from obstore.store import S3Store  # noqa: PLC0415 -- an extra: nodes with a folder do without
    except ImportError as error:
        raise Misconfigured(
            "ARCHIPEL_MEDIA_BUCKET needs a library more. Run: pip install 'archipel[s3]'"
        ) from error
    store = S3Store(
        name,
        config={
            "access_key_id": key_id,
            "secret_access_key": key,
            "region": region,
            **({"endpoint": endpoint} if endpoint else {}),
        },
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": TIMEOUT},
    )
    return Bucket(store)


class Bucket:
    """Files in a bucket. What is put there is whole or not there: the store sees to that."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def put(self, name: str, body: bytes, mime: str) -> None:
        """Keep *body*."""
        with _trouble(name):
            await self._store.put_async(name, body, attributes={"Content-Type": mime})

    async def size(self, name: str) -> int:
        """Return how many bytes it has; raises NotFound."""
        with _trouble(name):
            return int((await self._store.head_async(name))["size"])

    async def read(self, name: str, start: int, end: int) -> bytes:
        """Return the bytes from *start* up to *end*; raises NotFound."""
        with _trouble(name):
            return bytes(await self._store.get_range_async(name, start=start, end=end))

    async def remove(self, names: Sequence[str]) -> None:
        """Let them go; those that are not there are no error."""
        for name in names:
            try:
                with _trouble(name):
                    await self._store.delete_async(name)
            except NotFound:
                continue

    async def listed(self) -> AsyncIterator[tuple[str, datetime]]:
        """Give every name with the moment at which it was put."""
        with _trouble(""):
            async for found in self._store.list():
                for one in found:
                    yield one["path"], one["last_modified"]


@contextmanager
def _trouble(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("This file is no longer here.", detail=name) from error
    except Exception as error:
        if type(error).__module__.split(".")[0] != "obstore" and not isinstance(error, OSError):
            raise
        raise out_of_reach(error) from error
