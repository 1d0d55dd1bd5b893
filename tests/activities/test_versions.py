"""What a post said before an edit is kept, as far as its author said it, and goes with it."""

import pytest
from sqlmodel import col, select

from node.activities import versions
from node.store.tables.posts import Post
from node.store.tables.readings import Revision


@pytest.fixture
async def thread(quay):
    ada = await quay.person("ada")
    return await quay.post(ada, content="<p>first</p>", title="First")


async def kept(quay, thread):
    async with quay.node.reading() as session:
        rows = await session.scalars(
            select(Revision).where(col(Revision.post_id) == thread.id).order_by(col(Revision.id))
        )
        return [(row.title, row.content) for row in rows]


async def edit(quay, thread, content):
    async with quay.node.transaction() as tx:
        post = await tx.session.get_one(Post, thread.id)
        await versions.keep(tx, post)
        post.content, post.updated = content, tx.now


async def test_each_edit_keeps_what_was_said_before(quay, thread):
    await edit(quay, thread, "<p>second</p>")
    await edit(quay, thread, "<p>third</p>")
    assert await kept(quay, thread) == [("First", "<p>first</p>"), ("First", "<p>second</p>")]


async def test_whoever_edits_without_end_overwrites_the_oldest(quay, thread, monkeypatch):
    monkeypatch.setattr(versions, "KEPT", 3)
    for number in range(7):
        await edit(quay, thread, f"<p>{number}</p>")
    assert [content for _, content in await kept(quay, thread)] == ["<p>3</p>", "<p>4</p>", "<p>5</p>"]
