"""Threads whole: old ones brought, holes mended, the hourly look, and what a hostile list may cost (FEDERATION E)."""

from __future__ import annotations

import contextlib

import pytest

from node.errors import Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.backfill import backfill
from node.inbox.refreshing import refresh_due
from node.inbox.repairing import repair
from node.network.client import Budget
from tests.federation.listings import asked, page
from tests.inbox.conftest import joined
from tests.support.stranger import PUBLIC, Stranger


async def count(us, *notes):
    return [one["content"] for one in notes if (await us.post(one["id"])) is not None]


async def test_an_old_group_in_pages_comes_with_every_shape_of_item(sea, us, good, far, work):
    """RULE E3, I.37, I.38: Announce{Create}, Announce{id}, Create and ids; threads of others from their own home."""
    hive = good.person("hive", key="bees", kind="Group")
    ann, bob = good.person("ann"), far.person("bob", key="bob")
    threads = [page(good, ann, hive, f"Thread {n}") for n in range(4)] + [page(far, bob, hive, "From far")]
    announced = good.activity("Announce", hive, threads[1]["id"])
    good.documents[announced["id"].replace("#", "/")] = announced | {"id": announced["id"].replace("#", "/")}
    first = [
        good.activity("Announce", hive, good.create(threads[0])),
        announced["id"].replace("#", "/"),
        {"type": "Tombstone", "id": f"{good.home}/gone"},
    ]
    forged = good.activity("Announce", hive, far.create({**threads[4], "name": "What bob never wrote"}))
    good.paged(f"{hive}/outbox", [first, [good.create(threads[2]), threads[3]["id"], forged]])
    answer = far.note(bob, "An answer", inReplyTo=threads[0]["id"])
    deeper = good.note(ann, "Below it", inReplyTo=answer["id"])
    context = good.paged(f"{threads[0]['id']}/topic", [[threads[0]["id"], deeper["id"]], [answer["id"]]])
    good.documents[threads[0]["id"]]["context"] = context
    first[0]["object"]["object"] = good.documents[threads[0]["id"]]
    pinned = page(good, ann, hive, "Pinned")
    good.collection(f"{hive}/pinned", [good.documents[pinned["id"]]])
    good.documents[hive]["featured"] = f"{hive}/pinned"
    good.documents[f"{hive}/followers"] = {"id": f"{hive}/followers", "type": "Collection", "totalItems": 712}
    ada = await us.member("ada")
    await joined(us, good, ada, hive, work)
    titles = {post.title for one in [*threads, pinned] if (post := await us.post(one["id"])) is not None}
    assert titles == {"Thread 0", "Thread 1", "Thread 2", "Thread 3", "From far", "Pinned"}
    root = await us.post(threads[0]["id"])
    assert (root.comment_count, root.home_comments, root.backfilled) == (2, 2, True)
    assert (await us.post(deeper["id"])).parent_id == (await us.post(answer["id"])).id
    assert (await us.post(pinned["id"])).featured_at is not None
    assert (await fetch_actor(us.node, hive, Budget(1))).home_followers == 712
    assert await ada.notices() == []
    group = await us.get("/c/hive@good.example")
    assert "712" in group.text


async def test_the_replies_of_mastodon_are_followed_from_answer_to_answer(sea, us, good, far, work):
    """I.37, I.104: the first page stands in the document, the next has other accounts; `context` is no collection."""
    hive, bob = good.person("hive", key="bees", kind="Group"), far.person("bob", key="bob")
    mia = far.person("mia")
    thread = page(far, bob, hive, "From Mastodon", context="tag:far.example,2026:conversation=1")
    own = far.note(bob, "To myself", inReplyTo=thread["id"])
    others = far.note(mia, "From mia", inReplyTo=thread["id"])
    below = far.note(bob, "Below mia", inReplyTo=others["id"])
    for note, items, rest in ((thread, [own["id"]], [others["id"]]), (others, [], [below])):
        iri = f"{note['id']}/replies"
        following = f"{iri}/others"
        first = {"type": "CollectionPage", "partOf": iri, "next": following, "items": items}
        replies = {"id": iri, "type": "Collection", "first": first}
        far.documents[note["id"]]["replies"] = far.documents[iri] = replies
        far.documents[following] = {"id": following, "type": "CollectionPage", "partOf": iri, "items": rest}
    good.collection(f"{hive}/outbox", [thread["id"]])
    await backfill(us.node, hive)
    assert len(await count(us, thread, own, others, below)) == 4
    assert (await us.post(thread["id"])).comment_count == 3


