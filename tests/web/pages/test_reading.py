"""How a member reads: as a tree or one by one, with marks of what is new or without."""

import re

import pytest
from sqlmodel import select

from node.store.tables.readings import Reading


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="Hello")


def order(page):
    return re.findall(r"word\d+", page.text)


async def kept(beta):
    async with beta.node.reading() as session:
        return (await session.scalars(select(Reading))).all()


async def test_what_others_said_since_is_marked_and_the_first_one_led_to(thread, ada, bo, beta):
    await bo.get(thread)
    beta.sea.clock.advance(minutes=1)
    first = await ada.replies(thread, "word1")
    page = await bo.get("/c/bees")
    assert "1 new" in page.text
    page = await bo.get(thread)
    token = first.rsplit("/", 1)[-1]
    assert f"#c-{token}" in page.links
    assert "fresh" in page.response.text
    again = await bo.get(thread)
    assert "fresh" not in again.response.text
    assert "1 new" not in (await bo.get("/c/bees")).text


async def test_ones_own_words_are_not_new(thread, bo, beta):
    await bo.get(thread)
    beta.sea.clock.advance(minutes=1)
    await bo.replies(thread, "word1")
    assert "fresh" not in (await bo.get(thread)).response.text


async def test_strangers_and_browsers_that_look_ahead_leave_no_mark(thread, bo, stranger, beta):
    await stranger.get(thread)
    await bo.client.get(thread, headers={"sec-purpose": "prefetch;prerender"})
    assert await kept(beta) == []


async def test_one_by_one_each_names_what_it_answers(thread, ada, bo, beta):
    first = await bo.replies(thread, "word1")
    beta.sea.clock.advance(minutes=1)
    await bo.replies(thread, "word2")
    beta.sea.clock.advance(minutes=1)
    await ada.replies(first, "word3")
    page = await ada.get(f"{thread}?order=old&view=flat")
    assert order(page) == ["word1", "word2", "word1", "word3"]  # the answer repeats what it answers
    assert first in page.links


async def test_the_choice_is_kept_and_marks_can_be_switched_off(thread, ada, bo, beta):
    await bo.get(thread)
    page = await bo.submit("/settings/reading", {"view": "flat", "marks": ""})
    assert page.response.headers["location"] == "/settings/reading?done=yes"
    await ada.replies(thread, "word1")
    page = await bo.get(thread)
    assert "tree flat" in page.response.text
    assert "fresh" not in page.response.text
    assert await kept(beta) == []


async def test_a_comment_is_quoted_into_an_answer(thread, ada, bo):
    comment = await bo.replies(thread, "Bees **know**")
    page = await ada.get(f"{comment}/reply?quoting=yes")
    assert page.form(f"{comment}/reply").fields["source"] == "> Bees **know**\n\n"


async def test_lists_are_in_the_languages_that_a_member_reads(ada, bo):
    await ada.founds("bees")
    english = await ada.writes("bees", "Swarm season", language="en")
    french = await ada.writes("bees", "Essaimage", language="fr")
    page = await bo.submit("/settings/reading", {"view": "tree", "language_1": "fr", "language_3": "br"})
    assert page.status == 303
    form = (await bo.get("/settings/reading")).form("/settings/reading").fields
    assert (form["language_1"], form["language_2"]) == ("fr", "br")
    page = await bo.get("/?view=node")
    assert french in page.links
    assert english not in page.links
    assert "Only what you read: French, Breton" in page.text
    assert english in (await bo.get("/c/bees")).links
    await bo.submit("/settings/reading", {"view": "tree", "language_1": "", "language_2": ""})
    assert english in (await bo.get("/?view=node")).links


async def test_a_language_that_is_none_is_refused(bo):
    page = await bo.submit("/settings/reading", {"view": "tree", "language_1": "tlh"})
    assert (page.status, "no language of the list" in page.text) == (422, True)


class TestAList:
    async def test_all_threads_of_a_page_are_marked_as_read(self, thread, ada, bo, beta):
        other = await ada.writes("bees", "Another")
        await bo.get(thread)
        await ada.replies(thread, "word1")
        beta.sea.clock.advance(hours=2)
        for path in ("/c/bees", "/?view=node", "/?view=all"):
            page = await bo.get(path)
            assert "1 new" in page.text
            assert (await bo.get(path)).form("/read").fields["threads"].split() == [
                link.rsplit("/", 1)[-1] for link in page.links if link in {thread, other}
            ]
        page = await bo.follow(await bo.submit("/read", on="/c/bees"))
        assert page.response.url.path == "/c/bees"
        assert "1 new" not in page.text
        assert page.response.text.count('class="line known"') == 2
        assert "last visit" not in (await bo.get("/?view=node")).text
        await ada.replies(other, "word2")
        assert "1 new" in (await bo.get("/c/bees")).text

    async def test_what_one_may_not_read_is_passed_over(self, ada, bo, beta):
        await ada.founds("choir", readers="members")
        secret = (await ada.writes("choir", "Rehearsal")).rsplit("/", 1)[-1]
        csrf = (await bo.get("/settings/profile")).form("/settings/profile").fields["csrf"]
        assert (await bo.send("/read", {"csrf": csrf, "threads": f"{secret} nothing"})).status == 303
        assert await kept(beta) == []
        assert (await bo.send("/read", {"csrf": csrf, "threads": ""})).status == 400

    async def test_who_wants_no_marks_is_not_asked(self, thread, bo, stranger, beta):
        await bo.submit("/settings/reading", {"view": "tree", "marks": ""})
        for browser in (bo, stranger):
            assert [one for one in (await browser.get("/c/bees")).forms if one.action == "/read"] == []
        csrf = (await bo.get("/settings/profile")).form("/settings/profile").fields["csrf"]
        await bo.send("/read", {"csrf": csrf, "threads": thread.rsplit("/", 1)[-1]})
        assert await kept(beta) == []
