"""Votes in polls: Create{Note{name: the answer, inReplyTo: the Question}}, without words, to the author alone.

They are private: counted by the author's node, never announced, never fetchable. PieFed's go to the group instead, which
hands them to the author's node alone, see `announcing`. Sources: FEDERATION C.14, pitfall 98; Mastodon refuses a second
choice where one may be made, and votes in one's own poll: so do we.
"""

from __future__ import annotations

from sqlmodel import col, select

from node.activities import counting, gatherings
from node.activities.standing import check_may_touch
from node.activitypub import reading, writing_gatherings
from node.activitypub.activity import Activity
from node.activitypub.documents import ObjectDocument
from node.activitypub.reading_gatherings import MAX_OPTION
from node.errors import Forbidden, Gone, NotFound, Refused
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.gatherings import is_closed, options_of
from node.store.queries.posts import find_post, get_post, visible_to
from node.store.queries.tasks import schedule
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Poll, PollOption, PollVote
from node.store.tables.posts import Post


async def is_ballot(tx: Transaction, document: ObjectDocument) -> bool:
    """Tell whether a Note is a vote: it answers a poll with a name and says nothing (pitfall 98)."""
    if document.type != "Note" or not document.name or document.in_reply_to is None:
        return False
    if (document.content or "").strip() or (document.source_markdown or "").strip():
        return False
    question = await find_post(tx.session, document.in_reply_to)
    return question is not None and await tx.session.get(Poll, question.id) is not None


def answer_of(document: ObjectDocument) -> str:
    """Return which answer a vote names, exactly as it is written."""
    given = document.raw.get("name")
    return given[:MAX_OPTION] if isinstance(given, str) else document.name or ""


async def check(tx: Transaction, vote: Activity, question: str, answer: str) -> None:
    """Whoever may read a poll that is open votes in it, once; the author's node alone counts."""
    post = await get_post(tx.session, question)
    if vote.type == "Create" and vote.announced_by is not None:
        raise Forbidden("A vote goes to the author of the poll, and nobody passes it on.", detail=vote.iri)
    await check_may_touch(tx, vote, post)
    voter, author = await get_actor(tx.session, vote.actor), await tx.session.get_one(Actor, post.author_id)
    if not (voter.is_local or author.is_local or await _is_handed_on(tx, vote, post)):
        raise Refused("The author's own node counts the votes of this poll.", detail=vote.iri)
    if voter.id == author.id:
        raise Forbidden("Nobody votes in their own poll.", detail=vote.iri)
    shown = select(Post.id).where(col(Post.id) == post.id, visible_to(voter))
    if await tx.session.scalar(shown) is None:
        raise Refused("This poll is not open to this actor.", detail=vote.iri)
    poll = await _poll(tx, post)
    if is_closed(poll, tx.now):
        raise Gone("This poll is closed.", detail=vote.iri)
    option = await _option(tx, post, answer)
    if option is None:
        raise NotFound("This poll has no such answer.", detail=f"{vote.iri}: {answer[:100]}")
    before = await _chosen(tx, post, voter)
    if before and not poll.multiple and option.id not in before:
        raise Refused("In this poll, everybody chooses once.", detail=vote.iri)


async def apply(tx: Transaction, vote: Activity, question: str, answer: str, *, iri: str) -> None:
    """Count the vote, or at least remember ours where another node counts. A repeat changes nothing."""
    post, voter = await get_post(tx.session, question), await get_actor(tx.session, vote.actor)
    if await _is_handed_on(tx, vote, post):
        return
    option = await _option(tx, post, answer)
    if option is None or option.id in await _chosen(tx, post, voter):
        return
    tx.session.add(
        PollVote(post_id=post.id or 0, option_id=option.id or 0, actor_id=voter.id or 0, iri=iri, at=tx.now)
    )
    await counting.recount(tx, post)


async def compose(tx: Transaction, voter: Actor, post: Post, positions: list[int]) -> list[Activity]:
    """A local actor chooses answers of a poll, by position. Raises Refused as the poll's rules say."""
    poll = await _poll(tx, post)
    author = await tx.session.get_one(Actor, post.author_id)
    if not positions:
        raise Refused("Choose an answer first.")
    if len(positions) > 1 and not poll.multiple:
        raise Refused("In this poll, everybody chooses once.")
    options = {one.position: one for one in await options_of(tx.session, post.id)}
    if any(position not in options for position in positions):
        raise NotFound("This poll has no such answer.")
    return [_ballot(tx, voter, post, author, options[position].name) for position in positions]


def _ballot(tx: Transaction, voter: Actor, post: Post, author: Actor, name: str) -> Activity:
    raw = writing_gatherings.write_ballot(
        name,
        iri=f"{voter.iri}#votes/{tx.ids.token()}",
        actor=voter.iri,
        question=post.iri,
        author=author.iri,
    )
    return Activity(
        type="Create",
        iri=raw["id"],
        actor=voter.iri,
        object=raw["object"]["id"],
        raw=raw,
        document=reading.read_object(raw["object"]),
        to=(author.iri,),
    )


async def close(tx: Transaction, iri: str) -> None:
    """End a poll whose time has come: its numbers are final, and the members who took part hear of it."""
    post = await find_post(tx.session, iri)
    poll = await tx.session.get(Poll, post.id) if post is not None else None
    if post is None or poll is None or poll.closed_at is not None or poll.closes_at is None:
        return
    if poll.closes_at > tx.now:  # it was given more time
        await schedule(tx, "close", iri, poll.closes_at)
        return
    poll.closed_at = poll.closes_at
    await tx.session.flush()
    if post.deleted_at is not None or post.removed_at is not None:
        return
    voters = select(PollVote.actor_id).where(col(PollVote.post_id) == post.id).distinct()
    await gatherings.tell(
        tx, "poll", post, [*await tx.session.scalars(voters), post.author_id], by=post.author_id
    )
    await counting.tell_counts(tx, post)


async def _is_handed_on(tx: Transaction, vote: Activity, post: Post) -> bool:
    """Tell whether a group of ours only hands the vote to the poll's home: neither is here."""
    people = [await get_actor(tx.session, vote.actor), await tx.session.get_one(Actor, post.author_id)]
    if vote.type != "PollVote" or vote.announced_by is not None or any(one.is_local for one in people):
        return False
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    return group is not None and group.is_local


async def _poll(tx: Transaction, post: Post) -> Poll:
    poll = await tx.session.get(Poll, post.id)
    if poll is None:
        raise Refused("This is not a poll.", detail=post.iri)
    return poll


async def _option(tx: Transaction, post: Post, answer: str) -> PollOption | None:
    """Return the option of that name: exactly, else as one reads it."""
    options = await options_of(tx.session, post.id)
    exact = next((one for one in options if one.name == answer), None)
    return exact or next((one for one in options if " ".join(one.name.split()) == answer), None)


async def _chosen(tx: Transaction, post: Post, voter: Actor) -> set[int]:
    query = select(PollVote.option_id).where(
        col(PollVote.post_id) == post.id, col(PollVote.actor_id) == voter.id
    )
    return set(await tx.session.scalars(query))
