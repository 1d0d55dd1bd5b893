"""The shelf on which documents are kept: bounded, and each is dropped at a word."""

from __future__ import annotations

from node.web.activitypub.hot import Answer, Shelf


def an_answer(size: int, *words: str) -> Answer:
    return Answer(200, [], b"x" * size, b'"e"', frozenset(words), timing=None)


def test_the_shelf_keeps_within_its_bound_and_drops_the_longest_unused():
    shelf = Shelf(20_000)
    for number in range(100):
        shelf.put(f"/{number}", an_answer(500, f"p{number}"))
        shelf.find("/0")
        assert shelf.size <= 20_000
    assert shelf.find("/0") is not None
    assert shelf.find("/1") is None
    assert shelf.find("/99") is not None
    assert shelf.size == sum(answer.size for answer in shelf._answers.values())
    assert set(shelf._relying) == {word for answer in shelf._answers.values() for word in answer.words}
    shelf.hear(None)
    assert (len(shelf), shelf.size, shelf._relying) == (0, 0, {})


def test_what_would_push_out_everything_is_not_kept():
    shelf = Shelf(20_000)
    shelf.put("/small", an_answer(10, "p1"))
    shelf.put("/large", an_answer(5_000, "p2"))
    assert shelf.find("/large") is None
    assert shelf.find("/small") is not None
