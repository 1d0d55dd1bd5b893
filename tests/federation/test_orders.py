"""Whatever overtakes what, the end is the same (R18 to R22): every order of each story, told to a real node.

All orders of a story are told side by side, each about objects of its own: first the first act of every order, then the
second, so that each takes effect before the next one comes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.stranger import PUBLIC, Stranger

Act = dict[str, Any]
DAY = 25  # hours; what waits for something to come is tried again four times within a day


@pytest.fixture
def masto(sea):
    return Stranger(sea, "masto.example", software="mastodon")


class Teller:
    """Tells every order of a story to beta, where the group lives."""

    def __init__(self, sea, beta, bees, masto) -> None:
        self.sea, self.beta, self.bees, self.masto = sea, beta, bees, masto
        self.mia = masto.person("mia")

    def page(self, author: str | None = None, title: str = "Swarm", **more: Any) -> Act:
        """A thread as its home shows it: by now all of the story has happened there."""
        group = self.bees.iri
        given = {"name": title, "type": "Page", "audience": group, "to": [group, PUBLIC], "cc": []} | more
        return self.masto.note(author or self.mia, title, **given)

    def reply(self, parent: Act) -> Act:
        group = self.bees.iri
        return self.masto.note(
            self.mia, "Early", inReplyTo=parent["id"], audience=group, to=[group, PUBLIC], cc=[]
        )

    def act(self, kind: str, thing: Any, actor: str | None = None) -> Act:
        group = self.bees.iri
        return self.masto.activity(kind, actor or self.mia, thing, audience=group, to=[group, PUBLIC], cc=[])

    async def tell(
        self, story: Callable[[], tuple[list[Act], Any]], *, times: int = 1
    ) -> list[tuple[tuple[int, ...], Any]]:
        """Tell a story in each order; return the orders with what the story said it is about."""
        count = len(story()[0])
        told = [(order, *story()) for order in itertools.permutations(range(count))]
        for step in range(count):
            for order, acts, _ in told:
                for _ in range(times):
                    assert await self.masto.send(self.beta, acts[order[step]]) == 202
            await self.sea.settle()
        for hours in (1, 1, 3, DAY):
            self.sea.clock.advance(hours=hours)
            await self.sea.settle()
        return [(order, about) for order, _, about in told]


@pytest.fixture
def teller(sea, beta, bees, masto):
    return Teller(sea, beta, bees, masto)


def stamp(teller: Teller, minutes: int) -> str:
    return (teller.sea.clock.now() + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


async def test_an_edit_and_a_later_one_end_in_the_newest_words(teller, beta):
    """R20"""

    def story():
        first = teller.page(title="First", published=stamp(teller, -9))
        versions = [
            first | {"name": name, "updated": stamp(teller, at)}
            for at, name in ((-6, "Second"), (-3, "Third"))
        ]
        teller.masto.documents[first["id"]] = versions[-1]
        return [teller.act("Create", first), *(teller.act("Update", one) for one in versions)], first["id"]

    ends = {order: (await beta.post(iri)).title for order, iri in await teller.tell(story, times=2)}
    assert ends == dict.fromkeys(ends, "Third")
    assert len(ends) == 6


async def test_what_was_deleted_is_gone_whatever_it_overtook(teller, beta):
    """R21"""

    def story():
        page = teller.page(published=stamp(teller, -9))
        changed = page | {"name": "Changed", "updated": stamp(teller, -3)}
        stone = {"type": "Tombstone", "id": page["id"]}
        teller.masto.documents[page["id"]] = 410
        return [
            teller.act("Create", page),
            teller.act("Update", changed),
            teller.act("Delete", stone),
        ], page["id"]

    for order, iri in await teller.tell(story):
        post = await beta.post(iri)
        assert post is None or post.deleted_at is not None, order


async def test_a_deletion_that_was_taken_back_leaves_the_post(teller, beta, bees, gamma):
    """R18, R21; and the group's followers have it, whatever they heard first."""
    await gamma.member("cy", follows=bees)
    await teller.sea.settle()

    def story():
        page = teller.page()
        gone = teller.act("Delete", page["id"])
        return [teller.act("Create", page), gone, teller.act("Undo", gone)], page["id"]

    for order, iri in await teller.tell(story):
        for island in (beta, gamma):
            post = await island.post(iri)
            assert post is not None, (island.host, order)
            assert (post.deleted_at, post.title) == (None, "Swarm"), (island.host, order)


