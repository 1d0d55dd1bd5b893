import pytest

from node.activitypub.jsonld import lost_terms
from node.store.queries import collections as queries
from tests.support.quay import HOME, Quay


@pytest.fixture
async def alice(quay: Quay):
    return await quay.person("alice")


@pytest.fixture
async def bees(quay: Quay):
    return await quay.group("bees")


@pytest.fixture
async def rob(quay: Quay):
    return await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")


async def test_a_thread_is_a_page_at_its_id(quay, alice, bees):
    await quay.post(alice, bees, token="t1")
    found = await quay.json("/post/t1")
    assert (found["id"], found["type"]) == (f"{HOME}/post/t1", "Page")
    assert lost_terms(found) == set()


async def test_a_comment_is_a_note_at_its_id(quay, alice, bees):
    thread = await quay.post(alice, bees)
    await quay.post(alice, bees, thread, token="t2")
    found = await quay.json("/comment/t2")
    assert (found["type"], found["inReplyTo"]) == ("Note", thread.iri)
    assert lost_terms(found) == set()


async def test_a_post_of_another_node_is_asked_for_there(quay, rob, bees):
    await quay.post(rob, bees, token="t1")
    answer = await quay.get("/post/t1")
    assert answer.status_code == 308
    assert answer.headers["location"] == "https://a.example/post/t1"


async def test_a_deleted_and_a_removed_post_leave_tombstones(quay, alice, bees):
    deleted = await quay.post(alice, bees, token="t1", deleted_at=quay.clock.now())
    await quay.post(alice, bees, deleted, token="t2", removed_at=quay.clock.now())
    for path, kind in (("/post/t1", "Page"), ("/comment/t2", "Note")):
        answer = await quay.get(path)
        assert answer.status_code == 410
        stone = answer.json()
        assert (stone["type"], stone["formerType"], stone["id"]) == ("Tombstone", kind, HOME + path)
        assert stone["deleted"] == "2026-11-03T09:00:00Z"
        assert set(stone) == {"@context", "id", "type", "formerType", "deleted"}


@pytest.mark.parametrize("visibility", ["followers", "direct"])
async def test_what_is_not_public_looks_like_what_never_was(quay, alice, bees, visibility):
    thread = await quay.post(alice, bees, token="t1", visibility=visibility)
    await quay.post(alice, bees, thread, token="t2")
    await quay.post(alice, bees, token="t3", visibility=visibility, deleted_at=quay.clock.now())
    never = await quay.get("/post/never")
    assert never.status_code == 404
    for path in ("/post/t1", "/comment/t2", "/post/t3", "/post/t1/context", "/post/t1/replies",
                 "/post/t1/likes", "/comment/t2/shares", "/activities/create/c1", "/activities/create/c2"):  # fmt: skip
        answer = await quay.get(path)
        assert answer.status_code == 404, path
        assert answer.json() == never.json(), path


async def test_a_comment_in_a_removed_thread_is_not_shown(quay, alice, bees):
    thread = await quay.post(alice, bees, token="t1", removed_at=quay.clock.now())
    await quay.post(alice, bees, thread, token="t2")
    assert (await quay.get("/comment/t2")).status_code == 404


async def test_a_comment_in_a_thread_deleted_by_its_author_stays(quay, alice, bees):
    thread = await quay.post(alice, bees, token="t1", deleted_at=quay.clock.now())
    await quay.post(alice, bees, thread, token="t2")
    assert (await quay.get("/comment/t2")).status_code == 200


async def test_a_name_under_the_wrong_kind_is_no_address(quay, alice, bees):
    thread = await quay.post(alice, bees, token="t1")
    await quay.post(alice, bees, thread, token="t2")
    await quay.post(alice, bees, token="t3", deleted_at=quay.clock.now())
    for path in ("/comment/t1", "/post/t2", "/comment/t3", "/comment/t1/likes", "/post/t2/context"):
        assert (await quay.get(path)).status_code == 404, path


