"""Documents kept in memory: what changes is told as it is now."""

from __future__ import annotations

import asyncio

import pytest

from node.store.database import Database
from node.store.tables.gatherings import Event, Poll, PollOption
from node.store.tables.posts import Post
from node.store.tables.trimmings import Attachment, Emoji, Permission
from tests.support.archipelago import CountingIds
from tests.support.quay import HOME, HOST
from tests.web.activitypub.hot.conftest import LD, bare, is_asked, kept_paths, shelf_of


async def test_an_edit_is_seen_at_once(quay, alice, bees, thread):
    await kept_paths(quay, "/post/t1", "/c/bees/outbox", "/u/alice/outbox", "/post/t1/context")
    await quay.change(thread, title="Late season")
    for path in ("/post/t1", "/c/bees/outbox", "/u/alice/outbox", "/post/t1/context"):
        answer = await quay.get(path)
        assert "Late season" in answer.text, path
        assert "Swarm season" not in answer.text, path


@pytest.mark.parametrize("how", ["deleted_at", "removed_at"])
async def test_a_deleted_post_is_a_tombstone_at_once_and_may_come_back(quay, alice, bees, thread, how):
    await quay.post(alice, bees, thread, token="t2")
    await kept_paths(quay, "/post/t1", "/c/bees/outbox", "/comment/t2")
    await quay.change(thread, **{how: quay.clock.now()})
    answer = await quay.get("/post/t1")
    assert (answer.status_code, answer.json()["type"]) == (410, "Tombstone")
    assert (await quay.json("/c/bees/outbox"))["totalItems"] == 0
    assert (await quay.get("/comment/t2")).status_code == (200 if how == "deleted_at" else 404)
    again, cost = await is_asked(quay, "/post/t1")
    assert (again.status_code, again.json()["type"], cost) == (410, "Tombstone", 0)
    await quay.change(thread, **{how: None})
    assert (await quay.json("/post/t1"))["name"] == "Swarm season"
    assert (await quay.get("/comment/t2")).status_code == 200


@pytest.mark.parametrize("visibility", ["followers", "direct", "members"])
async def test_what_is_no_longer_public_is_gone_at_once(quay, bees, thread, visibility):
    paths = ("/post/t1", "/post/t1/context", "/post/t1/replies", "/post/t1/likes", "/post/t1/shares")
    await kept_paths(quay, *paths)
    await quay.change(bees, private=visibility == "members")
    await quay.change(thread, visibility=visibility)
    for path in paths:
        assert (await quay.get(path)).status_code == 404, path
    assert len(shelf_of(quay)) == 0


async def test_a_group_that_closes_shows_its_lists_to_nobody(quay, bees, thread):
    paths = ("/c/bees/outbox", "/c/bees/followers", "/c/bees/featured")
    await kept_paths(quay, *paths)
    await quay.change(bees, private=True)
    for path in paths:
        assert (await quay.get(path)).status_code == 404, path


async def test_what_is_said_in_a_private_group_is_never_kept(quay, alice):
    hive = await quay.group("hive", private=True)
    await quay.post(alice, hive, token="s1", visibility="members", title="Secret")
    for path in ("/post/s1", "/post/s1/context", "/c/hive/outbox", "/c/hive/followers"):
        for _ in range(2):
            assert (await quay.get(path)).status_code == 404, path
    assert "/c/hive" not in shelf_of(quay)._answers
    assert len(shelf_of(quay)) == 0


async def test_an_account_that_is_deleted_is_gone_at_once(quay, alice, bees, thread):
    await kept_paths(quay, "/u/alice", "/u/alice/outbox", "/u/alice/followers")
    await quay.change(alice, deleted_at=quay.clock.now())
    for path in ("/u/alice", "/u/alice/outbox", "/u/alice/followers"):
        assert (await quay.get(path)).status_code == 410, path


async def test_what_stands_in_lists_and_counts_is_told_at_once(quay, alice, bees, thread):
    bob = await quay.person("bob")
    comment = await quay.post(alice, bees, thread, token="t2")
    paths = ("/post/t1", "/post/t1/replies", "/post/t1/context", "/post/t1/likes", "/post/t1/shares",
             "/c/bees/followers", "/c/bees/moderators", "/u/bob/following", "/c/bees/featured")  # fmt: skip
    await kept_paths(quay, *paths)

    deeper = await quay.post(alice, bees, comment, token="t3")
    assert deeper.iri in (await quay.get("/post/t1/context")).text
    assert deeper.iri in (await quay.get("/comment/t2")).text
    await quay.change(thread, upvotes=7, shares=3)
    assert (await quay.json("/post/t1/likes"))["totalItems"] == 7
    assert (await quay.json("/post/t1/shares"))["totalItems"] == 3
    await quay.follows(bob, bees)
    assert (await quay.json("/c/bees/followers"))["totalItems"] == 1
    assert (await quay.json("/u/bob/following"))["totalItems"] == 1
    await quay.moderates(bob, bees)
    assert bob.iri in (await quay.get("/c/bees/moderators")).text
    await quay.change(bob, deleted_at=quay.clock.now())
    assert bob.iri not in (await quay.get("/c/bees/moderators")).text
    await quay.change(thread, featured_at=quay.clock.now())
    assert "Swarm season" in (await quay.get("/c/bees/featured")).text
    await quay.change(comment, removed_at=quay.clock.now())
    assert comment.iri not in (await quay.get("/post/t1/replies")).text


