"""Pages of other servers: who may, what needs attention, and what each button does to the lane."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from structlog.testing import capture_logs

from node.store.queries.lanes import count_pending
from node.store.queries.log import head
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


async def waiting(beta, host=FAR):
    async with beta.node.reading() as session:
        return await count_pending(session, (await peer(beta, host)).id)


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
    assert "next try in 2 hours" in page.text
    assert "tried as soon as a worker is free" in page.text, "the sleeper, which is due"
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
    for said in (
        "3 tries in a row failed.",
        "in 2 hours",
        "the first written just now",
        "never yet",
        TROUBLE,
    ):
        assert said in page.text, said
    page = await ada.follow(await ada.submit(place, {"do": "pause"}))
    assert "Paused: nothing more is sent to it until it is resumed." in page.text
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
    with capture_logs() as logs:
        page = await ada.follow(await ada.send(place, skip))
    (noted,) = (one for one in logs if one["event"] == "lane steered")
    assert (noted["peer"], noted["did"], noted["entry"]) == (FAR, "skipped", int(skip["entry"]))
    assert noted["by"] == "https://beta.example/u/ada"
    assert "Skipped." in page.text
    assert await waiting(lanes) == 1
    assert (await peer(lanes)).cursor == int(skip["entry"]) > before
    for odd in (skip, {**skip, "entry": "0"}):
        again = await ada.send(place, odd)
        assert again.status == 409
        assert "Nothing was skipped: look again." in again.text
        assert [form.fields["entry"] for form in again.forms if "entry" in form.fields] > [skip["entry"]]
    assert await waiting(lanes) == 1
    assert "Nothing waited" in (await ada.follow(await ada.send(f"/servers/{FINE}", skip))).text


async def test_all_that_waits_is_dropped_when_that_is_confirmed(ada, lanes):
    place = f"/servers/{FAR}"
    assert f"{place}/forget" in (await ada.get(place)).links
    asked_first = await ada.get(f"{place}/forget")
    assert "It cannot be brought back" in asked_first.text
    assert "2 wait" in asked_first.text
    assert await waiting(lanes) == 2
    await ada.writes("bees", "Third")
    page = await ada.follow(await ada.send(f"{place}/forget", asked_first.forms[-1].fields))
    assert "2 activities that waited were dropped." in page.text
    assert await waiting(lanes) == 1, "what came after the question was not meant"
    page = await ada.follow(await ada.submit(f"{place}/forget", {}))
    assert "1 activity that waited was dropped." in page.text
    assert "Nothing waits for this server." in page.text
    page = await ada.follow(await ada.submit(f"{place}/forget", {}))
    assert "Nothing waited any more" in page.text
    assert (await ada.send(f"{place}/forget", {**asked_first.forms[-1].fields, "last": "x"})).status == 400


async def test_two_administrators_at_once_do_no_harm(ada, opens, lanes):
    """Each acts on the page as it was before the other did."""
    cy = await opens().signs_up("cy")
    await raised(lanes, "cy")
    place = f"/servers/{FAR}"
    theirs = await cy.get(place)
    token = theirs.forms[-1].fields["csrf"]
    await ada.submit(place, {"do": "pause"})
    page = await cy.send(place, {"csrf": token, "do": "retry"})
    assert (page.status, "resume it first" in page.text) == (409, True)
    assert "An administrator has paused it." in page.text, "as things stand now"
    assert (await peer(lanes)).state == "paused"
    assert (await cy.send(place, {"csrf": token, "do": "pause"})).status == 303
    for who in (ada, cy):
        assert (await who.submit(place, {"do": "resume"})).status == 303
    skip = next(form.fields for form in theirs.forms if "entry" in form.fields) | {"do": "skip"}
    answers = await asyncio.gather(
        cy.send(place, skip), ada.submit(place, {"do": "skip", "entry": skip["entry"]})
    )
    assert sorted(one.status for one in answers) == [303, 409]
    assert await waiting(lanes) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("HTTP 502 from https://far.example/inbox: <b>Bad", "a fault of its own"),
        ("HTTP 401 from https://far.example/inbox: ", "does not accept our signature"),
        ("HTTP 410 from https://far.example/inbox: ", "no longer where it was"),
        ("HTTP 302 from https://far.example/inbox: ", "no longer where it was"),
        ("HTTP 429 from https://far.example/inbox: ", "asks for fewer requests"),
        ("HTTP 400 from https://far.example/inbox: ", "refused what it was sent"),
        ("The other node took too long to answer. (x)", "took too long"),
        ("The other node cannot be reached at the moment. (x)", "nothing answers at its address"),
        ("The host far.example has no address at the moment.", "Its name leads nowhere"),
        ("unexpected: KeyError('x')", "unexpected: KeyError"),
    ],
)
async def test_an_error_is_told_in_plain_words_and_word_for_word(ada, lanes, error, said):
    async with lanes.node.transaction() as tx:
        await rows.a_peer(tx, FAR, last_error=error)
    for path in ("/servers", f"/servers/{FAR}"):
        page = await ada.get(path)
        assert said in page.text
    assert error in page.text


async def test_a_refusal_is_no_trouble_of_a_lane_that_runs(ada, lanes):
    async with lanes.node.transaction() as tx:
        await rows.a_peer(tx, FINE, last_error="HTTP 400 from https://fine.example/inbox: not remote")
    assert "What it refused last" in (await ada.get(f"/servers/{FINE}")).text
    assert "refused" not in (await ada.get("/servers?q=fine")).text


async def test_what_a_server_says_is_text_and_nothing_else(ada, lanes):
    hostile = "</details><script>alert(1)</script><img src=x onerror=alert(1)> %(n)s {{ 7*7 }}"
    async with lanes.node.transaction() as tx:
        await rows.a_peer(tx, FAR, last_error=f"HTTP 500 from {hostile}", software=hostile, version=hostile)
    for path in ("/servers", f"/servers/{FAR}"):
        source = (await ada.get(path)).response.text
        assert "<script>alert" not in source
        assert "<img" not in source
        assert "&lt;script&gt;alert(1)" in source


async def test_who_asked_to_wait_stands_before_those_that_run(ada, lanes):
    async with lanes.node.transaction() as tx:
        await rows.a_peer(tx, FAR, failures=0, last_error="")
        await rows.a_peer(tx, "aaa.example", last_success=tx.now)
    page = await ada.get("/servers")
    assert "asked us to wait" in page.text
    assert page.text.index(FAR) < page.text.index("aaa.example")


async def test_administrators_read_french(opens, lanes):
    cy = await opens(**{"accept-language": "fr"}).signs_up("cy")
    await raised(lanes, "cy")
    await cy.submit("/settings/language", {"language": "fr"}, on="/settings")
    listed = (await cy.get("/servers")).text
    for said in ("Autres serveurs", "abandonné", "endormi", "en échec", "en pause", "à jour", "2 en attente"):
        assert said in listed, said
    page = await cy.follow(await cy.submit(f"/servers/{FAR}", {"do": "pause"}))
    assert "plus rien ne lui est envoyé avant la reprise." in page.text
    page = await cy.send(f"/servers/{FAR}", page.forms[-1].fields | {"do": "retry", "entry": "0"})
    assert "reprenez-les d’abord" in page.text
    assert "C’est sans retour" in (await cy.get(f"/servers/{FAR}/forget")).text


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
    assert "at least 1 wait, the first written" in (await ada.get("/servers")).text
    monkeypatch.setattr("node.store.queries.servers.COUNTED", COUNTED)
    async with lanes.node.reading() as session:
        monkeypatch.setattr("node.store.queries.servers.LOOKED_AT", await head(session) - 1)
    assert "at least" in (await ada.get("/servers")).text, "the rest of the log was not looked through"


async def test_an_empty_page_says_what_will_stand_there(beta, ada):
    await raised(beta, "ada")
    assert "No other server is known yet." in (await ada.get("/servers")).text
    assert (await ada.get("/servers/unknown.example")).status == 404