async def test_a_backfill_that_was_cut_off_goes_on_where_it_was(sea, us, good, work, monkeypatch):
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    threads = [page(good, ann, hive, f"Thread {n}") for n in range(12)]
    good.collection(f"{hive}/outbox", [one["id"] for one in threads])
    find, served = good._find, []

    def breaking(path, query):
        served.append(path)
        if "/statuses/" in path and sum("/statuses/" in one for one in served) > 5:
            return 503, "application/activity+json", {}
        return find(path, query)

    monkeypatch.setattr(good, "_find", breaking)
    with pytest.raises(Unavailable):
        await backfill(us.node, hive)
    here = await count(us, *threads)
    assert 3 <= len(here) < 12
    monkeypatch.setattr(good, "_find", find)
    before = len(sea.chart.fetched)
    told = []

    async def report(done):
        told.append(done)

    await backfill(us.node, hive, report)
    again = [url for _, url in sea.chart.fetched[before:] if "/statuses/" in url]
    assert len(await count(us, *threads)) == 12
    assert len(again) == 12 - len(here), "what was here was not fetched again"
    assert (told[0], told[-1]) == (len(here), 12)


async def test_older_threads_come_when_asked_for_again(sea, us, good):
    """RULE E3: a few pages of a long outbox at a time, each time further back."""
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    pages = [[page(good, ann, hive, f"Thread {n}-{m}")["id"] for m in range(2)] for n in range(13)]
    good.paged(f"{hive}/outbox", pages)
    brought = [await backfill(us.node, hive) for _ in range(4)]
    assert brought == [10, 10, 6, 0]


async def test_a_repair_fills_holes_and_counts_what_home_counts(sea, alpha, beta, gamma, bees):
    """RULE E4, I.62: deliveries that were lost are no loss for good."""
    cy = await gamma.member("cy", follows=bees)
    await sea.settle()
    thread = await bees.founder.posts(bees, title="Long")
    await sea.settle()
    sea.chart.held["gamma.example"] = []
    comment = await bees.founder.answers(thread, "Lost on the way")
    deeper = await bees.founder.answers(comment, "Lost as well")
    await bees.founder.votes(thread, 1)
    await sea.settle()
    del sea.chart.held["gamma.example"]
    late = await bees.founder.answers(thread, "This one came")
    await sea.settle()
    root = await gamma.post(thread)
    assert root.comment_count == 1
    assert await repair(gamma.node, thread) == 2
    root = await gamma.post(thread)
    assert (root.comment_count, root.home_comments, root.home_upvotes, root.repair_found) == (3, 3, 1, 2)
    assert (await gamma.post(deeper)).parent_id == (await gamma.post(comment)).id
    assert await cy.notices() == []
    assert await repair(gamma.node, late) == 0, "a second one finds nothing missing"
    assert await repair(beta.node, thread) == 0, "at home there is nothing to mend"


