"""The directory of groups: its orders, what narrows it, its pages, and what it counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from node.inbox.exploring import COUNT_EVERY, count_groups
from node.store.queries import directory as queries
from node.store.queries.directory import COUNTED_ANEW, Wish, directory
from node.store.queries.paging import read_position
from node.store.queries.topics import set_topics
from node.store.tables.actors import Actor
from node.store.tables.directory import DirectoryEntry

THERE = "https://far.example"


@pytest.fixture
async def ada(quay):
    return await quay.person("ada")


async def listed(quay, viewer=None, **wish):
    async with quay.node.reading() as session:
        return await directory(session, viewer, Wish(**wish))


async def named(quay, viewer=None, **wish):
    return [line.actor.label for line in (await listed(quay, viewer, **wish)).groups]


async def entry(quay, group):
    async with quay.node.reading() as session:
        return (
            await session.scalars(select(DirectoryEntry).where(col(DirectoryEntry.group_id) == group.id))
        ).one()


async def group_of(quay, name):
    async with quay.node.reading() as session:
        return (await session.scalars(select(Actor).where(col(Actor.username) == name))).one()


async def far_group(quay, name, **values):
    home = f"https://{name}.example"
    return await quay.actor(
        "Group", path=f"/c/{name}", username=name, home=home, handle_verified=True, **values
    )


async def test_its_orders(quay, ada):
    now = quay.clock.now()
    for name, days in (("bees", 3), ("ants", 1), ("wasps", 2)):
        await quay.group(name, published=now - timedelta(days=days))
    ants, bees = [await group_of(quay, name) for name in ("ants", "bees")]
    await quay.post(ada, bees, last_active=now + timedelta(days=1))
    await quay.follows(ada, bees)
    await quay.follows(ada, ants)
    await quay.follows(await quay.person("bo"), ants)
    await count_groups(quay.node)
    assert await named(quay, sort="active") == ["Bees", "Ants", "Wasps"]
    assert await named(quay, sort="followers") == ["Ants", "Bees", "Wasps"]
    assert await named(quay, sort="new") == ["Ants", "Wasps", "Bees"]
    assert await named(quay, sort="name") == ["Ants", "Bees", "Wasps"]


@pytest.mark.parametrize("sort", ["active", "followers", "new", "name"])
async def test_its_pages_name_each_group_once(quay, ada, monkeypatch, sort):
    monkeypatch.setattr(queries, "SHOWN", 3)
    for number in range(10):  # some of them alike in everything
        group = await quay.group(f"g{number}")
        await quay.change(group, name=f"Group {number % 2}")
        if number % 3 == 0:
            await quay.follows(ada, group)
    await count_groups(quay.node)
    seen, after = [], None
    for _ in range(4):
        page = await listed(quay, sort=sort, after=read_position(after))
        seen += [line.actor.path for line in page.groups]
        after = page.next_page
    assert after is None
    assert sorted(seen) == sorted(f"/c/g{number}" for number in range(10))


async def test_what_narrows_it(quay, ada):
    bees = await quay.group("bees", description="Alles über Völker")
    await quay.change(bees, name="Bienen & Hecken")
    await far_group(quay, "fish")
    await quay.post(ada, bees, language="de-AT")
    async with quay.node.transaction() as tx:
        await set_topics(tx, bees, ["nature", "nonsense", "home", "food", "work"])
    await count_groups(quay.node)
    assert await named(quay, where="here") == ["Bienen & Hecken"]
    assert await named(quay, where="elsewhere") == ["Fish"]
    assert await named(quay, language="de") == ["Bienen & Hecken"]
    assert await named(quay, language="fr") == []
    assert await named(quay, topic="nature") == ["Bienen & Hecken"]
    assert await named(quay, topic="work") == []  # beyond three
    for words in ("HECKEN", "volker bienen", "ees", "&"):
        assert "Bienen & Hecken" in await named(quay, words=words), words
    assert await named(quay, words="%_") == await named(quay)  # no word, and no character has a meaning
    assert await named(quay, words="volker fish") == []


async def test_what_may_not_be_listed_is_not(quay):
    bees = await quay.group("bees")
    await quay.group("shy", discoverable=False)
    assert await named(quay) == ["Bees"]
    await quay.change(bees, deleted_at=quay.clock.now())
    assert await named(quay) == []


async def test_small_groups_are_counted_as_they_are_looked_at(quay, ada):
    bees = await quay.group("bees")
    thread = await quay.post(ada, bees)
    await quay.post(ada, bees, visibility="members")
    await quay.post(ada, bees, thread)
    await quay.follows(ada, bees)
    await quay.follows(await quay.person("bo"), bees, state="pending")
    (line,) = (await listed(quay, ada)).groups
    assert (line.followers, line.threads, line.last_active) == (1, 1, thread.last_active)
    assert line.follow == "accepted"


async def test_of_large_ones_it_is_told_what_was_counted_last(quay, ada):
    bees = await quay.group("bees")
    await quay.post(ada, bees)
    large = {"threads": COUNTED_ANEW, "members": COUNTED_ANEW, "active_at": quay.clock.now()}
    async with quay.node.transaction() as tx:
        await tx.session.execute(update(DirectoryEntry).values(**large))
    (line,) = (await listed(quay)).groups
    assert (line.followers, line.threads, line.last_active) == (COUNTED_ANEW, COUNTED_ANEW, quay.clock.now())


async def test_a_group_elsewhere_has_as_many_as_its_home_counts(quay):
    await far_group(quay, "fish", home_followers=70)
    await far_group(quay, "crabs", home_followers=80)
    await count_groups(quay.node)
    page = await listed(quay, sort="followers")
    assert [(line.actor.label, line.followers) for line in page.groups] == [("Crabs", 80), ("Fish", 70)]


async def test_a_group_is_counted_again_when_something_happens_and_by_the_hour(quay, ada):
    bees = await quay.group("bees")
    assert await count_groups(quay.node) == 0
    quay.clock.advance(minutes=1)
    await quay.post(ada, bees, language="fr")
    assert await count_groups(quay.node) == 1
    assert ((await entry(quay, bees)).threads, (await entry(quay, bees)).language) == (1, "fr")
    counted = (await entry(quay, bees)).counted_at
    quay.clock.advance(minutes=1)
    assert await count_groups(quay.node) == 0
    assert (await entry(quay, bees)).counted_at == counted, "nothing is written where nothing changed"
    quay.clock.advance(seconds=int(COUNT_EVERY.total_seconds()))
    assert await count_groups(quay.node) == 0
    assert (await entry(quay, bees)).counted_at == quay.clock.now()


async def test_it_follows_the_names_of_groups(quay):
    bees = await quay.group("bees")
    await quay.change(bees, name="Éa", description="Words")
    assert ((await entry(quay, bees)).name_key, (await entry(quay, bees)).words) == ("ea", "ea bees words")
    assert await named(quay, words="words") == ["Éa"]
