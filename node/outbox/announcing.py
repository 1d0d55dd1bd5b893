"""What a local group passes on to its followers (FEP-1b12; FEDERATION C.0, D.1).

Threaded peers get Announce{activity} for everything. Microblogs get Announce{id} of a new thread, and an
Undo of it when a moderator removes the thread: they cannot apply another actor's Delete. What a private group says
names its followers and no public, and goes to threaded peers alone: microblogs share nothing that is not for everybody.
"""

from __future__ import annotations

from typing import Any

from node.activitypub import shapes, writing
from node.activitypub.activity import Activity
from node.activitypub.addressing import among_members
from node.activitypub.integrity import without_proof
from node.activitypub.vocabulary import CONTEXT, PUBLIC, PUBLIC_SPELLINGS
from node.outbox import asking, log
from node.outbox.audience import Target
from node.store.database import Transaction
from node.store.queries.actors import find_actor
from node.store.queries.documents import (
    actor_document,
    announce_create_iri,
    announce_document,
    boost_document,
    post_document,
    times_restored,
)
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

_WRAPPED = frozenset(
    {"Add", "Block", "Create", "Delete", "Dislike", "EmojiReact", "Like", "Lock", "Move", "Remove", "Update"}
)
_UNDONE = frozenset({"Block", "Delete", "Dislike", "EmojiReact", "Like", "Lock"})
_OF_THE_GROUP = frozenset({"Delete", "Update"})
_ABOUT_ACTORS = _OF_THE_GROUP | {"Add", "Block", "Remove"}  # the group, a moderator, a banned person
_OPEN = frozenset({"public", "unlisted"})
_PASSED_ON = _OPEN | {"members"}


async def announce(tx: Transaction, activity: Activity, *, group: Actor, author: Actor) -> None:
    """Log what the local *group* says because of *activity*, unless it must not leave (A99).

    author: the actor of the activity.
    """
    post = await _subject(tx, activity)
    if activity.type == "Move":
        await _say_move(tx, activity, post, group, author)
        return
    if activity.type == "PollVote":
        await _hand_home(tx, activity, post, group)
        return
    if post is not None and post.deleted_at is not None and activity.type in {"Create", "Update"}:
        return  # its deletion overtook it: nobody has to hear of it any more
    if not await _may_pass(tx, activity, post, group):
        return
    is_closed = group.private or (post is not None and post.visibility == "members")
    if is_closed and not author.is_local and not _keeps_quiet(activity):
        return
    iri = f"{group.home}/activities/announce/{tx.ids.token()}"
    if activity.type == "Create" and post is not None:
        iri = announce_create_iri(group, post)  # the one that the group's outbox names
    await _say_activity(tx, activity, iri, group, author, is_closed=is_closed)
    if post is None:
        await _say_as_itself(tx, activity, group)
    if post is not None and post.visibility in _OPEN and post.in_reply_to is None:
        await _tell_microblogs(
            tx, activity, post, group
        )  # comments reach them by mentions and reply fetching


async def _tell_microblogs(tx: Transaction, activity: Activity, post: Post, group: Actor) -> None:
    """Show microblogs a thread that is new or back, take back one that a moderator removed."""
    is_by_author = activity.actor == (await _author_of(tx, post)).iri
    if activity.type == "Create":
        await _announce_thread(tx, post, group)
    elif activity.type == "Delete" and not is_by_author:
        await _take_back_thread(tx, post, group)
    elif _restores(activity) and not is_by_author and post.removed_at is None:
        await _announce_thread(tx, post, group)


async def _subject(tx: Transaction, activity: Activity) -> Post | None:
    iri = activity.inner.object if activity.inner is not None else activity.object
    return await find_post(tx.session, iri) if iri else None


