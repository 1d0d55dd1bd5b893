"""Moderators at work in a group here and a group elsewhere (FEDERATION C.6 to C.8, C.11): Lock, Add, Remove, Delete."""

from __future__ import annotations

import pytest
from sqlalchemy import delete as sql_delete
from sqlmodel import col

from node.activities import charter, closing, curate, delete, lock, marking
from node.activities.drafts import CharterDraft
from node.store.queries.actors import get_actor, moderates
from node.store.queries.drafts import kept_words
from node.store.tables.log import LogEntry
from tests.federation.acts import act
from tests.support.stranger import PUBLIC, Stranger


async def standing(islands, iri: str) -> list[tuple[bool, bool, bool]]:
    """Locked, pinned, removed: of a post on each node."""
    posts = [await island.post(iri) for island in islands]
    return [(bool(one.locked_at), bool(one.featured_at), bool(one.removed_at)) for one in posts]


async def test_a_moderator_elsewhere_closes_pins_removes_and_restores(sea, scene, alpha, beta, gamma, bees):
    ada, carl, _ = scene
    islands = (alpha, beta, gamma)
    for island in islands:
        async with island.node.reading() as session:
            group, actor = await get_actor(session, bees.iri), await get_actor(session, ada.iri)
            assert await moderates(session, actor.id, group.id)
    thread = await carl.posts(bees, title="Wasps", text="Not bees")
    await sea.settle()
    answer = await ada.answers(thread, "Indeed")
    await sea.settle()
    await act(ada, lock.compose, thread, reason="settled")
    await act(ada, curate.compose_pin, bees.iri, thread, pin=True)
    await sea.settle()
    assert await standing(islands, thread) == [(True, True, False)] * 3
    await act(ada, lock.compose_undo, thread)
    await act(ada, curate.compose_pin, bees.iri, thread, pin=False)
    await sea.settle()
    assert await standing(islands, thread) == [(False, False, False)] * 3
    await act(ada, delete.compose, thread, reason="Rule 3", with_replies=True)
    await sea.settle()
    assert await standing(islands, thread) == [(False, False, True)] * 3
    assert await standing(islands, answer) == [(False, False, True)] * 3
    assert [(await one.post(thread)).removal_reason for one in islands] == ["Rule 3"] * 3
    assert (await gamma.get(thread, accept="application/activity+json")).status_code == 410
    await act(ada, delete.compose_restore, thread, with_replies=True)
    await sea.settle()
    assert await standing(islands, thread) == [(False, False, False)] * 3
    assert await standing(islands, answer) == [(False, False, False)] * 3
    assert (await gamma.document(thread))["content"] == "<p>Not bees</p>"


async def test_microblogs_lose_and_regain_the_boost(sea, scene, bees):
    """D1: removal is Undo{Announce}, restoring is an Announce of its own, as often as it happens."""
    ada, carl, masto = scene
    thread = await carl.posts(bees, title="Wasps")
    await sea.settle()
    for reason in ("first", "second"):
        await act(ada, delete.compose, thread, reason=reason)
        await sea.settle()
        await act(ada, delete.compose_restore, thread)
        await sea.settle()
    boosts = [one["id"] for one in masto.got("Announce")]
    assert len(set(boosts)) == 3
    assert [one["object"]["id"] for one in masto.got("Undo")] == boosts[:2]
    assert {one["actor"] for one in masto.received} <= {bees.iri}
    assert not {"Lock", "Add", "Delete"} & {one["type"] for one in masto.received}


async def test_the_charter_is_changed_from_elsewhere_and_a_post_marked(sea, scene, alpha, beta, gamma, bees):
    """C11: what goes out is the group as its home has it."""
    ada, carl, masto = scene
    thread = await carl.posts(bees, title="Stings")
    await sea.settle()
    draft = CharterDraft(title="Bees & co", summary="Be *kind*", posting_restricted=True)
    await act(ada, charter.compose, bees.iri, draft=draft)
    await act(ada, marking.compose, thread, sensitive=True)
    await sea.settle()
    for island in (alpha, beta, gamma):
        async with island.node.reading() as session:
            group = await get_actor(session, bees.iri)
        assert (group.name, group.posting_restricted) == ("Bees & co", True)
        assert (await island.post(thread)).sensitive
        assert (await island.post(thread)).title == "Stings"
    (told,) = [one for one in masto.got("Update") if one["object"]["id"] == bees.iri]
    assert (told["actor"], told["object"]["name"]) == (bees.iri, "Bees & co")


async def test_a_group_closes_and_opens_again(sea, scene, alpha, beta, gamma, bees):
    _, _, masto = scene
    await act(bees.founder, closing.compose, bees.iri)
    await sea.settle()
    assert (await beta.get(bees.iri, accept="application/activity+json")).status_code == 410
    for island in (alpha, gamma):
        async with island.node.reading() as session:
            assert (await get_actor(session, bees.iri)).deleted_at is not None
    assert [(one["actor"], one["object"]) for one in masto.got("Delete")] == [(bees.iri, bees.iri)]
    await act(bees.founder, closing.compose_undo, bees.iri)
    await sea.settle()
    assert (await beta.document(bees.iri))["name"] == "Bees"
    for island in (alpha, gamma):
        async with island.node.reading() as session:
            group = await get_actor(session, bees.iri)
        assert (group.deleted_at, group.name) == (None, "Bees")


@pytest.fixture
def hive(sea):
    """A group of a server that is not ours, with its lists, and one of its people."""
    host = Stranger(sea, "hive.example", software="lemmy")
    lists = {name: f"{host.home}/users/hive/{name}" for name in ("featured", "moderators")}
    iri = host.person("hive", kind="Group", featured=lists["featured"], attributedTo=lists["moderators"])
    return host, iri, lists


