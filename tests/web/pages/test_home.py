import re

import pytest
from sqlmodel import col, select

from node.store.queries.actors import find_by_handle
from node.store.queries.members import find_member
from node.store.tables.peers import Peer
from tests.support.rows import a_local_actor, a_peer, a_post, an_actor


async def test_strangers_read_the_nodes_own_threads(ada, stranger):
    page = await stranger.get("/")
    assert "No threads yet" in page.text
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    page = await stranger.get("/")
    assert path in page.links
    assert "/c/bees" in page.links


async def test_members_read_what_they_follow_and_may_look_at_all(ada, bo):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    page = await bo.get("/")
    assert path not in page.links
    assert "/explore" in page.links
    assert path in (await bo.get("/?view=node&sort=top&period=day")).links
    await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
    assert path in (await bo.get("/")).links


async def test_a_followed_persons_threads_are_there_too(ada, bo, opens):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    await bo.submit("/u/ada/follow", {"follow": "yes"}, on="/u/ada")
    assert path in (await bo.get("/")).links
    assert "Following" in (await bo.get("/u/ada")).text


async def test_all_is_what_came_from_elsewhere_too(ada, bo, stranger, sea, opens, beta):
    """Also for strangers; what is not for everybody is not in it, nor what comes from a blocked server."""
    alpha = await sea.node("alpha.example")
    far = await opens(alpha).signs_up("far")
    await far.founds("fish")
    await ada.submit("/search", on="/search?q=!fish@alpha.example")
    await ada.submit("/c/fish@alpha.example/follow", {"follow": "yes"}, on="/c/fish@alpha.example")
    await sea.settle()
    await far.writes("fish", "Herring weather")
    await ada.founds("bees")
    near = await ada.writes("bees", "Swarm season")
    await sea.settle()
    for browser in (bo, stranger):
        assert "Herring weather" not in (await browser.get("/?view=node")).text
        for sort in ("hot", "new", "top", "active", "commented"):
            page = await browser.get(f"/?view=all&sort={sort}")
            assert "Herring weather" in page.text
            assert near in page.links
    await ada.founds("choir", readers="members")
    secret = await ada.writes("choir", "Rehearsal")
    assert secret not in (await ada.get("/?view=all")).links
    async with beta.node.transaction() as tx:
        peer = (await tx.session.scalars(select(Peer).where(col(Peer.host) == "alpha.example"))).one()
        peer.blocked_at = tx.now
    page = await stranger.get("/?view=all")
    assert "Herring weather" not in page.text
    assert near in page.links


async def test_all_is_without_servers_that_are_blocked_and_those_below_them(stranger, beta):
    async with beta.node.transaction() as tx:
        for host in ("far.example", "sub.far.example", "nofar.example", "near.example"):
            person = await an_actor(tx, f"https://{host}/u/bob")
            await a_post(tx, person, title=f"From {host}")
        (await a_peer(tx, "far.example")).blocked_at = tx.now
    page = await stranger.get("/?view=all")
    shown = [host for host in ("sub.far", "nofar", "near") if f"From {host}.example" in page.text]
    assert shown == ["nofar", "near"]
    assert "From far.example" not in page.text


async def test_who_is_not_to_be_come_upon_is_not_come_upon_outside_groups(stranger, beta):
    async with beta.node.transaction() as tx:
        for name, shy in (("shy", True), ("open", False)):
            person = await a_local_actor(tx, name, discoverable=not shy)
            await a_post(tx, person, title=f"By the {name} one")
    page = await stranger.get("/?view=all")
    assert "By the open one" in page.text
    assert "By the shy one" not in page.text


async def test_the_end_of_the_list_leads_back(stranger):
    page = await stranger.get("/?sort=new&after=1_1")
    assert "That was all." in page.text


async def test_a_member_goes_by_their_profile(ada, bo):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    comment = await ada.replies(path, "word1")
    page = await bo.get("/u/ada")
    assert {path, comment, "/c/bees"} <= set(page.links)
    assert "You have not written anything yet." in (await bo.get("/u/bo")).text
    assert "Nothing written" in (await ada.get("/u/bo")).text
    assert (await bo.get("/u/nobody")).status == 404
    assert (await bo.get("/u/beta.example")).status == 404
    assert (await bo.get("/u/ada?after=x")).status == 400


async def test_a_long_profile_comes_in_pages(ada):
    await ada.founds("bees")
    path = await ada.writes("bees", "Swarm season")
    for number in range(27):
        await ada.replies(path, f"word{number}")
    page = await ada.get("/u/ada")
    page = await ada.get(next(link for link in page.links if "after=" in link))
    assert path in page.links


async def test_about(stranger):
    page = await stranger.get("/about")
    assert "beta.example" in page.text
    assert "groups founded here" in page.text


