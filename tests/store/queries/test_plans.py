"""What pages ask is answered from indexes: no plan of SQLite's reads a whole large table or sorts all threads."""

import sqlite3
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import event, text

from node.activities import create
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.store.queries import sitemap, syndication
from node.store.queries.completing import names_like
from node.store.queries.directory import Wish, directory, due
from node.store.queries.drafts import drafts_page
from node.store.queries.feeds import feed_page, tag_feed
from node.store.queries.following import followed_by, followers_of
from node.store.queries.group_parts import group_part
from node.store.queries.groups import count_groups, group_page
from node.store.queries.invitations import find_invitation, invitations_of
from node.store.queries.lists import Listing
from node.store.queries.matching import Narrow
from node.store.queries.members import find_account
from node.store.queries.muting import MuteNote, Muting
from node.store.queries.narrowing import Only
from node.store.queries.notifications import count_unread
from node.store.queries.paging import Position
from node.store.queries.profiles import profile_page
from node.store.queries.saved import saved_page
from node.store.queries.search import search
from node.store.queries.settling import people_to_follow
from node.store.queries.threads import thread_page
from node.store.queries.trends import reckon, trends
from node.store.queries.upcoming import upcoming
from node.store.tables.drafts import Draft
from node.store.tables.follows import Follow
from node.store.tables.members import Member
from tests.support.rows import a_group, a_local_actor, a_post

SORTS = ("hot", "new", "top", "active", "commented", "controversial")
SOON = MuteNote(1, None)
MUTING = Muting(
    1, {7: SOON, 8: SOON}, {"far.example": SOON}, frozenset({"weather"}), (" two words ",), ("fr",)
)
# Statements that a page asks at most, however much it shows; the frame of a page asks three more.
AT_MOST = {
    "group": 25, "home": 18, "tag": 9, "thread": 36, "comment": 37, "search": 20, "profile": 13, "session": 2, "directory": 6,
    "trends": 3, "reckoning": 12, "due": 5, "unread": 1, "feed": 8, "saved": 3, "follows": 1, "steps": 3, "dates": 3,
    "invitations": 2, "names": 2, "drafts": 5, "map": 2, "part": 9,
}  # fmt: skip
# What a plan may go through whole: what the statement itself made, and the words that lead to the threads.
MADE = (
    "s VIRTUAL TABLE",
    "json_each VIRTUAL TABLE",
    "w",
    "walk",
    "actors USING INDEX ix_actors_own_groups",  # groups of this node, of which there are few
    "CONSTANT ROW",
    "search_words VIRTUAL TABLE",
    "search_words_of_comments VIRTUAL TABLE",
    "hits",
)


@pytest.fixture
async def node(sea, monkeypatch):
    monkeypatch.setattr("tests.support.databases.POSTGRES", "")  # plans are each database's own
    return (await sea.node("alpha.example")).node


@pytest.fixture
async def ada(node):
    async with node.transaction() as tx:
        ada, bees = await a_local_actor(tx, "ada"), await a_group(tx, "bees")
        thread = await a_post(
            tx, ada, bees, token="thread", link_url="https://x.example/", link_key="x", featured_at=tx.now
        )
        await a_post(tx, ada, bees, title="Swarm", link_url="https://x.example/", link_key="x")
        tx.session.add(
            Draft(token="draft", author_id=ada.id, kind="comment", post_id=thread.id, changed_at=tx.now)
        )
        await a_post(tx, ada, bees, parent=thread, token="comment")
        for followee in (bees, ada):
            tx.session.add(
                Follow(
                    follower_id=ada.id,
                    followee_id=followee.id or 0,
                    iri=f"https://alpha.example/f/{followee.id}",
                    state="accepted",
                    created_at=tx.now,
                )
            )
    return ada


