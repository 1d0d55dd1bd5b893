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
