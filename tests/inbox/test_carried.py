"""What a group passes on, and how far it is believed."""

from __future__ import annotations

import pytest

from node.activitypub import reading
from node.inbox import tasks
from node.inbox.carried import announced_items
from node.store.queries.actors import find_actor
from node.store.queries.tasks import ask_for
from tests.inbox.conftest import joined
from tests.inbox.words import announce, page, reason_of, title_of


async def test_a_group_vouches_for_authors_of_its_own_host(us, good, hive, work, sea):
    """RULE B6a"""
    alice = good.person("alice")
    thread = page(good, alice, hive, serve=False)
    await good.send(us, announce(good, hive, good.create(thread)))
    await work()
    assert await title_of(us, thread["id"]) == "Hello"
    assert (await us.post(thread["id"])).confirmed_at is not None


async def test_the_words_of_others_come_from_their_own_host(us, good, victim, hive, work):
    """A04, A05, RULE B6c"""
    bob = victim.person("bob", key="bob")
    thread = page(victim, bob, hive, "What bob wrote")
    forged = {**thread, "name": "What bob never wrote"}
    await good.send(us, announce(good, hive, victim.create(forged)))
    await work()
    assert await title_of(us, thread["id"]) == "What bob wrote"


async def test_what_the_origin_never_had_is_dropped(us, good, victim, hive, work):
    """RULE B6c"""
    bob = victim.person("bob", key="bob")
    invented = page(victim, bob, hive, serve=False)
    await good.send(us, announce(good, hive, victim.create(invented)))
    await work()
    assert await us.post(invented["id"]) is None
    assert (await reason_of(us))[0] == "done"


async def test_while_the_origin_is_away_the_groups_copy_is_provisional(us, sea, good, victim, hive, work):
    """RULE B6c"""
    bob = victim.person("bob", key="bob")
    await good.send(us, announce(good, hive, victim.create(page(victim, bob, hive, "First"))))
    await work()
    thread = page(victim, bob, hive, "What bob wrote")
    forged = {**thread, "name": "What bob never wrote"}
    sea.chart.away.add("victim.example")
    await good.send(us, announce(good, hive, victim.create(forged)))
    await work()
    post = await us.post(thread["id"])
    assert (post.title, post.verify_by is not None) == ("What bob never wrote", True)
    sea.chart.away.clear()
    us.node.clock.advance(hours=7)
    await work()
    post = await us.post(thread["id"])
    assert (post.title, post.verify_by) == ("What bob wrote", None)


async def test_a_provisional_copy_that_the_origin_denies_is_emptied(us, sea, good, victim, hive, work):
    """RULE B6c"""
    bob = victim.person("bob", key="bob")
    await good.send(us, announce(good, hive, victim.create(page(victim, bob, hive, "First"))))
    await work()
    invented = page(victim, bob, hive, "Never said", serve=False)
    sea.chart.away.add("victim.example")
    await good.send(us, announce(good, hive, victim.create(invented)))
    await work()
    sea.chart.away.clear()
    us.node.clock.advance(hours=7)
    await work()
    post = await us.post(invented["id"])
    assert (post.title, post.content) == ("", "")
    assert post.deleted_at


async def provisional(us, sea, good, victim, bob, hive, work, thread):
    """Have *thread* taken on the group's word while its origin is away."""
    await good.send(us, announce(good, hive, victim.create(page(victim, bob, hive, "First"))))
    await work()
    sea.chart.away.add("victim.example")
    await good.send(us, announce(good, hive, victim.create(thread)))
    await work()
    assert (await us.post(thread["id"])).verify_by is not None


