"""EmojiReact{actor: Person, object: post, content: emoji}, and Like with an emoji: a reaction (FEDERATION C.4).

Pleroma and Akkoma send EmojiReact, Misskey and PieFed a Like with `content`. Either is a vote for the post as
well; the emoji stands under it. Several emoji of one actor are one vote, which goes with the last of them.
Members here send a Like with an emoji, the one form that every peer can show something of.
"""

from __future__ import annotations

from sqlalchemy import delete as sql_delete
from sqlmodel import col, select

from node.activities import ask, vote
from node.activities.handler import Handler
from node.activitypub import reading_media
from node.activitypub.activity import Activity
from node.activitypub.trimmings import ReactionMark
from node.activitypub.writing_media import write_reaction
from node.errors import Malformed
from node.store.batches import none_of
from node.store.columns import IRI_LENGTH
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post, get_post
from node.store.queries.trimmings import own_emojis
from node.store.tables.actors import Actor
from node.store.tables.posts import Post, Vote
from node.store.tables.trimmings import Reaction

MOST_KINDS = 50  # emoji under one post; more are votes alone
MOST_EACH = 5  # emoji of one actor on one post
COMMON = ("👍", "❤️", "😂", "🎉", "🤔", "😢")  # offered on pages; any other can be typed


async def check(tx: Transaction, react: Activity) -> None:
    """As a vote; a member needs the leave of the post's author besides."""
    await vote.check(tx, react)
    await ask.check_leave(tx, "like", react.actor, await get_post(tx.session, react.object or ""))


async def apply(tx: Transaction, react: Activity) -> None:
    """Count the vote, and keep the emoji."""
    if await vote.was_taken_back(tx, react):
        return
    await vote.apply(tx, react)
    post, actor = await _both(tx, react)
    mark = reading_media.reaction_of(dict(react.raw))
    if react.type == "Dislike":
        await _drop(tx, post, actor)
    elif mark is not None:
        await _keep(tx, react, mark, post, actor)
    if actor.is_local and react.type != "Dislike":
        await ask.ask_first(tx, "like", react, post)


async def undo(tx: Transaction, react: Activity) -> None:
    """Take the vote back, and the emoji of that id; all of them when the Undo names no vote that is here."""
    await vote.undo(tx, react)
    if await find_post(tx.session, react.object or "") is None:
        return
    post, actor = await _both(tx, react)
    left = await tx.session.scalar(
        select(Vote.id).where(col(Vote.post_id) == post.id, col(Vote.actor_id) == actor.id)
    )
    named = col(Reaction.iri) == react.iri
    await _drop(tx, post, actor, *(() if left is None else (named,)))


async def compose(tx: Transaction, actor: Actor, post: Post, emoji: str) -> list[Activity]:
    """A local actor puts an emoji on a post in place of what they said before; the same again takes it back.

    Returns what is to be performed in order: peers that count one reaction an actor, and peers that count each,
    end with the same one. Raises Malformed for what is no emoji.
    """
    wanted = await _wanted(tx, actor, emoji)
    query = select(Reaction.emoji).where(col(Reaction.post_id) == post.id, col(Reaction.actor_id) == actor.id)
    current = list(await tx.session.scalars(query))
    before = await vote.compose(tx, actor, post, 0) if not await _opposes(tx, actor, post) else None
    undone = [before] if before is not None else []
    return undone if wanted in current else [*undone, await _like(tx, actor, post, wanted)]


async def _wanted(tx: Transaction, actor: Actor, emoji: str) -> str:
    mark = reading_media.reaction_of({"content": emoji.strip()})
    custom = mark is not None and mark.emoji.startswith(":")
    if mark is None or (custom and not await own_emojis(tx.session, actor.host, mark.emoji)):
        raise Malformed("A reaction is one emoji, such as 👍.", detail=emoji[:100])
    return mark.emoji


async def _opposes(tx: Transaction, actor: Actor, post: Post) -> bool:
    """Tell whether the actor voted against the post: a Like replaces that without an Undo."""
    query = select(Vote.value).where(col(Vote.post_id) == post.id, col(Vote.actor_id) == actor.id)
    return (await tx.session.scalar(query) or 0) < 0


async def _like(tx: Transaction, actor: Actor, post: Post, emoji: str) -> Activity:
    to, cc, audience = await vote.addressed(tx, post)
    iri = f"{actor.home}/activities/like/{tx.ids.token()}"
    raw = write_reaction(post.iri, emoji, iri=iri, actor=actor.iri, to=to, cc=cc, audience=audience)
    return Activity(
        type="Like", iri=iri, actor=actor.iri, object=post.iri, raw=raw, to=to, cc=cc, audience=audience
    )


async def _keep(tx: Transaction, react: Activity, mark: ReactionMark, post: Post, actor: Actor) -> None:
    of_post = col(Reaction.post_id) == post.id
    own = list(await tx.session.scalars(select(Reaction).where(of_post, col(Reaction.actor_id) == actor.id)))
    known = next((one for one in own if one.emoji == mark.emoji), None)
    if known is not None:
        known.iri = react.iri
        return
    kinds = set(await tx.session.scalars(select(Reaction.emoji).where(of_post).distinct()))
    if len(own) >= MOST_EACH or (len(kinds) >= MOST_KINDS and mark.emoji not in kinds):
        return
    icon = mark.icon_url if mark.icon_url is not None and len(mark.icon_url) <= IRI_LENGTH else None
    tx.session.add(
        Reaction(
            post_id=post.id or 0,
            actor_id=actor.id or 0,
            emoji=mark.emoji,
            icon_url=icon,
            iri=react.iri,
            at=tx.now,
        )
    )
    await tx.session.flush()


async def _drop(tx: Transaction, post: Post, actor: Actor, *which: object) -> None:
    if none_of(tx.session, Reaction, post.id):
        return
    await tx.session.execute(
        sql_delete(Reaction).where(
            col(Reaction.post_id) == post.id,
            col(Reaction.actor_id) == actor.id,
            *which,  # type: ignore[arg-type]
        )
    )


async def _both(tx: Transaction, react: Activity) -> tuple[Post, Actor]:
    return await get_post(tx.session, react.object or ""), await get_actor(tx.session, react.actor)


def _handler(kind: str) -> Handler:
    return Handler(
        kind,
        check=check,
        apply=apply,
        needs=("actor", "object"),
        undo=undo,
        may_undo=vote.may_undo,
    )


LIKE, DISLIKE, EMOJI_REACT = _handler("Like"), _handler("Dislike"), _handler("EmojiReact")
