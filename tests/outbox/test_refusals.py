"""What the operator is told of refusals."""

from node.outbox import refusals
from node.outbox.refusals import Refusals
from tests.support.clock import ManualClock


def test_a_kind_of_refusal_is_told_once_an_hour_with_its_number():
    clock, kept = ManualClock(), Refusals()
    told = [
        kept.count("a.example", f"HTTP 400 from https://a.example/inbox: no {number:08d}", clock.now())
        for number in range(5)
    ]
    assert told == [1, None, None, None, None]
    assert kept.count("a.example", "HTTP 403 from https://a.example/inbox: no", clock.now()) == 1
    assert kept.count("b.example", "HTTP 400 from https://b.example/inbox: no", clock.now()) == 1
    clock.advance(hours=1)
    assert kept.count("a.example", "HTTP 400 from https://a.example/inbox: no 77777777", clock.now()) == 5
    assert kept.count("a.example", "HTTP 400 from https://a.example/inbox: no 77777777", clock.now()) is None


def test_no_more_is_kept_than_a_bound(monkeypatch):
    """V56"""
    monkeypatch.setattr(refusals, "MOST", 3)
    clock, kept = ManualClock(), Refusals()
    for number in range(9):
        kept.count(f"{number}.example", "HTTP 400", clock.now())
    assert [kept.count(f"{number}.example", "HTTP 400", clock.now()) for number in (8, 0)] == [None, 1]