async def test_a_context_lists_the_thread_root_first(quay, alice, rob, bees):
    thread = await quay.post(alice, bees, token="t1")
    first = await quay.post(rob, bees, thread)
    second = await quay.post(alice, bees, first)
    await quay.post(alice, bees, thread, visibility="direct")
    await quay.post(alice, bees, thread, deleted_at=quay.clock.now())
    await quay.change(thread, published=second.published.replace(year=2027))
    found = await quay.json("/post/t1/context")
    assert found["type"] == "OrderedCollection"
    assert found["orderedItems"] == [thread.iri, first.iri, second.iri]
    assert found["totalItems"] == 3
    assert found["attributedTo"] == found["audience"] == bees.iri
    assert found["name"] == thread.title
    assert lost_terms(found) == set()


async def test_our_group_hosts_the_context_of_a_thread_from_elsewhere(quay, rob, alice, bees):
    thread = await quay.post(rob, bees, token="t1")
    answer = await quay.post(alice, bees, thread, token="t2")
    assert (await quay.json("/comment/t2"))["context"] == f"{HOME}/post/t1/context"
    assert (await quay.json("/post/t1/context"))["orderedItems"] == [thread.iri, answer.iri]


async def test_a_thread_from_elsewhere_in_a_group_elsewhere_has_its_context_there(quay, rob, alice):
    seas = await quay.actor("Group", path="/c/seas", username="seas", home="https://b.example")
    thread = await quay.post(rob, seas, token="t1")
    await quay.post(alice, seas, thread, token="t2")
    assert (await quay.get("/post/t1/context")).status_code == 404
    assert (await quay.json("/comment/t2"))["context"] == f"{thread.iri}/whole-thread"
    ours = await quay.post(alice, seas, token="t3")
    assert (await quay.json("/post/t3"))["context"] == f"{ours.iri}/context"
    assert (await quay.json("/post/t3/context"))["orderedItems"] == [ours.iri]


async def test_a_thread_in_no_group_has_a_context_too(quay, alice):
    thread = await quay.post(alice, token="t1")
    found = await quay.json("/post/t1/context")
    assert found["orderedItems"] == [thread.iri]
    assert "audience" not in found


async def test_a_long_context_comes_in_pages(quay, alice, bees, monkeypatch):
    """RULE E1, I.37: flat as long as readers that know no pages read it whole."""
    thread = await quay.post(alice, bees, token="t1")
    everything = [thread.iri] + [(await quay.post(alice, bees, thread)).iri for _ in range(4)]
    assert (await quay.json("/post/t1/context"))["orderedItems"] == everything
    assert (await quay.get("/post/t1/context/1")).status_code == 404
    monkeypatch.setattr(queries, "THREAD_LENGTH", 4)
    monkeypatch.setattr(queries, "PAGE_LENGTH", 2)
    quay.node._hear(None)  # what is kept was made by the old rule
    cover = await quay.json("/post/t1/context")
    assert ("orderedItems" in cover, cover["totalItems"], cover["name"]) == (False, 5, thread.title)
    found, following, pages = [], cover["first"], []
    while following:
        page = await quay.json(following.removeprefix(HOME))
        assert (page["id"], page["partOf"], page["type"]) == (following, cover["id"], "OrderedCollectionPage")
        found, pages, following = found + page["orderedItems"], [*pages, page], page.get("next")
    assert found == everything
    assert (pages[-1]["id"], pages[-1]["prev"]) == (cover["last"], pages[-2]["id"])
    for number in ("0", "4", "9" * 30, "x"):
        assert (await quay.get(f"/post/t1/context/{number}")).status_code == 404


