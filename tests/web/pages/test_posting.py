import pytest
from sqlalchemy import select

from node.store.tables.posts import Post
from tests.support.browsing import PASSWORD
from tests.support.dbhash import no_effect


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="Hello", sensitive="yes", language="fr")


async def test_a_preview_publishes_nothing_and_loses_nothing(ada, beta):
    await ada.founds("bees")
    typed = {
        "title": "Swarm <i>season</i>",
        "link_url": "https://example.org/x",
        "source": "Hello **you**\n\n  - one & two\n",
        "sensitive": "yes",
        "language": "fr",
    }
    async with no_effect(beta.node.database):
        page = await ada.submit("/c/bees/write", typed | {"do": "preview"})
    assert page.status == 200
    assert ("strong", {}) in page.elements
    fields = page.form("/c/bees/write").fields
    assert {name: fields[name] for name in typed} == typed
    page = await ada.send("/c/bees/write", fields | {"do": "publish"})
    assert page.status == 303


async def test_a_text_that_begins_with_an_empty_line_is_kept(ada):
    await ada.founds("bees")
    page = await ada.submit("/c/bees/write", {"title": "T", "source": "\nfirst", "do": "preview"})
    assert page.form("/c/bees/write").fields["source"].lstrip() == "first"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"title": "", "source": "kept"}, "title-wrong"),
        ({"title": "x" * 201, "source": "kept"}, "title-wrong"),
        ({"title": "\u200b", "source": "kept"}, "title-wrong"),
        ({"title": "T", "source": "kept", "link_url": "javascript:alert(1)"}, "link_url-wrong"),
        ({"title": "T", "source": "kept", "link_url": "example.org"}, "link_url-wrong"),
        ({"title": "T", "source": "kept", "sensitive": "perhaps"}, "sensitive-wrong"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_and_words_are_kept(ada, beta, typed, wrong):
    await ada.founds("bees")
    async with no_effect(beta.node.database):
        page = await ada.submit("/c/bees/write", typed | {"do": "publish"})
    assert page.status == 422
    assert f'id="{wrong}"' in page.response.text
    assert page.form("/c/bees/write").fields["source"] == "kept"


@pytest.mark.parametrize("extra", ["author_id", "group_id", "score", "published", "__class__"])
async def test_nothing_else_is_brought_along(ada, beta, extra):
    await ada.founds("bees")
    async with no_effect(beta.node.database):
        page = await ada.submit("/c/bees/write", {"title": "T", extra: "1", "do": "publish"})
    assert page.status == 422


async def test_an_unknown_button(ada):
    await ada.founds("bees")
    assert (await ada.submit("/c/bees/write", {"title": "T", "do": "explode"})).status == 400


async def test_a_group_that_is_not_there(ada):
    assert (await ada.get("/c/none/write")).status == 404


async def test_an_answer_leads_back_to_its_place(thread, bo):
    page = await bo.submit(f"{thread}/reply", {"source": "word1", "do": "publish"}, on=thread)
    target = page.response.headers["location"]
    assert target.startswith(f"{thread}#c-")
    assert f'id="{target.partition("#")[2]}"' in (await bo.get(thread)).response.text


async def test_an_answer_in_a_very_long_thread_leads_to_its_own_page(thread, bo, monkeypatch):
    monkeypatch.setattr("node.web.pages.posting.COMMENTS_SHOWN", 0)
    page = await bo.submit(f"{thread}/reply", {"source": "word1", "do": "publish"})
    assert page.response.headers["location"].startswith("/comment/")


async def test_an_empty_answer_is_asked_again(thread, bo, beta):
    async with no_effect(beta.node.database):
        page = await bo.submit(f"{thread}/reply", {"source": "  ", "do": "publish"})
    assert page.status == 422
    assert "Write something first." in page.text
    assert "Swarm season" in page.text


async def test_an_answer_is_previewed(thread, bo):
    page = await bo.submit(f"{thread}/reply", {"source": "*so*", "do": "preview"}, on=thread)
    assert ("em", {}) in page.elements
    assert page.form(f"{thread}/reply").fields["source"] == "*so*"


async def test_editing_begins_with_what_was_written(thread, ada, beta):
    fields = (await ada.get(f"{thread}/edit")).form(f"{thread}/edit").fields
    assert {name: fields[name] for name in ("title", "source", "sensitive", "language", "link_url")} == {
        "title": "Swarm season",
        "source": "Hello",
        "sensitive": "yes",
        "language": "fr",
        "link_url": "",
    }
    beta.sea.clock.advance(minutes=5)
    page = await ada.submit(f"{thread}/edit", {"title": "Swarm!", "do": "publish"})
    assert page.response.headers["location"] == thread
    page = await ada.get(thread)
    assert "Swarm!" in page.text
    assert "edited" in page.text


async def test_editing_a_comment(thread, bo, beta):
    comment = await bo.replies(thread, "word1")
    beta.sea.clock.advance(minutes=5)
    page = await bo.submit(f"{comment}/edit", {"source": "word2", "do": "preview"})
    assert "word2" in page.text
    page = await bo.submit(f"{comment}/edit", {"source": "word2", "do": "publish"})
    assert page.status == 303
    text = (await bo.get(thread)).text
    assert "word2" in text
    assert "word1" not in text
    assert (await bo.submit(f"{comment}/edit", {"source": "", "do": "publish"})).status == 422


async def test_nobody_edits_anothers_words(thread, bo, beta):
    page = await bo.get(f"{thread}/edit")
    assert page.status == 403
    token = (await bo.get(thread)).form(f"{thread}/reply").fields["csrf"]
    async with no_effect(beta.node.database):
        page = await bo.send(f"{thread}/edit", {"csrf": token, "title": "Mine", "do": "publish"})
    assert page.status == 403


async def test_deleting_asks_first(thread, ada, beta):
    async with no_effect(beta.node.database):
        page = await ada.get(f"{thread}/delete")
    assert "Delete this thread?" in page.text
    page = await ada.submit(f"{thread}/delete")
    assert page.response.headers["location"] == f"{thread}/restore"
    page = await ada.get(thread)
    assert page.status == 410
    assert "Deleted by its author" in page.text
    async with beta.node.reading() as session:
        post = await session.scalar(select(Post))
    assert (post.content, post.source) == ("", "")


async def test_a_moderator_removes_and_says_why(thread, ada, bo):
    comment = await bo.replies(thread, "word1")
    page = await ada.get(f"{comment}/delete")
    assert "Remove this comment?" in page.text
    page = await ada.submit(f"{comment}/delete", {"reason": "off topic"})
    assert page.status == 303
    assert "a moderator removed it" in (await bo.get(thread)).text


async def test_nobody_else_deletes(thread, bo, opens, beta):
    comment = await bo.replies(thread, "word1")
    eve = await opens().signs_up("eve", PASSWORD)
    assert (await eve.get(f"{comment}/delete")).status == 403
    token = (await eve.get(thread)).form(f"{thread}/reply").fields["csrf"]
    async with no_effect(beta.node.database):
        assert (await eve.send(f"{comment}/delete", {"csrf": token})).status == 403
    assert (await bo.submit(f"{comment}/delete", {"reason": "r" * 301})).status == 400


async def test_a_mention_is_told(thread, ada, bo):
    await bo.replies(thread, "Do you hear, @ada@beta.example?")
    page = await ada.get("/notifications")
    assert "bo" in page.text