class TestLanguages:
    async def test_the_browser_says_which(self, opens):
        page = await opens(**{"accept-language": "de, fr-CA;q=0.8, en;q=0.5"}).get("/")
        assert page.elements[0] == ("html", {"lang": "fr"})
        assert "Se connecter" in page.text
        assert page.response.headers["content-language"] == "fr"
        assert "accept-language" in page.response.headers["vary"].lower()

    async def test_a_stranger_chooses(self, stranger):
        page = await stranger.submit("/language", {"language": "fr", "next": "/groups"})
        assert page.response.headers["location"] == "/groups"
        assert "Explorer" in (await stranger.follow(page)).text

    @pytest.mark.parametrize("language", ["tlh", "", "../../etc"])
    async def test_a_language_that_is_none(self, stranger, language):
        page = await stranger.submit("/language", {"language": language})
        assert page.response.headers["location"] == "/language"

    async def test_errors_speak_it_too(self, opens):
        page = await opens(**{"accept-language": "fr"}).get("/c/none")
        assert "Introuvable" in page.text
        assert "Il n’y a pas de groupe de ce nom ici." in page.text

    async def test_what_is_wrong_with_a_form_too(self, opens):
        browser = opens(**{"accept-language": "fr"})
        page = await browser.submit("/sign-up", {"name": "Ada", "password": "x"})
        assert "Il faut au moins 10 caractères." in page.text
        assert "lettres minuscules" in page.text


class TestOrders:
    @pytest.fixture
    async def threads(self, ada, bo):
        await ada.founds("bees")
        quiet, loud = await ada.writes("bees", "Quiet"), await ada.writes("bees", "Loud")
        for number in range(2):
            await bo.replies(loud, f"word{number}")
        return quiet, loud

    async def test_most_commented(self, ada, bo, threads):
        quiet, loud = threads
        for path in ("/?view=node", "/c/bees?", "/?view=all"):
            page = await bo.get(f"{path}&sort=commented&period=week")
            assert [link for link in page.links if link in threads] == [loud, quiet]
        await ada.replies(quiet, "word7")
        await ada.replies(quiet, "word8")
        await ada.replies(quiet, "word9")
        page = await bo.get("/c/bees?sort=commented")
        assert [link for link in page.links if link in threads] == [quiet, loud]

    async def test_controversial_holds_what_is_in_dispute(self, ada, bo, threads):
        quiet, _ = threads
        page = await bo.get("/c/bees?sort=controversial")
        assert "No dispute" in page.text
        assert not set(threads) & set(page.links)
        await ada.submit(f"{quiet}/vote", {"vote": "up"}, on=quiet)
        await bo.submit(f"{quiet}/vote", {"vote": "down"}, on=quiet)
        for path in ("/?view=node", "/c/bees?", "/?view=all"):
            for period in ("day", "year", "all"):
                page = await bo.get(f"{path}&sort=controversial&period={period}")
                assert [link for link in page.links if link in threads] == [quiet], (path, period)

    async def test_a_period_without_threads_leads_to_all_times(self, sea, bo, threads):
        sea.clock.advance(days=9)
        page = await bo.get("/?view=node&sort=commented&period=week")
        assert "Nothing in this period." in page.text
        page = await bo.get(next(link for link in page.links if "period=all" in link))
        assert set(threads) <= set(page.links)


class TestFilters:
    @pytest.fixture
    async def threads(self, ada, bo):
        await ada.founds("bees")
        await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
        plain = await ada.writes("bees", "Words alone", source="#honey", language="en")
        link = await ada.writes("bees", "A page", link_url="https://x.example/", language="fr")
        return plain, link

    async def test_a_list_is_narrowed_by_a_form_and_widened_by_its_chips(self, bo, threads):
        plain, link = threads
        for start in ("/", "/?view=all", "/c/bees", "/tag/honey"):
            page = await bo.get(start)
            action = start.partition("?")[0]
            fields = page.form(action).fields | {"what": "link"}
            query = "&".join(f"{name}={value}" for name, value in fields.items())
            page = await bo.get(f"{action}?{query}")
            assert plain not in page.links, start
            assert (link in page.links) == (start != "/tag/honey"), start
            wider = [one for one in page.links if one.startswith(f"{action}?") and "what=" not in one]
            assert plain in (await bo.get(wider[0])).links, start

    async def test_orders_and_pages_keep_what_was_chosen(self, bo, threads):
        page = await bo.get("/?view=node&what=link&lang=fr")
        orders = [one for one in page.links if "sort=" in one and "lang=fr" in one and "what=link" in one]
        assert {one.split("sort=")[1].split("&")[0] for one in orders} == {
            "hot", "new", "top", "active", "commented", "controversial"
        }  # fmt: skip

    async def test_an_empty_result_says_what_to_do(self, bo, threads):
        for start in ("/?", "/?view=node&", "/c/bees?", "/tag/honey?"):
            page = await bo.get(f"{start}lang=br&tag=wasps")
            assert "Nothing fits" in page.text, start
            back = next(
                one
                for one in page.links
                if "sort=hot" in one and not {"lang=", "tag="} & set(re.findall(r"\w+=", one))
            )
            assert threads[0] in (await bo.get(back)).links

    async def test_a_hashtag_is_taken_however_it_is_typed(self, bo, threads):
        for typed in ("honey", "%23Honey", "HONEY"):
            page = await bo.get(f"/?view=node&tag={typed}")
            assert threads[0] in page.links
            assert threads[1] not in page.links

    async def test_what_makes_no_sense_is_said(self, stranger):
        for query in ("what=song", "lang=x1", "lang=%3Cb%3E", "view=none"):
            assert (await stranger.get(f"/?{query}")).status == 400, query

    async def test_a_page_without_what_fits_leads_on(self, bo, threads, monkeypatch):
        monkeypatch.setattr("node.store.queries.merging.LOOKS", 1)
        monkeypatch.setattr("node.store.queries.merging.SPARE", 0)
        monkeypatch.setattr("node.store.queries.lists.THREADS_SHOWN", 0)
        page = await bo.get("/?view=node&what=picture&sort=new")
        assert "There is more beyond." in page.text


