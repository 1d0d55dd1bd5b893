import re

import pytest
from sqlalchemy import select

from node.store.queries import threads
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer
from node.store.tables.posts import Post


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes(
        "bees", "Swarm season", source="Hello **you**", link_url="https://example.org/x?a=1&b=2"
    )


async def change(island, path, **values):
    async with island.node.transaction() as tx:
        post = await tx.session.scalar(select(Post).where(Post.token == path.rsplit("/", 1)[-1]))
        for name, value in values.items():
            setattr(post, name, value)
        return post.id


def order(page):
    return re.findall(r"word\d+", page.text)


def depths(page):
    return re.findall(r'class="comment[^"]*" id="[^"]*" data-depth="(\d)"', page.response.text)


async def test_a_thread_is_read_by_anybody(thread, stranger):
    page = await stranger.get(thread)
    assert page.status == 200
    assert "Swarm season" in page.text
    assert ("strong", {}) in page.elements
    assert "https://example.org/x?a=1&b=2" in page.links
    assert page.response.headers["cache-control"] == "public, max-age=30"
    assert "/sign-in?next=" + thread in page.links


async def test_a_member_may_answer_and_its_author_change_it(thread, ada, bo):
    assert f"{thread}/edit" in (await ada.get(thread)).links
    page = await bo.get(thread)
    assert f"{thread}/edit" not in page.links
    assert page.form(f"{thread}/reply").fields["source"] == ""
    assert page.response.headers["cache-control"] == "no-store"


async def test_comments_stand_below_what_they_answer(thread, ada, bo):
    first = await bo.replies(thread, "word1")
    await bo.replies(thread, "word2")
    await ada.replies(first, "word3")
    page = await ada.get(f"{thread}?order=old")
    assert order(page) == ["word1", "word3", "word2"]
    assert depths(page) == ["0", "1", "0"]
    assert "3 comments" in page.text


async def test_orders_of_comments(thread, ada, bo, beta):
    for number in range(3):
        beta.sea.clock.advance(minutes=1)
        path = await bo.replies(thread, f"word{number}")
    await ada.submit(f"{path}/vote", {"vote": "up"}, on=thread)
    assert order(await ada.get(f"{thread}?order=top")) == ["word2", "word0", "word1"]
    assert order(await ada.get(f"{thread}?order=new")) == ["word2", "word1", "word0"]
    assert order(await ada.get(f"{thread}?order=old")) == ["word0", "word1", "word2"]
    assert (await ada.get(f"{thread}?order=loud")).status == 400


async def test_a_deep_thread_is_laid_out_flat_below_the_eighth(thread, ada):
    path = thread
    for number in range(12):
        path = await ada.replies(path, f"word{number}")
    page = await ada.get(thread)
    assert order(page) == [f"word{number}" for number in range(12)]
    assert depths(page)[-4:] == ["8", "8", "8", "8"]
    assert page.text.count("to ada") == 4


async def test_one_comment_in_its_context(thread, ada, bo):
    first = await bo.replies(thread, "word1")
    await bo.replies(thread, "word2")
    second = await ada.replies(first, "word3")
    await ada.replies(second, "word4")
    page = await ada.get(second)
    assert order(page) == ["word1", "word3", "word4"]
    assert "focused" in page.response.text
    assert thread in page.links


async def test_a_long_thread_comes_in_pages(thread, ada, monkeypatch):
    monkeypatch.setattr(threads, "COMMENTS_SHOWN", 5)
    for number in range(12):
        await ada.replies(thread, f"word{number:02}")
    seen, page = [], await ada.get(f"{thread}?order=old")
    while True:
        seen += order(page)
        more = [link for link in page.links if "after=" in link]
        if not more:
            break
        page = await ada.get(more[0])
    assert seen == [f"word{number:02}" for number in range(12)]
    assert "Back to the first comments" in page.text
    page = await ada.get(f"{thread}?order=old&after=unknown")
    assert order(page)[0] == "word00"
    assert (await ada.get(f"{thread}?after=%27%3B--")).status == 400


async def test_a_deleted_comment_keeps_its_place_without_its_words(thread, ada, bo):
    first = await bo.replies(thread, "word1")
    await ada.replies(first, "word2")
    await bo.submit(f"{first}/delete")
    page = await ada.get(thread)
    assert "its author deleted it" in page.text
    assert order(page) == ["word2"]
    assert (await ada.get(first)).status == 410
    assert (await ada.get(f"{first}/reply")).status == 410
    assert (await ada.get(f"{first}/edit")).status == 410


async def test_a_removed_thread_shows_neither_title_nor_words(thread, beta, ada, stranger):
    await ada.replies(thread, "word1")
    await change(beta, thread, removed_at=beta.sea.clock.now())
    page = await stranger.get(thread)
    assert page.status == 410
    assert "Removed by a moderator" in page.text
    assert "Swarm" not in page.response.text
    assert "example.org" not in page.response.text


