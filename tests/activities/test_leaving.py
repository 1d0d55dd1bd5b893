"""Leave, where test_join.py does not reach."""

from __future__ import annotations

import pytest

from node.activities import leaving
from node.errors import NotFound, Refused
from node.store.queries.posts import find_post
from tests.activities.test_join import SOON, joins, participants, plans


async def test_who_leaves_twice_has_left_once(scene):
    ann, iri = await scene.stranger("ann"), await plans(scene)
    away = scene.activity("Leave", ann, iri)
    await scene.happens(away)
    await scene.happens(joins(scene, ann, iri))
    assert await participants(scene, iri) == 1
    await scene.happens(away)
    await scene.happens(away)
    assert await participants(scene, iri) == 0


async def test_what_can_be_left(scene):
    ann = await scene.stranger("ann")
    theirs = await scene.arrives("Event", author=ann, startTime=f"{SOON}:00Z")
    page = await scene.ben.posts(scene.group, title="No event")
    for thing, error in ((theirs, Refused), (page, Refused), ("https://far.example/none", NotFound)):
        with pytest.raises(error):
            await scene.happens(scene.activity("Leave", ann, thing))


async def test_who_is_on_no_list_has_nothing_to_say(scene):
    iri = await plans(scene)
    async with scene.island.node.transaction() as tx:
        assert await leaving.compose(tx, scene.ben.actor, await find_post(tx.session, iri)) is None
