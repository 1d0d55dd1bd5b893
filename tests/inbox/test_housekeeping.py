"""What is swept and when, in bites that hold up nobody (A63, V58)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from node.inbox import housekeeping
from node.inbox.housekeeping import sweep, would_sweep
from node.local import attempts, passes, sessions
from node.store.queries import sweeping
from node.store.queries.log import head
from node.store.tables.arrivals import Arrival
from node.store.tables.log import LogAudience, LogEntry
from node.store.tables.members import Attempt, Member, Notification, Pass, Session
from node.store.tables.messages import Message
from node.store.tables.peers import Peer
from node.store.tables.posts import Mark
from tests.support.quay import HOME, Quay


@pytest.fixture
async def quay(tmp_path):
    opened = await Quay.open(tmp_path, log_entries=1000)
    yield opened
    await opened.close()


async def left(quay, column):
    async with quay.node.reading() as session:
        return list(await session.scalars(select(column).order_by(column)))


async def arrival(quay, number, state="done", **values):
    now = quay.clock.now()
    actor = "https://beta.example/u/bob"
    closed = None if state == "waiting" else now
    given = {"received_at": now, "due_at": now, "closed_at": closed, "body": "{}", "state": state} | values
    return await quay.add(
        Arrival(iri=f"https://beta.example/a/{number}", type="Like", actor=actor, signer=actor, **given)
    )


async def test_of_arrivals_the_body_goes_first_then_the_id_and_what_is_not_done_stays(quay):
    for number, state in enumerate(("done", "dead", "waiting")):
        await arrival(quay, number, state, attempts=1)
    found = []
    for days in (0, 2, 2, 25, 2, 60):
        quay.clock.advance(days=days)
        await sweep(quay.node)
        async with quay.node.reading() as session:
            rows = await session.scalars(select(Arrival).order_by(col(Arrival.id)))
            found.append([one.state + one.body for one in rows])
    assert found == [
        ["done{}", "dead{}", "waiting{}"],
        ["done{}", "dead{}", "waiting{}"],
        ["done", "dead{}", "waiting{}"],
        ["done", "dead{}", "waiting{}"],
        ["dead{}", "waiting{}"],
        ["waiting{}"],
    ]


async def test_an_arrival_that_was_closed_late_is_remembered_as_long_as_the_others(quay):
    """A dead letter that the operator had tried again: its repeats may still be on the way."""
    await arrival(quay, 1)
    await arrival(quay, 2, closed_at=quay.clock.now() + timedelta(days=20))
    quay.clock.advance(days=31)
    await sweep(quay.node)
    assert await left(quay, Arrival.iri) == ["https://beta.example/a/2"]


async def test_of_dead_letters_only_so_many_are_kept(quay, monkeypatch):
    monkeypatch.setattr(sweeping, "DEAD_LETTERS", 3)
    for number in range(5):
        await arrival(quay, number, "dead")
        quay.clock.advance(minutes=1)
    await sweep(quay.node)
    assert await left(quay, Arrival.iri) == [f"https://beta.example/a/{number}" for number in (2, 3, 4)]


async def test_a_sweep_of_many_bites_takes_all_that_are_old_and_no_other(quay, monkeypatch):
    """Rows that stay lie between those that go; the bites are of three rows."""
    monkeypatch.setattr(housekeeping, "FIRST", 3)
    monkeypatch.setattr(housekeeping, "MOST", 3)
    monkeypatch.setattr(housekeeping, "LONGEST", 9)
    for number in range(20):
        await arrival(quay, number, "dead" if number % 4 == 0 else "done")
    quay.clock.advance(days=31)
    for number in range(20, 25):
        await arrival(quay, number)
    expected = await would_sweep(quay.node)
    bites = []

    async def progress(name, done):
        if name == "arrivals":
            bites.append(done)

    swept = await sweep(quay.node, progress)
    assert bites == [3, 6, 9, 12, 15, 15]
    kept = {f"https://beta.example/a/{number}" for number in (0, 4, 8, 12, 16, *range(20, 25))}
    assert set(await left(quay, Arrival.iri)) == kept
    assert swept == expected == {**dict.fromkeys(expected, 0), "arrivals": 15, "bodies of arrivals": 15}


async def test_what_was_swept_of_bodies_is_not_looked_at_again(quay):
    """The rows whose body has gone are passed by halving, not one by one."""
    for number in range(12):
        await arrival(quay, number)
        quay.clock.advance(hours=12)
    await sweep(quay.node)
    async with quay.node.reading() as session:
        chores = await sweeping.chores(session, quay.node.settings, quay.clock.now())
        bodies, ids = chores[0], list(await session.scalars(select(Arrival.id).order_by(col(Arrival.id))))
    assert (bodies.after, bodies.upto) == (ids[5], ids[5])


async def test_a_change_between_looking_and_sweeping_is_respected(quay):
    row = await arrival(quay, 1)
    quay.clock.advance(days=31)
    async with quay.node.reading() as session:
        chore = (await sweeping.chores(session, quay.node.settings, quay.clock.now()))[1]
        ids = await sweeping.find_ids(session, chore, 0, 10)
    await quay.change(row, state="waiting")
    async with quay.node.transaction() as tx:
        assert await sweeping.carry_out(tx.session, chore, ids) == 0
    assert ids == [row.id]


async def entry(quay, actor, number, kind="Create"):
    at = quay.clock.now()
    iri = f"{HOME}/activities/{number}"
    row = await quay.add(LogEntry(iri=iri, type=kind, actor_id=actor.id, body="{}", at=at))
    await quay.add(LogAudience(entry_id=row.id, kind="everyone"))
    return row.id


async def lane(quay, host, cursor, state="awake"):
    now = quay.clock.now()
    blocked = now if state == "blocked" else None
    await quay.add(
        Peer(
            host=host,
            first_seen=now,
            cursor=cursor,
            state="awake" if blocked else state,
            blocked_at=blocked,
        )
    )


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        ("awake", [3, 4, 5]),
        ("sleeping", [4, 5]),
        ("paused", [4, 5]),
        ("dead", [5]),
        ("blocked", [5]),
    ],
)
async def test_old_entries_go_as_far_as_lanes_have_come_and_for_sleepers_what_binds_stays(quay, state, kept):
    ada = await quay.person("ada")
    ids = [await entry(quay, ada, number, "Undo" if number == 4 else "Create") for number in range(1, 6)]
    await lane(quay, "ahead.example", ids[4])
    await lane(quay, "behind.example", ids[1], state)
    quay.clock.advance(days=31)
    await sweep(quay.node)
    assert await left(quay, LogEntry.id) == [ids[number - 1] for number in kept]
    assert set(await left(quay, LogAudience.entry_id)) == {ids[number - 1] for number in kept}


async def test_entries_beyond_the_bound_go_young_as_they_are(quay):
    """Sleepers lose them at once, lanes that run at twice the bound, and so does what binds."""
    ada = await quay.person("ada")
    first = await entry(quay, ada, 1)
    binding = await entry(quay, ada, 2, "Follow")
    await lane(quay, "asleep.example", 0, "sleeping")
    last = await quay.add(
        LogEntry(id=first + 1500, iri="x", type="Create", actor_id=ada.id, body="", at=quay.clock.now())
    )
    await sweep(quay.node)
    assert await left(quay, LogEntry.id) == [binding, last.id]
    await lane(quay, "awake.example", 0)
    between = await quay.add(
        LogEntry(id=first + 1000, iri="y", type="Like", actor_id=ada.id, body="", at=quay.clock.now())
    )
    await quay.add(
        LogEntry(id=first + 2500, iri="z", type="Create", actor_id=ada.id, body="", at=quay.clock.now())
    )
    await sweep(quay.node)
    assert await left(quay, LogEntry.id) == [between.id, last.id, first + 2500]


async def test_young_entries_stay_and_so_does_the_newest_for_its_number(quay):
    ada = await quay.person("ada")
    first = await entry(quay, ada, 1)
    await sweep(quay.node)
    quay.clock.advance(days=31)
    await sweep(quay.node)
    async with quay.node.reading() as session:
        assert await head(session) == first
    assert await entry(quay, ada, 2) > first


async def test_notifications_go_when_they_were_read_and_long_after_when_not(quay):
    ada, bob = await quay.person("ada"), await quay.person("bob")
    start = quay.clock.now()
    reads = await quay.add(
        Member(actor_id=ada.id, created_at=start, read_notifications_at=start + timedelta(days=1))
    )
    never = await quay.add(Member(actor_id=bob.id, created_at=start))
    for member, at in ((reads, 0), (reads, 2), (never, 0)):
        row = Notification(
            member_id=member.id, kind="moved", actor_id=bob.id, text=f"{at}", at=start + timedelta(days=at)
        )
        await quay.add(row)
    counts = []
    for days in (89, 2, 280):
        quay.clock.advance(days=days)
        await sweep(quay.node)
        counts.append(len(await left(quay, Notification.id)))
    assert counts == [3, 2, 0]


async def test_marks_go_after_a_month_and_those_of_removals_after_two_years(quay):
    for kind in ("deleted", "undone:Like", "removed"):
        await quay.add(Mark(fingerprint=kind, kind=kind, object="x", actor="y", at=quay.clock.now()))
    found = []
    for days in (29, 2, 680, 30):
        quay.clock.advance(days=days)
        await sweep(quay.node)
        found.append(await left(quay, Mark.kind))
    assert found == [["deleted", "removed", "undone:Like"], ["removed"], ["removed"], []]


async def test_the_words_of_a_deleted_message_go_after_a_month(quay):
    ada = await quay.person("ada")
    now = quay.clock.now()
    for number, deleted in enumerate((now, None)):
        row = {"iri": f"m{number}", "token": f"{number}", "author_id": ada.id, "conversation": "c"}
        await quay.add(
            Message(**row, content="words", source="w", published=now, received_at=now, deleted_at=deleted)
        )
    quay.clock.advance(days=31)
    await sweep(quay.node)
    assert await left(quay, Message.content) == ["", "words"]


async def test_sessions_links_and_counts_of_attempts_go_when_they_end(quay):
    ada = await quay.person("ada")
    member = await quay.add(Member(actor_id=ada.id, created_at=quay.clock.now()))
    async with quay.node.transaction() as tx:
        await sessions.start(tx, member)
        await passes.issue(tx, passes.ADMINISTRATOR)
        await attempts.spend(tx, "account:ada", attempts.SIGN_INS_OF_ACCOUNT)
    quay.clock.advance(days=29)
    async with quay.node.transaction() as tx:
        await sessions.start(tx, member)
        await attempts.spend(tx, "account:bo", attempts.SIGN_INS_OF_ACCOUNT)
    assert len(await left(quay, Session.id)) == 2
    quay.clock.advance(days=1, minutes=-1)
    await sweep(quay.node)
    assert await left(quay, Pass.id) == []
    assert await left(quay, Attempt.key) == []
    quay.clock.advance(minutes=1)
    await sweep(quay.node)
    assert len(await left(quay, Session.id)) == 1


async def test_old_arrivals_are_found_by_their_number_and_not_by_sorting_all_that_are_done(quay):
    if not quay.node.database.is_sqlite:
        pytest.skip("the plan is SQLite's")
    async with quay.node.reading() as session:
        chores = await sweeping.chores(session, quay.node.settings, quay.clock.now())
        plans = {}
        for chore in chores:
            query = sweeping.looking(chore, chore.after, 9)
            sql = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            rows = await session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))
            plans[chore.name] = " / ".join(row[3] for row in rows)
    for name in ("bodies of arrivals", "arrivals", "sent activities"):
        assert "USING INTEGER PRIMARY KEY" in plans[name], plans
        assert "TEMP B-TREE" not in plans[name], plans
    for name, index in {"dead letters": "ix_arrivals_state_due_at", "sessions": "expires_at"}.items():
        assert index in plans[name], plans
