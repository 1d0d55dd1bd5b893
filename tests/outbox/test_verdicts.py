from datetime import timedelta

import pytest

from node.outbox.verdicts import HOLD_FOR, Verdict, judge

EXCEPTIONS = {
    401: Verdict.RETRY,
    404: Verdict.RECHECK,
    408: Verdict.RETRY,
    410: Verdict.RECHECK,
    425: Verdict.RETRY,
    429: Verdict.HOLD,
}
CLASSES = {2: Verdict.DONE, 3: Verdict.RECHECK, 4: Verdict.DROP, 5: Verdict.RETRY}


@pytest.mark.parametrize("status", range(200, 600))
def test_every_status_has_its_one_meaning(status):
    assert judge(status, None).verdict is EXCEPTIONS.get(status, CLASSES[status // 100])


@pytest.mark.parametrize("status", range(200, 600))
def test_a_wish_to_wait_changes_the_meaning_of_503_alone(status):
    expected = Verdict.HOLD if status == 503 else judge(status, None).verdict
    assert judge(status, 90.0).verdict is expected


def test_a_third_401_is_the_last():
    assert [judge(401, None, unauthenticated=tries).verdict for tries in range(3)] == [
        Verdict.RETRY,
        Verdict.RETRY,
        Verdict.DROP,
    ]


@pytest.mark.parametrize(("said", "wait"), [(None, HOLD_FOR), (0.0, HOLD_FOR), (7.0, timedelta(seconds=7))])
def test_who_is_sent_too_much_is_given_time(said, wait):
    assert judge(429, said).wait == wait


def test_a_503_that_names_no_time_to_come_counts_as_a_failure():
    assert judge(503, 0.0).verdict is Verdict.RETRY


def test_other_failures_carry_the_wish_to_wait():
    assert judge(502, 120.0).wait == timedelta(minutes=2)


def test_doubts_pass_while_a_peer_may_hold_old_keys():
    """RULE B3"""
    assert {
        status for status in range(200, 600) if judge(status, None, new_keys=True) != judge(status, None)
    } == {
        400,
        401,
        403,
    }
    for status in (400, 401, 403):
        assert judge(status, None, unauthenticated=9, new_keys=True).verdict is Verdict.ASIDE