@pytest.mark.parametrize("origin_says", ["somebody else's", "forbidden", "a page"])
async def test_a_provisional_copy_that_is_not_confirmed_is_emptied(
    us, sea, good, victim, hive, work, origin_says
):
    """RULE B6c: whatever the origin answers, if it is not this post, the group's word has had its day."""
    bob, carl = victim.person("bob", key="bob"), victim.person("carl", key="bob")
    thread = page(victim, bob, hive, "Never said")
    await provisional(us, sea, good, victim, bob, hive, work, thread)
    if origin_says == "somebody else's":
        victim.documents[thread["id"]] = {**thread, "attributedTo": carl}
    else:
        victim.documents[thread["id"]] = 403 if origin_says == "forbidden" else 406
    sea.chart.away.clear()
    us.node.clock.advance(hours=7)
    await work()
    post = await us.post(thread["id"])
    assert (post.title, post.content, post.verify_by) == ("", "", None)


async def test_a_provisional_copy_whose_origin_stays_away_is_kept_and_asked_about_for_a_week(
    us, sea, good, victim, hive, work
):
    """RULE B6c: a community keeps its threads when one node of many ends; what nobody confirmed is told nobody."""
    bob = victim.person("bob", key="bob")
    thread = page(victim, bob, hive, "Never confirmed")
    await provisional(us, sea, good, victim, bob, hive, work, thread)
    asked = 0
    for _ in range(12):
        us.node.clock.advance(hours=24)
        asked += await tasks.work_due(us.node)
    post = await us.post(thread["id"])
    assert (post.title, post.deleted_at, post.verify_by is not None) == ("Never confirmed", None, True)
    assert 7 <= asked <= 9, "asked once a day, and no more after a week"
    document = await us.get(f"/post/{post.token}", accept="application/activity+json")
    assert document.status_code == 404, "what its author's node does not stand by is not ours to point at"
    sea.chart.away.clear()
    async with us.node.transaction() as tx:
        await ask_for(tx, "repair", thread["id"])
    await work()
    assert (await us.post(thread["id"])).verify_by is None


async def test_an_id_or_a_bare_object_is_fetched_and_is_its_authors(us, good, victim, hive, work):
    """C.0: Announce{id}, Announce{Page}, Announce of the id of a Create"""
    bob = victim.person("bob", key="bob")
    by_id, bare = page(victim, bob, hive, "By id"), page(victim, bob, hive, "Bare")
    by_create = page(victim, bob, hive, "By its Create", serve=False)
    create = victim.create(by_create) | {"id": "https://victim.example/creates/1"}
    victim.documents[create["id"]] = create
    for thing in (by_id["id"], {**bare, "name": "Forged"}, create["id"]):
        await good.send(us, announce(good, hive, thing))
    await work()
    titles = [await title_of(us, one["id"]) for one in (by_id, bare, by_create)]
    assert titles == ["By id", "Bare", "By its Create"]


async def test_a_batch_of_votes_counts_each_on_the_groups_word(us, good, victim, hive, work):
    """RULE B6d; C.0: lists and collections"""
    alice, bob = good.person("alice"), victim.person("bob", key="bob")
    thread = page(good, alice, hive)
    await good.send(us, announce(good, hive, good.create(thread)))
    likes = [good.activity("Like", alice, thread["id"]), victim.activity("Like", bob, thread["id"])]
    await good.send(us, announce(good, hive, {"type": "OrderedCollection", "orderedItems": likes}))
    await work()
    assert (await us.post(thread["id"])).upvotes == 2


async def test_votes_from_a_group_that_does_not_hold_the_thread_do_not_count(us, good, evil, ada, hive, work):
    """A05, RULE B6"""
    alice, mallory = good.person("alice"), evil.person("mallory", key="mallory")
    den = evil.person("den", key="mallory", kind="Group")
    await joined(us, evil, ada, den, work)
    thread = page(good, alice, hive)
    await good.send(us, announce(good, hive, good.create(thread)))
    await evil.send(us, announce(evil, den, evil.activity("Like", mallory, thread["id"])))
    await work()
    assert (await us.post(thread["id"])).upvotes == 0


