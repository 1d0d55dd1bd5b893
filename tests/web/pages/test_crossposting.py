"""Threads about one page: found from each other, told once, and posted elsewhere from a filled form (C.13)."""

from sqlalchemy import select

from node.store.tables.posts import Post

PAGE = "https://paper.example/story?id=7"


async def test_threads_about_one_page_lead_to_each_other(ada, bo, stranger, beta):
    for group in ("bees", "wasps", "ants"):
        await ada.founds(group)
    first = await ada.writes("bees", "A story", source="Read *this*", link_url=PAGE)
    other = await bo.writes("wasps", "The same story", link_url=f"{PAGE}&utm_source=x#top")
    secret = await bo.writes("ants", "Not for all", link_url=PAGE)
    await ada.replies(other, "word")
    async with beta.node.transaction() as tx:
        hidden = await tx.session.scalar(select(Post).where(Post.token == secret.rsplit("/", 1)[-1]))
        hidden.visibility = "followers"
    page = await stranger.get(first)
    assert "Also discussed in" in page.text
    assert (other in page.links, secret in page.links, "1 comment" in page.text) == (True, False, True)
    assert first in (await stranger.get(other)).links
    await bo.send(f"{other}/delete", (await bo.get(f"{other}/delete")).form(f"{other}/delete").fields)
    assert "Also discussed in" not in (await stranger.get(first)).text


async def test_a_cross_post_begins_with_a_filled_form(ada, bo):
    await ada.founds("bees")
    await ada.founds("wasps")
    first = await ada.writes("bees", "A story", source="Read *this*\n\nand that", link_url=PAGE)
    page = await ada.get(f"{first}/cross-post")
    assert f"{first}/cross-post" in (await ada.get(first)).links
    (form_path,) = [link for link in page.links if "/write?again=" in link]
    assert form_path.startswith("/c/wasps/write")
    fields = (await ada.get(form_path)).form("/c/wasps/write").fields
    assert (fields["title"], fields["link_url"]) == ("A story", PAGE)
    assert fields["source"].startswith("cross-posted from: <https://beta.example")
    assert "> Read *this*\n>\n> and that" in fields["source"]
    assert (await ada.send("/c/wasps/write", fields)).status == 303
    group = await ada.get("/c/bees")
    assert "also in" in group.text
    assert "/c/wasps" in group.links
    feed = await ada.get("/")
    assert feed.text.count("A story") == 1, "told once in a list of many groups"
    assert "also in" in feed.text
    assert "You follow no other group yet." in (await bo.get(f"{first}/cross-post")).text
    empty = (await bo.get("/c/wasps/write?again=nothing")).form("/c/wasps/write").fields
    assert empty["title"] == ""
