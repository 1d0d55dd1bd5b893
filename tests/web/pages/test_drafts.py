"""Words that are not published yet, or no longer: kept, taken up again, planned, taken back."""

import re
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from node.inbox import tasks
from node.inbox.files import sweep_files
from node.inbox.housekeeping import sweep
from node.store.queries import drafts
from node.store.tables.drafts import Draft
from node.store.tables.posts import Post
from tests.support import pictures
from tests.support.dbhash import no_effect

JSON = {"accept": "application/json"}


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="Hello", link_url="https://example.org/swarm")


async def rows(beta, table=Draft):
    async with beta.node.reading() as session:
        return list(await session.scalars(select(table)))


async def due(beta):
    while await tasks.work_due(beta.node):
        pass


async def test_a_draft_is_kept_and_taken_up_where_it_was_left(ada, thread, beta):
    typed = {"title": "Wax", "source": "word1", "warning": "hot", "language": "fr"}
    page = await ada.submit("/c/bees/write", typed | {"do": "draft"})
    assert page.response.headers["location"] == "/drafts?note=kept"
    (draft,) = await rows(beta)
    page = await ada.get("/drafts?note=kept")
    assert "Kept." in page.text
    (way,) = {link for link in page.links if draft.token in link}
    page = await ada.get(way)
    fields = page.form("/c/bees/write").fields
    assert {name: fields[name] for name in typed} == typed
    assert way in (await ada.get("/c/bees/write")).links
    page = await ada.send("/c/bees/write", fields | {"do": "publish"})
    assert page.status == 303
    assert await rows(beta) == []


async def test_keeping_again_changes_the_same_draft_and_emptying_it_lets_it_go(ada, thread, beta):
    form = (await ada.get("/c/bees/write")).form("/c/bees/write").fields
    answer = await ada.send("/c/bees/write", form | {"title": "A", "do": "draft"}, **JSON)
    token = answer.response.json()["draft"]
    form |= {"draft": token, "title": "Ab", "source": "word1"}
    assert (await ada.send("/c/bees/write", form | {"do": "draft"}, **JSON)).response.json() == {
        "draft": token
    }
    (draft,) = await rows(beta)
    assert drafts.fields_of(draft)["title"] == "Ab"
    answer = await ada.send("/c/bees/write", form | {"title": "", "source": " ", "do": "draft"}, **JSON)
    assert answer.response.json() == {"draft": ""}
    assert await rows(beta) == []


async def test_an_answer_and_an_edit_have_one_draft_each(ada, bo, thread, beta):
    for words in ("word1", "word2"):
        await bo.submit(f"{thread}/reply", {"source": words, "do": "draft"}, on=thread)
    page = await bo.get(f"{thread}/reply")
    assert page.form(f"{thread}/reply").fields["source"] == "word2"
    await ada.submit(f"{thread}/edit", {"source": "word3", "do": "draft"})
    page = await ada.get(f"{thread}/edit")
    assert page.form(f"{thread}/edit").fields["source"] == "Hello", (
        "what is published is changed, unless one asks"
    )
    (way,) = [link for link in page.links if link.startswith(f"{thread}/edit?draft=")]
    assert (await ada.get(way)).form(f"{thread}/edit").fields["source"] == "word3"
    await bo.submit(f"{thread}/reply", {"source": "word2", "do": "publish"})
    await ada.submit(f"{thread}/edit", {"source": "word3", "do": "publish"})
    assert await rows(beta) == []


async def test_a_picture_waits_with_its_draft(ada, thread, beta, sea):
    body = pictures.plain()
    form = (await ada.get("/c/bees/write")).form("/c/bees/write").fields
    page = await ada.client.post("/media", data={"csrf": form["csrf"]}, files={"files": ("a.png", body)})
    token = page.json()["token"]
    form |= {"title": "Rose", "media": token, f"alt-{token}": "A rose", "do": "draft"}
    await ada.send("/c/bees/write", form)
    sea.clock.advance(days=30)
    await sweep_files(beta.node)
    await ada.signs_in("ada")
    (draft,) = await rows(beta)
    fields = (await ada.get(f"/c/bees/write?draft={draft.token}")).form("/c/bees/write").fields
    assert (fields["media"], fields[f"alt-{token}"]) == (token, "A rose")
    page = await ada.send("/c/bees/write", fields | {"do": "publish"})
    assert token in (await ada.follow(page)).response.text


async def test_a_draft_is_its_authors_alone(ada, bo, thread, beta):
    await ada.submit("/c/bees/write", {"title": "Wax", "source": "word1", "do": "draft"})
    (draft,) = await rows(beta)
    assert "word1" not in (await bo.get("/drafts")).text
    assert "word1" not in (await bo.get(f"/c/bees/write?draft={draft.token}")).response.text
    csrf = (await bo.get("/settings")).form("/settings/language").fields["csrf"]
    await bo.send(f"/drafts/{draft.token}/remove", {"csrf": csrf})
    form = {"csrf": csrf, "draft": draft.token, "title": "Mine", "do": "draft"}
    await bo.send("/c/bees/write", form)
    assert [drafts.fields_of(one)["title"] for one in await rows(beta)] == ["Wax", "Mine"]