async def test_acts_that_come_before_their_post_find_it(sea, alpha, hive):
    """Pitfalls 77 and 79, R22: the post is fetched for a Lock and an Add; a removal waits for it."""
    host, iri, lists = hive
    mod, ann = host.person("mod"), host.person("ann")
    ada = await alpha.member("ada")
    await ada.does(await _follow(ada, iri))
    await sea.settle()
    await host.send(alpha, host.activity("Accept", iri, host.got("Follow")[0]))
    await sea.settle()
    note = host.note(ann, "Words", type="Page", name="Title", to=[iri, PUBLIC], audience=iri)
    other = host.note(ann, "More", serve=False, type="Page", name="Other", to=[iri, PUBLIC], audience=iri)
    about = {"audience": iri, "to": [iri, PUBLIC], "cc": [iri]}
    for inner in (
        host.activity("Lock", mod, note["id"], **about),
        host.activity("Add", mod, note["id"], target=lists["featured"], **about),
        host.activity("Add", mod, ada.iri, target=lists["moderators"], **about),
        host.activity("Delete", mod, other["id"], summary="spam", **about),
        host.create(other, audience=iri),
    ):
        await host.send(alpha, host.activity("Announce", iri, inner, to=[iri, PUBLIC], cc=[]))
        await sea.settle()
    assert await standing([alpha], note["id"]) == [(True, True, False)]
    assert await standing([alpha], other["id"]) == [(False, False, True)]


async def _follow(person, iri):
    from node.activities import follow
    from node.inbox.actors import fetch_actor
    from node.network.client import Budget

    target = await fetch_actor(person.island.node, iri, Budget(5))
    async with person.island.node.transaction() as tx:
        return follow.compose(tx, person.actor, target)


async def test_an_author_who_comes_back_is_asked_for_the_words(sea, alpha, beta, bees):
    """C6: Undo{Delete}. What was deleted is forgotten here; the origin has it or has not."""
    host = Stranger(sea, "lemmy.example", software="lemmy")
    ann = host.person("ann")
    page = host.note(ann, "Words", type="Page", name="Title", to=[bees.iri, PUBLIC], audience=bees.iri)
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    await host.send(beta, host.create(page, audience=bees.iri))
    await sea.settle()
    about = {"audience": bees.iri, "to": [bees.iri, PUBLIC], "cc": [bees.iri]}
    served = host.documents.pop(page["id"])
    gone = host.activity("Delete", ann, page["id"], **about)
    await host.send(beta, gone)
    await sea.settle()
    assert [(await one.post(page["id"])).content for one in (alpha, beta)] == ["", ""]
    host.documents[page["id"]] = served
    # Meanwhile the log was swept, and the group takes threads from few.
    async with beta.node.transaction() as tx:
        (await get_actor(tx.session, bees.iri)).posting_restricted = True
        await tx.session.execute(sql_delete(LogEntry).where(col(LogEntry.iri).contains("/create-")))
    await host.send(beta, host.activity("Undo", ann, gone, **about))
    await sea.settle()
    assert await ada.reads(bees) == ["Title"]
    assert [(await one.post(page["id"])).content for one in (alpha, beta)] == ["<p>Words</p>"] * 2
    removed = [(await one.post(page["id"])).removed_at for one in (alpha, beta)]
    assert removed == [None, None], "it was judged then"


async def test_a_server_removes_its_own_peoples_posts_once_it_shows_them_no_more(sea, beta, bees):
    """A19, V30: living on the same server is no right; the server's own word is."""
    host = Stranger(sea, "lemmy.example", software="lemmy")
    ann, boss = host.person("ann"), host.person("boss", key="bob")
    page = host.note(ann, "Spam", type="Page", name="Title", to=[bees.iri, PUBLIC], audience=bees.iri)
    await host.send(beta, host.create(page, audience=bees.iri))
    await sea.settle()
    removal = host.activity("Delete", boss, page["id"], summary="spam", audience=bees.iri)
    await host.send(beta, removal)
    await sea.settle()
    assert (await beta.post(page["id"])).removed_at is None
    host.documents[page["id"]] = 410
    await host.send(beta, {**removal, "id": f"{removal['id']}-again"})
    await sea.settle()
    post = await beta.post(page["id"])
    assert (post.removed_at is not None, post.removal_reason, post.content) == (True, "spam", "<p>Spam</p>")


async def test_a_member_takes_a_deletion_back_and_every_node_shows_it_again(
    sea, scene, alpha, beta, gamma, bees
):
    """C6: the words come from their home, where they were kept aside for an hour."""
    ada, carl, _ = scene
    islands = (alpha, beta, gamma)
    thread = await ada.posts(bees, title="Wasps", text="Not bees")
    await sea.settle()
    answer = await carl.answers(thread, "Indeed")
    await sea.settle()
    before = [
        (one.title, one.content, one.comment_count) for one in [await each.post(thread) for each in islands]
    ]
    await ada.deletes(thread)
    await sea.settle()
    assert [(await one.post(thread)).content for one in islands] == [""] * 3
    async with alpha.node.reading() as session:
        kept = await kept_words(session, await alpha.post(thread), alpha.node.clock.now())
    await act(ada, delete.compose_take_back, thread, delete_iri=kept.delete_iri)
    await sea.settle()
    posts = [await one.post(thread) for one in islands]
    assert [(one.title, one.content, one.comment_count) for one in posts] == before
    assert [one.deleted_at for one in posts] == [None] * 3
    assert all([(await one.post(answer)).root_id for one in islands])
    assert await carl.reads(bees) == ["Wasps"]
