"""Delete: by authors, by moderators, of accounts; repeated, out of order, by the wrong hand."""

from __future__ import annotations

import pytest

from node.activities import delete, ending
from node.activities.perform import perform
from node.errors import Forbidden, Refused
from node.store.queries.actors import get_actor
from node.store.tables.follows import Moderator

ANN = "https://far.example/users/ann"


async def test_an_author_deletes_and_the_words_are_forgotten(scene):
    iri = await scene.arrives()
    gone = scene.activity("Delete", ANN, iri, audience=scene.group.iri)
    await scene.happens(gone)
    first = (await scene.island.post(iri)).deleted_at
    await scene.happens(gone)
    post = await scene.island.post(iri)
    assert post.deleted_at == first
    assert (post.title, post.content, post.document) == ("", "", "")


async def test_a_moderator_removes_and_the_words_stay(scene):
    iri = await scene.arrives()
    mod = await scene.stranger("mod")
    removal = scene.activity("Delete", mod, iri, summary="spam", audience=scene.group.iri)
    with pytest.raises(Forbidden, match="author or a moderator"):
        await scene.happens(removal)
    async with scene.island.node.transaction() as tx:
        group, actor = await get_actor(tx.session, scene.group.iri), await get_actor(tx.session, mod)
        tx.session.add(Moderator(group_id=group.id, actor_id=actor.id, since=tx.now))
    await scene.happens(removal)
    post = await scene.island.post(iri)
    assert post.removed_at is not None
    assert post.content == "<p>Words</p>"


async def test_a_moderator_of_another_group_removes_nothing(scene):
    """A09"""
    iri = await scene.arrives()
    wasps = await scene.island.group("wasps")
    with pytest.raises(Forbidden, match="author or a moderator"):
        await wasps.founder.deletes(iri, reason="mine")


async def test_a_remote_groups_word_removes_its_own_posts_alone(scene):
    hive, mod = await scene.stranger("hive", kind="Group"), await scene.stranger("mod")
    await scene.stranger("ann")
    public = "https://www.w3.org/ns/activitystreams#Public"
    document = scene.object(ANN, to=[hive, public], audience=hive)
    await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
    ours = await scene.arrives()
    gone = scene.activity("Delete", mod, document["id"], summary="", announced_by=hive, audience=hive)
    await scene.happens(gone)
    assert (await scene.island.post(document["id"])).removed_at is not None
    with pytest.raises(Forbidden, match="only for its own"):
        await scene.happens(scene.activity("Delete", mod, ours, summary="", announced_by=hive))


async def test_a_delete_of_what_is_unknown_counts_from_the_same_server_alone(scene):
    eve = await scene.stranger("eve", host="evil.example")
    with pytest.raises(Refused, match="not known"):
        await scene.happens(scene.activity("Delete", eve, "https://far.example/objects/77"))


async def test_nobody_ends_anothers_account(scene):
    await scene.stranger("ann")
    eve = await scene.stranger("eve")
    with pytest.raises(Forbidden, match="Only the actor"):
        await scene.happens(scene.activity("Delete", eve, ANN))


async def test_an_account_that_ends_leaves_no_words_votes_or_follows(scene):
    thread = await scene.ben.posts(scene.group, title="Ours")
    await scene.stranger("ann")
    answer = scene.object(ANN, type="Note", inReplyTo=thread)
    await scene.happens(scene.carrying("Create", answer))
    await scene.happens(scene.activity("Like", ANN, thread))
    await scene.happens(scene.activity("Follow", ANN, scene.group.iri))
    end = scene.activity("Delete", ANN, ANN)
    await scene.happens(end)
    await scene.happens(end)
    post = await scene.island.post(thread)
    assert (post.score, post.comment_count) == (0, 0)
    assert (await scene.island.post(answer["id"])).content == ""
    assert (await scene.actor(ANN)).name == ""


async def test_a_local_account_that_ends_tells_everyone(scene):
    await scene.stranger("ann")
    async with scene.island.node.transaction() as tx:
        actor = await get_actor(tx.session, scene.ben.iri)
        await perform(tx, ending.compose(tx, actor))
    assert (await scene.actor(scene.ben.iri)).deleted_at is not None
    assert await scene.leaving() == ["Delete"]
    gone = await scene.island.get(scene.ben.iri, accept="application/activity+json")
    assert gone.status_code == 410


async def test_a_removal_says_why_and_a_deletion_does_not(scene):
    """FEDERATION C.6: the presence of a summary is the difference."""
    thread = await scene.ben.posts(scene.group, title="Ours")
    async with scene.island.node.transaction() as tx:
        post = await scene.ben._post(tx, thread)
        own = await delete.compose(tx, scene.ben.actor, post)
        removal = await delete.compose(tx, scene.group.founder.actor, post)
    assert "summary" not in own.raw
    assert removal.raw["summary"] == ""


