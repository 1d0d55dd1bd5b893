"""What came from elsewhere and concerns nobody here goes after a year; what anybody here had to do with stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from node.inbox.housekeeping import sweep, would_sweep
from node.store.tables.gatherings import Attendance
from node.store.tables.listings import FeedItem, Listing
from node.store.tables.members import Member, Notification
from node.store.tables.moderation import Caution, Deed, Report
from node.store.tables.posts import Addressee, Mark, Post, Share, Vote
from node.store.tables.trimmings import Permission, Reaction
from tests.support.quay import Quay

THERE = "https://far.example"
YEAR = 366  # days


@pytest.fixture
async def shore(quay):
    return await Shore.of(quay)


class Shore:
    """A thread with an answer in a group elsewhere, and ada, who lives here."""

    member = bees = None

    @classmethod
    async def of(cls, quay):
        self = cls()
        self.quay = quay
        self.ada = await quay.person("ada")
        self.group = await quay.actor("Group", path="/c/far", username="far", home=THERE)
        peer = self.group.peer_id
        self.bob = await self.person(quay, "bob", peer)
        self.cy = await self.person(quay, "cy", peer)
        self.thread = await quay.post(self.bob, self.group)
        self.answer = await quay.post(self.cy, self.group, self.thread)
        return self

    async def person(self, quay, name, peer):
        iri = f"{THERE}/u/{name}"
        return await quay.add(
            type(self.group)(
                iri=iri,
                kind="Person",
                home=THERE,
                host="far.example",
                path=f"/u/{name}",
                username=name,
                inbox=f"{iri}/inbox",
                public_key="",
                published=quay.clock.now(),
                peer_id=peer,
            )
        )

    async def new_member(self):
        return await self.quay.add(
            Member(
                actor_id=self.ada.id,
                name="ada",
                password_hash="",
                language="en",
                created_at=self.quay.clock.now(),
            )
        )

    async def left(self):
        async with self.quay.node.reading() as session:
            return list(await session.scalars(select(Post.iri).order_by(col(Post.id))))


async def test_a_quiet_thread_goes_whole_and_its_address_still_leads_somewhere(quay, shore):
    quay.clock.advance(days=YEAR - 3)
    await sweep(quay.node)
    assert len(await shore.left()) == 2
    quay.clock.advance(days=3)
    assert (await would_sweep(quay.node))["threads of groups elsewhere"] == 1
    assert (await sweep(quay.node))["threads of groups elsewhere"] == 2
    assert await shore.left() == []
    page = await quay.visitor().get(f"/post/{shore.thread.token}")
    assert (page.status_code, page.headers["location"]) == (
        303,
        f"/search?q=https%3A%2F%2Ffar.example%2Fpost%2F{shore.thread.token}",
    )
    document = await quay.get(f"/post/{shore.thread.token}")
    assert document.headers["location"] == shore.thread.iri
    quay.clock.advance(days=731)
    await sweep(quay.node)
    assert (await quay.visitor().get(f"/post/{shore.thread.token}")).status_code == 404


@pytest.mark.parametrize("days", [0, 30])
async def test_the_operator_says_how_long(tmp_path, days):
    quay = await Quay.open(tmp_path, remote_days=days)
    shore = await Shore.of(quay)
    quay.clock.advance(days=31 if days else 5000)
    await sweep(quay.node)
    assert len(await shore.left()) == (0 if days else 2)
    await quay.close()


async def test_one_in_no_group_goes_unless_its_author_is_followed_from_here(quay, shore):
    alone = await quay.post(shore.bob)
    kept = await quay.post(shore.cy)
    await quay.follows(shore.ada, shore.cy)
    quay.clock.advance(days=YEAR)
    await sweep(quay.node)
    assert alone.iri not in await shore.left()
    assert kept.iri in await shore.left()


async def test_what_others_there_did_does_not_keep_it(quay, shore):
    now = quay.clock.now()
    await quay.add(Vote(post_id=shore.thread.id, actor_id=shore.cy.id, value=1, iri=f"{THERE}/v", at=now))
    await quay.follows(shore.bob, shore.group)
    quay.clock.advance(days=YEAR)
    await sweep(quay.node)
    assert await shore.left() == []


async def test_one_that_is_still_talked_in_stays(quay, shore):
    await quay.change(shore.thread, last_active=quay.clock.now() + timedelta(days=300))
    quay.clock.advance(days=YEAR)
    await sweep(quay.node)
    assert len(await shore.left()) == 2


async def test_one_that_was_fetched_lately_stays_however_old_it_is(quay, shore):
    await quay.change(shore.thread, received_at=quay.clock.now() + timedelta(days=300))
    quay.clock.advance(days=YEAR)
    await sweep(quay.node)
    assert len(await shore.left()) == 2


async def _followed(quay, shore, post):
    await quay.follows(shore.ada, shore.group)


async def _asked_to_follow(quay, shore, post):
    await quay.follows(shore.ada, shore.group, "pending")


async def _followed_by_a_group(quay, shore, post):
    await quay.follows(await quay.group("bees"), shore.group)


async def _moderated(quay, shore, post):
    await quay.moderates(shore.ada, shore.group)


async def _in_a_feed(quay, shore, post):
    feed = await quay.actor("Feed", path="/f/all", username="all")
    await quay.add(FeedItem(feed_id=feed.id, group_id=shore.group.id, at=quay.clock.now()))


async def _author_followed(quay, shore, post):
    await quay.follows(shore.ada, shore.bob)


TIES = (_followed, _asked_to_follow, _followed_by_a_group, _moderated, _in_a_feed, _author_followed)


async def test_a_group_that_somebody_here_is_tied_to_keeps_all(quay, shore):
    kept = set()
    for tie in TIES:
        name = tie.__name__.strip("_")
        shore.group = await quay.actor(
            "Group", path=f"/c/{name}", username=name, home=f"https://{name}.example"
        )
        shore.bob = await quay.person(f"{name}-author", peer_id=shore.group.peer_id, sealed_key=None)
        kept.add((await quay.post(shore.bob, shore.group)).iri)
        await tie(quay, shore, None)
    quay.clock.advance(days=YEAR)
    await sweep(quay.node)
    assert set(await shore.left()) == kept


def _row(make):
    async def add(quay, shore, post):
        await quay.add(make(shore, post, quay.clock.now()))

    return add


async def _answered(quay, shore, post):
    await quay.post(shore.ada, shore.group, shore.thread)


async def _quoted(quay, shore, post):
    await quay.post(shore.ada, quote_iri=post.iri)


async def _notified(quay, shore, post):
    member = shore.member = shore.member or await shore.new_member()
    await quay.add(
        Notification(
            member_id=member.id,
            kind="mention",
            post_id=post.id,
            actor_id=shore.cy.id,
            at=quay.clock.now() + timedelta(days=20),  # not read, and not a year ago by then
        )
    )


async def _shown_in_a_sibling(quay, shore, post):
    bees = shore.bees = shore.bees or await quay.group("bees")
    await quay.add(Listing(group_id=bees.id, post_id=post.id, at=quay.clock.now()))


PARTS = {
    "answered": _answered,
    "quoted": _quoted,
    "told of": _notified,
    "shown in a group of ours": _shown_in_a_sibling,
    "voted": _row(
        lambda s, p, at: Vote(
            post_id=p.id, actor_id=s.ada.id, value=-1, iri=f"https://h.example/v/{p.id}", at=at
        )
    ),
    "boosted": _row(
        lambda s, p, at: Share(post_id=p.id, actor_id=s.ada.id, iri=f"https://h.example/s/{p.id}", at=at)
    ),
    "reacted": _row(
        lambda s, p, at: Reaction(
            post_id=p.id, actor_id=s.ada.id, emoji="x", iri=f"https://h.example/r/{p.id}", at=at
        )
    ),
    "comes": _row(
        lambda s, p, at: Attendance(
            post_id=p.id, actor_id=s.ada.id, iri=f"https://h.example/j/{p.id}", state="accepted", at=at
        )
    ),
    "addressed": _row(lambda s, p, at: Addressee(post_id=p.id, actor_id=s.ada.id)),
    "reported": _row(
        lambda s, p, at: Report(
            iri=f"{THERE}/f/{p.id}", token=f"f{p.id}", reporter_id=s.cy.id, post_id=p.id, at=at
        )
    ),
    "warned of": _row(
        lambda s, p, at: Caution(
            iri=f"{THERE}/w/{p.id}", actor_id=s.bob.id, subject_id=s.ada.id, post_id=p.id, at=at
        )
    ),
    "moderated": _row(
        lambda s, p, at: Deed(iri="https://h.example/d", kind="lock", actor_id=s.ada.id, post_id=p.id, at=at)
    ),
    "asked leave": _row(
        lambda s, p, at: Permission(
            kind="quote",
            token=f"q{p.id}",
            post_id=p.id,
            actor_id=s.ada.id,
            request_iri=f"{THERE}/q/{p.id}",
            interaction="https://h.example/post/1",
            at=at,
        )
    ),
}


async def test_a_thread_in_which_somebody_here_took_part_stays_whole(quay, shore):
    kept = {}
    for part, happens in PARTS.items():
        for of in ("thread", "answer"):
            shore.thread = await quay.post(shore.bob, shore.group)
            shore.answer = await quay.post(shore.cy, shore.group, shore.thread)
            kept |= {shore.thread.iri: (part, of), shore.answer.iri: (part, of)}
            await happens(quay, shore, getattr(shore, of))
    quay.clock.advance(days=YEAR)
    assert (await sweep(quay.node))["threads of groups elsewhere"] == 2  # the one in which nobody did
    left = set(await shore.left())
    assert [what for iri, what in kept.items() if iri not in left] == []


async def test_who_takes_part_between_the_look_and_the_sweep_keeps_it(quay, shore, monkeypatch):
    from node.store.queries import sweeping

    find = sweeping.find_ids

    async def and_then(session, chore, after, limit):
        ids = await find(session, chore, after, limit)
        if chore.name == "threads of groups elsewhere" and ids and not voted:
            voted.append(1)
            await PARTS["voted"](quay, shore, shore.answer)
        return ids

    voted = []
    monkeypatch.setattr(sweeping, "find_ids", and_then)
    quay.clock.advance(days=YEAR)
    await sweep(quay.node)
    assert voted
    assert len(await shore.left()) == 2
    async with quay.node.reading() as session:
        assert list(await session.scalars(select(Mark.kind))) == []
