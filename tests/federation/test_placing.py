"""What finds its place late: answers before what they answer, edits before their post, a group that says nothing (FEDERATION E)."""

from __future__ import annotations

import json

from node.store.queries.tasks import ask_for
from tests.federation.listings import asked, page
from tests.inbox.conftest import joined
from tests.support.archipelago import Group
from tests.support.stranger import PUBLIC, Stranger


async def test_an_answer_that_came_before_what_it_answers_is_announced_once_it_has_its_place(
    sea, alpha, beta, bees
):
    """R19: in whatever order they come, a group of ours passes all of them on, each once."""
    await alpha.member("ada", follows=bees)
    await sea.settle()
    thread = await bees.founder.posts(bees, title="Here")
    far, odd = Stranger(sea, "far.example"), Stranger(sea, "odd.example")
    bob, mia = far.person("bob", key="bob"), odd.person("mia")
    parent = far.note(bob, "The parent", inReplyTo=thread, to=[PUBLIC, bees.iri])
    answer = odd.note(mia, "The answer", inReplyTo=parent["id"], to=[PUBLIC, bees.iri, bob])
    below = odd.note(mia, "And below", inReplyTo=answer["id"], to=[PUBLIC, bees.iri])
    parent_came = far.documents.pop(parent["id"])
    for one in (answer, below):
        await odd.send(beta, odd.create(one))
        await sea.settle()
    assert (await beta.post(below["id"])).group_id is None
    far.documents[parent["id"]] = parent_came
    for _ in range(2):
        await far.send(beta, far.create(parent))
        await sea.settle()
    told = [one.activity["object"].get("object", {}) for one in sea.deliveries(beta, to=alpha)]
    contents = [one.get("content") for one in told if isinstance(one, dict) and one.get("type") == "Note"]
    assert sorted(contents) == ["<p>And below</p>", "<p>The answer</p>", "<p>The parent</p>"]
    assert (await alpha.post(below["id"])).depth == 3
    assert (await beta.post(thread)).comment_count == (await alpha.post(thread)).comment_count == 3


async def test_an_answer_whose_parent_is_away_finds_its_thread_by_its_context(sea, us, good, far, work):
    """RULE E4: first what it answers, else the list of the whole thread."""
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    ada = await us.member("ada")
    await joined(us, good, ada, hive, work)
    thread = page(good, ann, hive, "Never announced here")
    await good.send(us, good.activity("Announce", hive, good.create(thread), to=[PUBLIC]))
    await work()
    bob = far.person("bob", key="bob")
    middle = far.note(bob, "Away", inReplyTo=thread["id"])
    context = good.collection(f"{good.home}/topic/1", [])
    last = good.note(ann, "The last", inReplyTo=middle["id"], context=context)
    good.collection(context, [thread["id"], middle["id"], last["id"]])
    hidden = far.documents.pop(middle["id"])
    await good.send(us, good.activity("Announce", hive, good.create(last), to=[PUBLIC]))
    await work()
    assert (await us.post(last["id"])).parent_id is None
    far.documents[middle["id"]] = hidden
    us.node.clock.advance(hours=1)
    async with us.node.transaction() as tx:
        await ask_for(tx, "repair", last["id"])
    await work()
    assert (await us.post(last["id"])).depth == 2
    assert json.loads((await us.post(middle["id"])).document)["id"] == middle["id"]