class TestTheLastVisit:
    @pytest.fixture
    async def old(self, ada, bo, sea):
        await ada.founds("bees")
        old = await ada.writes("bees", "Old one")
        page = await bo.get("/?view=node")
        assert "last visit" not in page.text
        sea.clock.advance(hours=3)
        return old

    async def test_what_came_since_is_counted_and_a_line_drawn_below(self, ada, bo, old, sea):
        new = [await ada.writes("bees", f"New {number}") for number in range(2)]
        page = await bo.get("/?view=node")
        assert "2 new threads since your last visit, 3 hours ago" in page.text
        page = await bo.get(next(one for one in page.links if "sort=new" in one and "view=node" in one))
        before, _, after = page.response.text.partition('id="seen"')
        assert all(one in before for one in new)
        assert old in after
        assert old not in before
        sea.clock.advance(minutes=20)
        assert "2 new threads since your last visit" in (await bo.get("/?view=node")).text, "the same visit"
        sea.clock.advance(minutes=29)
        assert "2 new threads since your last visit" in (await bo.get("/?view=node")).text, "it goes on"
        sea.clock.advance(minutes=31)
        page = await bo.get("/?view=node&sort=new")
        assert "last visit" not in page.text

    async def test_ones_own_threads_and_muted_ones_are_not_new(self, ada, bo, old):
        await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
        await bo.writes("bees", "By bo")
        await ada.writes("bees", "Muted election")
        await ada.writes("bees", "New")
        await bo.submit("/settings/muting", {"kind": "words", "what": "election"})
        for view in ("/", "/?view=node", "/?view=all"):
            assert "1 new thread since your last visit" in (await bo.get(view)).text, view

    async def test_who_wants_no_marks_gets_none(self, ada, bo, old, beta):
        await bo.submit("/settings/reading", {"view": "tree", "marks": ""})
        await ada.writes("bees", "New")
        assert "last visit" not in (await bo.get("/?view=node")).text
        async with beta.node.reading() as session:
            member = await find_member(session, "bo", "beta.example")
        assert (member.looked_at, member.looked_before) == (None, None)

    async def test_a_browser_that_looks_ahead_is_no_visit(self, ada, bo, old, sea):
        await ada.writes("bees", "New")
        await bo.client.get("/", headers={"sec-purpose": "prefetch"})
        sea.clock.advance(hours=3)
        assert "1 new thread since your last visit, 6 hours ago" in (await bo.get("/?view=node")).text

    async def test_strangers_are_counted_nothing(self, ada, stranger, old):
        await stranger.get("/")
        assert "last visit" not in (await stranger.get("/?sort=new")).text

    async def test_very_many_are_said_to_be_very_many(self, ada, bo, old, beta):
        async with beta.node.transaction() as tx:
            bees = await find_by_handle(tx.session, "bees", "beta.example", group=True)
            author = await find_by_handle(tx.session, "ada", "beta.example")
            for number in range(120):
                await a_post(tx, author, bees, title=f"New {number}")
        assert "99 or more new threads" in (await bo.get("/?view=node")).text


async def test_groups_beside_the_threads_stand_in_the_order_of_their_names(ada, stranger):
    await ada.founds("aaa", title="Zebras")
    await ada.founds("zzz", title="apples")
    words = (await stranger.get("/")).text
    assert words.index("apples") < words.index("Zebras")
