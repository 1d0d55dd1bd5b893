"""PollVote, as PieFed votes in a poll."""

from __future__ import annotations

import pytest

from node.errors import Forbidden, NotFound
from tests.activities.test_polls import asks, counts


def vote(scene, actor, iri, choice, **more):
    activity = scene.activity("PollVote", actor, iri, **more)
    return type(activity)(**{name: getattr(activity, name) for name in activity.__slots__} | {
        "raw": {**activity.raw, "choice_text": choice}
    })  # fmt: skip


async def test_it_counts_as_any_vote_and_is_not_passed_on(scene):
    rimu, iri = await scene.stranger("rimu"), await asks(scene)
    before = await scene.leaving()
    for _ in range(2):
        await scene.happens(vote(scene, rimu, iri, "Cake", audience=scene.group.iri))
    assert await counts(scene, iri) == ([0, 1], 1)
    assert await scene.leaving() == before
    for choice in (None, 7, "", "Beer"):
        with pytest.raises(NotFound, match="no such answer"):
            await scene.happens(vote(scene, rimu, iri, choice))


async def test_a_group_vouches_for_votes_on_its_own_threads_alone(scene):
    """A05"""
    rimu, iri = await scene.stranger("rimu"), await asks(scene)
    hive = await scene.stranger("hive", kind="Group")
    with pytest.raises(Forbidden, match="only for its own"):
        await scene.happens(vote(scene, rimu, iri, "Cake", announced_by=hive))
