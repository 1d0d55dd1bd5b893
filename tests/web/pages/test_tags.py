async def test_a_hashtag_leads_to_the_threads_that_carry_it(ada, bo, stranger):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season", source="It is #Bees time, #été")
    await ada.writes("bees", "Something else", source="bees")
    comment = await bo.replies(thread, "and #wasps")
    page = await stranger.get(thread)
    assert "https://beta.example/tag/bees" in page.links
    assert {"/tag/bees", "/tag/%C3%A9t%C3%A9"} <= set(page.links)
    for address in ("/tag/bees", "/tag/BEES", "/tag/%C3%A9t%C3%A9"):
        found = await stranger.get(address)
        assert found.status == 200
        assert "Swarm season" in found.text
        assert "Something else" not in found.text
    assert comment not in (await stranger.get("/tag/wasps")).links
    assert "No thread here" in (await stranger.get("/tag/wasps")).text
    assert (await stranger.get("/tag/a%20b")).status == 404


async def test_what_is_not_public_is_on_no_hashtags_page(ada, beta, stranger):
    from sqlalchemy import select

    from node.store.tables.posts import Post

    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season", source="#bees")
    for visibility in ("unlisted", "followers", "direct"):
        async with beta.node.transaction() as tx:
            post = await tx.session.scalar(select(Post).where(Post.token == thread.rsplit("/", 1)[-1]))
            post.visibility = visibility
        assert "Swarm season" not in (await stranger.get("/tag/bees?sort=new")).text