async def test_a_group_takes_back_no_votes_on_anothers_threads(us, good, evil, ada, hive, work):
    """A05, A07, RULE B6: the group that passes an Undo on must hold the thread."""
    alice = good.person("alice")
    den = evil.person("den", key="mallory", kind="Group")
    await joined(us, evil, ada, den, work)
    thread = page(good, alice, hive)
    like = good.activity("Like", alice, thread["id"])
    await good.send(us, announce(good, hive, good.create(thread)))
    await good.send(us, like)
    await work()
    await evil.send(us, announce(evil, den, good.activity("Undo", alice, like)))
    await work()
    assert (await us.post(thread["id"])).upvotes == 1


async def test_a_groups_removal_of_an_unknown_post_does_not_forbid_the_post(
    us, evil, victim, ada, hive, good, work
):
    """R21, V30: only its author, or its origin, says that a post is deleted before it came."""
    bob = victim.person("bob", key="bob")
    den = evil.person("den", key="mallory", kind="Group", attributedTo="https://evil.example/moderators")
    evil.documents["https://evil.example/moderators"] = {
        "id": "https://evil.example/moderators",
        "type": "OrderedCollection",
        "orderedItems": [bob],
    }
    await joined(us, evil, ada, den, work)
    thread = page(victim, bob, hive)
    for more in ({"summary": "spam"}, {}):
        await evil.send(us, announce(evil, den, victim.activity("Delete", bob, thread["id"], **more)))
        await work()
    await good.send(us, announce(good, hive, victim.create(thread)))
    await work()
    assert await title_of(us, thread["id"]) == "Hello"


async def test_a_group_removes_but_never_deletes_in_an_authors_name(us, good, victim, ada, work):
    """RULE B6e: a deletion that the origin does not confirm is the group's removal."""
    bob = victim.person("bob", key="bob")
    club = good.person("club", key="bees", kind="Group", attributedTo="https://good.example/moderators")
    good.documents["https://good.example/moderators"] = {
        "id": "https://good.example/moderators",
        "type": "OrderedCollection",
        "orderedItems": [bob],
    }
    await joined(us, good, ada, club, work)
    thread = page(victim, bob, club)
    await good.send(us, announce(good, club, victim.create(thread)))
    await work()
    await good.send(us, announce(good, club, victim.activity("Delete", bob, thread["id"])))
    await work()
    post = await us.post(thread["id"])
    assert (post.deleted_at, post.removed_at is not None, post.title) == (None, True, "Hello")


async def test_a_batch_outlives_an_item_that_cannot_be_resolved(us, good, victim, hive, work):
    """C.0, R17: one of many that is refused takes none of the others along."""
    alice = good.person("alice")
    thread = page(good, alice, hive)
    await good.send(us, announce(good, hive, good.create(thread)))
    nobody = victim.activity("Like", "https://victim.example/users/nobody", thread["id"])
    await good.send(us, announce(good, hive, [nobody, good.activity("Like", alice, thread["id"])]))
    await work()
    assert (await us.post(thread["id"])).upvotes == 1
    state, reason = await reason_of(us)
    assert state == "done"
    assert "nobody" in reason


async def test_a_batch_that_costs_more_fetches_than_allowed_comes_in_steps(us, good, victim, hive, work):
    """C.0, V53: what was fetched is kept, and the next attempt gets further."""
    bob = victim.person("bob", key="bob")
    threads = [page(victim, bob, hive, f"Number {number}") for number in range(20)]
    await good.send(us, announce(good, hive, [victim.create(one) for one in threads]))
    for hours in (0, 1, 1, 3, 23):
        us.node.clock.advance(hours=hours)
        await work()
    titles = [await title_of(us, one["id"]) for one in threads]
    assert titles == [one["name"] for one in threads]
    assert (await reason_of(us))[0] == "done"


async def test_a_forged_delete_of_what_is_still_there_changes_nothing(us, good, victim, hive, work):
    """A05, V30"""
    bob = victim.person("bob", key="bob")
    thread = page(victim, bob, hive)
    await good.send(us, announce(good, hive, victim.create(thread)))
    await work()
    bye = victim.activity("Delete", bob, thread["id"])
    await good.send(us, announce(good, hive, bye))
    await work()
    assert (await us.post(thread["id"])).deleted_at is None
    victim.documents[thread["id"]] = 410
    await good.send(us, announce(good, hive, bye))
    await work()
    assert (await us.post(thread["id"])).deleted_at is not None


