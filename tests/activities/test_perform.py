"""The one way in: judged, done, told; all or nothing."""

from __future__ import annotations

import pytest

from node.activities.perform import perform
from node.activities.table import HANDLERS
from node.errors import Malformed, Refused
from tests.support.dbhash import no_effect


async def test_what_is_not_in_the_table_has_no_effect(scene):
    ann = await scene.stranger("ann")
    async with no_effect(scene.island.node.database):
        with pytest.raises(Refused, match="Travel has no effect"):
            await scene.happens(scene.activity("Travel", ann, ann))


@pytest.mark.parametrize("kind", ["Undo", "Accept", "Reject"])
async def test_an_answer_says_what_it_answers(scene, kind):
    ann = await scene.stranger("ann")
    with pytest.raises(Malformed, match="what it answers"):
        await scene.happens(scene.activity(kind, ann, "https://far.example/x"))


@pytest.mark.parametrize("kind", ["Create", "Update", "Add", "Remove"])
async def test_some_things_cannot_be_undone(scene, kind):
    ann = await scene.stranger("ann")
    inner = scene.activity(kind, ann, "https://far.example/x")
    with pytest.raises(Refused, match="cannot be undone"):
        await scene.happens(scene.undo(inner))


@pytest.mark.parametrize("kind", ["Accept", "Reject"])
async def test_some_things_take_no_answer(scene, kind):
    ann = await scene.stranger("ann")
    inner = scene.activity("Like", scene.ben.iri, ann)
    with pytest.raises(Refused, match="takes no Accept or Reject"):
        await scene.happens(scene.activity(kind, ann, inner.iri, inner=inner))


async def test_a_failure_after_the_effect_takes_it_back(scene):
    """P3: nothing is told that did not happen, nothing happens untold."""
    ann = await scene.stranger("ann")

    class Broken(Exception):
        pass

    async def follow_and_break():
        async with scene.island.node.transaction() as tx:
            await perform(tx, scene.activity("Follow", ann, scene.group.iri))
            raise Broken

    async with no_effect(scene.island.node.database):
        with pytest.raises(Broken):
            await follow_and_break()


def test_every_handler_says_what_it_needs():
    assert all("actor" in handler.needs for handler in HANDLERS.values())
