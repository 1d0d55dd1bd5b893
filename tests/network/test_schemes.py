"""Which form of signature is sent to whom (RULE B4)."""

from node.network.schemes import Schemes
from tests.support.clock import ManualClock

A = "https://a.example"


def test_what_worked_is_first_for_a_week():
    clock = ManualClock()
    schemes = Schemes(clock)
    assert schemes.to_try(A) == ("cavage", "rfc9421")
    assert schemes.learn(A, "cavage", last=False, status=401)
    assert not schemes.learn(A, "rfc9421", last=True, status=202)
    assert schemes.to_try(A) == ("rfc9421", "cavage")
    assert schemes.to_try("https://b.example") == ("cavage", "rfc9421")
    clock.advance(days=8)
    assert schemes.to_try(A) == ("cavage", "rfc9421")


def test_an_origin_that_takes_neither_is_not_asked_twice_each_time():
    clock = ManualClock()
    schemes = Schemes(clock)
    assert schemes.learn(A, "cavage", last=False, status=403)
    assert not schemes.learn(A, "rfc9421", last=True, status=403)
    assert schemes.to_try(A) == ("cavage",)
    assert not schemes.learn(A, "cavage", last=True, status=403)
    clock.advance(hours=2)
    assert len(schemes.to_try(A)) == 2


def test_other_answers_are_no_doubt_of_the_signature():
    schemes = Schemes(ManualClock())
    for status in (202, 404, 410, 429, 500, 503):
        assert not schemes.learn(A, "cavage", last=False, status=status)
        assert schemes.to_try(A) == ("cavage", "rfc9421")


def test_where_a_delivery_was_taken_a_400_is_about_what_was_sent():
    """Lemmy answers every echo of its members' acts with 400 (C.1): no second POST for each of them."""
    clock = ManualClock()
    schemes = Schemes(clock)
    assert not schemes.learn(A, "cavage", last=False, status=200)
    assert schemes.learn(A, "cavage", last=False, status=403), "a fetch that was answered proves nothing"
    assert not schemes.learn(A, "cavage", last=False, status=202, delivered=True)
    for status in (400, 403):
        assert not schemes.learn(A, "cavage", last=False, status=status, delivered=True)
    assert not schemes.learn(A, "cavage", last=False, status=404), "a fetch in between takes nothing back"
    assert not schemes.learn(A, "cavage", last=False, status=400, delivered=True)
    assert schemes.learn(A, "cavage", last=False, status=401, delivered=True), (
        "this one is about the signature"
    )
    assert not schemes.learn(A, "rfc9421", last=True, status=202, delivered=True)
    assert schemes.to_try(A) == ("rfc9421", "cavage")
    clock.advance(days=8)
    assert schemes.learn(A, "cavage", last=False, status=400, delivered=True), "by then it is forgotten"


def test_a_refused_delivery_proves_nothing():
    schemes = Schemes(ManualClock())
    for status in (404, 410, 429, 503):
        assert not schemes.learn(A, "cavage", last=False, status=status, delivered=True)
    assert schemes.learn(A, "cavage", last=False, status=400, delivered=True)


def test_what_is_remembered_is_bounded(monkeypatch):
    """V56"""
    monkeypatch.setattr("node.network.schemes.MOST", 3)
    schemes = Schemes(ManualClock())
    for number in range(9):
        schemes.learn(f"https://{number}.example", "rfc9421", last=True, status=202, delivered=True)
    assert [schemes.to_try(f"https://{number}.example")[0] for number in (0, 5, 6, 8)] == [
        "cavage", "cavage", "rfc9421", "rfc9421",
    ]  # fmt: skip
