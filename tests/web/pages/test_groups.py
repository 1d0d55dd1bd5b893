import re

import pytest
from sqlalchemy import select

from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.peers import Peer
from node.store.tables.posts import Post
from node.store.tables.tasks import Task
from tests.support.dbhash import no_effect


async def edges(island):
    async with island.node.reading() as session:
        return list(await session.scalars(select(Follow).order_by(Follow.id)))


class TestFounding:
    async def test_its_founder_moderates_and_follows_it(self, ada):
        page = await ada.founds("bees", title="Bees & hedges", summary="What *flowers* when.")
        page = await ada.follow(page)
        assert "Bees & hedges" in page.text
        assert "!bees@beta.example" in page.text
        assert "1 member " in page.text
        assert "/c/bees/write" in page.links
        assert page.links.count("/u/ada") == 2  # in the header, and as a moderator
        assert ("em", {}) in page.elements
        assert "Following" in page.text

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"name": "Bees", "title": "x"}, "name-wrong"),
            ({"name": "ada", "title": "x"}, "name-wrong"),
            ({"name": "adm1n", "title": "x"}, "name-wrong"),
            ({"name": "bees", "title": "\u200b "}, "title-wrong"),
            ({"name": "bees", "title": "x", "who": "nobody"}, "who-wrong"),
            ({"name": "bees", "title": "x", "summary": "y" * 5001}, "summary-wrong"),
        ],
    )
    async def test_what_is_wrong_stands_beside_its_field(self, ada, beta, fields, wrong):
        async with no_effect(beta.node.database):
            page = await ada.submit("/groups/new", fields)
        assert page.status == 422
        assert f'id="{wrong}"' in page.response.text
        assert page.form("/groups/new").fields["name"] == fields["name"]

    async def test_five_a_day(self, ada):
        for number in range(5):
            await ada.founds(f"group{number}")
        page = await ada.submit("/groups/new", {"name": "group6", "title": "x"})
        assert page.status == 429

    async def test_where_administrators_found(self, sea, opens):
        island = await sea.node("strict.example", group_founding="administrators")
        ada = await opens(island).signs_up("ada")
        assert (await ada.get("/groups/new")).status == 403
        assert "/groups/new" not in (await ada.get("/groups")).links

    async def test_where_moderators_begin(self, ada, bo):
        await ada.founds("news", who="moderators")
        assert (await ada.get("/c/news/write")).status == 200
        assert (await bo.get("/c/news/write")).status == 403
        page = await bo.get("/c/news")
        assert "/c/news/write" not in page.links
        assert "Only moderators start threads" in page.text


class TestThePage:
    async def test_there_is_none_of_that_name(self, stranger):
        assert (await stranger.get("/c/none")).status == 404
        assert (await stranger.get("/c/ada@nowhere.example")).status == 404

    async def test_a_person_is_no_group(self, ada):
        assert (await ada.get("/c/ada")).status == 404

    async def test_a_deleted_group_is_gone(self, ada, beta):
        await ada.founds("bees")
        async with beta.node.transaction() as tx:
            group = await tx.session.scalar(select(Actor).where(Actor.username == "bees"))
            group.deleted_at = tx.now
        assert (await ada.get("/c/bees")).status == 410

    async def test_an_empty_one_leads_on(self, ada, stranger):
        await ada.founds("bees")
        assert "/c/bees/write" in (await ada.get("/c/bees")).links
        page = await stranger.get("/c/bees")
        assert "/sign-in?next=/c/bees" in page.links
        assert "/continue?intent=follow&object=/c/bees" in page.links

    async def test_threads_in_every_order(self, ada, beta):
        await ada.founds("bees")
        for title in ("first", "second", "third"):
            beta.sea.clock.advance(minutes=1)
            path = await ada.writes("bees", title)
        beta.sea.clock.advance(minutes=1)
        await ada.replies(path.replace(path, await self.path_of(ada, "first")), "so")

        async def titles(query):
            page = await ada.get(f"/c/bees?{query}")
            return re.findall(r'dir="auto">(first|second|third)<', page.response.text)

        assert await titles("sort=new") == ["third", "second", "first"]
        assert await titles("sort=active") == ["first", "third", "second"]
        assert sorted(await titles("sort=hot")) == ["first", "second", "third"]
        assert sorted(await titles("sort=top&period=day")) == ["first", "second", "third"]
        beta.sea.clock.advance(days=2)
        assert await titles("sort=top&period=day") == []
        assert len(await titles("sort=top&period=week")) == 3

    async def path_of(self, browser, title):
        page = await browser.get("/search?q=" + title)
        return next(link for link in page.links if re.fullmatch(r"/post/\w+", link))

    async def test_pages_stay_put_while_threads_come_in(self, ada, beta):
        await ada.founds("bees")
        for number in range(30):
            beta.sea.clock.advance(minutes=1)
            await ada.writes("bees", f"thread {number:02}")
        first = await ada.get("/c/bees?sort=new")
        more = next(link for link in first.links if "after=" in link)
        beta.sea.clock.advance(minutes=1)
        await ada.writes("bees", "thread 99")
        second = await ada.get(more)
        shown = [re.findall(r"thread \d\d", page.text) for page in (first, second)]
        assert shown[0] + shown[1] == [f"thread {number:02}" for number in range(29, -1, -1)]

    @pytest.mark.parametrize("sort", ["hot", "new", "top", "active"])
    async def test_no_thread_is_lost_or_shown_twice(self, ada, beta, sort):
        await ada.founds("bees")
        for number in range(27):
            await ada.writes("bees", f"thread {number:02}")
        first = await ada.get(f"/c/bees?sort={sort}")
        second = await ada.get(next(link for link in first.links if "after=" in link))
        shown = re.findall(r"thread \d\d", first.text + second.text)
        assert len(shown) == len(set(shown)) == 27
        assert not [link for link in second.links if "after=" in link]

    async def test_a_pinned_thread_comes_first_and_once(self, ada, beta):
        await ada.founds("bees")
        await ada.writes("bees", "read me")
        beta.sea.clock.advance(minutes=1)
        await ada.writes("bees", "newer")
        async with beta.node.transaction() as tx:
            (await tx.session.scalar(select(Post).where(Post.title == "read me"))).featured_at = tx.now
        text = (await ada.get("/c/bees?sort=new")).text
        assert text.count("read me") == 1
        assert text.index("read me") < text.index("newer")
        assert "pinned" in text

    @pytest.mark.parametrize(
        "query",
        [
            "after=1", "after=x_y", "after=1_2_3", "after=1e999_1", "after=-1_%27", "after=nan_1", "after=1_99999999999999999999",
            "after=999999999999999999_1&sort=new", "after=" + "9" * 70 + "_1", "after=1_-1", "after=%00",
            "sort=title", "sort=hot;drop", "period=century", "sort=%27", "after=1.5_1&sort=top",
        ],
    )  # fmt: skip
    async def test_a_made_up_cursor_is_refused_or_harmless(self, ada, beta, query):
        await ada.founds("bees")
        async with no_effect(beta.node.database):
            page = await ada.get(f"/c/bees?{query}")
        assert page.status in {200, 400}

    async def test_what_else_an_address_carries_is_passed_over(self, ada):
        await ada.founds("bees")
        assert (await ada.get("/c/bees?utm_source=x")).status == 200


