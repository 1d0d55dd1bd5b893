"""THREATS.md 0.3, A53, A54."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.activitypub import strictjson
from node.errors import Malformed


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'"text"',
        b"7",
        b"null",
        b"{",
        b'{"a":1} trailing',
        b'{"a":1,"a":2}',
        b'{"x":{"a":1,"a":1}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":-1e999}',
        b'{"a":"\\u0000"}',
        b'{"a\\u0000":1}',
        b'{"a":["x",{"b":"\\u0000"}]}',
        b'{"a":"\x00"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\udc00\\ud800"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":9223372036854775808}',
        b'{"a":-9223372036854775808}',
        b"{'a':1}",
        b'{"a":01}',
        b'{"a":1,}',
    ],
)
def test_a_doubtful_document_is_refused(raw):
    with pytest.raises(Malformed):
        strictjson.load(raw)


def test_a_plain_document_is_read():
    raw = '{"a":[1,-2.5,true,null,"é \\ud83c\\udf39"],"b":{"c":9223372036854775807}}'.encode()
    assert strictjson.load(raw) == {"a": [1, -2.5, True, None, "é 🌹"], "b": {"c": 2**63 - 1}}


def test_depth_is_counted_to_the_last_level():
    strictjson.load(nested(32))
    with pytest.raises(Malformed, match="32 levels"):
        strictjson.load(nested(33))
    with pytest.raises(Malformed, match="32 levels"):
        strictjson.load(b'{"a":' + b"[" * 32 + b"]" * 32 + b"}")


def test_depth_beyond_the_stack_is_refused_all_the_same():
    with pytest.raises(Malformed):
        strictjson.load(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


def test_values_are_counted_to_the_last_one():
    def wide(values: int) -> bytes:  # the object and its list are values too
        return json.dumps({"a": [0] * (values - 2)}).encode()

    strictjson.load(wide(10_000))
    with pytest.raises(Malformed, match="10000 values"):
        strictjson.load(wide(10_001))


def test_keys_are_measured():
    strictjson.load(json.dumps({"k" * 256: 1}).encode())
    with pytest.raises(Malformed, match="256 characters"):
        strictjson.load(json.dumps({"k" * 257: 1}).encode())


def test_limits_can_be_tightened():
    with pytest.raises(Malformed):
        strictjson.load(b'{"a":{}}', max_depth=1)
    with pytest.raises(Malformed):
        strictjson.load(b'{"a":1}', max_nodes=1)
    with pytest.raises(Malformed):
        strictjson.load(b'{"ab":1}', max_key=1)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_the_loader_answers(raw):
    with contextlib.suppress(Malformed):
        strictjson.load(raw)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(texts, values, max_size=5))
def test_what_is_written_is_read_back_the_same(document):
    assert strictjson.load(strictjson.dump(document)) == document


def test_json_is_written_compactly():
    assert strictjson.dump({"a": [1, "é"], "b": {}}) == '{"a":[1,"é"],"b":{}}'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        strictjson.dump({"a": float("nan")})


def test_nulls_are_left_out_at_every_depth():
    given_ = {"a": None, "b": [None, {"c": None, "d": 0}], "e": (1, None), "f": "", "g": False}
    assert strictjson.without_nulls(given_) == {"b": [{"d": 0}], "e": [1], "f": "", "g": False}
    assert given_["a"] is None
