"""What a member has read is known to them alone, in lists and on the page, and goes after a year."""

import pytest
from sqlmodel import select

from node.inbox.housekeeping import sweep
from node.store.queries.readings import find_reading, mark_read, set_reading, unread_in
from node.store.tables.members import Member
from node.store.tables.readings import Reading


@pytest.fixture
async def ada(quay):
    return await quay.person("ada")


@pytest.fixture
async def thread(quay, ada):
    return await quay.post(ada)


async def read(quay, who, thread):
    async with quay.node.transaction() as tx:
        await mark_read(tx, who.id, thread.token)


async def unread(quay, who, *threads):
    async with quay.node.reading() as session:
        return await unread_in(session, threads, who)


async def test_a_thread_that_was_never_opened_has_no_count(quay, ada, thread):
    assert await unread(quay, ada, thread) == {}
    assert await unread(quay, None, thread) == {}


async def test_what_came_since_is_counted_for_each_member(quay, ada, thread):
    bob = await quay.person("bob")
    await read(quay, ada, thread)
    await quay.change(thread, comment_count=3)
    thread.comment_count = 3
    assert await unread(quay, ada, thread) == {thread.id: 3}
    assert await unread(quay, bob, thread) == {}
    await read(quay, ada, thread)
    assert await unread(quay, ada, thread) == {thread.id: 0}
    await quay.change(thread, comment_count=1)
    thread.comment_count = 1
    assert await unread(quay, ada, thread) == {thread.id: 0}


async def test_since_when_is_told_to_them_alone(quay, ada, thread):
    bob = await quay.person("bob")
    await read(quay, ada, thread)
    first = quay.clock.now()
    quay.clock.advance(hours=1)
    async with quay.node.reading() as session:
        assert await find_reading(session, thread, ada) == first
        assert await find_reading(session, thread, bob) is None
        assert await find_reading(session, thread, None) is None


async def test_what_is_not_there_is_not_noted(quay, ada):
    async with quay.node.transaction() as tx:
        await mark_read(tx, ada.id, "nothing")
        assert (await tx.session.scalars(select(Reading))).all() == []


async def test_who_wants_no_marks_loses_those_there_are(quay, ada, thread):
    now = quay.clock.now()
    await quay.add(Member(actor_id=ada.id, language="en", created_at=now))
    await read(quay, ada, thread)
    async with quay.node.transaction() as tx:
        await set_reading(tx, ada.id, flat=True, marks=False, languages=[])
    async with quay.node.reading() as session:
        member = (await session.scalars(select(Member))).one()
        assert (member.reads_flat, member.marks_reading) == (True, False)
        assert (await session.scalars(select(Reading))).all() == []


async def test_marks_go_a_year_after_the_last_look(quay, ada, thread):
    await read(quay, ada, thread)
    quay.clock.advance(days=364)
    assert (await sweep(quay.node))["read marks"] == 0
    quay.clock.advance(days=2)
    assert (await sweep(quay.node))["read marks"] == 1
