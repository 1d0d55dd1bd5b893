"""Words find what the viewer may see, and nothing else; what is taken away is found no more."""

import pytest
from sqlmodel import col, select, update

from node.inbox.wording import index_comments
from node.store.queries import matching as searching
from node.store.queries.matching import Narrow, read_terms
from node.store.queries.search import search
from node.store.tables.actors import Actor
from node.store.tables.moderation import Block
from node.store.tables.posts import Post
from node.store.tables.search import SearchText
from tests.support.rows import a_follow, a_group, a_local_actor, a_moderator, a_post, an_actor


@pytest.fixture
async def node(sea):
    return (await sea.node("alpha.example")).node


@pytest.fixture
async def scene(node):
    async with node.transaction() as tx:
        ada, bo = await a_local_actor(tx, "ada"), await a_local_actor(tx, "bo")
        bees = await a_group(tx, "bees")
        bees.name = "Bees & hedges"
    return ada, bo, bees


async def keep(node, author, group=None, title="", text="", **fields):
    async with node.transaction() as tx:
        post = await a_post(tx, author, group, title=title, content=f"<p>{text}</p>", **fields)
    return post.id


async def change(node, post_id, **values):
    async with node.transaction() as tx:
        post = await tx.session.get_one(Post, post_id)
        for name, value in values.items():
            setattr(post, name, value)


async def found(node, words, viewer=None):
    async with node.reading() as session:
        return await search(session, words, viewer, node.clock.now())


async def threads(node, words, viewer=None):
    tokens = [line.token for line in (await found(node, words, viewer)).threads]
    async with node.reading() as session:
        ids = dict((await session.execute(select(col(Post.token), col(Post.id)))).all())
    return [ids[token] for token in tokens]


async def kept(node):
    async with node.reading() as session:
        return {row.post_id: (row.title, row.text) for row in await session.scalars(select(SearchText))}


@pytest.mark.parametrize(
    "words",
    [
        "swarm",
        "SWARM",
        "swarms season",
        "creme brulee",
        "Crème",
        "honey",
        "honey-bee",
        "養蜂",
        "seas",
        "so-so",
    ],
)
async def test_words_find_a_thread(node, scene, words):
    ada, _, bees = scene
    await keep(node, ada, bees, "Another thread", "about nothing")
    post = await keep(
        node, ada, bees, "Swarms Season crème", "A <b>swarm</b> of honey_bee, brûlée 養蜂の so so"
    )
    await keep(node, ada, bees, "A honey season", "so it is, a bee brulee")
    assert post in await threads(node, words)
    assert await threads(node, f"{words} elsewhere") == []


async def test_words_of_a_phrase_follow_each_other(node, scene):
    ada, _, bees = scene
    await keep(node, ada, bees, "Bee or honey")
    post = await keep(node, ada, bees, "honey bee")
    assert await threads(node, "honey-bee") == [post]
    assert len(await threads(node, "honey bee")) == 2


@pytest.mark.parametrize(
    "words",
    [
        '"', '""', "'", "a OR b", "NOT swarm", "AND", "swarm AND", "NEAR(swarm season)", "title:swarm", "{title}", "-swarm",
        "^swarm", "swarm*", "*", "(", ")", "swarm)", ":", "swarm:", "&", "|", "!", "swarm & !season", "<->", "swarm <2> x",
        "a:*", "'a':B", "\\", "%", "_", "\x00", "\x00swarm", ";--", "\ud7ff", "😀", "a" * 1000, "x " * 400, "ſ", "ǅ", "½",
    ],
)  # fmt: skip
async def test_whatever_is_typed_is_words(node, scene, words):
    ada, _, bees = scene
    await keep(node, ada, bees, "Swarm season")
    if "\x00" in words and not node.database.is_sqlite:
        return  # no text of PostgreSQL holds it; forms refuse it before
    await found(node, words)


def test_of_what_is_typed_few_words_are_looked_for():
    assert read_terms("Swarm swarm  Honey-bee % é") == [("swarm",), ("honey", "bee"), ("e",)]
    assert len(read_terms(" ".join(f"w{number}" for number in range(50)))) == searching.MOST_WORDS


async def test_titles_come_first_then_what_is_talked_of(node, scene):
    ada, _, bees = scene
    text = await keep(node, ada, bees, "Season", "swarm", hot=9.0)
    quiet = await keep(node, ada, bees, "A swarm", hot=1.0)
    loud = await keep(node, ada, bees, "Swarm", hot=5.0)
    longer = await keep(node, ada, bees, "Swarming", hot=10.0)
    assert await threads(node, "swarm") == [loud, quiet, text, longer]


async def test_of_many_the_newest_are_looked_at(node, scene, monkeypatch):
    monkeypatch.setattr(searching, "LOOKED_AT", 3)
    ada, _, bees = scene
    posts = [await keep(node, ada, bees, "swarm", hot=float(-number)) for number in range(5)]
    assert (await threads(node, "swarm"))[:3] == posts[2:]