async def _may_pass(tx: Transaction, activity: Activity, post: Post | None, group: Actor) -> bool:
    """Tell whether it is of a kind that groups pass on, about something in this group that it may tell."""
    inner = activity.inner
    kind = activity.type if inner is None else inner.type
    if kind not in (_UNDONE if activity.type == "Undo" and inner is not None else _WRAPPED):
        return False
    if post is not None:
        return await _may_tell_of(tx, post, group)
    subject = activity.object if inner is None else inner.object
    for_all = PUBLIC in activity.addressees or (group.private and group.followers in activity.addressees)
    if kind not in _ABOUT_ACTORS or subject is None or not for_all:
        return False
    if kind in _OF_THE_GROUP:
        return subject == group.iri
    return await find_actor(tx.session, subject) is not None


async def _may_tell_of(tx: Transaction, post: Post, group: Actor) -> bool:
    if post.group_id != group.id or post.visibility not in _PASSED_ON:
        return False
    # Who writes for the members of a private group has the group tell them.
    return post.visibility == "members" or await asking.may_announce(tx, post, group)


def _keeps_quiet(activity: Activity) -> bool:
    """Tell whether what a member elsewhere does in a private group may be passed on as it came: it names no public.

    Lemmy's deletions name it even there, and tell no more than an id (FEDERATION C.16).
    """
    kind = activity.type if activity.inner is None else activity.inner.type
    return kind == "Delete" or PUBLIC_SPELLINGS.isdisjoint(activity.addressees)


async def _say_activity(
    tx: Transaction, activity: Activity, iri: str, group: Actor, author: Actor, *, is_closed: bool = False
) -> None:
    inner = {name: value for name, value in activity.raw.items() if name not in {"bto", "bcc"}}
    inner = shapes.strict_activity(await _as_it_is(tx, activity, inner, group))
    if author.is_local and "proof" not in inner:
        inner.pop(
            "@context", None
        )  # a proof covers it, and another's document stays whole; else one is enough
    await _say(
        tx,
        group,
        writing.write_announce(
            group.iri,
            inner,
            iri=iri,
            to=among_members(group.iri, group.followers) if is_closed else [group.iri, PUBLIC],
            cc=_followers(group),
            published=tx.now,
        ),
        [Target("followers", group.id, "thread")],
        public=not is_closed,
    )


async def _hand_home(tx: Transaction, vote: Activity, poll: Post | None, group: Actor) -> None:
    """Hand a vote that came to the group to the node that counts it, and to nobody else (FEDERATION C.14).

    PieFed's members send it to the group, whose announcement is the only way to a poll's home that PieFed knows.
    Microblogs would not read it there.
    """
    if poll is None or poll.group_id != group.id:
        return
    home = await _author_of(tx, poll)
    if home.is_local:
        return
    said = writing.write_announce(
        group.iri,
        shapes.strict_activity(vote.raw),
        iri=f"{group.home}/activities/announce/{tx.ids.token()}",
        to=[home.iri],
        cc=[],
        published=tx.now,
    )
    await _say(tx, group, said, [Target("actor", home.id, "thread")], public=False)


async def _say_move(
    tx: Transaction, activity: Activity, thread: Post | None, group: Actor, author: Actor
) -> None:
    """Pass a thread on: *group* says that it gives it away, and ours that takes it shows it to its followers."""
    if thread is None or thread.visibility not in _OPEN or thread.group_id == group.id:
        return
    await _say_activity(tx, activity, f"{group.home}/activities/announce/{tx.ids.token()}", group, author)
    await _take_back_thread(tx, thread, group)
    target = await tx.session.get(Actor, thread.group_id)
    if target is None or not target.is_local:
        return
    shown = await announce_document(tx.session, target, thread)
    shown["id"] = f"{target.home}/activities/announce/{tx.ids.token()}"  # the other was the first group's
    await _say(tx, target, shown, [Target("followers", target.id, "thread")])
    boost = boost_document(target, thread, await _author_of(tx, thread), published=tx.now)
    boost["id"] = f"{target.home}/activities/announce/{tx.ids.token()}"
    await _say(tx, target, boost, [Target("followers", target.id, "micro")])