async def test_a_removal_says_who_and_why_and_reaches_below_if_it_says_so(scene):
    """withReplies, as Lemmy 1.0 has it; the author hears of it."""
    thread = await scene.ben.posts(scene.group, title="Ours")
    branch = await scene.ben.answers(thread, "branch")
    leaf = await scene.ben.answers(branch, "leaf")
    other = await scene.ben.answers(thread, "other")
    act = await _removal(scene, branch, reason="Rule 3", with_replies=True)
    await scene.happens(act)
    await scene.happens(act)
    hidden = [await scene.island.post(one) for one in (branch, leaf)]
    assert {(one.removal_reason, one.removal_iri) for one in hidden} == {("Rule 3", act.iri)}
    assert (await scene.island.post(other)).removed_at is None
    assert (await scene.island.post(thread)).comment_count == 1
    assert ("removed", branch) in await scene.ben.notices()
    await scene.happens(await _restoring(scene, branch, with_replies=False))
    assert [(await scene.island.post(one)).removed_at is None for one in (branch, leaf)] == [True, False]
    assert (await scene.island.post(thread)).comment_count == 2


async def test_neither_undoes_the_other(scene):
    """C6: an author's deletion and a moderator's removal are two things."""
    iri = await scene.arrives()
    removal = await _removal(scene, iri, reason="")
    gone = scene.activity("Delete", ANN, iri, audience=scene.group.iri)
    await scene.happens(removal)
    await scene.happens(gone)
    restoring = await _restoring(scene, iri)
    await scene.happens(restoring)
    post = await scene.island.post(iri)
    assert (post.removed_at, post.deleted_at is not None) == (None, True)
    await scene.happens(await _removal(scene, iri, reason=""))
    await scene.happens(scene.undo(gone))
    post = await scene.island.post(iri)
    assert post.removed_at is not None
    with pytest.raises(Forbidden, match="Only who did it"):
        await scene.happens(scene.undo(gone, actor=scene.group.founder.iri))
    with pytest.raises(Forbidden, match="author or a moderator"):
        await scene.happens(scene.undo(removal, actor=await scene.stranger("eve")))


async def test_an_account_that_ended_stays_so(scene):
    await scene.stranger("ann")
    end = scene.activity("Delete", ANN, ANN)
    await scene.happens(end)
    with pytest.raises(Refused, match="does not come back"):
        await scene.happens(scene.undo(end))


async def test_acts_may_come_in_any_order(scene):
    """R18, R21, R22: Undo before Delete, Delete and removal before Create."""
    await scene.stranger("ann")
    early = scene.activity("Delete", ANN, f"{ANN}/objects/early", audience=scene.group.iri)
    await scene.happens(early)
    await scene.happens(scene.undo(early))
    document = scene.object(ANN, id=early.object)
    await scene.happens(scene.carrying("Create", document))
    late = scene.activity("Delete", ANN, early.object, audience=scene.group.iri)
    await scene.happens(scene.undo(late))
    await scene.happens(late)
    assert (await scene.island.post(early.object)).deleted_at is None
    founder = scene.group.founder.iri
    unseen = scene.activity("Delete", founder, f"{ANN}/objects/9", summary="spam", audience=scene.group.iri)
    await scene.happens(unseen)
    await scene.happens(scene.carrying("Create", scene.object(ANN, id=unseen.object)))
    assert (await scene.island.post(unseen.object)).removed_at is not None
    void = scene.activity("Delete", founder, f"{ANN}/objects/10", summary="spam", audience=scene.group.iri)
    await scene.happens(scene.undo(void))
    await scene.happens(void)
    await scene.happens(scene.carrying("Create", scene.object(ANN, id=void.object)))
    assert (await scene.island.post(void.object)).removed_at is None
    wrong = scene.activity("Delete", ANN, "https://far.example/x", summary="", audience=scene.group.iri)
    with pytest.raises(Forbidden):
        await scene.happens(wrong)


async def test_an_administrator_hides_what_is_in_a_group_elsewhere(scene):
    from sqlmodel import col, select

    from node.store.tables.members import Member

    hive = await scene.stranger("hive", kind="Group")
    await scene.stranger("ann")
    document = scene.object(ANN, to=[hive, "https://www.w3.org/ns/activitystreams#Public"], audience=hive)
    await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
    with pytest.raises(Forbidden):
        await scene.happens(await _removal(scene, document["id"], actor=scene.ben.actor))
    async with scene.island.node.transaction() as tx:
        query = select(Member).where(col(Member.actor_id) == scene.ben.actor.id)
        (await tx.session.scalars(query)).one().role = "administrator"
    await scene.happens(await _removal(scene, document["id"], actor=scene.ben.actor))
    assert (await scene.island.post(document["id"])).removed_at is not None


async def _removal(scene, iri: str, *, actor=None, reason: str = "", with_replies: bool = False):
    async with scene.island.node.transaction() as tx:
        post = await scene.ben._post(tx, iri)
        return await delete.compose(
            tx, actor or scene.group.founder.actor, post, reason=reason, with_replies=with_replies
        )


async def _restoring(scene, iri: str, *, with_replies: bool = False):
    async with scene.island.node.transaction() as tx:
        post = await scene.ben._post(tx, iri)
        return await delete.compose_restore(tx, scene.group.founder.actor, post, with_replies=with_replies)
