"""Of people elsewhere, nothing is kept once nothing here names them; whoever is named stays."""

import pytest
from sqlalchemy import UniqueConstraint
from sqlmodel import col, select

from node.inbox.housekeeping import sweep, would_sweep
from node.store.queries import strangers
from node.store.tables.actors import Actor, PublicKey
from node.store.tables.posts import Vote
from tests.support.quay import Quay

THERE = "https://far.example"
CHORE = "people elsewhere"
YEAR = 366  # days


async def names(quay):
    query = select(Actor.username).where(col(Actor.peer_id).is_not(None)).order_by(col(Actor.id))
    async with quay.node.reading() as session:
        return list(await session.scalars(query))


async def keys(quay):
    async with quay.node.reading() as session:
        return list(await session.scalars(select(PublicKey.owner)))


@pytest.fixture
async def bob(quay):
    return await stranger(quay, "bob")


async def stranger(quay, name, home=THERE):
    one = await quay.actor("Person", path=f"/u/{name}", username=name, home=home)
    key = PublicKey(key_id=f"{one.iri}#main-key", owner=one.iri, pem="key", fetched_at=quay.clock.now())
    await quay.add(key)
    return one


async def test_one_of_whom_nothing_is_left_goes_after_a_year_with_the_key(quay, bob):
    ada = await quay.person("ada")
    quay.clock.advance(days=YEAR - 3)
    await sweep(quay.node)
    assert await names(quay) == ["bob"]
    quay.clock.advance(days=3)
    assert (await would_sweep(quay.node))[CHORE] == 1
    assert (await sweep(quay.node))[CHORE] == 1
    assert (await names(quay), await keys(quay)) == ([], [])
    async with quay.node.reading() as session:
        assert await session.get(Actor, ada.id) is not None


async def test_whoever_is_named_stays_until_that_has_gone(quay, bob):
    ada = await quay.person("ada")
    thread = await quay.post(ada)
    now = quay.clock.now()
    vote = await quay.add(Vote(post_id=thread.id, actor_id=bob.id, value=1, iri=f"{THERE}/v", at=now))
    quay.clock.advance(days=YEAR)
    await sweep(quay.node)
    assert await names(quay) == ["bob"]
    async with quay.node.transaction() as tx:
        await tx.session.delete(await tx.session.get_one(Vote, vote.id))
    await sweep(quay.node)
    assert await names(quay) == []


async def test_who_was_read_lately_stays(quay, bob):
    quay.clock.advance(days=YEAR)
    await quay.change(bob, fetched_at=quay.clock.now())
    await sweep(quay.node)
    assert await names(quay) == ["bob"]


async def test_the_operator_may_keep_everybody(tmp_path):
    quay = await Quay.open(tmp_path, remote_days=0)
    await stranger(quay, "bob")
    quay.clock.advance(days=5000)
    assert CHORE not in await sweep(quay.node)
    assert await names(quay) == ["bob"]
    await quay.close()


async def test_a_large_table_is_looked_through_in_parts_and_each_has_its_hour(quay, monkeypatch):
    monkeypatch.setattr(strangers, "LOOKED_AT", 2)
    for name in ("bob", "cy", "di", "eli", "flo"):
        await stranger(quay, name, f"https://{name}.example")
    quay.clock.advance(days=YEAR)
    for _ in range(10):
        before = len(await names(quay))
        await sweep(quay.node)
        assert before - len(await names(quay)) <= 2
        quay.clock.advance(hours=1)
    assert await names(quay) == []


async def test_who_is_named_while_the_sweep_is_under_way_stays(quay, bob):
    ada = await quay.person("ada")
    thread = await quay.post(ada)
    quay.clock.advance(days=YEAR)
    which = strangers.nothing_left_of(quay.clock.now())
    await quay.add(Vote(post_id=thread.id, actor_id=bob.id, value=1, iri=f"{THERE}/v", at=quay.clock.now()))
    async with quay.node.transaction() as tx:
        assert await strangers.remove(tx.session, [bob.id], which) == 0
    assert (await names(quay), len(await keys(quay))) == (["bob"], 1)


def test_every_column_that_names_an_actor_is_asked():
    tables = {column.table.name for column in strangers.naming()}
    assert {"posts", "votes", "follows", "bans", "messages", "actors", "members"} <= tables


@pytest.mark.parametrize("column", strangers.naming(), ids=str)
def test_no_actor_that_goes_is_looked_for_in_a_whole_table(column):
    """An index begins with each of the columns: the database asks all of them for every row that goes."""
    told = [
        *column.table.indexes,
        *(one for one in column.table.constraints if isinstance(one, UniqueConstraint)),
    ]
    assert any(next(iter(one.columns)).name == column.name for one in told)
