import pytest


@pytest.fixture
async def thread(ada):
    await ada.founds("bees")
    return await ada.writes("bees", "Swarm season", source="honey everywhere")


async def test_what_is_saved_is_found_again_and_let_go(ada, thread):
    comment = await ada.replies(thread, "wax and word1")
    for path in (thread, comment):
        assert (await ada.submit(f"{path}/save", {"save": "yes"}, on=thread)).status == 303
    assert "honey everywhere" in (await ada.get("/saved")).text
    assert comment in (await ada.get("/saved?show=comments")).links
    assert thread not in (await ada.get("/saved?show=comments")).links
    found = await ada.get("/saved?q=HONEY")
    assert thread in found.links
    assert comment not in found.links
    page = await ada.submit(f"{thread}/save", {"save": "no"}, on="/saved?show=threads")
    assert (await ada.follow(page)).status == 200
    assert "Nothing saved yet" in (await ada.get("/saved?show=threads")).text


async def test_saving_twice_is_once(ada, thread, beta):
    page = await ada.get(thread)
    fields = page.form(f"{thread}/save").fields | {"save": "yes"}
    await ada.send(f"{thread}/save", fields)
    await ada.send(f"{thread}/save", fields)
    assert (await ada.get("/saved")).text.count("Swarm season") == 1


async def test_nobody_else_sees_it(ada, bo, thread):
    await ada.submit(f"{thread}/save", {"save": "yes"}, on=thread)
    assert thread not in (await bo.get("/saved")).links
    assert 'aria-pressed="true"' not in (await bo.get(thread)).response.text


async def test_what_may_no_longer_be_read_is_not_listed(ada, bo, thread):
    await bo.submit(f"{thread}/save", {"save": "yes"}, on=thread)
    await ada.submit(f"{thread}/delete")
    assert thread not in (await bo.get("/saved")).links


async def test_there_is_an_end_to_it(ada, thread, monkeypatch):
    monkeypatch.setattr("node.local.saving.MOST", 0)
    page = await ada.submit(f"{thread}/save", {"save": "yes"}, on=thread)
    assert page.status == 409
    assert "as much as there is room for" in page.text


async def test_a_stranger_keeps_nothing(stranger, ada, thread):
    assert f"{thread}/save" not in [form.action for form in (await stranger.get(thread)).forms]
    assert (await stranger.get("/saved")).status == 303
