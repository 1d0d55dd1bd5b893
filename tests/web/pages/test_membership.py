"""A private group on pages: founding it, asking, letting in, showing out."""

from __future__ import annotations

from sqlmodel import select

from node.store.tables.messages import Message
from tests.support.walker import Walker

WORD = "honeyguide"


async def test_asking_and_being_let_in(ada, bo, stranger):
    await ada.founds("den", readers="members")
    thread = await ada.writes("den", "Only us", source="behind doors")
    for reader in (bo, stranger):
        page = await reader.get("/c/den")
        assert "This group is private" in page.text
        assert "Only us" not in page.text
        assert "/c/den?sort=new" not in page.links  # nothing is there to be ordered
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


async def test_no_address_of_the_node_tells_an_outsider_what_members_say(ada, bo, stranger, opens, beta):
    """V69, V70: every route, pages and documents, asked by a stranger and by a member of the node who is not let in."""
    await ada.founds("open")
    await ada.writes("open", "About bees", link_url="https://else.example/page", source="#nectar")
    await ada.founds("den", readers="members")
    await bo.submit("/c/den/follow", {"follow": "yes"}, on="/c/den")
    thread = await ada.writes(
        "den",
        f"{WORD} title",
        link_url="https://else.example/page",
        source=f"{WORD} #nectar @bo@beta.example",
    )
    comment = await ada.replies(thread, f"{WORD} again")
    friend = await opens().signs_up("friend")
    assert (await ada.submit("/messages/new", {"to": "friend", "source": WORD})).status == 303
    tokens = [thread.rsplit("/", 1)[-1], comment.partition("#")[0].rsplit("/", 1)[-1]]
    async with beta.node.reading() as session:
        (key,) = (await session.scalars(select(Message.conversation))).all()
    walker = Walker(
        beta.app,
        name=["ada", "den", "nectar"],
        token=tokens,
        key=[key],
        kind=["create", "announce"],
        secret=["none"],
        number=["1"],
        schema=["2.1"],
    )
    asked = 0
    for visit in walker.visits("GET"):
        for reader in (bo, stranger):
            for accept in ("text/html", "application/activity+json"):
                answer = await reader.client.get(visit.path, headers={"accept": accept})
                assert WORD not in answer.text, (visit.path, accept, reader)
                asked += 1
    for path in (
        f"/search?q={WORD[:6]}",
        "/search?q=https://beta.example" + thread,
        "/?view=node&sort=new",
        "/?sort=new",
    ):
        for reader in (bo, stranger):
            assert WORD not in (await reader.client.get(path)).text, path
    assert asked > 200
    assert WORD in (await ada.get(thread)).text
    assert WORD in (await friend.get("/messages")).text
