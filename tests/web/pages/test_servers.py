"""Pages of other servers: who may, what needs attention, and what each button does to the lane."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from node.store.queries.servers import COUNTED, SHOWN
from node.store.tables.peers import Peer
from tests.support import rows
from tests.support.counting import asked
from tests.web.pages.test_bans import raised

FAR, SLEEPY, DEAD, HELD, FINE = (
    "far.example",
    "sleepy.example",
    "dead.example",
    "held.example",
    "fine.example",
)
TROUBLE = '401 from <script>alert(1)</script> "inbox"'


@pytest.fixture
async def group(ada):
    await ada.founds("bees")
    return "/c/bees"


@pytest.fixture
async def lanes(beta, ada, group):
    """Servers in different states; two posts wait for each but the one that is fine."""
    await raised(beta, "ada")
    async with beta.node.transaction() as tx:
        bees = await tx.session.get_one(
            rows.Actor, await tx.session.scalar(text("SELECT id FROM actors WHERE kind = 'Group'"))
        )
        for host in (FAR, SLEEPY, DEAD, HELD, FINE):
            await rows.a_follow(tx, await rows.an_actor(tx, f"https://{host}/users/x"), bees)
        await rows.a_peer(
            tx, FAR, failures=3, failing_since=tx.now, last_error=TROUBLE, due_at=tx.now + timedelta(hours=2)
        )
        await rows.a_peer(tx, SLEEPY, state="sleeping", failures=12, failing_since=tx.now)
        await rows.a_peer(tx, DEAD, state="dead", failures=60)
        await rows.a_peer(tx, HELD, state="paused")
        await rows.a_peer(tx, FINE, last_success=tx.now, software="lemmy", version="0.19.3")
    async with beta.node.transaction() as tx:
        for host in (FAR, SLEEPY, DEAD, HELD, FINE):
            await rows.a_peer(tx, host, dialect="thread")
    for title in ("First", "Second"):
        await ada.writes("bees", title)
    async with beta.node.transaction() as tx:
        head = await tx.session.scalar(text("SELECT max(id) FROM log"))
        (await rows.a_peer(tx, FINE)).cursor = head
    return beta


async def peer(beta, host=FAR):
    async with beta.node.reading() as session:
        return (await session.scalars(select(Peer).where(col(Peer.host) == host))).one()


async def test_what_needs_attention_comes_first(ada, lanes):
    page = await ada.get("/servers")
    places = [page.text.index(host) for host in (DEAD, SLEEPY, FAR, HELD, FINE)]
    assert places == sorted(places)
    for said in (
        "5 known",
        "3 in trouble",
        "given up",
        "asleep",
        "failing",
        "paused",
        "up to date",
        "lemmy 0.19.3",
    ):
        assert said in page.text, said
    assert TROUBLE in page.text, "as it came, and as text"
    assert "/servers" in (await ada.get("/about")).links


async def test_only_administrators_see_and_steer(ada, bo, stranger, lanes):
    before = await peer(lanes)
    for path in ("/servers", f"/servers/{FAR}", f"/servers/{FAR}/forget"):
        assert (await bo.get(path)).status == 403
        assert (await stranger.get(path)).response.headers["location"].startswith("/sign-in")
    assert "/servers" not in (await bo.get("/about")).links
    token = (await bo.get("/settings")).forms[-1].fields["csrf"]
    for path in (f"/servers/{FAR}", f"/servers/{FAR}/forget"):
        assert (await bo.send(path, {"csrf": token, "do": "pause"})).status == 403
    assert (await peer(lanes)).model_dump() == before.model_dump()


async def test_servers_are_chosen_by_state_and_name(ada, lanes):
    for query, shown in (
        ("show=troubled", {FAR, SLEEPY, DEAD}),
        ("show=paused", {HELD}),
        ("show=blocked", set()),
        ("q=FAR", {FAR}),
        ("q=%25", set()),
        ("show=paused&q=far", set()),
    ):
        page = await ada.get(f"/servers?{query}")
        assert {host for host in (FAR, SLEEPY, DEAD, HELD, FINE) if host in page.text} == shown, query
    assert "No server is blocked." in (await ada.get("/servers?show=blocked")).text
    assert (await ada.get("/servers?after=x")).status == 400
    assert (await ada.get("/servers?show=odd")).status == 400


async def test_a_lane_is_paused_tried_and_let_run(ada, lanes):
    place = f"/servers/{FAR}"
    page = await ada.get(place)
    assert "Tried 3 times in a row. Next try: November 3, 11:00 AM UTC" in page.text
    assert "2 wait" in page.text
    page = await ada.follow(await ada.submit(place, {"do": "pause"}))
    assert "Paused. What is written meanwhile waits." in page.text
    assert (await peer(lanes)).state == "paused"
    page = await ada.follow(await ada.submit(place, {"do": "resume"}))
    assert "It runs again" in page.text
    found = await peer(lanes)
    assert (found.state, found.failures, found.due_at) == ("awake", 0, None)
    page = await ada.follow(await ada.submit(f"/servers/{DEAD}", {"do": "retry"}))
    assert "as soon as a worker is free" in page.text
    assert (await peer(lanes, DEAD)).state == "sleeping"


async def test_one_entry_is_skipped_and_no_other_by_mistake(ada, lanes):
    place = f"/servers/{FAR}"
    page = await ada.get(place)
    first = next(form for form in page.forms if "entry" in form.fields)
    skip = first.fields | {"do": "skip"}
    before = (await peer(lanes)).cursor
    page = await ada.follow(await ada.send(place, skip))
    assert "Skipped." in page.text
    assert "1 waits" in page.text
    assert (await peer(lanes)).cursor == int(skip["entry"]) > before
    again = await ada.send(place, skip)
    assert again.status == 409
    assert "Nothing was skipped" in again.text
    assert "1 waits" in (await ada.get(place)).text
    assert "Nothing waited" in (await ada.follow(await ada.send(f"/servers/{FINE}", skip))).text


async def test_all_that_waits_is_dropped_when_that_is_confirmed(ada, lanes):
    place = f"/servers/{FAR}"
    assert f"{place}/forget" in (await ada.get(place)).links
    asked_first = await ada.get(f"{place}/forget")
    assert "It cannot be brought back" in asked_first.text
    assert "2 wait" in (await ada.get(place)).text
    page = await ada.follow(await ada.submit(f"{place}/forget", {}))
    assert "All that waited was dropped." in page.text
    assert "Nothing waits for this server." in page.text


async def test_a_blocked_server_is_not_steered(ada, lanes):
    async with lanes.node.transaction() as tx:
        (await rows.a_peer(tx, FAR)).blocked_at = tx.now
    page = await ada.get(f"/servers/{FAR}")
    assert "Nothing is taken from this server" in page.text
    assert "archipel peer unblock far.example" in page.text
    assert not [form for form in page.forms if "/servers/" in form.action]


async def test_many_servers_stand_on_pages_and_cost_no_question_each(ada, lanes):
    async with lanes.node.transaction() as tx:
        for number in range(SHOWN + 5):
            await rows.a_peer(tx, f"p{number:03}.example", last_success=tx.now)
    database = lanes.node.database
    with asked(database) as few:
        await ada.get("/servers?q=far")
    with asked(database) as many:
        page = await ada.get("/servers")
    assert len(many.statements) == len(few.statements)
    following = next(link for link in page.links if "after=" in link)
    rest = await ada.get(following)
    hosts = {f"p{number:03}.example" for number in range(SHOWN + 5)}
    seen = [{host for host in hosts if host in one.text} for one in (page, rest)]
    assert seen[0] | seen[1] == hosts
    assert not seen[0] & seen[1]
    assert not [link for link in rest.links if "after=" in link]


async def test_a_long_queue_is_counted_so_far_and_no_further(ada, lanes, monkeypatch):
    assert COUNTED >= 100
    monkeypatch.setattr("node.store.queries.servers.COUNTED", 1)
    assert "more than 1 wait" in (await ada.get("/servers")).text


async def test_an_empty_page_says_what_will_stand_there(beta, ada):
    await raised(beta, "ada")
    assert "No other server is known yet." in (await ada.get("/servers")).text
    assert (await ada.get("/servers/unknown.example")).status == 404
