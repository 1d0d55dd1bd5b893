"""What each of many lanes may send at this moment, asked for all of them in a few statements.

Who hears of an entry is asked here, when it is about to be sent, and never earlier (A98): so a lane asks for as much as
it can send at once, and asks again for the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from node.outbox.audience import synchronization_of
from node.outbox.lanes import LaneLost, read_beyond
from node.outbox.ordering import Ahead, Touch
from node.outbox.sending import Parcel
from node.outbox.stretches import Read, Stretch, Stretches, numbers
from node.outbox.wording import way_of, worded_for
from node.runtime import Node
from node.store.queries import lanes as queries
from node.store.queries import log
from node.store.queries.lanes import BINDING, Lane, Standing
from node.store.queries.reach import Reach, find_reach
from node.store.tables.actors import Actor

LOOK_AHEAD = 32  # entries that wait for others, before a lane looks no further for some that need not
STRETCHES = 8  # read for one answer at most; a lane that found nothing in them asks again
IN_TROUBLE = 1  # entries at a time of a lane that failed, or never succeeded: the first is a probe (R14)


@dataclass(slots=True)
class Question:
    """What a lane asks. after: entries up to there are dealt with or under way. room: how many more may be.

    under_way: what is sent, or sent and not yet written down. dealt_with: entries behind *after* that need nothing more.
    """

    lane: Lane
    after: int
    room: int
    under_way: dict[int, Touch]
    dealt_with: Collection[int]


@dataclass(slots=True)
class Load:
    """The answer. after: as in the question. done: entries that the lane need not send any more, as its row says.

    is_all: behind what is loaded and under way nothing waits. is_open: whether the lane may run at all.
    """

    after: int
    parcels: list[Parcel] = field(default_factory=list)
    done: frozenset[int] = frozenset()
    is_all: bool = False
    is_open: bool = True


@dataclass(slots=True)
class _Search:
    """One lane's way through the log."""

    question: Question
    standing: Standing
    load: Load
    ahead: Ahead
    room: int
    position: int  # looked through up to here
    skipped: frozenset[int]
    found: list[tuple[Read, list[str]]] = field(default_factory=list)
    left: int = 0  # how many must wait for what is ahead of them

    def is_over(self, head: int) -> bool:
        """Tell whether there is nothing more to look for."""
        return self.room <= 0 or self.left > LOOK_AHEAD or self.ahead.is_barred or self.position >= head


async def load(node: Node, questions: Sequence[Question]) -> list[Load | Exception]:
    """Answer what lanes ask, each with its Load, or LaneLost where it is not held any more."""
    async with node.reading() as session:
        stands = await queries.standings(session, [one.lane.peer_id for one in questions])
        head = await log.head(session)
        answers: list[Load | Exception] = []
        searches: list[_Search] = []
        for one in questions:
            standing = stands.get(one.lane.peer_id)
            if standing is None or standing.fence != one.lane.fence:
                answers.append(LaneLost.of(one.lane))
                continue
            search = _begin(one, standing)
            answers.append(search.load)
            if standing.is_open:
                searches.append(search)
        await _look_through(node, session, searches, head)
        await _pack(session, searches)
    for search in searches:
        for _ in search.load.parcels:
            await node.reach("O3")
    return answers


def _begin(question: Question, standing: Standing) -> _Search:
    done = read_beyond(standing.beyond)
    after = max(question.after, standing.cursor)
    ahead = Ahead()
    for touch in question.under_way.values():
        ahead.add(touch)
    cautious = standing.failures > 0 or standing.last_success is None
    room = min(question.room, IN_TROUBLE - len(question.under_way)) if cautious else question.room
    return _Search(
        question,
        standing,
        Load(after, done=done, is_open=standing.is_open),
        ahead,
        room,
        after,
        frozenset(question.under_way) | frozenset(question.dealt_with) | done,
    )


