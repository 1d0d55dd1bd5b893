"""Rows made in a hurry are what their constructors make."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import SQLModel

from node.store.fresh import new_row
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer
from node.store.tables.posts import Post, Vote

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
TABLES = sorted((one.class_ for one in SQLModel._sa_registry.mappers), key=lambda one: one.__name__)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_the_defaults_of_its_constructor(table):
    made, constructed = new_row(table), table()
    own = [{name: row.__dict__.get(name) for name in table.model_fields} for row in (made, constructed)]
    assert own[0] == own[1]


def test_values_are_taken_and_misspelt_ones_are_not():
    assert new_row(Post, iri="https://x.example/1", depth=2).depth == 2
    with pytest.raises(TypeError, match="Post has no titel"):
        new_row(Post, titel="Swarm")


async def test_it_is_written_and_changed_like_any_other(sea):
    node = (await sea.node("alpha.example")).node
    async with node.transaction() as tx:
        peer = new_row(Peer, host="far.example", first_seen=NOW)
        tx.session.add(peer)
        await tx.session.flush()
        assert peer.id is not None
        peer.failures = 3
    async with node.reading() as session:
        found = await session.get(Peer, peer.id)
        assert (found.host, found.failures, found.state) == ("far.example", 3, "awake")


def test_no_two_rows_share_what_is_made_for_each():
    first, second = new_row(Actor, username="Ada"), new_row(Actor, username="Ben")
    first.name = "changed"
    assert (second.name, new_row(Vote).value) == ("", Vote().value)
