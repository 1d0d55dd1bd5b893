import pytest

from node.activitypub.jsonld import lost_terms
from tests.support.quay import HOME, Quay


@pytest.fixture
async def alice(quay: Quay):
    return await quay.person("alice")


@pytest.fixture
async def bees(quay: Quay):
    return await quay.group("bees")


def said(kind: str, token: str, actor, obj):
    iri = f"{HOME}/activities/{kind.lower()}/{token}"
    return {"id": iri, "type": kind, "actor": actor.iri, "object": obj}


async def test_what_was_sent_can_be_fetched(quay, alice):
    like = said("Like", "x1", alice, "https://b.example/post/1")
    await quay.logs(alice, like)
    answer = await quay.get("/activities/like/x1")
    assert answer.json() == like
    assert answer.headers["content-type"] == "application/activity+json"
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_what_was_not_for_everybody_cannot(quay, alice, bees):
    await quay.logs(alice, said("Follow", "x1", alice, bees.iri), public=False)
    for path in ("/activities/follow/x1", "/activities/follow/x2", "/activities/like/x1"):
        assert (await quay.get(path)).status_code == 404, path


@pytest.mark.parametrize("hidden", ["deleted_at", "removed_at", "visibility"])
async def test_what_carries_a_hidden_post_is_hidden_with_it(quay, alice, bees, hidden):
    post = await quay.post(alice, bees)
    create = said("Create", "x1", alice, {"id": post.iri, "type": "Page", "content": "words"})
    await quay.logs(alice, create)
    await quay.logs(bees, said("Announce", "x2", bees, create))
    await quay.logs(bees, said("Announce", "x3", bees, [create]))
    await quay.logs(alice, said("Delete", "x4", alice, post.iri))
    paths = ("/activities/create/x1", "/activities/announce/x2", "/activities/announce/x3")
    for path in paths:
        assert (await quay.get(path)).status_code == 200, path
    await quay.change(post, **{hidden: "direct" if hidden == "visibility" else quay.clock.now()})
    for path in paths:
        assert (await quay.get(path)).status_code == 404, path
    assert (await quay.get("/activities/delete/x4")).status_code == 200


async def test_of_who_has_left_only_the_farewell_is_shown(quay, alice, bees):
    await quay.logs(alice, said("Update", "x1", alice, {"id": alice.iri, "name": "Alice"}))
    await quay.logs(alice, said("Delete", "x2", alice, alice.iri))
    await quay.change(alice, deleted_at=quay.clock.now())
    assert (await quay.get("/activities/update/x1")).status_code == 404
    assert (await quay.get("/activities/delete/x2")).status_code == 200


async def test_a_create_outlives_the_log(quay, alice, bees):
    post = await quay.post(alice, bees, create_iri=f"{HOME}/activities/create/old")
    found = await quay.json("/activities/create/old")
    assert (found["id"], found["object"]["id"]) == (post.create_iri, post.iri)
    assert lost_terms(found) == set()


async def test_the_announcements_of_a_thread_outlive_the_log(quay, alice, bees):
    post = await quay.post(alice, bees, token="t1")
    boost = await quay.json("/activities/announce/t1")
    assert (boost["object"], boost["actor"]) == (post.iri, bees.iri)
    assert boost["cc"] == [bees.followers, alice.iri]
    announce = await quay.json("/activities/announce/create-t1")
    assert announce["object"]["type"] == "Create"
    assert lost_terms(announce) == set()
    assert lost_terms(boost) == set()


async def test_nothing_is_announced_that_was_not(quay, alice, bees):
    seas = await quay.actor("Group", path="/c/seas", username="seas", home="https://b.example")
    thread = await quay.post(alice, bees, token="t1")
    await quay.post(alice, bees, thread, token="t2")
    await quay.post(alice, seas, token="t3")
    await quay.post(alice, token="t4")
    closed = await quay.group("closed", deleted_at=quay.clock.now())
    await quay.post(alice, closed, token="t5")
    for token in ("t2", "t3", "create-t3", "t4", "t5", "create-none", "create-create-t1"):
        assert (await quay.get(f"/activities/announce/{token}")).status_code == 404, token
    assert (await quay.get("/activities/announce/create-t2")).status_code == 200