async def test_what_hangs_on_a_post_is_told_at_once(quay, alice, bees):
    now = quay.clock.now()
    post = await quay.post(alice, bees, token="t1", kind="Question", source="See :bee: and @rob@a.example")
    await quay.add(Poll(post_id=post.id))
    option = await quay.add(PollOption(post_id=post.id, position=0, name="Clover"))
    await kept_paths(quay, "/post/t1")

    async def says(text: str) -> bool:
        return text in (await quay.get("/post/t1")).text

    assert not await says("https://a.example/u/rob")
    await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")
    assert await says("https://a.example/u/rob")
    await quay.add(Emoji(host=HOST, shortcode="bee", url=f"{HOME}/bee.png"))
    assert await says("/bee.png")
    await quay.add(Attachment(post_id=post.id, position=0, kind="image", url=f"{HOME}/hive.png"))
    assert await says("/hive.png")
    await quay.change(option, name="Heather")
    assert await says("Heather")
    event = await quay.post(alice, bees, token="e1", kind="Event")
    await quay.add(Event(post_id=event.id, starts_at=now, participants=3))
    assert (await quay.json("/post/e1/attendees"))["totalItems"] == 3
    async with quay.node.transaction() as tx:
        (await tx.session.get_one(Event, event.id)).participants = 4
    assert (await quay.json("/post/e1/attendees"))["totalItems"] == 4


async def test_who_is_asked_for_by_webfinger_is_kept_by_what_was_asked(quay, alice, bees):
    """It has no other face, so it does not matter what is accepted."""
    ask = "/.well-known/webfinger?resource="
    handle, address = f"{ask}acct:alice@{HOST}", f"{ask}{HOME}/u/alice"
    async with bare(quay) as fresh:
        for path in (handle, address, f"{ask}acct:bees@{HOST}", f"{ask}acct%3Aalice%40{HOST}"):
            for accept in ("application/jrd+json", "*/*"):
                expected = await fresh.get(path, headers={"accept": accept})
                await quay.get(path, accept=accept)
                answer, cost = await is_asked(quay, path, accept=accept)
                assert (answer.content, answer.headers, cost) == (expected.content, expected.headers, 0), path
        kept = len(shelf_of(quay))
        for path in (f"{handle}&rel=self", f"{ask}&resource=acct:alice@{HOST}", f"{ask}acct:nobody@{HOST}",
                     "/.well-known/webfinger", f"{ask}{'x' * 400}"):  # fmt: skip
            expected = await fresh.get(path, headers={"accept": LD})
            answer = await quay.get(path)
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content), path
        assert len(shelf_of(quay)) == kept
    await quay.change(alice, deleted_at=quay.clock.now())
    assert [(await quay.get(path)).status_code for path in (handle, address)] == [410, 410]


async def test_a_stamp_is_worth_nothing_once_it_is_taken_back(quay, alice, bees, thread):
    stamp = f"{HOME}/stamps/s1"
    given = {"kind": "quote", "token": "s1", "stamp": stamp, "post_id": thread.id, "actor_id": alice.id}
    asked_by = {"request_iri": f"{HOME}/r", "interaction": f"{HOME}/q", "state": "granted"}
    leave = await quay.add(Permission(**given, **asked_by, at=quay.clock.now()))
    await kept_paths(quay, "/stamps/s1")
    await quay.change(leave, state="revoked")
    assert (await quay.get("/stamps/s1")).status_code == 404


async def test_what_another_process_commits_is_seen_as_well(quay, thread, tmp_path):
    """SQLite: by the next request. PostgreSQL: when its word has come, which is waited for here."""
    await kept_paths(quay, "/post/t1")
    came = asyncio.Event()
    quay.node.hearers.append(lambda words: came.set())
    other = Database(quay.node.settings.database_url)
    async with other.transaction(quay.clock, CountingIds("x")) as tx:
        (await tx.session.get_one(Post, thread.id)).title = "Late season"
    if not other.is_sqlite:
        await asyncio.wait_for(came.wait(), 10)
    assert (await quay.json("/post/t1"))["name"] == "Late season"
    await other.dispose()


async def test_while_nobody_hears_nothing_is_kept(quay, thread, monkeypatch):
    await kept_paths(quay, "/post/t1")

    async def never():
        return False

    monkeypatch.setattr(quay.node.changes, "is_current", lambda: False)
    monkeypatch.setattr(quay.node.changes, "catch_up", never)
    for _ in range(2):
        _, cost = await is_asked(quay, "/post/t1")
        assert cost > 0
