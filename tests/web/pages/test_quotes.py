from sqlalchemy import select

from node.store.tables.posts import Post


async def quotes_it(browser, thread, title):
    """Follow the link of a thread's page to the form, and send it."""
    page = await browser.get(thread)
    (link,) = [one for one in page.links if "?quote=" in one]
    form = (await browser.get(link)).form("/c/bees/write").fields
    assert form["link_url"] == f"https://beta.example{thread}"
    return await browser.writes("bees", title, link_url=form["link_url"])


async def test_a_quoted_thread_is_shown_as_a_card_and_its_author_may_take_leave_back(ada, bo, stranger, beta):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season", source="Any day now", sensitive="")
    quote = await quotes_it(bo, thread, "Look at this")
    page = await stranger.get(quote)
    assert "Swarm season" in page.text
    assert "Any day now" in page.text
    assert thread in page.links
    assert (await bo.get(f"{thread}/quotes")).status == 403
    listed = await ada.get(f"{thread}/quotes")
    assert f"https://beta.example{quote}" in listed.links
    (token,) = [one["value"] for tag, one in listed.elements if one.get("name") == "quote"]
    assert (await ada.submit(f"{thread}/quotes", {"quote": "another"})).status == 404
    listed = await ada.follow(await ada.submit(f"{thread}/quotes", {"quote": token}))
    assert "Nobody quotes" in listed.text
    assert "Any day now" not in (await stranger.get(quote)).text


async def test_a_card_shows_no_more_than_its_reader_may_see(ada, stranger, beta):
    """V74: a quote opens nothing."""
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season", source="Any day now", sensitive="")
    quote = await quotes_it(ada, thread, "Look at this")

    async def change(**values):
        async with beta.node.transaction() as tx:
            post = await tx.session.scalar(select(Post).where(Post.token == thread.rsplit("/", 1)[-1]))
            for name, value in values.items():
                setattr(post, name, value)

    await change(warning="Stings")
    page = await stranger.get(quote)
    assert "Stings" in page.text
    assert "Any day now" not in page.text
    await change(visibility="followers")
    page = await stranger.get(quote)
    assert "Swarm season" not in page.text
    assert "A post on another server" in page.text
