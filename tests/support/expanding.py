"""Everything that leaves a node of a test must expand under its own context with no term lost (I.7, I.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from node.activitypub import strictjson
from node.activitypub.jsonld import lost_terms
from node.outbox import log
from node.web.activitypub import serving

_SEEN: set[frozenset[str]] = set()  # shapes that were expanded before: one of each is enough


def watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Expand what is logged and served from now on; returns the list of what was lost."""
    lost: list[str] = []
    append = log.append

    async def appended(*args: Any, **options: Any) -> Any:
        lost.extend(losses(options["body"]))
        return await append(*args, **options)

    def dumped(content: Any) -> bytes:
        lost.extend(losses(content))
        return strictjson.dump(content)

    monkeypatch.setattr(log, "append", appended)
    monkeypatch.setattr(serving, "strictjson", SimpleNamespace(dump=dumped))
    return lost


def losses(document: Mapping[str, Any]) -> list[str]:
    """What a document of ours loses; what it embeds of others is theirs to explain.

    Without a context it is no document of JSON-LD: NodeInfo, or an activity that a test wrote by hand.
    """
    if "@context" not in document:
        return []
    ours = _ours(dict(document), urlsplit(str(document.get("id"))).netloc)
    shape = frozenset(_shape("", ours))
    if shape in _SEEN:
        return []
    _SEEN.add(shape)
    return sorted(f"{document.get('type')}: {term}" for term in lost_terms(ours))


def _ours(value: Any, host: str) -> Any:
    if isinstance(value, list):
        return [_ours(one, host) for one in value]
    if not isinstance(value, dict):
        return value
    iri = value.get("id")
    if isinstance(iri, str) and urlsplit(iri).netloc != host:
        return iri
    return {name: one if name == "@context" else _ours(one, host) for name, one in value.items()}


def _shape(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _shape(path, one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name == "@context":
                yield f"{path}@{one}"
            else:
                yield from _shape(f"{path}/{name}", one)
    else:
        yield f"{path}={value}" if path.endswith("/type") else path
