"""Lanes to claim next are looked for when the last find is used up, and not while some of it waits for a place."""

from __future__ import annotations

import time

import pytest

from node.outbox import candidates, lanes
from node.outbox.candidates import Candidates


@pytest.fixture
def looks(monkeypatch):
    """Count the times that lanes are looked for; three are in good health, one is in trouble."""
    times: list[float] = []

    async def find(node):
        times.append(time.monotonic())
        return {1: False, 2: False, 3: True, 4: False}

    monkeypatch.setattr(lanes, "find", find)
    monkeypatch.setattr(candidates, "PAUSE", 0.0)  # a look takes no time here
    return times


async def test_what_was_found_is_handed_out_before_it_is_looked_again(looks):
    hint = Candidates(node=None)
    assert await hint.take(2, 0) == [1, 2]
    assert await hint.take(1, 1) == [4, 3]
    assert len(looks) == 1
    assert await hint.take(1, 0) == [1]
    assert len(looks) == 2


async def test_while_lanes_wait_for_a_place_nobody_looks_for_more(looks):
    hint = Candidates(node=None)
    assert await hint.take(1, 1) == [1, 3]
    assert await hint.take(0, 1) == []
    assert len(looks) == 1


async def test_news_are_looked_for_all_the_same(looks):
    hint = Candidates(node=None)
    assert await hint.take(1, 1) == [1, 3]
    hint.expect_news()
    assert await hint.take(0, 1) == [3]
    assert len(looks) == 2


async def test_one_that_was_slow_takes_a_place_for_such(looks):
    hint = Candidates(node=None)
    hint.was_slow(2)
    assert await hint.take(3, 0) == [1, 4]
    assert await hint.take(0, 2) == [2, 3]
    assert hint.is_slow(2)
    assert not hint.is_slow(1)
