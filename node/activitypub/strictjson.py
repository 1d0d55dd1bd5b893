"""JSON from elsewhere, read strictly, and JSON of ours, written compactly.

The standard parser takes duplicate keys, NaN, 1e999, NUL and lone surrogates, and recurses without a
stated limit (THREATS.md 0.3). Two readers that differ on such a document can be played against each other,
so none of it gets in.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from node.errors import Malformed

MAX_DEPTH = 32  # containers within containers, the outermost object counted
MAX_NODES = 10_000  # values of any kind, containers counted
MAX_KEY = 256  # characters
_MAX_INTEGER = 2**63  # what a database column holds
_INTEGER_DIGITS = 20
_BOM = b"\xef\xbb\xbf"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def load(
    raw: bytes, *, max_depth: int = MAX_DEPTH, max_nodes: int = MAX_NODES, max_key: int = MAX_KEY
) -> dict[str, Any]:
    """Read one JSON object, or raise Malformed.

    raw: the bytes as received, UTF-8 without a byte order mark; their number is the caller's to limit.
    """
    try:
        document = _DECODER.decode(_decode(raw))
    except RecursionError as error:
        raise Malformed(f"The JSON is nested deeper than {max_depth} levels.") from error
    except ValueError as error:
        raise Malformed("This is not valid JSON.", detail=str(error)) from error
    if not isinstance(document, dict):
        raise Malformed("The JSON must be one object.", detail=type(document).__name__)
    _check_shape(document, max_depth, max_nodes, max_key)
    if b"\\u" in raw:  # unescaped, neither NUL nor a surrogate gets past the decoder
        _check_text(document)
    return document


def dump(document: Mapping[str, Any]) -> bytes:
    """Write *document* as compact UTF-8 JSON; ValueError if it holds NaN or an infinity."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def without_nulls(value: Any) -> Any:
    """Copy *value* without null members, at every depth: strict peers fail on them (FEDERATION.md I.11)."""
    if isinstance(value, Mapping):
        return {key: without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, (list, tuple)):
        return [without_nulls(one) for one in value if one is not None]
    return value


def _decode(raw: bytes) -> str:
    if raw.startswith(_BOM):
        raise Malformed("The JSON begins with a byte order mark: send UTF-8 without one.")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("The JSON is not UTF-8.", detail=str(error)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("The JSON names a key twice in one object.")
    return members


def _no_constant(text: str) -> NoReturn:
    raise Malformed(f"{text} is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Malformed("The JSON holds a number out of range.", detail=text[:40])
    return number


def _integer(text: str) -> int:
    if len(text) > _INTEGER_DIGITS or abs(int(text)) >= _MAX_INTEGER:
        raise Malformed("The JSON holds a number out of range.", detail=text[:40])
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_finite, parse_int=_integer
)


def _check_shape(document: dict[str, Any], max_depth: int, max_nodes: int, max_key: int) -> None:
    level: list[Any] = [document]
    depth, nodes = 0, 1
    while level:
        depth += 1
        if depth > max_depth:
            raise Malformed(f"The JSON is nested deeper than {max_depth} levels.")
        below: list[Any] = []
        for container in level:
            nodes += len(container)
            if nodes > max_nodes:
                raise Malformed(f"The JSON holds more than {max_nodes} values.")
            if isinstance(container, dict):
                if any(len(key) > max_key for key in container):
                    raise Malformed(f"The JSON has a key longer than {max_key} characters.")
                below += [one for one in container.values() if isinstance(one, (dict, list))]
            else:
                below += [one for one in container if isinstance(one, (dict, list))]
        level = below


def _check_text(document: dict[str, Any]) -> None:
    waiting: list[Any] = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if _UNSTORABLE.search(one):
                raise Malformed("The JSON holds a NUL or half a surrogate pair.")
        elif isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
