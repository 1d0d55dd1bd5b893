"""PeerTube's moderated comments (FEDERATION C.18)."""

from __future__ import annotations

import pytest

from node.errors import Forbidden

ANN = "https://far.example/users/ann"


async def test_the_owner_of_a_video_judges_its_comments(scene):
    bob = await scene.stranger("bob")
    video = await scene.arrives("Video")
    comment = scene.object(bob, type="Note", name=None, inReplyTo=video)
    await scene.happens(scene.carrying("Create", comment))
    iri = comment["id"]
    reject = scene.activity("RejectReply", ANN, iri)
    approve = scene.activity("ApproveReply", ANN, iri)
    await scene.happens(reject)
    await scene.happens(reject)
    assert (await scene.island.post(iri)).removed_at is not None
    assert (await scene.island.post(video)).comment_count == 0
    await scene.happens(approve)
    post = await scene.island.post(iri)
    assert (post.removed_at, post.approved_by) == (None, approve.iri)
    assert (await scene.island.post(video)).comment_count == 1
    hive = await scene.stranger("hive", kind="Group")
    for wrong in (
        scene.activity("RejectReply", bob, iri),
        scene.activity("RejectReply", ANN, video),
        scene.activity("RejectReply", ANN, iri, announced_by=hive),
    ):
        with pytest.raises(Forbidden):
            await scene.happens(wrong)


async def test_a_thread_that_is_no_video_has_its_groups_moderators(scene):
    bob = await scene.stranger("bob")
    thread = await scene.arrives()
    comment = scene.object(bob, type="Note", name=None, inReplyTo=thread)
    await scene.happens(scene.carrying("Create", comment))
    with pytest.raises(Forbidden, match="owner of a video"):
        await scene.happens(scene.activity("RejectReply", ANN, comment["id"]))
