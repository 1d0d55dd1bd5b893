"""What is left of uploads: as many files as rows refer to (A93)."""

import pytest
from sqlmodel import select

from node.activities import delete, ending
from node.activities.perform import perform
from node.inbox.files import sweep_files
from node.local import uploads
from node.store.queries.uploads import files_of
from node.store.tables.media import Medium
from node.store.tables.posts import Post
from tests.support import pictures


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


async def files(island):
    return {name async for name, _ in island.node.objects.listed()}


async def rows(island):
    async with island.node.reading() as session:
        return list(await session.scalars(select(Medium)))


async def agree(island):
    """Files are exactly those that rows refer to."""
    assert await files(island) == {name for one in await rows(island) for name in files_of(one).values()}


async def posted(beta, ada, bees):
    medium = await uploads.take_in(beta.node, ada.actor, pictures.plain(), "a.png")
    from node.activities import create
    from node.activities.drafts import ThreadDraft
    from node.store.queries.actors import get_actor
    from node.store.queries.posts import get_post
    from node.store.queries.uploads import as_media

    async with beta.node.transaction() as tx:
        author = await get_actor(tx.session, ada.actor.iri)
        group = await get_actor(tx.session, bees.iri)
        activity = await create.compose_thread(
            tx, author, group, ThreadDraft(title="Rose"), (as_media(medium, author.home, "A rose"),)
        )
        await perform(tx, activity)
        return await get_post(tx.session, activity.object)


async def test_an_upload_that_becomes_part_of_nothing_goes_within_a_day(beta, sea):
    ada = await beta.member("ada")
    await uploads.take_in(beta.node, ada.actor, pictures.plain(), "a.png")
    sea.clock.advance(hours=23)
    await sweep_files(beta.node)
    assert len(await rows(beta)) == 1
    await agree(beta)
    sea.clock.advance(hours=2)
    assert (await sweep_files(beta.node))["uploads"] == 1
    assert await rows(beta) == []
    assert await files(beta) == set()


async def test_what_is_part_of_a_post_stays_as_long_as_the_post(beta, sea):
    ada = await beta.member("ada")
    bees = await beta.group("bees", founder=ada)
    post = await posted(beta, ada, bees)
    sea.clock.advance(days=400)
    await sweep_files(beta.node)
    assert len(await rows(beta)) == 1
    await agree(beta)
    async with beta.node.transaction() as tx:
        mine = await tx.session.get(Post, post.id)
        await perform(tx, await delete.compose(tx, ada.actor, mine))
    await sweep_files(beta.node)
    assert len(await rows(beta)) == 1  # an hour, in which its author may bring it back
    sea.clock.advance(hours=1)
    await sweep_files(beta.node)
    assert await rows(beta) == []
    assert await files(beta) == set()


async def test_an_account_that_ends_takes_its_files_along_and_leaves_a_group_its_picture(beta, sea):
    ada = await beta.member("ada")
    bees = await beta.group("bees", founder=ada)
    await posted(beta, ada, bees)
    flag = await uploads.take_in(beta.node, ada.actor, pictures.plain(), "flag.png", "icon")
    face = await uploads.take_in(beta.node, ada.actor, pictures.plain(), "face.png", "icon")
    from node.store.queries.actors import get_actor

    async with beta.node.transaction() as tx:
        for iri, medium in ((bees.iri, flag), (ada.actor.iri, face)):
            actor = await get_actor(tx.session, iri)
            await uploads.show_as(
                tx, actor, await tx.session.get(Medium, medium.id), "https://beta.example/x"
            )
    async with beta.node.transaction() as tx:
        await perform(tx, ending.compose(tx, ada.actor))
    await sweep_files(beta.node)
    assert [one.token for one in await rows(beta)] == [flag.token]
    await agree(beta)


async def test_a_new_face_takes_the_place_of_the_old(beta, sea):
    ada = await beta.member("ada")
    from node.store.queries.actors import get_actor

    for _ in range(2):
        face = await uploads.take_in(beta.node, ada.actor, pictures.plain(), "face.png", "icon")
        async with beta.node.transaction() as tx:
            actor = await get_actor(tx.session, ada.actor.iri)
            await uploads.show_as(tx, actor, await tx.session.get(Medium, face.id), "https://beta.example/x")
    await sweep_files(beta.node)
    assert [one.token for one in await rows(beta)] == [face.token]
    await agree(beta)
