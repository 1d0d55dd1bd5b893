"""What a member muted is in none of their lists, and everything else is: each kind of mute, each list."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from node.inbox.housekeeping import sweep
from node.inbox.wording import index_comments
from node.local import muting
from node.store.queries import merging
from node.store.queries.feeds import feed_page, tag_feed
from node.store.queries.groups import group_page
from node.store.queries.lists import Listing
from node.store.queries.members import find_member
from node.store.queries.muting import muting_of
from node.store.queries.notifications import count_unread, notification_page
from node.store.queries.paging import read_position
from node.store.queries.search import search
from node.store.queries.threads import thread_page
from node.store.queries.trends import trends
from node.store.tables.actors import Actor
from node.store.tables.directory import Trend
from node.store.tables.members import Member, Notification
from node.store.tables.mutes import Mute
from node.store.tables.posts import Post
from node.store.tables.trimmings import PostTag
from tests.support.rows import a_follow, a_group, a_local_actor, a_moderator, a_post, an_actor

# What a thread is: who wrote it, where, and what stands in it. All are about one page, and carry one hashtag.
THREADS = {
    "plain": {"by": "bo", "into": "bees"},
    "titled": {"by": "bo", "into": "bees", "title": "Swarm: CRÈME brûlée"},
    "worded": {"by": "bo", "into": "bees", "content": "<p>Some <b>creme</b> Brulee!</p>"},
    "other": {"by": "bo", "into": "bees", "title": "Swarm of brulees, creme"},
    "cy's": {"by": "cy", "into": "bees"},
    "waxen": {"by": "bo", "into": "wax"},
    "far": {"by": "bob", "into": "bees"},
    "own": {"by": "ada", "into": "wax", "title": "Swarm creme brulee"},
}
# What is left out by which mute.
MUTES = {
    "nothing": set(),
    "words": {"titled", "worded"},
    "word": {"titled", "worded", "other"},
    "person": {"cy's"},
    "group": {"waxen"},
    "server": {"far"},
}


@pytest.fixture
async def node(sea):
    return (await sea.node("alpha.example")).node


@pytest.fixture
async def scene(node):
    """The actors by name; ada is a member who follows both groups, and was told of every thread but her own."""
    async with node.transaction() as tx:
        actors = {name: await a_local_actor(tx, name, indexable=True) for name in ("ada", "bo", "cy")}
        actors |= {name: await a_group(tx, name) for name in ("bees", "wax")}
        actors["bob"] = await an_actor(tx, "https://far.example/u/bob", indexable=True)
        member = Member(actor_id=actors["ada"].id, created_at=tx.now)
        tx.session.add(member)
        await tx.session.flush()
        for group in ("bees", "wax"):
            await a_follow(tx, actors["ada"], actors[group])
        for name, thread in THREADS.items():
            fields = {"title": f"Swarm {name}", "content": "<p>Words</p>", "token": name} | thread
            author, group = actors[fields.pop("by")], actors[fields.pop("into")]
            post = await a_post(tx, author, group, link_url="https://x.example/", link_key="x", **fields)
            tx.session.add(PostTag(post_id=post.id, name="honey", label="honey"))
            tx.session.add(Trend(kind="thread", rank=1, post_id=post.id, people=2, at=tx.now))
            said = f"<p>{fields['title']}</p>{fields['content']}"
            await a_post(tx, author, group, parent=post, token=f"answer-{name}", content=said)
            if name != "own":
                told = Notification(
                    member_id=member.id, kind="mention", post_id=post.id, actor_id=author.id, at=tx.now
                )
                tx.session.add(told)
        subject = await a_post(tx, actors["ada"], None, token="subject", title="Page", link_key="x")
        subject.link_url = "https://x.example/"
    await index_comments(node)
    return actors


async def mute(node, scene, kind, lasts=None):
    async with node.transaction() as tx:
        member = await find_member(tx.session, "ada", "alpha.example")
        if kind in {"words", "word"}:
            await muting.mute_words(tx, member.id, "Creme brûlée" if kind == "words" else "crème", lasts)
        elif kind in {"person", "group"}:
            whom = scene["cy" if kind == "person" else "wax"]
            await muting.mute_actor(tx, member.id, scene["ada"], whom, lasts)
        elif kind == "server":
            await muting.mute_server(tx, member.id, "FAR.example", "alpha.example", lasts)


async def muted(node):
    async with node.reading() as session:
        member = await find_member(session, "ada", "alpha.example")
        return await muting_of(session, member.id, member.actor_id, node.clock.now())


def tokens(lines):
    return {line.token for line in lines}


async def listed(node, scene, name):
    """Return the tokens that ada finds in one list."""
    ada, now, what = scene["ada"], node.clock.now(), await muted(node)
    async with node.reading() as session:
        member = await find_member(session, "ada", "alpha.example")
        if name in {"followed", "node", "all"}:
            return tokens((await feed_page(session, ada, Listing(view=name), now, muting=what)).threads)
        if name in {"bees", "wax"}:
            page = await group_page(
                session, name, "alpha.example", viewer=ada, listing=Listing(), now=now, muting=what
            )
            return tokens(page.threads)
        if name == "tag":
            return tokens((await tag_feed(session, "honey", ada, Listing(), now, muting=what)).threads)
        if name in {"search", "search of comments"}:
            found = await search(session, "swarm", ada, now, muting=what)
            return {
                token.removeprefix("answer-")
                for token in tokens(found.threads if name == "search" else found.comments)
            }
        return await _beside(session, name, ada, now, what, member)


async def _beside(session, name, ada, now, what, member):
    if name == "about the same page":
        return tokens((await thread_page(session, "subject", ada, now=now, muting=what)).also)
    if name == "rising":
        lines = (await trends(session, ada, now, threads=20, tags=0, muting=what)).threads
        return {line.path.rsplit("/", 1)[-1] for line in lines}
    page = await notification_page(session, member.id, ada, now, muting=what)
    assert await count_unread(session, member, ada, what) == page.unread == len(page.lines)
    return {line.path.rsplit("/", 1)[-1] for line in page.lines}


LISTS = (
    "followed",
    "node",
    "all",
    "bees",
    "wax",
    "tag",
    "search",
    "search of comments",
    "rising",
    "about the same page",
    "notifications",
)


@pytest.mark.parametrize("kind", MUTES)
@pytest.mark.parametrize("name", LISTS)
async def test_what_is_muted_is_left_out_and_nothing_else(node, scene, kind, name, monkeypatch):
    monkeypatch.setattr("node.store.queries.feeds.folded", list)  # one page told once is another matter
    before = await listed(node, scene, name)
    in_group = {thread for thread, made in THREADS.items() if made["into"] == name}
    wanted = in_group or (set(THREADS) - {"own"} if name == "notifications" else set(THREADS))
    assert wanted <= before
    await mute(node, scene, kind)
    gone = set() if kind == "group" and name == "wax" else MUTES[kind]  # its own page stays as it is
    assert await listed(node, scene, name) == before - gone


async def test_words_do_not_keep_ones_own_threads_away(node, scene):
    await mute(node, scene, "word")
    assert "own" in await listed(node, scene, "node")


async def test_a_mute_ends_by_itself_and_is_swept(node, scene, sea):
    await mute(node, scene, "person", timedelta(days=1))
    await mute(node, scene, "group")
    assert "cy's" not in await listed(node, scene, "tag")
    sea.clock.advance(hours=25)
    assert "cy's" in await listed(node, scene, "tag")
    await sweep(node)
    async with node.reading() as session:
        assert [one.kind for one in await session.scalars(select(Mute))] == ["group"]


async def test_muting_again_sets_another_end(node, scene, sea):
    await mute(node, scene, "person", timedelta(days=1))
    await mute(node, scene, "person")
    sea.clock.advance(days=400)
    assert "cy's" not in await listed(node, scene, "tag")


async def test_moderators_miss_nothing_in_their_group(node, scene):
    async with node.transaction() as tx:
        await a_moderator(tx, scene["ada"], scene["bees"])
    before = await listed(node, scene, "bees")
    for kind in MUTES:
        await mute(node, scene, kind)
    assert await listed(node, scene, "bees") == before
    assert await listed(node, scene, "followed") != before


async def test_what_those_in_office_say_is_told_in_any_case(node, scene):
    async with node.transaction() as tx:
        member = await find_member(tx.session, "ada", "alpha.example")
        post = (await tx.session.scalars(select(Post).where(col(Post.token) == "own"))).one()
        told = Notification(
            member_id=member.id, kind="removed", post_id=post.id, actor_id=scene["cy"].id, at=tx.now
        )
        tx.session.add(told)
    await mute(node, scene, "person")
    assert "own" in await listed(node, scene, "notifications")


@pytest.mark.parametrize("kind", ["word", "person"])
async def test_pages_stay_full_and_in_their_order(node, scene, kind, monkeypatch):
    """Much that is muted stands between what is not: each page has all it can hold, and nothing twice."""
    monkeypatch.setattr("node.store.queries.lists.THREADS_SHOWN", 5)
    monkeypatch.setattr(merging, "SPARE", 1)
    async with node.transaction() as tx:
        bees, cy, bo = [await tx.session.get_one(Actor, scene[name].id) for name in ("bees", "cy", "bo")]
        for number in range(60):
            is_muted = number % 4 != 0
            author = cy if is_muted and kind == "person" else bo
            title = "Creme" if is_muted and kind == "word" else "Wax"
            at = tx.now - timedelta(minutes=number + 1)
            await a_post(tx, author, bees, title=f"{title} {number}", token=f"n{number}", published=at)
    await mute(node, scene, kind)
    found, cursor = [], None
    while cursor or not found:
        async with node.reading() as session:
            listing = Listing("new", after=read_position(cursor))
            page = await group_page(
                session,
                "bees",
                "alpha.example",
                viewer=scene["ada"],
                listing=listing,
                now=node.clock.now(),
                muting=await muted(node),
            )
        cursor = page.next_page
        assert len(page.threads) == 5 or cursor is None
        found += [line.token for line in page.threads]
    assert [token for token in found if token.startswith("n")] == [f"n{n}" for n in range(0, 60, 4)]
    assert len(found) == len(set(found))


async def test_mutes_go_with_the_account(node, scene):
    for kind in MUTES:
        await mute(node, scene, kind)
    async with node.transaction() as tx:
        member = await find_member(tx.session, "ada", "alpha.example")
        await tx.session.delete(member)
    async with node.reading() as session:
        assert list(await session.scalars(select(Mute))) == []
