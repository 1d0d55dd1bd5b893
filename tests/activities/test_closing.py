"""A group closes and opens again: by whom, and what is left of it."""

from __future__ import annotations

import pytest

from node.activities import closing
from node.errors import Conflict, Forbidden, Refused
from node.store.queries.actors import get_actor


async def test_only_its_first_moderator_closes_a_group_of_ours(scene):
    """FEDERATION C.6: not a later one, not one elsewhere, and no Announce."""
    mod, hive = await scene.stranger("mod"), await scene.stranger("hive", kind="Group")
    await scene.appoint(mod)
    await scene.appoint(scene.ben.iri)
    for actor, announcer in ((mod, None), (scene.ben.iri, None), (mod, hive), (hive, None)):
        act = scene.activity("Delete", actor, scene.group.iri, announced_by=announcer)
        with pytest.raises(Forbidden):
            await scene.happens(act)
        with pytest.raises(Forbidden):
            await scene.happens(scene.undo(act))
    thread = await scene.arrives()
    await scene.happens(await _closing(scene))
    with pytest.raises(Conflict, match="already"):
        await _closing(scene)
    for words in (scene.ben.answers(thread, "late"), scene.arrives()):
        with pytest.raises(Refused, match="closed"):
            await words
    async with scene.island.node.transaction() as tx:
        group, founder = await get_actor(tx.session, scene.group.iri), scene.group.founder.actor
        opening = closing.compose_undo(tx, founder, group)
    await scene.happens(opening)
    await scene.ben.answers(thread, "in time")


async def test_a_group_elsewhere_closes_by_its_own_word(scene):
    hive, mod = await scene.stranger("hive", kind="Group"), await scene.stranger("mod")
    act = scene.activity("Delete", mod, hive, audience=hive)
    with pytest.raises(Forbidden, match="where it lives"):
        await scene.happens(act)
    by_hive = scene.activity("Delete", mod, hive, audience=hive, announced_by=hive)
    await scene.happens(by_hive)
    assert (await scene.actor(hive)).deleted_at is not None
    await scene.happens(scene.activity("Undo", mod, by_hive.iri, inner=by_hive, announced_by=hive))
    assert (await scene.actor(hive)).deleted_at is None


async def _closing(scene):
    async with scene.island.node.transaction() as tx:
        group = await get_actor(tx.session, scene.group.iri)
        return closing.compose(tx, scene.group.founder.actor, group)
