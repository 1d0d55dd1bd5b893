"""A private group on pages: founding it, asking, letting in, showing out."""

from __future__ import annotations


async def test_asking_and_being_let_in(ada, bo, stranger):
    await ada.founds("den", readers="members")
    thread = await ada.writes("den", "Only us", source="behind doors")
    for reader in (bo, stranger):
        page = await reader.get("/c/den")
        assert "This group is private" in page.text
        assert "Only us" not in page.text
        assert (await reader.get(thread)).status == 404
    assert (await bo.get("/c/den/write")).status == 403
    assert (await bo.get("/c/den/requests")).status == 403
    await bo.submit("/c/den/follow", {"follow": "yes"}, on="/c/den")
    assert "You have asked to be let in" in (await bo.get("/c/den")).text
    assert (await bo.get(thread)).status == 404
    assert "bo asks to be let in" in (await ada.get("/notifications")).text
    assert "/c/den/requests" in (await ada.get("/c/den")).links
    answer = {"who": "https://beta.example/u/bo", "do": "let-in"}
    page = await ada.submit("/c/den/requests", answer, on="/c/den/requests")
    assert "bo" in (await ada.follow(page)).text
    assert "behind doors" in (await bo.get(thread)).text
    assert "asks to be let in" not in (await ada.get("/notifications")).text
    await ada.submit("/c/den/requests", answer | {"do": "show-out"}, on="/c/den/requests")
    assert (await bo.get(thread)).status == 404


async def test_who_reads_a_group_is_set_and_does_not_open_what_was_said(ada, bo):
    await ada.founds("bees")
    await ada.writes("bees", "In public")
    fields = {"title": "Bees", "readers": "members"}
    assert (await ada.submit("/c/bees/settings", fields)).status == 303
    assert "In public" in (await bo.get("/c/bees")).text
    thread = await ada.writes("bees", "In private")
    assert (await bo.get(thread)).status == 404
    page = await ada.submit("/c/bees/settings", fields | {"readers": "everyone"})
    assert page.status == 422
    assert "stays private" in page.text
