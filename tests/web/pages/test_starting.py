"""Lists: brought, looked up by the worker, chosen from, and taken along."""

import pytest
from sqlmodel import col, select

from node.inbox import starting
from node.local import attempts
from node.store.queries import wanted
from node.store.tables.actors import Actor
from node.store.tables.members import Wanted

PATH = "/following/list"


@pytest.fixture
async def alpha(sea):
    alpha = await sea.node("alpha.example")
    for name in ("fish", "crabs"):
        await alpha.group(name)
    await alpha.member("cy")
    return alpha


async def rows(beta):
    async with beta.node.reading() as session:
        return {one.name: one.state for one in await session.scalars(select(Wanted))}


async def test_a_list_is_looked_up_and_the_member_chooses(ada, sea, beta, alpha):
    page = await ada.submit(
        PATH,
        {"list": "!fish@alpha.example\ncrabs@alpha.example\n@cy@alpha.example\n!none@alpha.example"},
        on=PATH,
    )
    assert page.response.headers["location"] == PATH
    page = await ada.get(PATH)
    assert "0 looked up of 4" in page.text
    assert "See how far it is" in page.text
    await sea.settle()
    page = await ada.get(PATH)
    assert "4 looked up of 4: 3 found, 0 followed already, 1 not found." in page.text
    assert "Not found !none@alpha.example" in page.text
    ticks = [name for name in page.form(f"{PATH}/follow").fields if name.startswith("follow_")]
    assert len(ticks) == 3, "all are ticked"
    await ada.submit(f"{PATH}/follow", on=PATH)
    await sea.settle()
    page = await ada.get(PATH)
    assert "0 found, 3 followed already" in page.text
    assert "/c/fish@alpha.example" in (await ada.get("/following")).links


async def test_only_who_is_on_the_list_is_followed(ada, bo, beta):
    await bo.founds("bees")
    async with beta.node.reading() as session:
        bees = (await session.scalars(select(Actor).where(col(Actor.username) == "bees"))).one()
    await ada.submit(PATH, {"list": "!x@far.example"}, on=PATH)
    fields = {**(await ada.get(PATH)).form(PATH).fields, f"follow_{bees.id}": "yes"}
    await ada.send(
        f"{PATH}/follow",
        {name: value for name, value in fields.items() if name.startswith(("csrf", "follow_"))},
    )
    assert "You follow no group yet" in (await ada.get("/following")).text


async def test_a_few_at_a_time_and_nobody_waits_for_a_server_that_is_away(ada, sea, beta, alpha, monkeypatch):
    monkeypatch.setattr(starting, "AT_ONCE", 2)
    names = [f"!n{number}@away.example" for number in range(3)] + ["!fish@alpha.example"]
    await ada.submit(PATH, {"list": "\n".join(names)}, on=PATH)
    await sea.settle()
    assert sorted((await rows(beta)).values()) == ["failed", "failed", "waiting", "waiting"]
    sea.clock.advance(minutes=1)
    await sea.settle()
    assert sorted((await rows(beta)).values()) == ["failed", "failed", "failed", "found"]


async def test_what_was_not_found_is_asked_for_again(ada, sea, beta, alpha):
    await ada.submit(PATH, {"list": "!whales@alpha.example"}, on=PATH)
    await sea.settle()
    assert (await rows(beta)) == {"!whales@alpha.example": "failed"}
    await alpha.group("whales")
    sea.clock.advance(minutes=30)
    await ada.submit(f"{PATH}/again", {"do": "again"}, on=PATH)
    await sea.settle()
    assert (await rows(beta)) == {"!whales@alpha.example": "found"}
    await ada.submit(f"{PATH}/again", {"do": "away"}, on=PATH)
    assert (await rows(beta)) == {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "There is no handle or address in this"),
        ("one two", "There is no handle or address in this"),
        ("!fish@alpha.example\none two", "Nobody is named in these lines: “one two”"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_typed_is_lost(ada, beta, typed, said):
    page = await ada.submit(PATH, {"list": typed}, on=PATH)
    assert (page.status, page.form(PATH).fields["list"].strip()) == (422, typed)
    assert said in page.text
    assert await rows(beta) == {}


async def test_lines_that_name_nobody_can_be_left_out(ada, beta):
    page = await ada.submit(PATH, {"list": "!fish@alpha.example\none two", "skip": "yes"}, on=PATH)
    assert page.status == 303
    assert list(await rows(beta)) == ["!fish@alpha.example"]


async def test_a_list_has_an_end(ada, beta, monkeypatch):
    monkeypatch.setattr(wanted, "MOST", 3)
    page = await ada.submit(
        PATH, {"list": "\n".join(f"!n{number}@x.example" for number in range(5))}, on=PATH
    )
    assert page.status == 422
    assert "2 are beyond that" in page.text
    assert len(await rows(beta)) == 3


async def test_lists_are_limited(ada):
    statuses = [
        (await ada.submit(PATH, {"list": f"!n{number}@x.example"}, on=PATH)).status
        for number in range(attempts.LISTS.count + 1)
    ]
    assert statuses == [303] * attempts.LISTS.count + [429]


async def brought(browser, body, name="list.csv"):
    fields = (await browser.get(PATH)).form(PATH).fields
    return await browser.client.post(
        PATH, data={"csrf": fields["csrf"], "list": ""}, files={"file": (name, body, "text/csv")}
    )


async def test_a_file_does_as_well(ada, beta):
    assert (await brought(ada, b"Account address,Show boosts\nbees@x.example,true\n")).status_code == 303
    assert list(await rows(beta)) == ["bees@x.example"]
    assert (await brought(ada, b'{"followed_communities": ["https://x.example/c/ants"]}')).status_code == 303
    assert list(await rows(beta)) == ["bees@x.example", "https://x.example/c/ants"]
    for body, said in ((b"\xff\xfe\x00", "This file is no text"), (b"x" * 600_000, "This file is larger")):
        answer = await brought(ada, body)
        assert (answer.status_code, said in answer.text) == (422, True)


async def test_ones_own_follows_are_handed_out_in_a_form_that_is_read_here(ada, bo, beta, opens):
    await ada.founds("bees")
    await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
    await bo.submit("/u/ada/follow", {"follow": "yes"}, on="/u/ada")
    groups = await bo.client.get("/following/groups.csv")
    assert groups.headers["content-type"] == "text/csv; charset=utf-8"
    assert groups.text.splitlines()[1:] == ["bees@beta.example,true,false,"]
    assert (await bo.client.get("/following/people.csv")).text.splitlines()[1:] == [
        "ada@beta.example,true,false,"
    ]
    cy = await opens().signs_up("cy")
    await brought(cy, groups.content)
    assert list(await rows(beta)) == ["bees@beta.example"]
    stranger = opens()
    assert (await stranger.client.get("/following/groups.csv")).status_code in {303, 401}