async def test_comments_and_orphans_are_not_threads(node, scene):
    ada, _, bees = scene
    async with node.transaction() as tx:
        thread = await a_post(tx, ada, bees, title="Season")
        await a_post(tx, ada, bees, parent=thread, content="swarm")
        await a_post(tx, ada, title="swarm", in_reply_to="https://beta.example/1")
    assert await threads(node, "swarm") == []
    assert list(await kept(node)) == [thread.id]


async def test_what_is_not_for_the_viewer_is_not_found(node, scene):
    ada, bo, bees = scene
    async with node.transaction() as tx:
        closed = await a_group(tx, "closed", private=True)
        cy, dora = await a_local_actor(tx, "cy"), await a_local_actor(tx, "dora")
        await a_follow(tx, bo, closed)
        await a_follow(tx, bo, ada)
        await a_moderator(tx, dora, closed)
    among = await keep(node, ada, closed, "swarm members", visibility="members")
    for_followers = await keep(node, ada, None, "swarm followers", visibility="followers")
    direct = await keep(node, ada, None, "swarm direct", visibility="direct")
    public = await keep(node, ada, bees, "swarm public")
    everything = {among, for_followers, direct, public}
    assert set(await threads(node, "swarm")) == {public}
    assert set(await threads(node, "swarm", cy)) == {public}
    assert set(await threads(node, "swarm", bo)) == {among, for_followers, public}
    assert set(await threads(node, "swarm", dora)) == {among, public}
    assert set(await threads(node, "swarm", ada)) == everything
    async with node.transaction() as tx:
        tx.session.add(Block(blocker_id=ada.id, blocked_id=cy.id, iri="https://alpha.example/b/1", at=tx.now))
    assert await threads(node, "swarm", cy) == []
    await change(node, public, visibility="direct")
    assert await threads(node, "swarm") == []


async def test_a_post_that_no_group_took_is_not_found(node, scene, sea):
    ada, _, bees = scene
    await keep(node, ada, bees, "swarm", confirmed_at=None)
    assert len(await threads(node, "swarm")) == 1
    sea.clock.advance(days=8)
    assert await threads(node, "swarm") == []


async def test_an_edit_changes_what_is_found(node, scene):
    ada, _, bees = scene
    post = await keep(node, ada, bees, "Swarm", "honey")
    await change(node, post, title="Season", content="<p>wax</p>")
    assert [await threads(node, words) for words in ("swarm", "honey")] == [[], []]
    assert [await threads(node, words) for words in ("season", "wax")] == [[post], [post]]
    await change(node, post, score=5)
    assert await threads(node, "season") == [post]


async def test_deleted_words_leave_at_once(node, scene):
    ada, _, bees = scene
    first, second = await keep(node, ada, bees, "Swarm"), await keep(node, ada, bees, "Swarm too")
    await change(node, first, deleted_at=node.clock.now(), title="", content="")
    assert await threads(node, "swarm") == [second]
    async with node.transaction() as tx:  # by a statement that knows nothing of searches
        await tx.session.execute(update(Post).values(deleted_at=tx.now))
    assert await kept(node) == {}
    await change(node, first, deleted_at=None, title="Swarm again")
    assert await threads(node, "swarm") == [first]
    async with node.transaction() as tx:
        await tx.session.delete(await tx.session.get_one(Post, first))
    assert await kept(node) == {}
    assert await threads(node, "swarm") == []


async def test_what_a_moderator_removed_is_hidden_until_it_is_restored(node, scene):
    ada, _, bees = scene
    post = await keep(node, ada, bees, "Swarm")
    await change(node, post, removed_at=node.clock.now())
    assert await threads(node, "swarm", ada) == []
    await change(node, post, removed_at=None)
    assert await threads(node, "swarm") == [post]


async def test_the_text_of_who_does_not_want_it_is_not_looked_through(node, scene):
    _, _, bees = scene
    async with node.transaction() as tx:
        shy = await an_actor(tx, indexable=False)
    post = await keep(node, shy, bees, "Season", "swarm")
    assert await threads(node, "swarm") == []
    assert await threads(node, "season") == [post]
    async with node.transaction() as tx:
        (await tx.session.get_one(Actor, shy.id)).indexable = True
    assert await threads(node, "swarm") == [post]


async def test_groups_are_found_by_a_part_of_their_name_and_people_by_all_of_it(node, scene):
    async with node.transaction() as tx:
        await an_actor(tx, "https://beta.example/u/ada")
        await an_actor(tx, "https://beta.example/u/adam", discoverable=False)
        await an_actor(tx, "https://gamma.example/u/ada", discoverable=False)
        await a_group(tx, "hidden_bees", discoverable=False)
    assert [line.path for line in (await found(node, "edge")).groups] == ["/c/bees"]
    assert [line.path for line in (await found(node, "EES")).groups] == ["/c/bees"]
    assert [line.path for line in (await found(node, "Ada")).people] == ["/u/ada", "/u/ada@beta.example"]
    assert (await found(node, "ad")).people == ()
    assert (await found(node, "nobody")).nothing