async def test_a_repair_buries_what_its_origin_says_is_gone_and_nothing_else(sea, us, good):
    """I.62: a Delete that was lost. 410 is an answer, 404 may mean that it is not for us."""
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    context = f"{good.home}/topic/1"
    thread = page(good, ann, hive, "Talked in", context=context)
    answers = [good.note(ann, f"Answer {n}", inReplyTo=thread["id"]) for n in range(4)]
    good.collection(context, [thread["id"], *(one["id"] for one in answers)])
    good.collection(f"{hive}/outbox", [thread["id"]])
    await backfill(us.node, hive)
    good.documents[answers[0]["id"]], good.documents[answers[1]["id"]] = 410, 404
    good.documents[answers[2]["id"]] = {"id": answers[2]["id"], "type": "Tombstone"}
    await repair(us.node, thread["id"])
    root = await us.post(thread["id"])
    assert root.comment_count == 4, "what home still lists is not asked about"
    assert root.updated is None, "what nobody edited is not shown as edited for having been read again"
    good.collection(context, [thread["id"], answers[3]["id"]])
    await repair(us.node, thread["id"])
    gone = [(await us.post(one["id"])).deleted_at is not None for one in answers]
    assert gone == [True, False, True, False]
    good.documents[thread["id"]] = 410
    await repair(us.node, thread["id"])
    root = await us.post(thread["id"])
    assert (root.deleted_at is not None, root.title, root.comment_count) == (True, "", 2)


async def test_threads_that_are_talked_in_are_looked_at_by_the_hour_for_a_304_each(sea, us, good, far, work):
    """RULE E4"""
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    context = f"{good.home}/topic/1"
    thread = page(good, ann, hive, "Talked in", context=context)
    good.collection(context, [thread["id"]])
    good.etags[context] = 'W/"1"'
    ada = await us.member("ada")
    await joined(us, good, ada, hive, work)
    await good.send(us, good.activity("Announce", hive, good.create(thread), to=[PUBLIC]))
    await work()

    async def hours_later(hours=1):
        us.node.clock.advance(hours=hours)
        before = len(good.answered)
        looked = await refresh_due(us.node)
        return looked, [status for iri, status in good.answered[before:] if iri == context]

    assert await refresh_due(us.node) == 0, "it has only just come"
    assert await hours_later() == (1, [200])
    assert await refresh_due(us.node) == 0
    assert [await hours_later() for _ in range(3)] == [(1, [304])] * 3
    answer = good.note(ann, "Never delivered", inReplyTo=thread["id"])
    good.collection(context, [thread["id"], answer["id"]])
    good.etags[context] = 'W/"2"'
    assert await hours_later() == (1, [200])
    assert (await us.post(answer["id"])).root_id == (await us.post(thread["id"])).id
    us.node.clock.advance(minutes=30)
    good.documents[context] = 503
    waits = [(await hours_later())[1] for _ in range(6)]
    assert waits == [[503], [503], [], [503], [], []], "a home that fails is asked less and less"
    assert await hours_later(24) == (0, []), "nobody talks there any more"


async def test_counts_that_differ_are_shown_and_a_member_may_mend_them(sea, us, good, work):
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    context = f"{good.home}/topic/1"
    thread = page(good, ann, hive, "Counted", context=context, likes=f"{good.home}/likes/1")
    answers = [good.note(ann, f"Answer {n}", inReplyTo=thread["id"]) for n in range(3)]
    good.collection(context, [one["id"] for one in (thread, *answers)])
    good.collection(f"{good.home}/likes/1", [], totalItems=15)
    good.collection(f"{hive}/outbox", [thread["id"]])
    good.documents[answers[2]["id"]] = 503
    await backfill(us.node, hive)
    root = await us.post(thread["id"])
    assert (root.comment_count, root.home_comments, root.home_upvotes) == (2, 3, 15)