async def test_what_hangs_below_a_hidden_comment_is_hidden(thread, beta, ada, bo, stranger):
    first = await bo.replies(thread, "word1")
    below = await ada.replies(first, "word2")
    await change(beta, first, visibility="followers")
    assert order(await stranger.get(thread)) == []
    assert order(await bo.get(thread)) == ["word1", "word2"]
    assert (await stranger.get(first)).status == 404
    assert order(await stranger.get(below)) == []


async def test_a_followers_only_thread_looks_as_if_it_were_not_there(thread, beta, ada, bo, stranger):
    comment = await ada.replies(thread, "word1")
    await change(beta, thread, visibility="followers")
    missing = (await stranger.get("/post/none")).text
    for browser in (stranger, bo):
        page = await browser.get(thread)
        assert page.status == 404
        assert (await browser.get(comment)).status == 404
    assert (await stranger.get(thread)).text == missing
    assert (await ada.get(thread)).status == 200
    for path in (f"{thread}/reply", f"{comment}/reply", f"{thread}/edit", f"{thread}/delete"):
        assert (await bo.get(path)).status == 404
    assert (await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")).status == 303
    assert "Swarm" not in (await bo.get("/c/bees")).text + (await bo.get("/u/ada")).text
    assert "word1" not in (await stranger.get("/u/ada")).text
    assert "Swarm" not in (await bo.get("/search?q=swarm")).text


async def test_a_thread_is_not_a_comment(thread, ada):
    comment = await ada.replies(thread, "word1")
    assert (await ada.get(thread.replace("/post/", "/comment/"))).status == 404
    assert (await ada.get(comment.replace("/comment/", "/post/"))).status == 404


async def test_a_locked_thread_takes_answers_from_moderators_alone(thread, beta, ada, bo):
    await change(beta, thread, locked_at=beta.sea.clock.now())
    page = await bo.get(thread)
    assert "takes no new answers" in page.text
    assert not [form for form in page.forms if form.action == f"{thread}/reply"]
    page = await bo.submit(f"{thread}/reply", {"source": "x", "do": "publish"})
    assert page.status == 403
    assert await ada.replies(thread, "word1")


async def test_a_thread_that_its_group_has_not_taken_yet(thread, beta, ada, stranger):
    async with beta.node.transaction() as tx:
        group = await tx.session.scalar(select(Actor).where(Actor.username == "bees"))
        group.host, group.peer_id = "gamma.example", None
        peer = Peer(host="gamma.example", first_seen=tx.now)
        tx.session.add(peer)
        await tx.session.flush()
        group.peer_id = peer.id
    await change(beta, thread, confirmed_at=None)
    assert "Waiting for gamma.example to accept this thread" in (await ada.get(thread)).text
    assert "waiting for gamma.example" in (await ada.get("/c/bees@gamma.example")).text
    beta.sea.clock.advance(days=8)
    assert "Swarm" not in (await stranger.get("/c/bees@gamma.example")).text


async def test_a_comment_whose_thread_has_not_come(thread, beta, ada):
    comment = await ada.replies(thread, "word1")
    await change(beta, comment, root_id=None, parent_id=None, in_reply_to="https://gone.example/1")
    assert (await ada.get(comment)).status == 404


async def test_sensitive_words_are_behind_a_warning(ada, stranger):
    await ada.founds("bees")
    path = await ada.writes("bees", "Sad", source="word1", sensitive="yes", language="fr")
    page = await stranger.get(path)
    assert ("summary", {}) in page.elements
    assert "Sensitive: show it" in page.text
    assert any(tag == "article" and one.get("lang") == "fr" for tag, one in page.elements)


async def test_media_are_named_with_what_they_show_and_load_nothing_by_themselves(
    thread, ada, bo, stranger, beta
):
    """I.108, A91: no reader's address goes to another server unasked."""
    from node.store.tables.trimmings import Attachment

    comment = await bo.replies(thread, "word1")
    number, below = await change(beta, thread), await change(beta, comment)
    async with beta.node.transaction() as tx:
        for post, position, kind, url, alt in (
            (number, 0, "image", "https://far.example/1.png", 'A "rose"'),
            (number, 1, "video", "https://far.example/2.mp4", ""),
            (number, 2, "image", "javascript:alert(1)", ""),
            (below, 0, "audio", "https://far.example/3.mp3", "Humming"),
        ):
            tx.session.add(
                Attachment(post_id=post, position=position, kind=kind, url=url, alt=alt, width=9, height=6)
            )
    page = await stranger.get(thread)
    assert [one for one in page.links if "far.example" in one] == [
        "https://far.example/1.png",
        "https://far.example/2.mp4",
        "https://far.example/3.mp3",
    ]
    assert 'Picture A "rose" far.example, 9 \u00d7 6' in page.text
    assert "Film No description" in page.text
    assert {"img", "video", "audio"}.isdisjoint(tag for tag, _ in page.elements)
    await change(beta, thread, sensitive=True)
    page = await stranger.get(thread)
    assert "Sensitive media: show them" in page.text