def pages(ada, now):
    """Every page that lists or shows posts, for a member and for a stranger, at its beginning and further on."""
    for viewer in (None, ada):
        for sort in SORTS:
            for after in (None, Position(5, 7)):
                listing = Listing(sort, "day" if after else "all", after)
                yield (
                    f"group {sort}",
                    lambda s, v=viewer, at=listing: group_page(
                        s, "bees", "alpha.example", viewer=v, listing=at, now=now
                    ),
                )
                yield (
                    f"home {sort}",
                    lambda s, v=viewer, at=listing: feed_page(s, v, at, now),
                )
                for view in ("node", "all"):
                    seen = replace(listing, view=view)
                    yield f"home {sort}", lambda s, v=viewer, at=seen: feed_page(s, v, at, now, visited=now)
                yield f"tag {sort}", lambda s, v=viewer, at=listing: tag_feed(s, "honey", v, at, now)
        yield "thread", lambda s, v=viewer: thread_page(s, "thread", v, now=now)
        yield "comment", lambda s, v=viewer: thread_page(s, "comment", v, now=now, focus=True)
        for narrow in (Narrow(), Narrow("comments", group=1, author=1, since=now)):
            yield "search", lambda s, v=viewer, n=narrow: search(s, "swarm so", v, now, n)
        yield "profile", lambda s, v=viewer: profile_page(s, "ada", "alpha.example", v, None)
        yield "profile", lambda s, v=viewer: profile_page(s, "ada", "alpha.example", v, Position(5, 7))
        for part in ("threads", "comments", "followers", "following"):
            yield (
                "profile",
                lambda s, v=viewer, p=part: profile_page(s, "ada", "alpha.example", v, None, part=p),
            )
        for part in ("dates", "people", "about"):
            yield "part", lambda s, v=viewer, p=part: group_part(s, "bees", "alpha.example", v, now, part=p)
    yield from _narrowed(ada, now)
    yield "feed", lambda s: syndication.of_group(s, "bees", "alpha.example", now)
    yield "feed", lambda s: syndication.of_person(s, "ada", "alpha.example", now)
    yield "feed", lambda s: syndication.of_tag(s, "honey", now)
    yield "feed", lambda s: syndication.of_node(s, now)
    yield "feed", lambda s: syndication.dates_of(s, "bees", "alpha.example", now)
    yield "saved", lambda s: saved_page(s, 1, ada, kind="threads", query="a word", before=9)
    yield "follows", lambda s: followed_by(s, ada, 9, own=True, groups=True)
    yield "follows", lambda s: followers_of(s, ada, None)
    yield "steps", lambda s: people_to_follow(s, ada)
    yield "dates", lambda s: upcoming(s, None, now)
    yield "invitations", lambda s: invitations_of(s, 1, now)
    yield "invitations", lambda s: find_invitation(s, "secret", now)
    yield "names", lambda s: names_like(s, "a", "alpha.example", groups=False)
    yield "drafts", lambda s: drafts_page(s, ada, now)
    yield from _directories(ada)
    yield "trends", lambda s: trends(s, ada, now, threads=5, tags=5, groups=5)
    yield "reckoning", lambda s: reckon(s, now)
    yield "due", lambda s: due(s, now, 9, 9, 9)
    yield "directory", count_groups
    yield "map", sitemap.parts
    yield "map", sitemap.groups
    yield "map", lambda s: sitemap.threads(s, 0)
    yield "map", lambda s: sitemap.people(s, 0)
    yield "session", lambda s: find_account(s, "secret", now)


def _narrowed(ada, now):
    """Lists for somebody who muted things, and lists narrowed down."""
    for view in ("followed", "node", "all"):
        yield "home", lambda s, at=view: feed_page(s, ada, Listing(view=at), now, muting=MUTING)
    yield "home", lambda s: feed_page(s, ada, Listing("new"), now, visited=now)
    yield "tag", lambda s: tag_feed(s, "honey", ada, Listing(), now, muting=MUTING)
    for only in (Only("text", "en"), Only("link"), Only("poll"), Only("event"), Only("picture", tag="honey")):
        for view in ("followed", "node", "all"):
            listing = Listing(view=view, only=only)
            yield "home", lambda s, at=listing: feed_page(s, ada, at, now)
        listing = Listing(only=only)
        yield "tag", lambda s, at=listing: tag_feed(s, "honey", ada, at, now)
        yield (
            "group",
            lambda s, at=listing: group_page(s, "bees", "alpha.example", viewer=ada, listing=at, now=now),
        )
    yield (
        "group",
        lambda s: group_page(
            s, "bees", "alpha.example", viewer=ada, listing=Listing(), now=now, muting=MUTING
        ),
    )
    yield "thread", lambda s: thread_page(s, "thread", ada, now=now, muting=MUTING)
    yield "search", lambda s: search(s, "swarm so", ada, now, muting=MUTING)
    yield "unread", lambda s: count_unread(s, Member(id=1, actor_id=1), ada, MUTING)


def _directories(ada):
    """The directory of groups in every order."""
    for sort in ("active", "followers", "new", "name"):
        for after in (None, Position(5, 7)):
            for narrowed in ({}, {"where": "here", "language": "de", "topic": "books", "words": "bees"}):
                wish = Wish(sort=sort, after=after, **narrowed)
                yield "directory", lambda s, w=wish: directory(s, ada, w)


