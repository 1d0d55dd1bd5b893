"""What rises: by how many people, from how many places, and never by one alone."""

from __future__ import annotations

import pytest

from node.inbox.exploring import weigh
from node.store.queries.trends import PER_AUTHOR, PER_GROUP, PER_SERVER, trends
from node.store.tables.posts import Vote
from node.store.tables.trimmings import PostTag


@pytest.fixture
async def bees(quay):
    return await quay.group("bees")


@pytest.fixture
async def crowd(quay):
    """Six people of six servers."""
    return [
        await quay.actor("Person", path=f"/u/p{n}", username=f"p{n}", home=f"https://s{n}.example")
        for n in range(6)
    ]


async def rising(quay, viewer=None):
    await weigh(quay.node)
    async with quay.node.reading() as session:
        return await trends(session, viewer, quay.clock.now(), threads=9, tags=9, groups=9)


async def talked_of(quay, people, author, group, **values):
    thread = await quay.post(author, group, **values)
    for one in people:
        await quay.post(one, group, thread)
    return thread


async def votes(quay, people, thread):
    for one in people:
        row = Vote(
            post_id=thread.id, actor_id=one.id, value=1, iri=f"{one.iri}/v{thread.id}", at=quay.clock.now()
        )
        await quay.add(row)


async def test_threads_rise_by_how_many_turn_to_them(quay, bees, crowd):
    ada, bo, cy = [await quay.person(name) for name in ("ada", "bo", "cy")]
    await talked_of(quay, crowd[:2], ada, bees, title="Two")
    both = await talked_of(quay, crowd[:3], bo, await quay.group("wasps"), title="Three and votes")
    await votes(quay, crowd[3:5], both)
    await talked_of(quay, [crowd[0]] * 20, cy, await quay.group("ants"), title="One who writes much")
    found = await rising(quay)
    assert [(one.title, one.people) for one in found.threads] == [("Three and votes", 5), ("Two", 2)]
    assert found.threads[0].group.label == "Wasps"


async def test_nobody_makes_their_own_thread_rise(quay, bees, crowd):
    thread = await talked_of(quay, [crowd[0], crowd[1]], crowd[0], bees)
    await votes(quay, [crowd[0]], thread)
    assert (await rising(quay)).threads == ()


async def test_a_server_weighs_less_the_more_of_its_people_come(quay, bees, crowd):
    mob = []
    peer = await quay.actor("Person", path="/u/m", username="m", home="https://mob.example")
    for n in range(9):
        row = await quay.person(f"m{n}")
        await quay.change(row, host="mob.example", peer_id=peer.peer_id)
        mob.append(row)
    await talked_of(quay, mob, await quay.person("ada"), bees, title="Nine of one")  # 3
    await talked_of(quay, crowd[:4], await quay.person("bo"), bees, title="Four of four")  # 4
    assert [one.title for one in (await rising(quay)).threads] == ["Four of four", "Nine of one"]


async def test_one_author_group_or_server_fills_it_not(quay, crowd):
    for number in range(5):
        group = await quay.group(f"g{number}")
        for more in range(5):
            author = await quay.actor(
                "Person", path=f"/u/a{number}{more}", username="a", home=f"https://a{number}{more}.example"
            )
            await talked_of(quay, crowd[:2], author, group)
    found = await rising(quay)
    assert len(found.threads) == 9
    groups = [one.group.label for one in found.threads]
    assert max(groups.count(one) for one in groups) == PER_GROUP
    assert len(found.groups) == PER_SERVER, "all of them are of one server"


async def test_an_author_has_one_thread_in_it(quay, bees, crowd):
    ada = await quay.person("ada")
    for name in ("ants", "wasps", "flies"):
        await talked_of(quay, crowd[:2], ada, await quay.group(name))
    assert len((await rising(quay)).threads) == PER_AUTHOR


@pytest.mark.parametrize(
    "change",
    [
        {"visibility": "unlisted"},
        {"visibility": "members"},
        {"deleted_at": True},
        {"removed_at": True},
        {"sensitive": True},
        {"warning": "Stings"},
    ],
    ids=str,
)
async def test_what_is_not_for_everybody_does_not_rise(quay, bees, crowd, change):
    change = {
        name: quay.clock.now() if value is True and name != "sensitive" else value
        for name, value in change.items()
    }
    await talked_of(quay, crowd, await quay.person("ada"), bees, **change)
    assert (await rising(quay)).threads == ()


async def test_what_was_taken_away_since_is_not_shown(quay, bees, crowd):
    thread = await talked_of(quay, crowd, await quay.person("ada"), bees)
    assert len((await rising(quay)).threads) == 1
    await quay.change(thread, removed_at=quay.clock.now())
    await quay.change(bees, discoverable=False)
    async with quay.node.reading() as session:
        found = await trends(session, None, quay.clock.now(), threads=9, tags=9, groups=9)
    assert (found.threads, found.groups) == ((), ())


async def test_groups_and_people_who_are_in_no_list_are_not_counted(quay, crowd):
    for change in ({"discoverable": False}, {"private": True}, {"sensitive": True}):
        group = await quay.group(f"g{next(iter(change))}", **change)
        await talked_of(quay, crowd, await quay.person(f"a{next(iter(change))}"), group)
    shy = [await quay.person(f"shy{n}", discoverable=False) for n in range(4)]
    await talked_of(quay, shy, await quay.person("ada"), await quay.group("bees"))
    found = await rising(quay)
    assert (found.threads, [one.label for one in found.groups]) == ((), [])


async def test_history_that_is_fetched_is_no_rise(quay, bees, crowd):
    thread = await quay.post(crowd[0], bees, backfilled=True)
    for one in crowd:
        await quay.post(one, bees, thread, backfilled=True)
    assert (await rising(quay)).nothing


async def test_hashtags_rise_against_what_is_usual(quay, bees, crowd):
    async def tagged(name, people):
        for one in people:
            post = await quay.post(one, bees)
            await quay.add(PostTag(post_id=post.id, name=name))

    for _ in range(3):
        await tagged("daily", crowd)
        quay.clock.advance(days=1, hours=1)
    await tagged("daily", crowd[:4])
    await tagged("swarm", crowd[:4])
    await tagged("lone", crowd[:1])
    assert [(one.name, one.people) for one in (await rising(quay)).tags] == [("swarm", 4), ("daily", 4)]


async def test_what_rose_yesterday_rises_no_more(quay, bees, crowd):
    await talked_of(quay, crowd, await quay.person("ada"), bees)
    assert not (await rising(quay)).nothing
    quay.clock.advance(days=2)
    assert (await rising(quay)).nothing
