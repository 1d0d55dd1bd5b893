"""Whatever is read, it is understood or malformed: samples with parts changed, every type in every field (A53 to A56)."""

import contextlib
import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.activitypub import reading, strictjson
from node.errors import Malformed
from tests.activitypub.least import ACTOR, ALICE, LIKE, NOTE

WIRE = Path(__file__).parent.parent / "wire"
READERS = [
    reading.read_activity,
    reading.read_actor,
    reading.read_object,
    reading.read_collection,
    reading.read_tombstone,
    reading.read_key,
]
SAMPLES = [json.loads(path.read_text()) for path in sorted(WIRE.glob("*/*.json"))]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=8) | st.sampled_from(["https://a.example/x", "as:Public", "2026-11-03T09:00:00Z", "Note", "Create", "@id"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "href", "url", "name", "mediaType", "@context", "content", "identifier"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(value, path=()):
    yield path
    for key, one in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from places(one, (*path, key))


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_changed_in_a_sample_it_is_read_or_malformed(data):
    sample = copy.deepcopy(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from([path for path in places(sample) if path]))
        parent = sample
        for key in path:
            parent = parent[key]
        parent[last] = data.draw(ANYTHING)
    for read in [reading.kind_of, *READERS]:
        with contextlib.suppress(Malformed):
            read(sample)


FIELDS = ["id", "type", "actor", "object", "to", "cc", "audience", "target", "attributedTo", "name", "nameMap", "content", "contentMap", "mediaType", "source", "summary", "language", "inReplyTo", "context", "url", "attachment", "image", "icon", "tag", "sensitive", "published", "updated", "replies", "quote", "inbox", "endpoints", "publicKey", "alsoKnownAs", "preferredUsername", "orderedItems", "totalItems", "first", "@context"]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "value", ["x", "", 1, 1.5, True, None, [], {}, [None], [[]], {"id": {}}, [{"type": []}]]
)
def test_every_json_type_in_every_field_is_read_or_malformed(field, value):
    for base in (
        NOTE,
        LIKE,
        ACTOR,
        {"id": ALICE, "type": "Collection"},
        {"id": ALICE, "type": "Tombstone"},
        {"id": ALICE, "owner": ALICE, "publicKeyPem": "x"},
    ):
        for read in [reading.kind_of, *READERS]:
            with contextlib.suppress(Malformed):
                read({**base, field: value})


def test_the_deepest_document_the_loader_takes_can_be_read():
    deep = json.dumps({**NOTE, "x": None}).replace("null", "[" * 31 + "]" * 31)
    assert reading.read_object(strictjson.load(deep.encode()))