async def test_no_page_reads_a_whole_table_or_asks_more_than_it_did(node, ada):
    asked, strange = [], []

    def note(_connection, _cursor, statement, values, *_):
        asked.append((statement, values))

    event.listen(node.database.engine.sync_engine, "before_cursor_execute", note)
    seen = 0
    with sqlite3.connect(node.database.engine.url.database) as beside:
        for name, page in pages(ada, node.clock.now()):
            asked.clear()
            async with node.reading() as session:
                await page(session)
            assert len(asked) <= AT_MOST[name.split()[0]], (name, len(asked))
            for statement, values in asked:
                if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                    continue
                plan = [row[3] for row in beside.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
                strange += [f"{name}: {step}" for step in plan if whole(step)]
                seen += 1
    beside.close()
    assert strange == []
    assert seen > 200


def whole(step):
    """Tell whether a step of a plan reads all of a table."""
    what = step.removeprefix("SCAN ")
    made = any(what == one or what.startswith(f"{one} ") for one in MADE)
    return "AUTOMATIC" in step or (step.startswith("SCAN ") and not made)


async def test_lists_are_walked_in_their_order(node, ada):
    """The index of the order is the one that is used; a wrong one would be right, and slow."""
    asked = []

    def note(_connection, _cursor, statement, values, *_):
        asked.append((statement, values))

    event.listen(node.database.engine.sync_engine, "before_cursor_execute", note)
    with sqlite3.connect(node.database.engine.url.database) as beside:
        for view, walked in (("followed", 4), ("all", 2)):  # by group and by author; all in one
            for sort, after in product(SORTS, (None, Position(5, 7))):
                asked.clear()
                async with node.reading() as session:
                    listing = Listing(sort, "year" if view == "all" else "all", after, view)
                    await feed_page(session, ada, listing, node.clock.now())
                walks = [one for one in asked if "RECURSIVE walk" in one[0]]
                plan = [
                    row[3]
                    for statement, values in walks
                    for row in beside.execute(f"EXPLAIN QUERY PLAN {statement}", values)
                ]
                used = [step for step in plan if "SEARCH q" in step]
                assert len(used) == walked  # the heads, and what follows them
                assert all(f"_{sort} (" in step for step in used), used
                assert not [step for step in plan if "TEMP B-TREE" in step]
    beside.close()


@pytest.mark.parametrize(
    ("table", "column"),
    [("posts", "root_id"), ("posts", "in_reply_to"), ("posts", "link_key"), ("actors", "peer_id")],
)
async def test_an_index_of_the_rows_that_have_a_value_serves_who_asks_for_one(node, table, column):
    """Foreign keys ask so as well: without it the deletion of a thread would read every post."""
    with sqlite3.connect(node.database.engine.url.database) as beside:
        query = f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = ?"
        plan = [row[3] for row in beside.execute(query, (1,))]
    beside.close()
    assert len(plan) == 1
    assert f"INDEX ix_{table}_{column}" in plan[0]


async def test_posting_reads_none_of_the_groups_followers(node, ada):
    """A post to ten thousand peers is one row of the log: its cost may not grow with who will hear of it."""
    asked = []

    def note(_connection, _cursor, statement, values, *_):
        if "follows" in statement:
            asked.append((statement, values))

    async with node.transaction() as tx:
        bees = await tx.session.get_one(type(ada), await _group_id(tx))
        event.listen(node.database.engine.sync_engine, "before_cursor_execute", note)
        draft = ThreadDraft(title="Swarm", source="Words")
        await perform(tx, await create.compose_thread(tx, ada, bees, draft))
    assert asked, "whether groups of ours show it is asked"
    with sqlite3.connect(node.database.engine.url.database) as beside:
        plans = [
            row[3]
            for statement, values in asked
            for row in beside.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    beside.close()
    ours = "SCAN actors USING INDEX ix_actors_own_groups"  # groups of this node, of which there are few
    assert not [step for step in plans if "ix_follows_followee_id" in step or (whole(step) and step != ours)]


async def _group_id(tx):
    return await tx.session.scalar(text("SELECT id FROM actors WHERE kind = 'Group'"))


async def test_the_directory_is_walked_in_its_order(node, ada):
    asked = []

    def note(_connection, _cursor, statement, values, *_):
        asked.append((statement, values))

    event.listen(node.database.engine.sync_engine, "before_cursor_execute", note)
    indexes = {"active": "active_at", "followers": "followers", "new": "founded_at", "name": "name_key"}
    with sqlite3.connect(node.database.engine.url.database) as beside:
        for sort, column in indexes.items():
            for wish in (Wish(sort=sort), Wish(sort=sort, where="here", language="de", after=Position(5, 7))):
                asked.clear()
                async with node.reading() as session:
                    await directory(session, None, wish)
                walk = next(one for one in asked if "ORDER BY directory" in one[0])
                plan = [row[3] for row in beside.execute(f"EXPLAIN QUERY PLAN {walk[0]}", walk[1])]
                assert any(f"ix_directory_{column} (" in step for step in plan), plan
                assert not [step for step in plan if "TEMP B-TREE" in step]
    beside.close()


async def test_search_engines_are_led_along_the_index_of_own_threads(node):
    """Any other reads every public thread for each part of the list."""
    asked = []

    def note(_connection, _cursor, statement, values, *_):
        asked.append((statement, values))

    event.listen(node.database.engine.sync_engine, "before_cursor_execute", note)
    async with node.reading() as session:
        await sitemap.parts(session)
        await sitemap.threads(session, 7)
    with sqlite3.connect(node.database.engine.url.database) as beside:
        plan = [
            row[3]
            for statement, values in asked
            if "posts" in statement
            for row in beside.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    beside.close()
    searched = [step for step in plan if "posts" in step]
    assert len(searched) == 3  # the first part, the next, and what one holds
    assert all("ix_posts_own_threads (document=? AND id>?" in step for step in searched), searched
    assert not [step for step in plan if "TEMP B-TREE" in step]
