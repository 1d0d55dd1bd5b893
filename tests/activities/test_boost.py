"""Announce by a person: a share."""

from __future__ import annotations

import pytest

from node.errors import NotFound


async def test_a_share_is_counted_once_and_taken_back(scene):
    iri = await scene.arrives()
    ann = await scene.stranger("ann")
    boost = scene.activity("Announce", ann, iri)
    await scene.happens(boost)
    await scene.happens(boost)
    assert (await scene.island.post(iri)).shares == 1
    await scene.happens(scene.undo(boost))
    await scene.happens(scene.undo(boost))
    assert (await scene.island.post(iri)).shares == 0


async def test_a_share_of_what_is_unknown_is_refused(scene):
    ann = await scene.stranger("ann")
    with pytest.raises(NotFound):
        await scene.happens(scene.activity("Announce", ann, "https://far.example/objects/none"))


async def test_a_share_is_not_passed_on(scene):
    iri = await scene.arrives()
    before = await scene.leaving()
    await scene.happens(scene.activity("Announce", await scene.stranger("ann"), iri))
    assert await scene.leaving() == before