async def test_a_draft_is_thrown_away(ada, thread, beta):
    await ada.submit("/c/bees/write", {"title": "Wax", "do": "draft"})
    (draft,) = await rows(beta)
    page = await ada.submit(f"/drafts/{draft.token}/remove", {}, on="/drafts")
    assert "No drafts" in (await ada.follow(page)).text
    assert await rows(beta) == []


async def test_there_is_an_end_to_drafts(ada, thread, beta, monkeypatch):
    monkeypatch.setattr("node.local.drafting.MOST", 1)
    await ada.submit("/c/bees/write", {"title": "A", "do": "draft"})
    page = await ada.submit("/c/bees/write", {"title": "B", "do": "draft"})
    assert page.status == 409
    assert "as many drafts as there is room for" in page.text


class TestPlanning:
    async def test_goes_out_by_itself_at_the_moment_of_the_members_clock(self, ada, bo, thread, beta, sea):
        await ada.submit("/settings/zone", {"zone": "Europe/Paris"}, on="/settings")
        at = sea.clock.now().strftime("%Y-%m-%dT12:30")
        page = await ada.submit(
            "/c/bees/write", {"title": "Wax", "source": "word1", "publish_at": at, "do": "plan"}
        )
        assert page.response.headers["location"] == "/drafts?note=planned"
        (draft,) = await rows(beta)
        assert draft.publish_at.astimezone(ZoneInfo("Europe/Paris")).strftime("%H:%M") == "12:30"
        fields = (await ada.get(f"/c/bees/write?draft={draft.token}")).form("/c/bees/write").fields
        assert fields["publish_at"] == at
        await due(beta)
        assert "Wax" not in (await bo.get("/c/bees")).text
        sea.clock.advance(seconds=(draft.publish_at - sea.clock.now()).total_seconds())
        await due(beta)
        assert "Wax" in (await bo.get("/c/bees")).text
        assert await rows(beta) == []
        assert "What you planned is published" in (await ada.get("/notifications")).text

    async def test_what_may_not_go_out_then_stays_and_says_why(self, ada, bo, thread, beta, sea):
        at = "2099"
        page = await bo.submit(f"{thread}/reply", {"source": "word1", "publish_at": at, "do": "plan"})
        assert page.status == 422
        assert "Say when" in page.text
        at = (sea.clock.now().replace(hour=23, minute=30)).strftime("%Y-%m-%dT%H:%M")
        await bo.submit(f"{thread}/reply", {"source": "word1", "publish_at": at, "do": "plan"})
        await ada.submit(f"{thread}/delete")
        sea.clock.advance(days=1)
        await due(beta)
        (draft,) = [one for one in await rows(beta) if one.kind == "comment"]
        assert draft.publish_at is None
        page = await bo.get("/drafts")
        assert "It did not go out." in page.text
        assert "This was deleted." in page.text
        assert "word1" in page.text
        assert "could not be published" in (await bo.get("/notifications")).text

    async def test_takes_a_moment_within_a_year(self, ada, thread, beta, sea):
        now = sea.clock.now()
        for at, told in (
            (now.strftime("%Y-%m-%dT%H:%M"), "This moment is over"),
            (now.replace(year=now.year + 2).strftime("%Y-%m-%dT%H:%M"), "within a year"),
            ("9999-12-31T23:59", "within a year"),
            ("soon", "Say when"),
        ):
            async with no_effect(beta.node.database):
                page = await ada.submit("/c/bees/write", {"title": "T", "publish_at": at, "do": "plan"})
            assert page.status == 422
            assert told in page.text
            assert page.form("/c/bees/write").fields["publish_at"] == at

    async def test_keeping_it_as_a_draft_again_plans_it_no_more(self, ada, thread, beta, sea):
        at = sea.clock.now().replace(hour=23).strftime("%Y-%m-%dT%H:%M")
        await ada.submit("/c/bees/write", {"title": "Wax", "publish_at": at, "do": "plan"})
        (draft,) = await rows(beta)
        fields = (await ada.get(f"/c/bees/write?draft={draft.token}")).form("/c/bees/write").fields
        await ada.send("/c/bees/write", fields | {"do": "draft"})
        sea.clock.advance(days=1)
        await due(beta)
        assert [one.publish_at for one in await rows(beta)] == [None]

    async def test_an_edit_is_not_planned(self, ada, thread):
        page = await ada.submit(f"{thread}/edit", {"publish_at": "2030-01-01T00:00", "do": "plan"})
        assert page.status == 400


