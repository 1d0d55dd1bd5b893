"""Invite to an Event, and its answers."""

from __future__ import annotations

import pytest

from node.activities import attending, invite
from node.activities.perform import perform
from node.errors import Forbidden, NotFound, Refused
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import find_attendance
from node.store.queries.posts import find_post
from tests.activities.test_join import SOON, joins, participants, plans, state


async def invites(scene, iri, who):
    """Ben invites; returns the Invite."""
    async with scene.island.node.transaction() as tx:
        activity = invite.compose(
            tx, scene.ben.actor, await find_post(tx.session, iri), await get_actor(tx.session, who)
        )
        await perform(tx, activity)
    return activity


async def test_the_invited_answers_and_nobody_else(scene):
    ann, eve = await scene.stranger("ann"), await scene.stranger("eve")
    iri = await plans(scene, join_mode="invite")
    invitation = await invites(scene, iri, ann)
    with pytest.raises(Forbidden, match="invited may answer"):
        await scene.happens(scene.activity("Accept", eve, invitation.iri, inner=invitation))
    for kind, expected, count in (
        ("TentativeAccept", "pending", 0),
        ("Accept", "accepted", 1),
        ("Reject", "rejected", 0),
    ):
        await scene.happens(scene.activity(kind, ann, invitation.iri, inner=invitation))
        assert (await state(scene, iri, ann), await participants(scene, iri)) == (expected, count)
    assert [kind for kind, _ in await scene.ben.notices()] == ["guest-accepted", "guest-declined"]
    with pytest.raises(Refused, match="takes no"):
        await scene.happens(scene.activity("Ignore", ann, invitation.iri, inner=invitation))


async def test_who_was_invited_may_join_what_is_closed_to_others(scene):
    """Mobilizon answers an invitation with a Join as well."""
    ann, iri = await scene.stranger("ann"), await plans(scene, join_mode="invite", capacity="1")
    await invites(scene, iri, ann)
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, iri)
        asked = await find_attendance(tx.session, post, await get_actor(tx.session, ann))
        with pytest.raises(Refused, match="who was invited"):
            await attending.answer(tx, scene.ben.actor, post, asked, accept=True)
    await scene.happens(joins(scene, ann, iri))
    assert await state(scene, iri, ann) == "accepted"
    await invites(scene, iri, ann)
    assert await state(scene, iri, ann) == "accepted", "who comes already needs no invitation"


async def test_who_may_invite_whom(scene):
    """Inviter x event x invited."""
    ann, eve = await scene.stranger("ann"), await scene.stranger("eve")
    hive = await scene.stranger("hive", kind="Group")
    iri, theirs = await plans(scene), await scene.arrives("Event", author=ann, startTime=f"{SOON}:00Z")

    def invited(who, event, target):
        return scene.activity("Invite", who, event, target=target)

    for activity, error, words in (
        (invited(eve, iri, ann), Forbidden, "Only who organises"),
        (invited(eve, theirs, scene.ben.iri), Forbidden, "Only who organises"),
        (invited(ann, theirs, eve), Refused, "own node keeps the list"),
        (invited(ann, theirs, hive), Refused, "another person"),
        (invited(ann, theirs, ann), Refused, "another person"),
        (invited(ann, theirs, None), NotFound, "not known"),
        (invited(ann, scene.group.iri, scene.ben.iri), NotFound, "not known"),
    ):
        with pytest.raises(error, match=words):
            await scene.happens(activity)


async def test_a_member_is_told_answers_and_an_invitation_may_be_taken_back(scene):
    ann = await scene.stranger("ann")
    theirs = await scene.arrives("Event", author=ann, startTime=f"{SOON}:00Z", joinMode="invite")
    invitation = scene.activity("Invite", ann, theirs, target=scene.ben.iri)
    for _ in range(2):
        await scene.happens(invitation)
    assert await scene.ben.notices() == [("invite", theirs)]
    await scene.happens(scene.undo(invitation))
    assert await scene.ben.part_in(theirs) == ""
    await scene.happens(invitation)
    async with scene.island.node.transaction() as tx:
        post = await find_post(tx.session, theirs)
        await perform(tx, await invite.compose_answer(tx, scene.ben.actor, post, accept=True))
    assert await scene.ben.part_in(theirs) == "accepted"
    assert (await scene.leaving())[-1] == "Accept"
    await scene.happens(scene.undo(invitation))
    assert await scene.ben.part_in(theirs) == "accepted", "it was answered"
    async with scene.island.node.transaction() as tx:
        founder = scene.group.founder.actor
        with pytest.raises(Refused, match="not invited"):
            await invite.compose_answer(tx, founder, post, accept=True)
