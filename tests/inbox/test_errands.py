"""What one errand may cost, and what an item of a list says without being asked for."""

import pytest

from node.errors import TooMany
from node.inbox.conversation import parents_first
from node.inbox.errands import Errand, Portion, innermost
from node.inbox.listings import items_of, read_listing
from node.network.client import Budget
from tests.support.stranger import Stranger

NOTE = {"type": "Note", "id": "https://a.example/1"}


@pytest.mark.parametrize(
    "item",
    [
        NOTE["id"],
        NOTE,
        {"type": "Create", "id": "https://a.example/c", "object": NOTE},
        {"type": "Announce", "id": "https://a.example/a", "object": {"type": "Create", "object": NOTE["id"]}},
        {"type": "Announce", "id": "https://a.example/a", "object": [NOTE["id"]]},
    ],
)
def test_the_post_in_an_item_is_known_without_a_fetch(item):
    assert innermost(item) == NOTE["id"]


@pytest.mark.parametrize(
    "item", [{}, {"type": "Create"}, {"type": "Announce", "object": []}, {"type": "Create", "object": 7}]
)
def test_an_item_that_names_nothing_has_no_post(item):
    assert innermost(item) is None


def test_a_portion_spends_what_the_whole_has():
    whole = Budget(3)
    first, second = Portion(whole, 2), Portion(whole, 2)
    for portion in (first, first, second):
        portion.spend()
    for portion in (first, second):
        with pytest.raises(TooMany):
            portion.spend()
    assert whole.left == 0


async def test_a_host_that_fails_often_is_asked_no_more(sea):
    us = await sea.node("us.example")
    far = Stranger(sea, "far.example")
    errand = Errand(us.node, left=100)
    found = await errand.fetch_all(
        [f"{far.home}/nothing/{n}" for n in range(50)], vouched_by="https://x.example/"
    )
    assert found == []
    assert errand.is_tired_of(f"{far.home}/other")
    assert not errand.is_tired_of("https://other.example/")
    assert len(far.answered) <= 7


def test_nothing_stands_before_what_it_answers():
    from node.activitypub.documents import ObjectDocument

    def note(name, parent=None):
        return ObjectDocument(name, "Note", "https://a.example/u", in_reply_to=parent)

    listed = [note("c", "b"), note("a", "root"), note("b", "a"), note("x", "y"), note("y", "x")]
    assert [one.iri for one in parents_first(listed)] == ["a", "b", "c", "x", "y"]


async def test_a_listing_is_read_from_either_end_and_no_further_than_allowed(sea):
    """A48, I.37"""
    us, far = await sea.node("us.example"), Stranger(sea, "far.example")
    iri = far.paged(f"{far.home}/list", [[f"https://a.example/{n}"] for n in range(9)])

    async def read(**how):
        listing = await read_listing(us.node, iri, Budget(50))
        return [item[-1] async for page in listing.pages(**how) for item in page.items], listing

    assert (await read())[0] == list("01234")
    assert (await read(backwards=True))[0] == list("87654")
    found, listing = await read(at_most=2)
    assert (found, listing.total, listing.page_after) == (["0", "1"], 9, f"{iri}/page2")
    assert (await read(begin_at=listing.page_after))[0] == list("23456")
    assert (await read(begin_at="https://victim.example/page2"))[0] == list("01234")
    assert [item async for item in items_of(us.node, f"{far.home}/nothing", Budget(5))] == []
    flat = far.collection(f"{far.home}/flat", ["https://a.example/1"])
    del far.documents[flat]["totalItems"]
    assert (await read_listing(us.node, flat, Budget(5))).total == 1
