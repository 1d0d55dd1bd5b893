"""Like and Dislike{actor: Person, object: Page or Note}: a vote (FEDERATION C.4). `react` has their handlers.

A new vote replaces the actor's old one without an Undo. Undo is matched by actor and object, since some peers
make the undone activity anew; one that overtakes its vote leaves a mark, and the late vote is void (R18).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select

from node.activities.marks import has_mark, leave_mark
from node.activities.membership import check_may_read
from node.activities.standing import check_may_touch, dispute, rank
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.vocabulary import PUBLIC
from node.errors import NotFound, Refused
from node.store.batches import BatchSession
from node.store.database import Transaction
from node.store.fresh import new_row
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post, get_post, hold
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer
from node.store.tables.posts import Post, Vote

VALUES = {"Like": 1, "Dislike": -1, "EmojiReact": 1}
MAX_EARLIER = 8 * 1024  # characters of ids kept of one opinion told again and again
TYPES = {1: "Like", -1: "Dislike"}
# They name another id in the Undo than in the vote (pitfall 75).
REMAKES_IDS = frozenset({"lemmy", "piefed", "mbin", "kbin"})


async def check(tx: Transaction, vote: Activity) -> None:
    """Anybody who may read a living post may vote on it; a group vouches only for votes on its own (A05)."""
    post = await get_post(tx.session, vote.object or "")
    await check_may_touch(tx, vote, post)
    if post.deleted_at or post.removed_at:
        raise Refused("This post takes no votes.", detail=f"{vote.iri} on {post.iri}")
    await check_may_read(tx, vote, await get_actor(tx.session, vote.actor), post)


async def apply(tx: Transaction, vote: Activity) -> None:
    """Record the vote in place of an older one, and count."""
    if await was_taken_back(tx, vote):
        return
    post = await get_post(tx.session, vote.object or "")
    actor = await get_actor(tx.session, vote.actor)
    current = await _current(tx, post, actor)
    value = VALUES[vote.type]
    if current is None:
        current = new_row(
            Vote, post_id=post.id or 0, actor_id=actor.id or 0, value=value, iri=vote.iri, at=tx.now
        )
        tx.session.add(current)
    elif current.iri != vote.iri:
        before = [*current.earlier.split(), current.iri] if current.value == value else []
        current.earlier = "\n".join(one for one in before if one != vote.iri)[-MAX_EARLIER:]
    current.value, current.iri, current.at = value, vote.iri, tx.now
    await count(tx, post)


async def undo(tx: Transaction, vote: Activity) -> None:
    """Take the actor's vote back, whatever it is (pitfall 76); leave a mark when it has not come yet."""
    post = await find_post(tx.session, vote.object or "")
    if post is None:
        await leave_mark(tx, f"undone:{vote.type}", vote.iri, _who_says_so(vote))
        return
    actor = await get_actor(tx.session, vote.actor)
    current = await _current(tx, post, actor)
    if (current is None or not await _take_back(tx, current, vote, actor)) and vote.iri:
        await leave_mark(tx, f"undone:{vote.type}", vote.iri, vote.actor)
    await count(tx, post)


async def was_taken_back(tx: Transaction, vote: Activity) -> bool:
    """Tell whether the Undo of this very vote overtook it: its actor's, or that of the group that passes it on."""
    kind, who = f"undone:{vote.type}", dict.fromkeys((vote.actor, vote.announced_by))
    return any([await has_mark(tx, kind, vote.iri, one) for one in who if one])


def _who_says_so(undone: Activity) -> str:
    """Return whose word it is that a vote on what is not here was taken back; a group's holds for what it passes on."""
    return undone.announced_by if undone.hearsay and undone.announced_by else undone.actor


async def _take_back(tx: Transaction, current: Vote, undone: Activity, actor: Actor) -> bool:
    """Take one id of the vote back, and the vote with its last one; False when the id is none of its.

    An Undo that names no id, or one made anew, means whatever vote there is.
    """
    if not undone.iri or await _remakes_ids(tx, actor):
        await tx.session.delete(current)
        return True
    left = [*current.earlier.split(), current.iri]
    if undone.iri not in left:
        return False
    left.remove(undone.iri)
    if left:
        *before, current.iri = left
        current.earlier = "\n".join(before)
    else:
        await tx.session.delete(current)
    return True


async def count(tx: Transaction, post: Post) -> None:
    """Count the votes of a post; a batch counts each post once, at its end."""
    if isinstance(tx.session, BatchSession):
        tx.session.votes_to_count.add(post.id or 0)
    else:
        await recount(tx, [post])


