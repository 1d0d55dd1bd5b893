"""RULE B3, FEP-521a: keys that actors lack, and new ones for old."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from node.errors import Forbidden
from node.local.actors import new_keys
from node.local.keys import ensure_proof_keys, rotate
from node.store.queries.actors import get_actor
from node.store.tables.actors import Actor


async def proof_keys(island):
    async with island.node.reading() as session:
        found = await session.execute(
            select(Actor.iri, Actor.proof_key).where(col(Actor.sealed_key).is_not(None))
        )
        return dict(found.all())


async def test_every_actor_here_has_a_key_for_proofs(sea):
    island = await sea.node("beta.example")
    await island.group("bees")
    made = await proof_keys(island)
    assert len(made) == 3
    assert all(key.startswith("z6Mk") for key in made.values())
    assert len(set(made.values())) == 3


async def test_who_was_here_before_there_were_proofs_gets_one_at_the_start(sea):
    island = await sea.node("beta.example")
    ada = await island.member("ada")
    async with island.node.transaction() as tx:
        await tx.session.execute(text("UPDATE actors SET sealed_proof_key = NULL, proof_key = ''"))
    assert "assertionMethod" not in await island.document(ada.iri)
    assert await ensure_proof_keys(island.node) == 2
    kept = await proof_keys(island)
    assert await ensure_proof_keys(island.node) == 0, "once"
    assert await proof_keys(island) == kept
    assert (await island.document(ada.iri))["assertionMethod"] == [
        {
            "id": f"{ada.iri}#ed25519-key",
            "type": "Multikey",
            "controller": ada.iri,
            "publicKeyMultibase": kept[ada.iri],
        }
    ]


async def test_new_keys_stand_under_the_old_ids(sea):
    island = await sea.node("beta.example")
    ada = await island.member("ada")
    before = await island.document(ada.iri)
    keys = await new_keys(island.node)
    async with island.node.transaction() as tx:
        await rotate(tx, await get_actor(tx.session, ada.iri), keys)
    after = await island.document(ada.iri)
    for name, value in (("publicKey", "publicKeyPem"), ("assertionMethod", "publicKeyMultibase")):
        old, new = (one[name][0] if name == "assertionMethod" else one[name] for one in (before, after))
        assert old["id"] == new["id"]
        assert old[value] != new[value]


async def test_the_keys_of_others_are_not_ours_to_change(sea):
    alpha, beta = await sea.node("alpha.example"), await sea.node("beta.example")
    bees = await beta.group("bees")
    await alpha.member("ada", follows=bees)
    keys = await new_keys(alpha.node)
    with pytest.raises(Forbidden):
        async with alpha.node.transaction() as tx:
            await rotate(tx, await get_actor(tx.session, bees.iri), keys)
