"""Interaction policies: GoToSocial's "Conflicting values" and "Implicit assumptions"."""

import pytest

from node.activitypub import policies
from node.activitypub.trimmings import Leave, Policy
from node.activitypub.vocabulary import PUBLIC

ANN, BOB = "https://a.example/u/ann", "https://b.example/u/bob"
FOLLOWERS = f"{ANN}/followers"


@pytest.mark.parametrize(
    ("automatic", "manual", "expected"),
    [
        ((PUBLIC,), (), "yes"),
        ((), (PUBLIC,), "ask"),
        ((), (), "no"),
        ((ANN,), (), "no"),
        ((BOB,), (PUBLIC,), "yes"),
        ((PUBLIC,), (BOB,), "ask"),
        ((BOB,), (BOB,), "yes"),
        ((FOLLOWERS,), (), "ask"),
        ((PUBLIC,), (FOLLOWERS,), "ask"),
        ((ANN,), (FOLLOWERS,), "ask"),
    ],
)
def test_the_more_specific_entry_wins(automatic, manual, expected):
    policy = Policy(like=Leave(automatic, manual))
    assert policies.verdict(policy, "like", BOB, author=ANN, collections=(FOLLOWERS,)) == expected


def test_what_is_not_spoken_of_is_free_and_authors_are_too():
    shut = Policy(like=Leave(), reply=Leave())
    assert policies.verdict(None, "reply", BOB, author=ANN) == "yes"
    assert policies.verdict(shut, "announce", BOB, author=ANN) == "yes"
    assert policies.verdict(shut, "like", ANN, author=ANN) == "yes"
    assert policies.verdict(shut, "reply", BOB, author=ANN, named=(BOB,)) == "yes"
    assert policies.verdict(shut, "like", BOB, author=ANN, named=(BOB,)) == "no"


@pytest.mark.parametrize(
    "policy", [None, policies.OPEN, Policy(quote=Leave()), Policy(reply=Leave((ANN,), (BOB,)))]
)
def test_a_policy_is_kept_as_it_was(policy):
    assert policies.load(policies.dump(policy)) == policy


def test_what_few_may_read_is_shown_around_by_its_author_alone():
    policy = policies.open_to((FOLLOWERS,), ANN, locked=False)
    assert policies.verdict(policy, "announce", BOB, author=ANN) == "no"
    assert policy.reply == policy.like == Leave((FOLLOWERS, ANN))
    assert policies.open_to((FOLLOWERS,), ANN, locked=True).reply == Leave((ANN,))