async def comments(node, words, viewer=None, **narrow):
    await index_comments(node)
    async with node.reading() as session:
        found = await search(session, words, viewer, node.clock.now(), Narrow(**narrow))
    return [hit.token for hit in found.comments]


@pytest.fixture
async def talk(node, scene):
    ada, bo, bees = scene
    async with node.transaction() as tx:
        thread = await a_post(tx, ada, bees, title="Season")
        await a_post(tx, bo, bees, parent=thread, token="first", content="<p>A swarm left</p>")
        await a_post(tx, ada, bees, parent=thread, token="second", content="<p>The swarm came</p>")
    return thread


async def test_words_find_comments_the_newest_first(node, scene, talk):
    ada, bo, _ = scene
    assert await comments(node, "swarm") == ["second", "first"]
    assert await comments(node, "Swarm LEFT") == ["first"]
    assert await comments(node, "swarm", kind="threads") == []
    assert await comments(node, "swarm", author=bo.id) == ["first"]
    assert await comments(node, "swarm", group=ada.id) == []


@pytest.mark.parametrize(
    "change", [{"visibility": "direct"}, {"deleted_at": True}, {"removed_at": True}], ids=str
)
async def test_of_a_thread_that_is_not_for_the_viewer_no_comment_is_found(node, scene, talk, change):
    values = {name: node.clock.now() if value is True else value for name, value in change.items()}
    await change_post(node, talk, **values)
    assert await comments(node, "swarm") == []


async def change_post(node, post, **values):
    await change(node, post.id, **values)


async def test_below_a_comment_that_is_not_for_the_viewer_nothing_is_found(node, scene, talk):
    ada, bo, bees = scene
    async with node.transaction() as tx:
        above = await a_post(tx, ada, bees, parent=talk, visibility="direct", content="<p>psst</p>")
        middle = await a_post(tx, bo, bees, parent=above, content="<p>so</p>")
        await a_post(tx, bo, bees, parent=middle, token="below", content="<p>honey</p>")
    assert await comments(node, "honey") == []
    assert await comments(node, "honey", ada) == ["below"]
    await change(node, above.id, visibility="public", removed_at=node.clock.now())
    assert await comments(node, "honey") == ["below"], "below one that was removed, its place is shown"


async def test_comments_that_are_not_for_the_viewer_or_of_who_does_not_want_it_are_not_found(
    node, scene, talk
):
    ada, bo, bees = scene
    async with node.transaction() as tx:
        shy = await an_actor(tx, "https://beta.example/u/shy", indexable=False)
        await a_post(tx, shy, bees, parent=talk, content="<p>honey</p>")
        await a_post(tx, ada, bees, parent=talk, visibility="direct", token="private", content="<p>honey</p>")
        tx.session.add(Block(blocker_id=ada.id, blocked_id=bo.id, iri="https://alpha.example/b/2", at=tx.now))
    assert await comments(node, "honey") == []
    assert await comments(node, "honey", ada) == ["private"]
    assert await comments(node, "came", bo) == []


async def test_a_comment_is_found_as_it_is_now(node, scene, talk):
    assert await comments(node, "came") == ["second"]
    async with node.reading() as session:
        first, second = [
            (await session.scalars(select(Post).where(col(Post.token) == token))).one()
            for token in ("first", "second")
        ]
    await change(node, first.id, content="<p>wax</p>")
    assert await comments(node, "wax") == ["first"]
    assert await comments(node, "left") == []
    await change(node, second.id, content="<p>resin</p>")
    assert await comments(node, "resin") == ["second"]
    async with node.transaction() as tx:  # by a statement that knows nothing of searches
        await tx.session.execute(update(Post).where(col(Post.id) == first.id).values(deleted_at=tx.now))
    assert await comments(node, "wax") == []
    await change(node, first.id, deleted_at=None, content="<p>wax again</p>")
    assert await comments(node, "wax") == ["first"]


async def test_comments_from_before_are_taken_in_the_newest_first(node, scene, talk, monkeypatch):
    monkeypatch.setattr("node.inbox.wording.AT_ONCE", 2)
    monkeypatch.setattr("node.inbox.wording.UNITS", 1)
    ada, _, bees = scene
    async with node.transaction() as tx:
        for number in range(5):
            await a_post(tx, ada, bees, parent=talk, token=f"n{number}", content="<p>honey</p>")
    taken = [await comments(node, "honey") for _ in range(3)]
    assert taken == [["n4", "n3"], ["n4", "n3", "n2", "n1"], ["n4", "n3", "n2", "n1", "n0"]]
    async with node.transaction() as tx:
        await a_post(tx, ada, bees, parent=talk, token="late", content="<p>honey</p>")
    assert (await comments(node, "honey"))[0] == "late"
    assert await index_comments(node) == 0