async def recount(tx: Transaction, posts: Sequence[Post]) -> None:
    """Count votes from the votes themselves: a count cannot drift (R34).

    Others who count the same posts wait until this is committed, and see it.
    """
    await tx.session.flush()
    ids = sorted(post.id or 0 for post in posts)
    await hold(tx.session, ids)
    up = func.count().filter(col(Vote.value) > 0)
    down = func.count().filter(col(Vote.value) < 0)
    query = select(Vote.post_id, up, down).where(col(Vote.post_id).in_(ids)).group_by(col(Vote.post_id))
    found = {post_id: (ups, downs) for post_id, ups, downs in await tx.session.execute(query)}
    for post in posts:
        ups, downs = found.get(post.id or 0, (0, 0))
        post.upvotes, post.downvotes, post.score = ups, downs, ups - downs
        post.hot = rank(post.score, post.published)
        post.disputed = dispute(ups, downs)
    await tx.session.flush()


async def compose(tx: Transaction, actor: Actor, post: Post, value: int) -> Activity | None:
    """A local actor votes: 1 up, -1 down, 0 takes the vote back. None when nothing would change."""
    current = await _current(tx, post, actor)
    if (current.value if current else 0) == value:
        return None
    if value == 0 and current is not None:
        vote = await _vote(tx, actor, post, TYPES[current.value], current.iri)
        return _undo_of(tx, actor, vote)
    kind = TYPES[value]
    return await _vote(tx, actor, post, kind, f"{actor.home}/activities/{kind.lower()}/{tx.ids.token()}")


async def addressed(tx: Transaction, post: Post) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """Return `to`, `cc` and `audience` of a vote: the group, which counts, and the author, whose node may know none."""
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    author = await tx.session.get(Actor, post.author_id)
    to = (group.iri, PUBLIC) if group else (PUBLIC,)
    cc = (author.iri,) if author is not None and not author.is_local else ()
    return to, cc, group.iri if group else None


async def _vote(tx: Transaction, actor: Actor, post: Post, kind: str, iri: str) -> Activity:
    to, cc, audience = await addressed(tx, post)
    write = writing.write_like if kind == "Like" else writing.write_dislike
    raw = write(post.iri, iri=iri, actor=actor.iri, to=to, cc=cc, audience=audience)
    return Activity(
        type=kind,
        iri=iri,
        actor=actor.iri,
        object=post.iri,
        raw=raw,
        to=to,
        cc=cc,
        audience=audience,
    )


def _undo_of(tx: Transaction, actor: Actor, vote: Activity) -> Activity:
    iri = f"{actor.home}/activities/undo/{tx.ids.token()}"
    return Activity(
        type="Undo",
        iri=iri,
        actor=actor.iri,
        object=vote.iri,
        raw=writing.write_undo(
            vote.raw, iri=iri, actor=actor.iri, to=vote.to, cc=vote.cc, audience=vote.audience
        ),
        to=vote.to,
        cc=vote.cc,
        audience=vote.audience,
        inner=vote,
    )


async def _current(tx: Transaction, post: Post, actor: Actor) -> Vote | None:
    pair, session = (post.id or 0, actor.id or 0), tx.session
    if not isinstance(session, BatchSession):
        return await _find(tx, *pair)
    if pair not in session.votes and pair[0] not in session.fresh:
        session.votes[pair] = await _find(tx, *pair)
    return session.votes.get(pair)


async def _find(tx: Transaction, post_id: int, actor_id: int) -> Vote | None:
    query = select(Vote).where(col(Vote.post_id) == post_id, col(Vote.actor_id) == actor_id)
    found: Vote | None = await tx.session.scalar(query)
    return found


async def _remakes_ids(tx: Transaction, actor: Actor) -> bool:
    peer = await tx.session.get(Peer, actor.peer_id) if actor.peer_id else None
    return peer is not None and peer.software in REMAKES_IDS


async def may_undo(tx: Transaction, vote: Activity) -> None:
    """As the vote itself: the group that passes it on must be the post's own.

    A post that has not come may still come. Raises NotFound when the vote has no id to know it by when it does.
    """
    post = await find_post(tx.session, vote.object or "")
    if post is not None:
        await check_may_touch(tx, vote, post)
    elif not vote.iri:
        raise NotFound("This post is not known here.", detail=vote.object or "")