async def test_votes_and_their_undoing_count_exactly_whether_or_not_the_post_is_there(teller, beta):
    """R18, of a post that may come last"""

    def story():
        page = teller.page()
        first = teller.act("Like", page["id"])
        return [
            teller.act("Create", page),
            first,
            teller.act("Undo", first),
            teller.act("Like", page["id"]),
        ], page["id"]

    for order, iri in await teller.tell(story):
        post = await beta.post(iri)
        assert post is not None, order
        assert (post.upvotes, post.downvotes, post.score) == (1, 0, 1), order


async def test_a_vote_that_was_taken_back_counts_nothing_whatever_came_first(teller, beta):
    """R18: where the post cannot be fetched until its Create comes."""

    def story():
        page = teller.page()
        del teller.masto.documents[page["id"]]
        vote = teller.act("Dislike", page["id"])
        return [teller.act("Create", page), vote, teller.act("Undo", vote)], page["id"]

    for order, iri in await teller.tell(story):
        post = await beta.post(iri)
        assert (post.upvotes, post.downvotes) == (0, 0), order


async def test_answers_find_their_place_whenever_what_they_answer_comes(teller, beta):
    """R19"""

    def story():
        thread = teller.page()
        answer = teller.reply(thread)
        deeper = teller.reply(answer)
        return [teller.act("Create", one) for one in (thread, answer, deeper)], (thread, answer, deeper)

    for order, (thread, answer, deeper) in await teller.tell(story):
        root, first, second = [await beta.post(one["id"]) for one in (thread, answer, deeper)]
        assert all(one is not None for one in (root, first, second)), order
        assert (first.parent_id, first.root_id, first.depth) == (root.id, root.id, 1), order
        assert (second.parent_id, second.root_id, second.depth) == (first.id, root.id, 2), order
        assert root.comment_count == 2, order


async def test_joining_leaving_and_a_ban_end_alike(teller, beta, bees):
    """R22: who joined, wrote and left is out in the end, and what they wrote is hidden by the ban."""
    people = itertools.count()
    teller.masto.person("mod", key="bob")
    founder = bees.founder

    def story():
        who = teller.masto.person(f"p{next(people)}")
        page = teller.page(who)
        joins = teller.masto.activity("Follow", who, bees.iri)
        leaves = teller.masto.activity("Undo", who, joins)
        removed = {"removes": page["id"]}
        return [joins, teller.act("Create", page, who), leaves, removed], (who, page["id"])

    orders = [(order, *story()) for order in itertools.permutations(range(4))]
    for step in range(4):
        for order, acts, _ in orders:
            act = acts[order[step]]
            if "removes" in act:
                await removes(founder, bees, act["removes"])
            else:
                assert await teller.masto.send(beta, act) == 202
        await teller.sea.settle()
    for order, _, (who, iri) in orders:
        post = await beta.post(iri)
        assert post is None or post.removed_at is not None, order
        assert not await follows(beta, who, bees.iri), order


async def removes(founder, bees, iri: str) -> None:
    """The founder removes what may not have come yet."""
    from node.activities.perform import perform
    from node.activitypub.activity import Activity

    async with founder.island.node.transaction() as tx:
        token = tx.ids.token()
        await perform(
            tx,
            Activity(
                type="Delete",
                iri=f"{founder.actor.home}/activities/delete/{token}",
                actor=founder.iri,
                object=iri,
                audience=bees.iri,
                raw={
                    "id": f"{founder.actor.home}/activities/delete/{token}",
                    "type": "Delete",
                    "actor": founder.iri,
                    "object": iri,
                    "audience": bees.iri,
                    "summary": "spam",
                    "to": [bees.iri, PUBLIC],
                },
            ),
        )


async def follows(island, who: str, group: str) -> bool:
    from sqlalchemy.orm import aliased
    from sqlmodel import col, select

    from node.store.tables.actors import Actor
    from node.store.tables.follows import Follow

    one, other = aliased(Actor), aliased(Actor)
    query = (
        select(Follow.state)
        .join(one, col(Follow.follower_id) == one.id)
        .join(other, col(Follow.followee_id) == other.id)
        .where(one.iri == who, other.iri == group, col(Follow.state) != "rejected")
    )
    async with island.node.reading() as session:
        return await session.scalar(query) is not None
