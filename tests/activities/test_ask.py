"""QuoteRequest, LikeRequest, ReplyRequest, AnnounceRequest (FEP-044f, GoToSocial's policies; FEDERATION D.5)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlmodel import col, select

from node.activities import create, vote
from node.activities.ask import compose_revocation
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.perform import perform
from node.errors import Conflict, Forbidden, Malformed, Refused
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post, get_post
from node.store.tables.log import LogEntry
from node.store.tables.moderation import Ban, Block
from node.store.tables.trimmings import Permission

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
QUOTE = "https://far.example/objects/q1"


async def log(scene, *kinds):
    """What was written to the log of those types, in order."""
    async with scene.island.node.reading() as session:
        query = select(LogEntry.body).where(col(LogEntry.type).in_(kinds)).order_by(col(LogEntry.id))
        return [json.loads(body) for body in await session.scalars(query)]


async def permission(scene):
    async with scene.island.node.reading() as session:
        return await session.scalar(select(Permission).order_by(col(Permission.id).desc()))


async def starts(scene, *, link=None, title="Mine"):
    """A thread by ben in the group; its iri."""
    async with scene.island.node.transaction() as tx:
        ben, group = await get_actor(tx.session, scene.ben.iri), await get_actor(tx.session, scene.group.iri)
        activity = await create.compose_thread(tx, ben, group, ThreadDraft(title=title, link_url=link))
        await perform(tx, activity)
    return activity.object


async def answers(scene, parent):
    async with scene.island.node.transaction() as tx:
        ben = await get_actor(tx.session, scene.ben.iri)
        activity = await create.compose_comment(
            tx, ben, await get_post(tx.session, parent), CommentDraft(source="Yes")
        )
        await perform(tx, activity)
    return activity.object


async def votes(scene, iri):
    async with scene.island.node.transaction() as tx:
        ben = await get_actor(tx.session, scene.ben.iri)
        activity = await vote.compose(tx, ben, await get_post(tx.session, iri), 1)
        await perform(tx, activity)
    return activity.iri


def request(scene, kind, actor, thing, instrument=QUOTE, **fields):
    asked = scene.activity(kind, actor, thing, **fields)
    return replace(asked, raw={**asked.raw, "instrument": instrument})


def answer(scene, kind, asked, *, actor, result=None):
    inner = scene.activity(asked["type"], asked["actor"], asked["object"], iri=asked["id"])
    said = scene.activity(kind, actor, asked["id"], inner=inner)
    return replace(said, raw={**said.raw, "result": result})


async def test_leave_to_quote_a_public_post_is_given_at_once_and_again(scene):
    """Once asked, twice answered, one stamp."""
    ann, thread = await scene.stranger("ann"), await starts(scene)
    asked = request(scene, "QuoteRequest", ann, thread, {"type": "Note", "id": QUOTE, "attributedTo": ann})
    await scene.happens(asked)
    await scene.happens(asked)
    first, second = await log(scene, "Accept")
    assert first["actor"] == scene.ben.iri
    assert first["to"] == [ann]
    assert first["object"] == {
        "id": asked.iri, "type": "QuoteRequest", "actor": ann, "object": thread, "instrument": QUOTE,
    }  # fmt: skip
    assert first["result"] == second["result"] == (await permission(scene)).stamp
    response = await scene.island.get(first["result"].removeprefix("https://beta.example"))
    stamp = response.json()
    assert (stamp["type"], stamp["attributedTo"], stamp["interactingObject"], stamp["interactionTarget"]) == (
        "QuoteAuthorization", scene.ben.iri, QUOTE, thread,
    )  # fmt: skip


async def test_who_is_blocked_and_what_is_not_public_gets_no_leave(scene):
    ann, cat, dan = [await scene.stranger(name) for name in ("ann", "cat", "dan")]
    thread, hidden, closed, alone = [await starts(scene) for _ in range(4)]
    async with scene.island.node.transaction() as tx:
        (await get_post(tx.session, hidden)).visibility = "followers"
        (await get_post(tx.session, closed)).locked_at = tx.now
        (await get_post(tx.session, alone)).group_id = None
        banned = await get_actor(tx.session, dan)
        tx.session.add(
            Ban(actor_id=banned.id, scope="https://beta.example/", iri="https://beta.example/n", at=tx.now)
        )
        ben = await get_actor(tx.session, scene.ben.iri)
        blocked = await get_actor(tx.session, cat)
        tx.session.add(
            Block(blocker_id=ben.id, blocked_id=blocked.id, iri="https://beta.example/b", at=tx.now)
        )
    for asked in (
        request(scene, "QuoteRequest", cat, thread, "https://far.example/objects/q2"),
        request(scene, "QuoteRequest", dan, thread, "https://far.example/objects/q3"),
        request(scene, "QuoteRequest", dan, alone, "https://far.example/objects/q4"),
        request(scene, "QuoteRequest", ann, hidden),
        request(scene, "ReplyRequest", ann, closed),
    ):
        await scene.happens(asked)
        assert (await log(scene, "Reject"))[-1]["object"]["id"] == asked.iri
    await scene.happens(request(scene, "LikeRequest", ann, closed, "https://far.example/likes/1"))
    (accept,) = await log(scene, "Accept")
    response = await scene.island.get(accept["result"].removeprefix("https://beta.example"))
    assert (response.json()["type"], response.json()["object"]) == (
        "LikeApproval",
        "https://far.example/likes/1",
    )


async def test_nobody_asks_for_another_or_of_another(scene):
    """A table of who, about what, by which way (A02, A05)."""
    ann, bob = await scene.stranger("ann"), await scene.stranger("bob", host="near.example")
    hive = await scene.stranger("hive", kind="Group")
    thread, theirs = await starts(scene), await scene.arrives()
    asked = request(scene, "QuoteRequest", ann, thread)
    await scene.happens(asked)
    for wrong, error in (
        (request(scene, "QuoteRequest", bob, thread), Forbidden),
        (request(scene, "QuoteRequest", ann, theirs), Refused),
        (request(scene, "QuoteRequest", ann, thread, announced_by=hive), Refused),
        (request(scene, "QuoteRequest", scene.ben.iri, thread), Forbidden),
        (request(scene, "QuoteRequest", bob, thread, "https://near.example/1", iri=asked.iri), Conflict),
        (request(scene, "QuoteRequest", ann, thread, None), Malformed),
    ):
        with pytest.raises(error):
            await scene.happens(wrong)


async def test_leave_is_taken_back_by_a_delete_of_the_stamp(scene):
    ann, thread = await scene.stranger("ann"), await starts(scene)
    asked = request(scene, "QuoteRequest", ann, thread)
    await scene.happens(asked)
    row = await permission(scene)
    path = row.stamp.removeprefix("https://beta.example")
    async with scene.island.node.transaction() as tx:
        ben, asker = await get_actor(tx.session, scene.ben.iri), await get_actor(tx.session, ann)
        await perform(tx, compose_revocation(tx, ben, asker, row))
    (told,) = await log(scene, "Delete")
    assert (told["object"], told["to"][0]) == (row.stamp, ann)
    assert (await scene.island.get(path)).status_code == 404
    await scene.happens(asked)
    assert (await log(scene, "Reject"))[-1]["object"]["id"] == asked.iri


async def test_a_member_who_links_a_post_quotes_it_and_asks(scene):
    """The quote goes out at once; the Accept brings its stamp, and an Update that is no newer shows it."""
    theirs = await scene.arrives(
        url="https://far.example/@ann/1", interactionPolicy={"canQuote": {"automaticApproval": [PUBLIC]}}
    )
    mine = await starts(scene, link="https://far.example/@ann/1")
    ann = "https://far.example/users/ann"
    (sent,) = await log(scene, "QuoteRequest")
    assert (sent["actor"], sent["object"], sent["to"], sent["instrument"]["id"]) == (
        scene.ben.iri,
        theirs,
        [ann],
        mine,
    )
    created = (await log(scene, "Create"))[-1]["object"]
    assert (created["quote"], "quoteAuthorization" in created) == (theirs, False)
    bob = await scene.stranger("bob")
    with pytest.raises(Forbidden, match="Only the author"):
        await scene.happens(answer(scene, "Accept", sent, actor=bob, result="https://far.example/stamps/1"))
    await scene.happens(answer(scene, "Accept", sent, actor=ann, result="https://far.example/stamps/1"))
    assert (await scene.island.post(mine)).quote_stamp == "https://far.example/stamps/1"
    (updated,) = await log(scene, "Update")
    assert updated["object"]["quoteAuthorization"] == "https://far.example/stamps/1"
    assert "updated" not in updated["object"]
    with pytest.raises(Forbidden, match="takes it back"):
        await scene.happens(scene.activity("Delete", bob, "https://far.example/stamps/1"))
    await scene.happens(scene.activity("Delete", ann, "https://far.example/stamps/1"))
    assert (await scene.island.post(mine)).quote_iri is None


async def test_a_refused_quote_is_a_link_again(scene):
    theirs = await scene.arrives()
    mine = await starts(scene, link=theirs)
    (sent,) = await log(scene, "QuoteRequest")
    await scene.happens(answer(scene, "Reject", sent, actor="https://far.example/users/ann"))
    post = await scene.island.post(mine)
    assert (post.quote_iri, post.link_url) == (None, theirs)
    assert "quote" not in (await log(scene, "Update"))[-1]["object"]
    shut = await scene.arrives(
        interactionPolicy={"canQuote": {"automaticApproval": ["https://far.example/users/ann"]}}
    )
    assert (await scene.island.post(await starts(scene, link=shut))).quote_iri is None


async def test_members_of_one_node_quote_each_other_with_a_stamp_from_the_start(scene):
    first = await starts(scene)
    second = await starts(scene, link=first)
    created = (await log(scene, "Create"))[-1]["object"]
    assert created["quote"] == first
    assert created["quoteAuthorization"].startswith("https://beta.example/stamps/")
    assert (await scene.island.post(second)).quote_stamp == created["quoteAuthorization"]
    assert await log(scene, "QuoteRequest") == []


async def test_an_answer_that_needs_leave_is_its_authors_alone_until_it_is_given(scene):
    ann = await scene.stranger("ann")
    policy = {"canReply": {"approvalRequired": [PUBLIC]}}
    for kind, state in (("Accept", "public"), ("Reject", "direct")):
        thread = await scene.arrives(interactionPolicy=policy)
        before = len(await log(scene, "Create", "Announce"))
        mine = await answers(scene, thread)
        assert (await scene.island.post(mine)).visibility == "direct"
        assert (await scene.island.post(thread)).comment_count == 0
        assert len(await log(scene, "Create", "Announce")) == before
        sent = (await log(scene, "ReplyRequest"))[-1]
        assert (sent["to"], sent["instrument"]["inReplyTo"]) == ([ann], thread)
        assert PUBLIC in sent["instrument"]["to"]
        result = "https://far.example/stamps/1"
        await scene.happens(answer(scene, kind, sent, actor=ann, result=result))
        post = await scene.island.post(mine)
        assert post.visibility == state
        if kind == "Accept":
            told = (await log(scene, "Create"))[-1]["object"]
            assert (told["id"], told["approvedBy"], post.approved_by) == (mine, result, result)
        else:
            assert post.removed_at is not None


async def test_a_vote_that_needs_leave_is_asked_for(scene):
    ann = await scene.stranger("ann")
    for kind, score in (("Accept", 1), ("Reject", 0)):
        thread = await scene.arrives(interactionPolicy={"canLike": {"manualApproval": PUBLIC}})
        before = len(await log(scene, "Like", "Announce"))
        like = await votes(scene, thread)
        assert len(await log(scene, "Like", "Announce")) == before
        sent = (await log(scene, "LikeRequest"))[-1]
        assert (sent["instrument"]["id"], sent["instrument"]["object"]) == (like, thread)
        await scene.happens(answer(scene, kind, sent, actor=ann, result="https://far.example/stamps/2"))
        assert (await scene.island.post(thread)).score == score
    (told,) = await log(scene, "Like")
    assert told["approvedBy"] == "https://far.example/stamps/2"


async def test_what_an_author_does_not_allow_a_member_is_told_so(scene):
    ann = "https://far.example/users/ann"
    shut = {name: {"automaticApproval": [ann]} for name in ("canReply", "canLike")}
    thread = await scene.arrives(interactionPolicy=shut)
    with pytest.raises(Forbidden, match="takes no answers"):
        await answers(scene, thread)
    with pytest.raises(Forbidden, match="takes no votes"):
        await votes(scene, thread)
    named = [{"type": "Mention", "href": scene.ben.iri, "name": "@ben"}]
    await answers(scene, await scene.arrives(interactionPolicy=shut, tag=named))


async def test_a_group_passes_on_what_it_may_and_asks_where_it_must(scene):
    ann = await scene.stranger("ann")
    before = len(await log(scene, "Announce"))
    await scene.arrives(interactionPolicy={"canAnnounce": {"always": [ann]}})
    assert len(await log(scene, "Announce")) == before
    thread = await scene.arrives(interactionPolicy={"canAnnounce": {"approvalRequired": [PUBLIC]}})
    assert len(await log(scene, "Announce")) == before
    (sent,) = await log(scene, "AnnounceRequest")
    assert (sent["actor"], sent["object"], sent["instrument"]["object"]) == (scene.group.iri, thread, thread)
    await scene.happens(answer(scene, "Accept", sent, actor=ann, result="https://far.example/stamps/3"))
    told = (await log(scene, "Announce"))[before:]
    assert [one["object"] if isinstance(one["object"], str) else one["object"]["type"] for one in told] == [
        "Create",
        thread,
    ]
    assert told[1]["approvedBy"] == "https://far.example/stamps/3"


async def test_an_answer_may_name_what_was_to_be_done(scene):
    """GoToSocial names the Like or the post itself in its Accept."""
    from node.store.queries.arrivals import find_answered

    thread = await scene.arrives(interactionPolicy={"canLike": {"manualApproval": PUBLIC}})
    like = await votes(scene, thread)
    async with scene.island.node.reading() as session:
        found = await find_answered(session, like)
    assert (found.type, found.object) == ("LikeRequest", thread)


async def test_only_what_was_asked_is_answered(scene):
    ann, thread = await scene.stranger("ann"), await scene.arrives()
    asked = {
        "id": "https://beta.example/activities/quoterequest/none",
        "type": "QuoteRequest",
        "actor": scene.ben.iri,
        "object": thread,
    }
    with pytest.raises(Refused, match="Nobody here asked"):
        await scene.happens(answer(scene, "Accept", asked, actor=ann, result="https://far.example/stamps/1"))
    async with scene.island.node.reading() as session:
        assert await find_post(session, "https://far.example/stamps/1") is None
