"""Blocking people: from their page, from the settings, and the way back."""

from __future__ import annotations


async def test_a_member_blocks_somebody_on_their_page_and_unblocks_them_in_the_settings(ada, bo):
    await ada.founds("bees")
    await bo.founds("wasps")
    thread = await bo.writes("wasps", "Swarm season", source="word1")
    await ada.submit("/u/bo/follow", {"follow": "yes"}, on="/u/bo")
    page = await ada.follow(await ada.submit("/settings/blocks", {"do": "block"}, on="/u/bo"))
    assert page.response.url.path == "/u/bo", "back where it was done"
    assert "You have blocked this account" in page.text
    assert [one for one in page.forms if one.action == "/u/bo/follow"] == []
    assert (await ada.get(thread)).status == 404
    csrf = (await bo.get("/settings/profile")).form("/settings/profile").fields["csrf"]
    refused = await bo.send("/u/ada/follow", {"csrf": csrf, "follow": "yes"})
    assert refused.status == 403
    page = await ada.get("/settings/blocks")
    assert "@bo@beta.example" in page.text
    await ada.submit("/settings/blocks", {"do": "unblock"}, on="/settings/blocks")
    assert "You have blocked nobody" in (await ada.get("/settings/blocks")).text
    assert (await ada.get(thread)).status == 200
    assert "/settings/blocks" in (await ada.get("/settings")).links


async def test_a_handle_is_blocked_from_the_settings(ada, bo, opens, stranger):
    await ada.founds("bees")
    for who, said in (
        ("@nobody@beta.example", "Nobody was found"),
        ("ada", "Nobody blocks themselves"),
        ("https://beta.example/c/bees", "People block people"),
    ):
        page = await ada.submit("/settings/blocks", {"who": who, "do": "block"})
        assert (page.status, said in page.text) == (422, True), who
        assert page.form("/settings/blocks").fields["who"] == who
    assert (await ada.submit("/settings/blocks", {"who": "@bo", "do": "block"})).status == 303
    assert "@bo@beta.example" in (await ada.get("/settings/blocks")).text
    assert "@bo@beta.example" not in (await bo.get("/settings/blocks")).text, "nobody else's business"
    assert (await stranger.get("/settings/blocks")).response.headers["location"].startswith("/sign-in")