async def test_a_context_is_sent_again_only_when_it_has_changed(quay, alice, bees):
    """RULE E1, I.72: ETag, 304, and HEAD with the headers of GET; also for a thread of another node in our group."""
    thread = await quay.post(alice, bees, token="t1")
    first = await quay.get("/post/t1/context")
    etag = first.headers["etag"]
    head = await quay.browser.head("/post/t1/context", headers={"accept": "application/activity+json"})
    assert head.headers == first.headers
    assert "alternate" in first.headers["link"]
    again = await quay.get("/post/t1/context", **{"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    await quay.post(alice, bees, thread)
    assert (await quay.get("/post/t1/context", **{"if-none-match": etag})).status_code == 200


async def test_what_its_authors_node_has_not_confirmed_is_not_named(quay, alice, rob, bees):
    """RULE B6c"""
    thread = await quay.post(alice, bees, token="t1")
    doubted = await quay.post(rob, bees, thread, verify_by=quay.clock.now())
    sure = await quay.post(rob, bees, thread)
    found = await quay.json("/post/t1/context")
    assert found["orderedItems"] == [thread.iri, sure.iri]
    assert (await quay.json("/post/t1/replies"))["items"] == [sure.iri]
    assert doubted.iri not in str(await quay.json("/c/bees/outbox"))


async def test_replies_are_the_direct_answers(quay, alice, rob, bees):
    thread = await quay.post(alice, bees, token="t1")
    first = await quay.post(rob, bees, thread)
    await quay.post(alice, bees, first)
    await quay.post(alice, bees, thread, visibility="followers")
    found = await quay.json("/post/t1/replies")
    assert (found["type"], found["items"], found["totalItems"]) == ("Collection", [first.iri], 1)
    assert found["id"] == f"{HOME}/post/t1/replies"


async def test_a_fetched_post_holds_the_first_page_of_its_answers(quay, alice, rob, bees, monkeypatch):
    """GoToSocial crawls an embedded page alone, and from there by `next` (E); Mastodon reads `replies.first.items`.

    V74: what is for few, removed or not confirmed is on no page and in no number.
    """
    thread = await quay.post(alice, bees, token="t1")
    empty = (await quay.json("/post/t1"))["replies"]
    iri = f"{thread.iri}/replies"
    page = {"id": f"{iri}/1", "type": "CollectionPage", "partOf": iri, "items": []}
    assert empty == {"id": iri, "type": "Collection", "totalItems": 0, "first": page}
    etag = (await quay.get("/post/t1")).headers["etag"]
    answers = [(await quay.post((alice, rob)[at % 2], bees, thread)).iri for at in range(15)]
    now = quay.clock.now()
    for hidden in (
        {"visibility": "followers"},
        {"visibility": "direct"},
        {"removed_at": now},
        {"verify_by": now},
    ):
        await quay.post(rob, bees, thread, **hidden)
    changed = await quay.get("/post/t1", **{"if-none-match": etag})
    assert (changed.status_code, changed.headers["cache-control"]) == (200, "public, max-age=180")
    monkeypatch.setattr(queries, "PAGE_LENGTH", 4)
    page, found = changed.json()["replies"]["first"], []
    assert (len(page["items"]), changed.json()["replies"]["totalItems"]) == (10, 15)
    assert await quay.json("/post/t1/replies/1") == {"@context": (await quay.json(iri))["@context"], **page}
    while page:
        found += page["items"]
        assert (page["partOf"], page["type"]) == (iri, "CollectionPage")
        page = await quay.json(page["next"].removeprefix(HOME)) if "next" in page else None
    assert found == answers
    assert (await quay.json(iri))["items"] == answers
    for number in ("0", "4", "9" * 30, "x"):
        assert (await quay.get(f"/post/t1/replies/{number}")).status_code == 404
    comment = await quay.post(alice, bees, thread, token="c1")
    assert (await quay.json("/comment/c1"))["replies"]["first"]["id"] == f"{comment.iri}/replies/1"
    announced = (await quay.json("/c/bees/outbox"))["orderedItems"][0]
    assert announced["object"]["object"]["replies"] == iri, "what is told names the collection, and ages not"


async def test_likes_and_shares_are_numbers_without_names(quay, alice, bees):
    await quay.post(alice, bees, token="t1", upvotes=3, downvotes=1, shares=2)
    likes, shares = await quay.json("/post/t1/likes"), await quay.json("/post/t1/shares")
    assert (likes["totalItems"], likes["items"]) == (3, [])
    assert (shares["totalItems"], shares["items"]) == (2, [])
    assert lost_terms(likes) == set()


async def test_what_hangs_below_a_post_of_another_node_is_there(quay, rob, bees):
    await quay.post(rob, bees, token="t1")
    assert (await quay.get("/post/t1/likes")).status_code == 404
