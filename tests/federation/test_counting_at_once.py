"""Two who count the same thing at once: what each wrote is counted, whoever read it first (R34)."""

from __future__ import annotations

import asyncio
from contextvars import Context

import pytest
from sqlmodel import col, select

from node.activities import delete, leaving, vote
from node.activities.perform import perform
from node.store.queries.posts import get_post
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post
from tests.support.databases import POSTGRES

SOON = {"starts": "2026-12-01T19:00", "ends": "2026-12-01T21:00", "timezone": "Europe/Paris", "place": "Hall"}

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(not POSTGRES, reason="one writer at a time on SQLite"),
]


def apart(work):
    """Let another do it meanwhile, in a unit of work of their own."""
    return asyncio.create_task(work, context=Context())


async def counted(island, iri):
    async with island.node.reading() as session:
        query = select(Post.upvotes, Post.downvotes, Post.score, Post.comment_count).where(
            col(Post.iri) == iri
        )
        return tuple((await session.execute(query)).one())


async def test_a_vote_counts_those_that_came_since_its_post_was_read(sea, beta, bees):
    ada, ben = await beta.member("ada"), await beta.member("ben")
    thread = await ada.posts(bees, title="Swarm season")
    async with beta.node.transaction() as tx:
        read = await get_post(tx.session, thread)
        down = await vote.compose(tx, ben.actor, read, -1)
        await apart(ada.votes(thread, 1))
        await perform(tx, down)
    assert await counted(beta, thread) == (1, 1, 0, 0)


async def test_a_thread_counts_comments_that_came_since_it_was_read(sea, beta, bees):
    ada, ben = await beta.member("ada"), await beta.member("ben")
    thread = await ada.posts(bees, title="Swarm season")
    first = await ben.answers(thread, "First")
    async with beta.node.transaction() as tx:
        read = await get_post(tx.session, thread)
        await apart(ada.answers(thread, "Second"))
        await perform(tx, await delete.compose(tx, ben.actor, await get_post(tx.session, first)))
    assert (await counted(beta, thread), read.comment_count) == ((0, 0, 0, 1), 1)


async def test_an_event_counts_who_came_since_it_was_read(sea, beta, bees):
    ada, ben = await beta.member("ada"), await beta.member("ben")
    event = await ada.plans(bees, title="Harvest", **SOON)
    await ben.joins(event)
    async with beta.node.transaction() as tx:
        read = await get_post(tx.session, event)
        planned = await tx.session.get_one(Event, read.id)
        before = planned.participants
        cy = await apart(beta.member("cy"))
        await apart(cy.joins(event))
        leaving_it = await leaving.compose(tx, ben.actor, read)
        await perform(tx, leaving_it)
    async with beta.node.reading() as session:
        assert (await session.get_one(Event, read.id)).participants == before
