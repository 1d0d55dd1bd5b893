"""Polls and events of other nodes: kept, revised, counted as their homes say."""

from __future__ import annotations

from datetime import timedelta

from node.store.queries.gatherings import gathering_of
from node.store.queries.posts import find_post
from node.store.tables.gatherings import Attendance

TEA = {"type": "Note", "name": "Tea", "replies": {"type": "Collection", "totalItems": 2}}
CAKE = {"type": "Note", "name": "Cake", "replies": {"type": "Collection", "totalItems": 1}}


def counted(one, number):
    return one | {"replies": {"type": "Collection", "totalItems": number}}


async def kept(scene, iri):
    async with scene.island.node.reading() as session:
        return await gathering_of(session, await find_post(session, iri))


async def votes(scene, iri):
    poll = await kept(scene, iri)
    return [(one.name, one.votes) for one in poll.options], poll.voters


async def updates(scene, author, iri, **fields):
    document = scene.object(author, id=iri, **fields)
    await scene.happens(scene.carrying("Update", document))


async def test_a_tally_changes_counts_and_never_words(scene):
    """D.5: an Update without `updated`."""
    ann = await scene.stranger("ann")
    given = {"type": "Question", "oneOf": [TEA, CAKE], "votersCount": 3}
    iri = await scene.arrives("Question", author=ann, oneOf=[TEA, CAKE], votersCount=3)
    assert await votes(scene, iri) == ([("Tea", 2), ("Cake", 1)], 3)
    newer = given | {"oneOf": [counted(TEA, 5), CAKE], "votersCount": 6}
    await updates(scene, ann, iri, **newer, name="Other", content="<p>other words</p>")
    post = await scene.island.post(iri)
    assert (post.title, post.content, post.updated) == ("Title", "<p>Words</p>", None)
    assert await votes(scene, iri) == ([("Tea", 5), ("Cake", 1)], 6)
    await updates(scene, ann, iri, **given)
    assert await votes(scene, iri) == ([("Tea", 5), ("Cake", 1)], 6), "an older tally that comes late"
    await updates(scene, ann, iri, **newer | {"oneOf": [counted(TEA, 50), counted({"name": "Pie"}, 9)]})
    assert await votes(scene, iri) == ([("Tea", 5), ("Cake", 1)], 6), "other answers are no tally"


async def test_a_poll_that_says_when_it_will_close_is_open_until_then(scene):
    """Pleroma writes the end of a poll into `closed` from the first day on."""
    now = scene.island.node.clock.now()
    for hours, closed in ((-1, True), (1, False)):
        at = (now + timedelta(hours=hours)).isoformat()
        iri = await scene.arrives("Question", oneOf=[TEA, CAKE], closed=at)
        assert (await kept(scene, iri)).closed is closed
        if not closed:
            await scene.ben.chooses(iri, 1)


async def test_an_edit_that_asks_something_else_makes_the_votes_void(scene):
    ann = await scene.stranger("ann")
    iri = await scene.arrives("Question", author=ann, oneOf=[TEA, CAKE], votersCount=3)
    edit = {"type": "Question", "updated": "2026-11-03T08:30:00Z", "oneOf": [counted(TEA, 4), CAKE]}
    await updates(scene, ann, iri, **edit, votersCount=5, content="<p>newer</p>")
    assert await votes(scene, iri) == ([("Tea", 4), ("Cake", 1)], 5)
    assert (await scene.island.post(iri)).content == "<p>newer</p>"
    other = edit | {"updated": "2026-11-03T08:40:00Z", "oneOf": [counted(TEA, 0), {"name": "Pie"}]}
    await updates(scene, ann, iri, **other, votersCount=0)
    assert await votes(scene, iri) == ([("Tea", 0), ("Pie", 0)], 0)


async def test_a_post_that_becomes_a_poll_or_an_event_is_one_from_then_on(scene):
    """Pitfall 78: an Update before its Create as well."""
    ann = await scene.stranger("ann")
    iri = scene.iri(ann, "objects")
    await updates(scene, ann, iri, type="Question", anyOf=[TEA, CAKE], updated="2026-11-03T08:10:00Z")
    assert (await kept(scene, iri)).multiple
    iri = await scene.arrives("Event", author=ann)
    assert await kept(scene, iri) is None
    await updates(
        scene, ann, iri, type="Event", startTime="2026-12-01T19:00:00Z", updated="2026-11-03T08:10:00Z"
    )
    assert (await kept(scene, iri)).starts_at.hour == 19


async def test_who_comes_hears_of_another_time_or_place_and_of_nothing_else(scene):
    ann = await scene.stranger("ann")
    event = {"startTime": "2026-12-01T19:00:00Z", "joinMode": "free", "participantCount": 3}
    iri = await scene.arrives("Event", author=ann, **event)
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        tx.session.add(
            Attendance(post_id=post.id, actor_id=scene.ben.actor.id, iri="x", state="accepted", at=tx.now)
        )
    await updates(
        scene, ann, iri, type="Event", **event | {"participantCount": 9}, updated="2026-11-03T08:10:00Z"
    )
    assert (await kept(scene, iri)).participants == 9
    assert await scene.ben.notices() == []
    await updates(scene, ann, iri, type="Event", **event, status="CANCELLED", updated="2026-11-03T08:20:00Z")
    assert (await kept(scene, iri)).status == "cancelled"
    assert await scene.ben.notices() == [("event", iri)]
    await updates(
        scene, ann, iri, type="Event", **event | {"participantCount": 4}, updated="2026-11-03T08:20:00Z"
    )
    assert (await kept(scene, iri)).participants == 4, "a count that is told without an edit"