async def test_a_hostile_list_costs_no_more_than_an_honest_one(sea, us, good, monkeypatch):
    """A47, A48, V53, I.37: endless pages, loops, items of others, items that are no part of it, and a flood."""
    evil, victim = Stranger(sea, "evil.example"), Stranger(sea, "victim.example")
    hive, bob = evil.person("hive", key="mallory", kind="Group"), victim.person("bob", key="bob")
    outbox = f"{hive}/outbox"

    async def cost(*, of="victim.example"):
        before = len(sea.chart.fetched)
        with contextlib.suppress(Unavailable):
            await backfill(us.node, hive)
        urls = [url for _, url in sea.chart.fetched[before:]]
        async with us.node.transaction() as tx:
            (await tx.session.merge(await fetch_actor(us.node, hive, Budget(5)))).history_page = None
        return sum(of in url for url in urls), sum("evil.example" in url for url in urls)

    evil.collection(outbox, [f"https://victim.example/nothing/{n}" for n in range(2000)])
    assert (await cost())[0] <= 8, "a host that has none of it is left alone"

    notes = [victim.note(bob, f"Not in it {n}", audience="https://other.example/c/x") for n in range(60)]
    evil.collection(outbox, [one["id"] for one in notes])
    assert (await cost())[0] <= 45

    find = evil._find

    def endless(path, query):
        if not path.startswith("/users/hive/outbox"):
            return find(path, query)
        number = int(path.rpartition("/")[2]) + 1 if path[-1].isdigit() else 0
        page = {"id": evil.home + path, "type": "OrderedCollectionPage", "orderedItems": []}
        return 200, "application/activity+json", page | {"next": f"{outbox}/{number}"}

    monkeypatch.setattr(evil, "_find", endless)
    assert (await cost())[1] <= 12
    monkeypatch.setattr(evil, "_find", find)

    evil.collection(outbox, [], first=outbox, next=outbox)
    assert (await cost())[1] <= 8
    evil.documents[outbox] = {
        "id": outbox,
        "type": "OrderedCollection",
        "first": "https://victim.example/page",
    }
    assert (await cost())[0] == 0, "pages of another host are not asked for"

    mallory = evil.person("mallory", key="mallory")
    context = f"{evil.home}/context"
    thread = page(evil, mallory, hive, "Bait", context=context)
    evil.collection(outbox, [thread["id"]])
    evil.collection(context, [thread["id"], *(one["id"] for one in notes)])
    assert (await cost())[0] <= 45, "a thread that lists what does not answer it is not read to its end"
    assert await count(us, *notes) == []

    chain = [thread]
    for n in range(300):
        chain.append(evil.note(mallory, f"Deep {n}", inReplyTo=chain[-1]["id"]))
        iri = chain[-2]["id"] + "/replies"
        evil.documents[chain[-2]["id"]]["replies"] = evil.collection(iri, [chain[-1]["id"]])
    evil.documents[thread["id"]].pop("context")
    async with us.node.transaction() as tx:
        post = await tx.session.merge(await us.post(thread["id"]))
        post.context_iri, post.replies_iri = None, f"{thread['id']}/replies"
    before = len(sea.chart.fetched)
    await repair(us.node, thread["id"])
    assert len(sea.chart.fetched) - before <= 120
    assert 20 <= len(await count(us, *chain[1:])) <= 60


async def test_a_context_at_a_third_host_is_never_asked_for(sea, us, good):
    """V53: a thread's author does not send us to others, hour by hour."""
    victim = Stranger(sea, "victim.example")
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    thread = page(good, ann, hive, "Bait", context=f"{victim.home}/x", replies=f"{victim.home}/y")
    thread |= {"likes": f"{victim.home}/z"}
    good.documents[thread["id"]] |= thread
    good.collection(f"{hive}/outbox", [thread["id"]])
    await backfill(us.node, hive)
    await repair(us.node, thread["id"])
    assert [url for _, url in sea.chart.fetched if victim.home in url] == []


async def test_full_objects_in_a_list_are_believed_for_their_own_host_alone(sea, us, good, far):
    """I.38, PieFed: what stands whole in a list of the same host is not asked for again."""
    hive, ann, bob = (
        good.person("hive", kind="Group", key="bees"),
        good.person("ann"),
        far.person("bob", key="bob"),
    )
    thread = page(good, ann, hive, "Whole", replies=f"{good.home}/replies")
    own = good.note(ann, "Own", inReplyTo=thread["id"])
    others = far.note(bob, "Others", inReplyTo=own["id"])
    forged = {**others, "content": "<p>Never said</p>"}
    good.collection(f"{good.home}/replies", [own, forged])
    good.collection(f"{hive}/outbox", [good.documents[thread["id"]]])
    await backfill(us.node, hive)
    assert (await us.post(others["id"])).content == "<p>Others</p>"
    assert (asked(sea, own["id"]), asked(sea, others["id"]), asked(sea, thread["id"])) == (0, 1, 0)