async def test_an_answer_whose_parent_is_gone_stands_in_its_thread_by_the_list_of_its_home(
    sea, us, good, far, work
):
    """RULE E4: what it answered was deleted before it could be had; one that is merely away may still come."""
    hive, ann, bob = (
        good.person("hive", key="bees", kind="Group"),
        good.person("ann"),
        far.person("bob", key="bob"),
    )
    await joined(us, good, await us.member("ada"), hive, work)
    context = f"{good.home}/topic/1"
    thread = page(good, ann, hive, "Talked in", context=context)
    await good.send(us, good.activity("Announce", hive, good.create(thread), to=[PUBLIC]))
    await work()
    ends = {}
    for answer in (410, 404):
        middle = far.note(bob, f"Answered with {answer}", inReplyTo=thread["id"])
        far.documents[middle["id"]] = answer
        last = good.note(ann, "The last", inReplyTo=middle["id"], context=context)
        below = good.note(ann, "And below", inReplyTo=last["id"], context=context)
        good.collection(context, [thread["id"], middle["id"], last["id"], below["id"]])
        for note in (last, below):
            await good.send(us, good.activity("Announce", hive, good.create(note), to=[PUBLIC]))
        await work()
        ends[answer] = [(await us.post(one["id"])).depth for one in (last, below)]
        root, post = await us.post(thread["id"]), await us.post(below["id"])
        ends[answer] += [post.root_id == root.id, post.group_id == root.group_id]
    assert ends == {410: [1, 2, True, True], 404: [0, 1, False, False]}
    assert root.comment_count == 2


async def test_what_overtakes_its_create_counts_as_if_it_had_come_in_order(sea, us, good, far, work):
    """I.77, I.78, I.79, R20, R21: an edit brings the post, a deletion forbids it, a vote fetches it for a followed group."""
    hive, ann = good.person("hive", key="bees", kind="Group"), good.person("ann")
    bees = await us.group("bees")
    ada = await us.member("ada")
    await joined(us, good, ada, hive, work)
    for group in (hive, bees.iri):
        edited, deleted, liked = (page(good, ann, group, title) for title in ("Edited", "Deleted", "Liked"))

        async def comes(activity, group=group):
            passed = good.activity("Announce", group, activity, to=[PUBLIC]) if group == hive else activity
            await good.send(us, passed)
            await work()

        newest = {**edited, "name": "Newest", "updated": "2026-11-03T09:30:00Z"}
        good.documents[edited["id"]] = newest
        about = {"to": [group, PUBLIC], "audience": group}
        await comes(good.activity("Update", ann, newest, **about))
        await comes(good.create(edited))
        post = await us.post(edited["id"])
        assert (post.title, post.group_id is not None, post.deleted_at) == ("Newest", True, None)
        good.documents[deleted["id"]] = 410
        await comes(good.activity("Delete", ann, deleted["id"], **about))
        await comes(good.create(deleted))
        post = await us.post(deleted["id"])
        assert (post.deleted_at is not None, post.title, post.content) == (True, "", "")
        await comes(good.activity("Like", ann, liked["id"], **about))
        post = await us.post(liked["id"])
        assert (post.title, post.upvotes) == ("Liked", 1)
    strange = good.person("strange", key="bees", kind="Group")
    unasked = page(good, ann, strange, "Unasked")
    await good.send(
        us, good.activity("Announce", strange, good.activity("Like", ann, unasked["id"]), to=[PUBLIC])
    )
    await work()
    assert await us.post(unasked["id"]) is None
    assert asked(sea, unasked["id"]) == 0


async def test_a_post_that_its_group_never_confirms_is_hidden_after_a_week(sea, us, good, far, work):
    """B9, C1, I.82: until the Announce comes it is shown as waiting, the group's echo of ours confirms it."""
    hive = good.person("hive", key="bees", kind="Group")
    ada = await us.member("ada")
    await joined(us, good, ada, hive, work)
    group = Group(us, hive, ada)
    taken, ignored = await ada.posts(group, title="Taken"), await ada.posts(group, title="Ignored")
    assert set(await ada.reads(group)) == {"Taken", "Ignored"}
    assert (await us.get(f"/post/{taken.rpartition('/')[2]}")).text.count("waiting for good.example") == 1
    create = (await us.post(taken)).create_iri
    echo = {"id": create, "type": "Create", "actor": ada.iri, "object": {"id": taken, "type": "Page"}}
    await good.send(us, good.activity("Announce", hive, echo, to=[PUBLIC]))
    await work()
    us.node.clock.advance(hours=24 * 8)
    assert await ada.reads(group) == ["Taken"]
    assert (await us.post(taken)).title == "Taken", "of an echo nothing is read but that it came"
    assert await us.post(ignored) is not None