class TestFollowing:
    async def test_to_and_fro(self, ada, bo, beta):
        await ada.founds("bees")
        page = await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
        assert page.response.headers["location"] == "/c/bees"
        assert [edge.state for edge in await edges(beta)] == ["accepted", "accepted"]
        await bo.submit("/c/bees/follow", {"follow": "no"}, on="/c/bees")
        assert len(await edges(beta)) == 1
        await bo.submit("/c/bees/follow", {"follow": "no"}, on="/c/bees")
        assert len(await edges(beta)) == 1

    async def test_a_form_that_says_neither(self, ada):
        await ada.founds("bees")
        assert (await ada.submit("/c/bees/follow", {"follow": "maybe"}, on="/c/bees")).status == 400

    async def test_a_group_of_another_node(self, sea, beta, opens):
        alpha = await sea.node("alpha.example")
        ada = await opens(alpha).signs_up("ada")
        bees = await beta.group("bees")
        page = await ada.submit("/search", {"q": bees.handle}, on=f"/search?q={bees.handle}")
        assert page.response.headers["location"] == "/c/bees@beta.example"
        await ada.submit("/c/bees@beta.example/follow", {"follow": "yes"}, on="/c/bees@beta.example")
        page = await ada.get("/c/bees@beta.example")
        assert "Asked to follow" in page.text
        assert "its server has not answered yet" in page.text
        assert "This group lives on beta.example" in page.text
        await sea.settle()
        page = await ada.get("/c/bees@beta.example")
        assert "Following" in page.text
        assert "has not answered" not in page.text
        assert "1 member on this node" in page.text

    async def test_the_history_that_is_on_its_way(self, sea, beta, opens):
        alpha = await sea.node("alpha.example")
        ada = await opens(alpha).signs_up("ada")
        bees = await beta.group("bees")
        await ada.submit("/search", {"q": bees.handle}, on=f"/search?q={bees.handle}")
        async with alpha.node.transaction() as tx:
            tx.session.add(
                Task(kind="backfill", subject=bees.iri, created_at=tx.now, due_at=tx.now, progress=34)
            )
        page = await ada.get("/c/bees@beta.example")
        assert "Its history is being fetched: 34 posts so far" in page.text
        assert "Threads are on their way" in page.text

    async def test_a_home_that_is_silent(self, sea, beta, opens):
        alpha = await sea.node("alpha.example")
        ada = await opens(alpha).signs_up("ada")
        bees = await beta.group("bees")
        await ada.submit("/search", {"q": bees.handle}, on=f"/search?q={bees.handle}")
        async with alpha.node.transaction() as tx:
            (await tx.session.scalar(select(Peer).where(Peer.host == "beta.example"))).state = "dead"
        assert "has not answered for a while" in (await ada.get("/c/bees@beta.example")).text


async def test_an_old_link_leads_to_the_way_home(ada, stranger):
    await ada.founds("bees")
    page = await stranger.get("/c/bees/elsewhere")
    assert page.response.headers["location"] == "/continue?intent=follow&object=/c/bees"
