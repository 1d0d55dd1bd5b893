from datetime import UTC, datetime, timedelta

import pytest

from node.store.queries.trees import CONTEXT, Branch, cut_tree

START = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = 1


def branch(number, parent=ROOT, score=0):
    return Branch(number, parent, f"t{number}", score, START + timedelta(minutes=number))


def shown(cut):
    return [(one.id, depth) for one, depth in cut.shown]


TREE = [branch(2), branch(3, score=5), branch(4, 2), branch(5, 4), branch(6, 3), branch(7, None)]


def test_parents_stand_before_answers():
    cut = cut_tree(TREE, ROOT, "old", size=10)
    assert shown(cut) == [(2, 0), (4, 1), (5, 2), (3, 0), (6, 1), (7, 0)]
    assert cut.next_after is None
    assert cut.replies[2] == 1


@pytest.mark.parametrize(("order", "first"), [("top", 3), ("new", 7), ("old", 2), ("unknown", 3)])
def test_siblings_stand_in_order(order, first):
    assert shown(cut_tree(TREE, ROOT, order, size=10))[0] == (first, 0)


def test_pages_follow_each_other():
    found, after = [], None
    while True:
        cut = cut_tree(TREE, ROOT, "old", after=after, size=2)
        found += [one.id for one, _ in cut.shown]
        assert cut.hidden_before == (after is not None)
        after = cut.next_after
        if after is None:
            break
    assert found == [2, 4, 5, 3, 6, 7]


def test_one_comment_is_shown_with_what_it_answers_and_what_answers_it():
    assert shown(cut_tree(TREE, ROOT, "top", focus=4, size=10)) == [(2, 0), (4, 1), (5, 2)]


@pytest.mark.parametrize("parent", [99, 3])
def test_what_hangs_from_nothing_is_not_shown(parent):
    lone = [branch(8, parent), branch(9, 8)]
    assert shown(cut_tree(lone, ROOT, "top", focus=9, size=10)) == []
    assert shown(cut_tree(lone, ROOT, "top", focus=77, size=10)) == []
    assert shown(cut_tree(lone, ROOT, "top", size=10)) == []


def test_a_ring_is_not_walked_for_ever():
    ring = [branch(8, 9), branch(9, 8)]
    assert shown(cut_tree(ring, ROOT, "top", focus=9, size=10)) == []


def test_a_thread_deeper_than_the_stack():
    deep = [branch(number, number - 1) for number in range(2, 5002)]
    cut = cut_tree(deep, ROOT, "top", size=10_000)
    assert shown(cut)[-1] == (5001, 4999)
    focused = cut_tree(deep, ROOT, "top", focus=5001, size=10_000)
    assert len(focused.shown) == CONTEXT + 1