async def _as_it_is(
    tx: Transaction, activity: Activity, inner: dict[str, Any], group: Actor
) -> dict[str, Any]:
    """Put what a moderator changed in place of the body that they sent: it may say more than they may.

    A proof on that body no longer holds, and goes.
    """
    if activity.type != "Update":
        return inner
    if activity.object == group.iri:
        current = actor_document(group)
    elif activity.document is None and (post := await find_post(tx.session, activity.object or "")):
        current = await post_document(tx.session, post) | {"sensitive": post.sensitive}
    else:
        return inner
    return without_proof(inner) | {
        "object": {name: value for name, value in current.items() if name != "@context"}
    }


async def _say_as_itself(tx: Transaction, activity: Activity, group: Actor) -> None:
    """Tell microblogs of the group's new profile, or of its end: they take it from the group alone."""
    if activity.object != group.iri or activity.type not in _OF_THE_GROUP:
        return
    iri = f"{group.home}/activities/{activity.type.lower()}/{tx.ids.token()}"
    if activity.type == "Update":
        said = writing.write_update(
            actor_document(group), iri=iri, actor=group.iri, to=[PUBLIC], cc=_followers(group)
        )
    else:
        said = writing.write_delete(group.iri, iri=iri, actor=group.iri, to=[PUBLIC])
    await _say(tx, group, said, [Target("followers", group.id, "micro")])


def _restores(activity: Activity) -> bool:
    return activity.type == "Undo" and activity.inner is not None and activity.inner.type == "Delete"


async def _announce_thread(tx: Transaction, post: Post, group: Actor) -> None:
    author = await _author_of(tx, post)
    time = await times_restored(tx.session, post)
    document = boost_document(group, post, author, published=tx.now, time=time)
    leave = await asking.approval(tx, post, group)
    if leave is not None:
        document |= {"@context": CONTEXT, "approvedBy": leave}
    await _say(tx, group, document, _for_microblogs(group, author))


async def _take_back_thread(tx: Transaction, post: Post, group: Actor) -> None:
    author = await _author_of(tx, post)
    undo = writing.write_undo(
        boost_document(group, post, author, time=await times_restored(tx.session, post)),
        iri=f"{group.home}/activities/undo/{tx.ids.token()}",
        actor=group.iri,
        published=tx.now,
    )
    await _say(tx, group, undo, _for_microblogs(group, author))


async def take_back(tx: Transaction, post: Post) -> None:
    """Tell microblogs that a thread of a group of ours is out of it: hidden with its banned author's other posts."""
    group = await _shown_by(tx, post)
    if group is not None:
        await _take_back_thread(tx, post, group)


async def show_again(tx: Transaction, post: Post) -> None:
    """Tell microblogs that such a thread is back."""
    group = await _shown_by(tx, post)
    if group is not None:
        await _announce_thread(tx, post, group)


async def _shown_by(tx: Transaction, post: Post) -> Actor | None:
    if post.parent_id is not None or post.in_reply_to is not None or post.visibility not in _OPEN:
        return None
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    return group if group is not None and group.is_local else None


async def _author_of(tx: Transaction, post: Post) -> Actor:
    author = await tx.session.get(Actor, post.author_id)
    assert author is not None, "posts go with their author's row"
    return author


async def _say(
    tx: Transaction, group: Actor, document: dict[str, Any], targets: list[Target], *, public: bool = True
) -> None:
    await log.append(
        tx,
        iri=document["id"],
        type=document["type"],
        actor=group,
        body=document,
        public=public,
        targets=targets,
    )


def _for_microblogs(group: Actor, author: Actor) -> list[Target]:
    followers = Target("followers", group.id, "micro")
    return [followers] if author.is_local else [followers, Target("actor", author.id, "micro")]


def _followers(group: Actor) -> list[str]:
    return [group.followers] if group.followers else []