class TestTakingADeletionBack:
    async def test_brings_the_words_back_within_the_hour(self, ada, bo, thread, beta, sea):
        comment = await bo.replies(thread, "word1")
        page = await ada.follow(await ada.submit(f"{thread}/delete"))
        assert "you can take that back" in page.text
        assert "Swarm season" not in (await bo.get("/c/bees")).text
        assert "Swarm season" not in (await bo.get(thread)).response.text
        sea.clock.advance(minutes=59)
        page = await ada.submit(f"{thread}/restore")
        assert page.response.headers["location"] == thread
        page = await bo.get(thread)
        assert page.status == 200
        assert "Hello" in page.text
        assert "https://example.org/swarm" in page.links
        assert comment in page.links
        assert "Swarm season" in (await bo.get("/c/bees")).text
        assert await rows(beta) == []

    async def test_is_over_after_an_hour_and_the_words_are_forgotten(self, ada, thread, beta, sea):
        await ada.submit(f"{thread}/delete")
        form = (await ada.get(f"{thread}/restore")).form(f"{thread}/restore").fields
        sea.clock.advance(minutes=61)
        assert (await ada.get(f"{thread}/restore")).status == 410
        assert (await ada.send(f"{thread}/restore", form)).status == 410
        assert "Swarm season" not in (await ada.get("/drafts")).text
        await sweep(beta.node)
        assert await rows(beta) == []
        assert "Hello" not in {one.source for one in await rows(beta, Post)}

    async def test_is_for_the_author_alone(self, ada, bo, thread):
        await ada.submit(f"{thread}/delete")
        form = (await ada.get(f"{thread}/restore")).form(f"{thread}/restore").fields
        assert (await bo.get(f"{thread}/restore")).status == 404
        csrf = (await bo.get("/settings")).form("/settings/language").fields["csrf"]
        assert (await bo.send(f"{thread}/restore", form | {"csrf": csrf})).status == 404

    async def test_of_a_poll_offers_its_words_anew(self, ada, thread, beta):
        poll = await ada.submit(
            "/c/bees/write?kind=poll", {"title": "Hive?", "options": "wood\nstraw", "do": "publish"}
        )
        path = poll.response.headers["location"]
        page = await ada.follow(await ada.submit(f"{path}/delete"))
        (way,) = [link for link in page.links if "kind=poll&draft=" in link]
        fields = (await ada.get(way)).form("/c/bees/write?kind=poll").fields
        assert fields["title"] == "Hive?"
        assert fields["options"].split() == ["wood", "straw"]
        token = (await ada.get("/settings")).form("/settings/language").fields["csrf"]
        assert (await ada.send(f"{path}/restore", {"csrf": token})).status == 409

    async def test_what_was_deleted_can_be_forgotten_at_once(self, ada, thread, beta):
        await ada.submit(f"{thread}/delete")
        (draft,) = await rows(beta)
        await ada.submit(f"/drafts/{draft.token}/remove", {}, on="/drafts")
        assert (await ada.get(f"{thread}/restore")).status == 410


class TestAFormThatComesTooLate:
    async def test_comes_back_with_everything_in_it_and_without_effect(self, ada, thread, beta):
        typed = {"title": "Wax", "source": "word1", "do": "publish", "csrf": "old"}
        async with no_effect(beta.node.database):
            page = await ada.send("/c/bees/write", typed)
        assert page.status == 403
        assert "Nothing was published" in page.text
        fields = page.form("/c/bees/write").fields
        assert (fields["title"], fields["source"]) == ("Wax", "word1")
        assert (await ada.send("/c/bees/write", fields | {"do": "publish"})).status == 303

    async def test_keeps_no_file_of_it(self, ada, thread, beta):
        async with no_effect(beta.node.database):
            page = await ada.client.post(
                "/c/bees/write",
                data={"csrf": "old", "title": "T", "source": "word1", "do": "publish"},
                files={"files": ("a.png", pictures.plain())},
            )
        assert page.status_code == 403
        assert [one async for one in beta.node.objects.listed()] == []

    async def test_shows_its_words_to_somebody_who_was_signed_out(self, ada, thread, beta, stranger):
        for files in (None, {"files": ("", b"")}):
            async with no_effect(beta.node.database):
                page = await stranger.client.post(
                    f"{thread}/reply",
                    data={"csrf": "old", "source": "word1 <b>", "do": "publish"},
                    files=files,
                )
            assert page.status_code == 403
            assert "word1 &lt;b&gt;" in page.text
            assert re.search(r'href="/sign-in', page.text)

    async def test_from_another_site_comes_back_to_nobody(self, ada, thread, beta):
        async with no_effect(beta.node.database):
            page = await ada.send(
                "/c/bees/write",
                {"csrf": "x", "title": "T", "source": "word1"},
                **{"sec-fetch-site": "cross-site"},
            )
        assert page.status == 403
        assert "word1" not in page.response.text
