from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.errors import Malformed
from node.store.queries.paging import (
    EPOCH,
    MICROSECOND,
    ORDERS,
    Position,
    order_of,
    read_position,
    within,
    write_position,
)


@given(st.floats(min_value=-1e12, max_value=1e12), st.integers(1, 10**12))
def test_a_cursor_leads_back_to_its_row(value, number):
    assert read_position(write_position(value, number)) == Position(value, number)


@given(st.integers(0, 10**15), st.integers(1, 10**12))
def test_an_instant_is_kept_to_the_microsecond(micros, number):
    at = EPOCH + micros * MICROSECOND
    order = ORDERS["new"]
    position = read_position(write_position(order.read(at), number))
    assert order.bind(position) == at


@given(st.text(max_size=40))
def test_whatever_else_is_refused(cursor):
    try:
        found = read_position(cursor)
    except Malformed:
        return
    assert found is None or isinstance(found, Position)


@pytest.mark.parametrize(
    "cursor",
    ["1", "_1", "1_", "1_-2", "1_2_3", "nan_1", "inf_1", "1_2 ", "１_2", "1e9999_1", "1e999_1", "1e300_1"],
)
def test_no_cursor(cursor):
    with pytest.raises(Malformed):
        read_position(cursor)


def test_an_instant_out_of_reach():
    with pytest.raises(Malformed):
        ORDERS["active"].bind(Position(10**18 - 1, 1))


def test_names_come_from_a_fixed_set():
    with pytest.raises(Malformed):
        order_of("title")
    with pytest.raises(Malformed):
        within("century", datetime.now(UTC))
    assert within("all", datetime.now(UTC)) is None
    assert read_position("") is None
