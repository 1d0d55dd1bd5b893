import json

import pytest

from node.activitypub.jsonld import lost_terms
from tests.support.quay import HOME, Quay

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@pytest.fixture
async def alice(quay: Quay):
    return await quay.person("alice")


@pytest.fixture
async def bees(quay: Quay):
    return await quay.group("bees")


@pytest.fixture
async def rob(quay: Quay):
    return await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")


async def test_a_group_outbox_is_flat_announces_of_creates_newest_first(quay, alice, bees):
    first, second = await quay.post(alice, bees), await quay.post(alice, bees)
    await quay.post(alice, bees, first)
    found = await quay.json("/c/bees/outbox")
    assert (found["type"], found["id"], found["totalItems"]) == (
        "OrderedCollection",
        f"{HOME}/c/bees/outbox",
        2,
    )
    assert "first" not in found
    assert [item["object"]["object"]["id"] for item in found["orderedItems"]] == [second.iri, first.iri]
    for item in found["orderedItems"]:
        assert (item["type"], item["actor"]) == ("Announce", bees.iri)
        assert (item["to"], item["cc"]) == ([PUBLIC], [bees.followers])
        create = item["object"]
        assert (create["type"], create["actor"], create["audience"]) == ("Create", alice.iri, bees.iri)
        assert "@context" not in create
        assert create["object"]["type"] == "Page"
        assert create["to"] == create["object"]["to"] == [bees.iri, PUBLIC]
    assert lost_terms(found) == set()


async def test_every_id_in_a_group_outbox_can_be_fetched(quay, alice, bees):
    await quay.post(alice, bees)
    item = (await quay.json("/c/bees/outbox"))["orderedItems"][0]
    announce = await quay.json(item["id"].removeprefix(HOME))
    assert {k: v for k, v in announce.items() if k != "@context"} == item
    assert (await quay.json(item["object"]["id"].removeprefix(HOME)))["object"]["type"] == "Page"


async def test_a_group_outbox_stops_at_fifty(quay, alice, bees):
    for _ in range(51):
        await quay.post(alice, bees)
    found = await quay.json("/c/bees/outbox")
    assert len(found["orderedItems"]) == 50
    assert found["totalItems"] == 51


async def test_posts_from_elsewhere_stand_in_the_outbox_in_the_shape_that_lemmy_reads(quay, rob, bees):
    thread = await quay.post(rob, bees)
    create = (await quay.json("/c/bees/outbox"))["orderedItems"][0]["object"]
    came = json.loads(thread.document)
    assert isinstance(came["cc"], str)
    assert create["object"] == came | {"cc": [came["cc"]]}
    assert (create["id"], create["actor"]) == (thread.create_iri, rob.iri)
    assert create["cc"] == [f"{rob.iri}/followers"]  # a list, also where the object has a string


async def test_a_post_whose_create_is_unknown_gets_one_of_its_own_origin(quay, rob, bees):
    thread = await quay.post(rob, bees, create_iri=None)
    create = (await quay.json("/c/bees/outbox"))["orderedItems"][0]["object"]
    assert create["id"] == f"{thread.iri}#create"


async def test_one_shape_alone_is_in_a_group_outbox(quay, rob, bees):
    await quay.post(rob, bees, kind="Question")  # Lemmy would drop the whole list for it
    await quay.post(rob, bees, kind="Note")
    found = await quay.json("/c/bees/outbox")
    assert [item["object"]["object"]["type"] for item in found["orderedItems"]] == ["Note"]
    assert found["totalItems"] == 1


async def test_what_is_not_public_changes_no_collection_and_no_count(quay, alice, bees):
    thread = await quay.post(alice, bees, token="t1")
    paths = ("/c/bees/outbox", "/c/bees/featured", "/u/alice/outbox", "/post/t1/context", "/post/t1/replies",
             "/nodeinfo/2.1", "/c/bees/followers", "/u/alice/following", "/site_outbox")  # fmt: skip
    before = {path: (await quay.get(path)).text for path in paths}
    now = quay.clock.now()
    for hidden in (
        {"visibility": "followers"},
        {"visibility": "direct"},
        {"removed_at": now},
        {"deleted_at": now},
    ):
        await quay.post(alice, bees, featured_at=now, **hidden)
        await quay.post(alice, bees, thread, **hidden)
    quay.clock.advance(minutes=6)
    assert {path: (await quay.get(path)).text for path in paths} == before


async def test_what_its_group_has_not_taken_yet_is_in_no_list_of_answers(quay, alice, bees):
    """Who reads the list would keep it, and show what the group may refuse."""
    thread = await quay.post(alice, bees, token="t1")
    await quay.post(alice, bees, thread, confirmed_at=None)
    taken = await quay.post(alice, bees, thread)
    context, replies = await quay.json("/post/t1/context"), await quay.json("/post/t1/replies")
    assert context["orderedItems"] == [thread.iri, taken.iri]
    assert replies["totalItems"] == 1


async def test_followers_and_following_are_numbers_without_names(quay, alice, rob, bees):
    await quay.follows(alice, bees)
    await quay.follows(rob, bees, "pending")
    followers = await quay.json("/c/bees/followers")
    assert followers == {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{HOME}/c/bees/followers",
        "type": "Collection",
        "totalItems": 1,
        "items": [],
    }
    assert (await quay.json("/u/alice/following"))["totalItems"] == 1
    assert (await quay.json("/u/alice/followers"))["totalItems"] == 0
    assert (await quay.json("/c/bees/following"))["totalItems"] == 0


async def test_featured_threads_are_whole(quay, alice, rob, bees):
    now = quay.clock.now()
    await quay.post(alice, bees)
    pinned = await quay.post(alice, bees, featured_at=now)
    theirs = await quay.post(rob, bees, featured_at=now.replace(hour=23))
    found = await quay.json("/c/bees/featured")
    assert [item["id"] for item in found["orderedItems"]] == [theirs.iri, pinned.iri]
    assert found["orderedItems"][1]["stickied"] is True
    assert lost_terms(found) == set()


async def test_moderators_are_ids(quay, alice, rob, bees):
    left = await quay.person("left", deleted_at=quay.clock.now())
    for one in (alice, rob, left):
        await quay.moderates(one, bees)
    found = await quay.json("/c/bees/moderators")
    assert (found["type"], found["orderedItems"]) == ("OrderedCollection", [alice.iri, rob.iri])


async def test_a_person_outbox_holds_creates_of_posts_and_comments(quay, alice, rob, bees):
    thread = await quay.post(alice, bees)
    answer = await quay.post(alice, bees, thread)
    await quay.post(rob, bees, thread)
    found = await quay.json("/u/alice/outbox")
    assert [(item["type"], item["object"]["id"]) for item in found["orderedItems"]] == [
        ("Create", answer.iri),
        ("Create", thread.iri),
    ]
    assert lost_terms(found) == set()


async def test_the_node_says_nothing_of_its_own(quay):
    found = await quay.json("/site_outbox")
    assert (found["totalItems"], found["orderedItems"]) == (0, [])


async def test_nobody_has_no_collections(quay, alice):
    for path in ("/c/nobody/outbox", "/u/nobody/outbox", "/c/alice/followers", "/u/nobody/following"):
        assert (await quay.get(path)).status_code == 404, path
