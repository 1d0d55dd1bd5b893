"""Lists that are merged from their heads show the same as everything sorted, page by page."""

from datetime import timedelta
from random import Random

import pytest
from sqlmodel import col, select

from node.store.queries import merging
from node.store.queries.merging import Sources, Wanted, merged
from node.store.queries.paging import ORDERS, read_position
from node.store.queries.posts import visible_to
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from tests.support.rows import a_local_actor, a_post

PAGE = 7


@pytest.fixture
async def node(sea):
    return (await sea.node("alpha.example")).node


@pytest.fixture
async def shelf(node):
    """Groups with many threads and few, many of them equal in what they are ordered by."""
    random = Random("a shelf")
    async with node.transaction() as tx:
        people = [await a_local_actor(tx, name) for name in ("ada", "bo")]
        groups = [await a_local_actor(tx, name, kind="Group") for name in ("bees", "hives", "wax", "none")]
        for number in range(90):
            group = groups[int(3 * random.random() ** 2)]
            await a_thread(tx, random, random.choice(people), group, minutes=number)
        await a_thread(tx, random, people[0], None)
    return [one.id for one in groups], [one.id for one in people]


async def a_thread(tx, random, author, group, *, minutes=0, **fields):
    at = tx.now - timedelta(minutes=minutes // 2)  # two at a time
    score = random.randint(-1, 2)
    active = at + timedelta(minutes=random.randint(0, 3))
    drawn = Random(f"{score} {minutes}")
    counts = {"comment_count": drawn.randint(0, 3), "disputed": drawn.choice([0.0, 0.25, 1.0, 1.0])}
    return await a_post(
        tx,
        author,
        group,
        published=at,
        last_active=active,
        score=score,
        hot=score + minutes // 10,
        **counts,
        **fields,
    )


async def pages(node, sources, sort, *, between=None, since=None, viewer=None):
    """Walk to the end; *between* is done after each page. Returns the row numbers on each page."""
    found, cursor = [], None
    while True:
        async with node.reading() as session:
            wanted = Wanted(ORDERS[sort], read_position(cursor), PAGE, since, node.clock.now())
            page, cursor = await merged(session, sources, wanted, visible_to(viewer))
        found.append([post.id for post in page])
        if cursor is None:
            return found
        if between is not None:
            await between()


async def sorted_whole(node, sort, *conditions, viewer=None):
    key = ORDERS[sort].column.key
    async with node.reading() as session:
        query = select(Post).where(col(Post.root_id).is_(None), visible_to(viewer), *conditions)
        posts = list(await session.scalars(query))
    posts = [one for one in posts if sort != "controversial" or one.disputed > 0]
    return [one.id for one in sorted(posts, key=lambda one: (getattr(one, key), one.id), reverse=True)]


def flat(found):
    return [number for page in found for number in page]


@pytest.mark.parametrize("sort", sorted(ORDERS))
async def test_all_pages_together_are_everything_sorted(node, shelf, sort):
    groups, _ = shelf
    found = await pages(node, Sources(groups=groups), sort)
    assert flat(found) == await sorted_whole(node, sort, col(Post.group_id).in_(groups))
    assert all(len(page) == PAGE for page in found[:-1])


@pytest.mark.parametrize("sort", sorted(ORDERS))
async def test_what_comes_by_group_author_and_name_is_there_once(node, shelf, sort):
    groups, people = shelf
    others = flat(await pages(node, Sources(groups=[groups[2]]), sort))[:3]
    found = await pages(node, Sources(groups=[groups[0]], authors=[people[0]], others=others), sort)
    wanted = (col(Post.group_id) == groups[0]) | (col(Post.author_id) == people[0]) | col(Post.id).in_(others)
    assert flat(found) == await sorted_whole(node, sort, wanted)


@pytest.mark.parametrize("sort", sorted(ORDERS))
async def test_new_threads_neither_double_nor_hide_what_was_there(node, shelf, sort, sea):
    groups, people = shelf
    random, before = Random("newcomers"), await sorted_whole(node, sort, col(Post.group_id).in_(groups))

    async def between():
        sea.clock.advance(minutes=1)
        async with node.transaction() as tx:
            author, group = [await tx.session.get_one(Actor, one) for one in (people[0], groups[0])]
            for _ in range(3):
                await a_thread(tx, random, author, group)

    found = flat(await pages(node, Sources(groups=groups), sort, between=between))
    assert len(found) == len(set(found))
    assert [number for number in found if number in set(before)] == before


@pytest.mark.parametrize("sort", sorted(name for name, order in ORDERS.items() if order.dated))
@pytest.mark.parametrize("long", [False, True])
async def test_a_period_leaves_out_what_is_older(node, shelf, sort, long, monkeypatch):
    """However the period is met: sorted out of what it holds, or walked in the order."""
    monkeypatch.setattr(merging, "LONG", timedelta(minutes=30 if long else 50))
    groups, _ = shelf
    since = node.clock.now() - timedelta(minutes=40)
    for sources, which in (
        (Sources(groups=groups), col(Post.group_id).in_(groups)),
        (Sources(everybody=True), col(Post.visibility) == "public"),
    ):
        found = await pages(node, sources, sort, since=since)
        assert flat(found) == await sorted_whole(node, sort, which, col(Post.published) > since)
        assert 0 < len(flat(found)) < 90


@pytest.mark.parametrize("sort", sorted(ORDERS))
async def test_everybody_is_everything_public(node, shelf, sort):
    groups, people = shelf
    async with node.transaction() as tx:
        author, group = [await tx.session.get_one(Actor, one) for one in (people[1], groups[0])]
        await a_thread(tx, Random("hidden"), author, group, visibility="unlisted")
        await a_thread(tx, Random("hidden"), author, None, visibility="followers")
    found = await pages(node, Sources(everybody=True), sort)
    assert flat(found) == await sorted_whole(node, sort, col(Post.visibility) == "public")


async def test_much_that_is_not_for_the_viewer_ends_a_page_but_not_the_list(node, shelf, monkeypatch):
    monkeypatch.setattr(merging, "LOOKS", 2)
    groups, people = shelf
    async with node.transaction() as tx:
        author, group = [await tx.session.get_one(Actor, one) for one in (people[1], groups[0])]
        for _ in range(60):
            await a_thread(tx, Random("hidden"), author, group, minutes=-20, visibility="direct")
    found = await pages(node, Sources(groups=groups), "new")
    assert found[0] == []  # none of the newest sixty is theirs, and two looks do not reach beyond
    assert flat(found) == await sorted_whole(node, "new", col(Post.group_id).in_(groups))


async def test_nothing_is_followed(node):
    assert await pages(node, Sources(), "hot") == [[]]
