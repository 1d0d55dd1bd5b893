"""What the inbox keeps in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from node.inbox import limits
from node.inbox.limits import FRESH_FOR, Lately
from tests.support.clock import ManualClock


@pytest.fixture
def now():
    return ManualClock().now()


async def test_a_look_up_ages(now):
    lately = Lately()
    lately.keep("a", 1, now)
    assert lately.find("a", now + FRESH_FOR - timedelta(seconds=1)) == 1
    assert lately.find("a", now + FRESH_FOR) is None
    lately.keep("b", 1, now)
    assert lately.find("b", now - timedelta(days=1)) is None, "the clock was set back"
    lately.keep("c", 1, now)
    lately.forget("c")
    assert lately.find("c", now) is None


async def test_what_was_not_asked_for_makes_room(now, monkeypatch):
    monkeypatch.setattr(limits, "CAPACITY", 2)
    lately = Lately()
    lately.keep("a", 1, now)
    lately.keep("b", 2, now)
    assert lately.find("a", now) == 1
    lately.keep("c", 3, now)
    assert [lately.find(name, now) for name in "abc"] == [1, None, 3]