async def test_a_post_that_names_another_group_is_not_taken(us, good, hive, work):
    """RULE B6, I.81"""
    alice = good.person("alice")
    other = good.person("other", key="bees", kind="Group")
    thread = page(good, alice, other)
    await good.send(us, announce(good, hive, good.create(thread)))
    await work()
    assert await us.post(thread["id"]) is None


async def test_an_announce_within_an_announce_is_refused(us, good, hive, work):
    """I.105"""
    alice = good.person("alice")
    nested = announce(good, alice, announce(good, alice, page(good, alice, hive)["id"]))
    await good.send(us, announce(good, hive, nested))
    await work()
    state, reason = await reason_of(us)
    assert state == "done"
    assert "pass on" in reason


@pytest.mark.parametrize("kind", ["Follow", "Accept", "Warn"])
async def test_memberships_are_never_passed_on(us, good, hive, work, kind):
    """C.0"""
    alice = good.person("alice")
    await good.send(us, announce(good, hive, good.activity(kind, alice, hive)))
    await work()
    assert "does not pass on" in (await reason_of(us))[1]


async def test_the_end_of_an_account_is_never_passed_on(us, good, hive, work):
    alice = good.person("alice")
    await good.send(us, announce(good, hive, good.create(page(good, alice, hive))))
    await good.send(us, announce(good, hive, good.activity("Delete", alice, alice)))
    await work()
    async with us.node.reading() as session:
        assert (await find_actor(session, alice)).deleted_at is None


async def test_a_group_that_nobody_here_follows_is_not_heard(us, evil, work):
    """Storage belongs to those who were asked in."""
    mallory = evil.person("mallory", key="mallory")
    den = evil.person("den", key="mallory", kind="Group")
    thread = page(evil, mallory, den)
    await evil.send(us, announce(evil, den, evil.create(thread)))
    await work()
    assert await us.post(thread["id"]) is None
    assert "follows this group" in (await reason_of(us))[1]


async def test_the_words_of_a_blocked_host_do_not_come_through_a_group(us, good, victim, hive, work):
    """V32"""
    from node.local.peers import block

    bob = victim.person("bob", key="bob")
    async with us.node.transaction() as tx:
        await block(tx, "victim.example", own="us.example")
    for thing in (victim.create(page(victim, bob, hive)), page(victim, bob, hive)["id"]):
        await good.send(us, announce(good, hive, thing))
        await work()
        assert "does not speak" in (await reason_of(us))[1]
    async with us.node.reading() as session:
        assert await find_actor(session, bob) is None


async def test_an_echo_confirms_our_post_and_does_nothing_else(us, good, ada, hive, work):
    """RULE C1, I.82"""
    from tests.support.archipelago import Group

    iri = await ada.posts(Group(us, hive, ada), title="From here")
    await work()
    (create,) = good.got("Create")
    assert (await us.post(iri)).confirmed_at is None
    await good.send(us, announce(good, hive, {**create, "object": {**create["object"], "name": "Forged"}}))
    await work()
    post = await us.post(iri)
    assert post.confirmed_at is not None
    assert post.title == "From here"


@pytest.mark.parametrize(
    ("given", "items"),
    [
        ("https://a.example/1", 1),
        ({"type": "Page", "id": "https://a.example/1"}, 1),
        ([{"type": "Like"}, "https://a.example/2", 7], 2),
        ({"type": "OrderedCollection", "orderedItems": [{"type": "Like"}] * 60}, 50),
        (7, 0),
    ],
)
def test_what_an_announce_carries(given, items):
    """C.0, V62"""
    document = {
        "id": "https://good.example/a/1",
        "type": "Announce",
        "actor": "https://good.example/c/x",
        "object": given,
    }
    assert len(announced_items(reading.read_activity(document))) == items