async def _look_through(node: Node, session: AsyncSession, searches: Sequence[_Search], head: int) -> None:
    stretches = node.memory(Stretches)
    for _ in range(STRETCHES):
        going = [one for one in searches if not one.is_over(head)]
        for stretch in await _of(session, stretches, going, head):
            here = [one for one in going if stretch.first - 1 <= one.position < stretch.last]
            reach = await _reach(session, stretch, here)
            for one in here:
                _search(one, stretch, reach)
    for one in searches:
        one.load.is_all = one.position >= head and not one.left


async def _of(
    session: AsyncSession, stretches: Stretches, searches: Iterable[_Search], head: int
) -> list[Stretch]:
    found: dict[int, Stretch] = {}
    for one in searches:
        if one.position < head and not any(
            stretch.first - 1 <= one.position < stretch.last for stretch in found.values()
        ):
            stretch = await stretches.read(session, one.position, head)
            found[stretch.first] = stretch
    return list(found.values())


async def _reach(session: AsyncSession, stretch: Stretch, searches: Sequence[_Search]) -> Reach:
    return await find_reach(
        session,
        [one.standing.peer_id for one in searches],
        followees=list(stretch.by_followee),
        actors=list(stretch.by_actor),
        everyone=bool(stretch.for_everyone),
    )


def _search(search: _Search, stretch: Stretch, reach: Reach) -> None:
    """Take from *stretch* what may go now, and move on behind it."""
    peer_id = search.standing.peer_id
    lists = [stretch.by_followee[one] for one in reach.followees.get(peer_id, ())]
    lists += [stretch.by_actor[one] for one in reach.actors.get(peer_id, ())]
    start = search.position
    for number in numbers(stretch.for_everyone, *lists):
        if number <= start or number in search.skipped:
            continue
        read = stretch.entries[number]
        inboxes = _inboxes(search.standing, read, reach)
        if not inboxes:
            continue
        search.position = number
        if search.ahead.holds(read.touch):
            search.load.after = search.load.after if search.left else number - 1
            search.left += 1
        else:
            search.found.append((read, inboxes))
            search.room -= 1
        search.ahead.add(read.touch)
        if search.is_over(stretch.last):
            break
    else:
        search.position = stretch.last
    if not search.left:
        search.load.after = search.position


def _inboxes(standing: Standing, read: Read, reach: Reach) -> list[str]:
    """Return the inboxes that an entry goes to, as `store.queries.log.inboxes` does for one."""
    if read.id < standing.kept_from and read.entry.type not in BINDING:
        return []
    found: set[str] = set()
    is_for_everyone = False
    for row in read.audience:
        if row.dialect not in {"any", standing.dialect} and standing.dialect != "unknown":
            continue
        if row.kind == "everyone":
            is_for_everyone = True
        else:
            known = reach.by_followee if row.kind == "followers" else reach.by_actor
            found.update(known.get((standing.peer_id, row.actor_id or 0), ()))
    if not found and is_for_everyone:
        anywhere = standing.shared_inbox or reach.anywhere.get(standing.peer_id)
        return [anywhere] if anywhere else []
    return sorted(found)


async def _pack(session: AsyncSession, searches: Sequence[_Search]) -> None:
    """Make parcels of what was found: the actor whose key signs, as it is now, and the words for that software."""
    ids = {read.entry.actor_id for one in searches for read, _ in one.found}
    if not ids:
        return
    actors = {actor.id: actor for actor in await session.scalars(select(Actor).where(col(Actor.id).in_(ids)))}
    for search in searches:
        standing = search.standing
        unauthenticated = standing.failures if standing.last_error.startswith("HTTP 401") else 0
        for read, inboxes in search.found:
            actor = actors.get(read.entry.actor_id)
            if actor is None:  # entries go with their actor's row
                continue
            headers = (
                await synchronization_of(session, read.entry, actor, standing.peer_id)
                if actor.private
                else {}
            )
            body = await _body(session, read, actor, standing.software)
            search.load.parcels.append(
                Parcel(read.entry, actor, body, inboxes, unauthenticated, headers, read.touch)
            )


async def _body(session: AsyncSession, read: Read, actor: Actor, software: str | None) -> bytes:
    way = way_of(read.entry, software)
    if way not in read.bodies:
        read.bodies[way] = (await worded_for(session, read.entry, actor, software)).encode()
    return read.bodies[way]
