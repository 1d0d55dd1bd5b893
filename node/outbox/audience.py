"""Who is to hear of an activity: from what it addresses to audience rows, and from those to inboxes.

Rows name followers and actors, never inboxes: who follows, and where they live, is asked when an entry is
sent. Whoever left in between gets nothing (A98).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from node.activitypub.activity import Activity
from node.activitypub.follower_digests import HEADER, digest_of, write_synchronization
from node.activitypub.vocabulary import PUBLIC_SPELLINGS
from node.store.queries import log as queries
from node.store.queries.actors import find_actors
from node.store.queries.followers import followers_at
from node.store.queries.posts import OPEN, find_post
from node.store.tables.actors import Actor
from node.store.tables.log import LogEntry
from node.store.tables.peers import Peer

# Their object hears of it even when it is not addressed: the banned, the new moderator (FEDERATION C.8).
_CONCERNING_AN_ACTOR = frozenset({"Add", "Remove"})


# Addressed to whom they concern, whatever group they are about.
_BETWEEN_TWO = frozenset({"Accept", "Flag", "Follow", "Invite", "Join", "Leave", "Reject", "Resolve", "Warn"})


@dataclass(frozen=True, slots=True)
class Target:
    """One row of an entry's audience. dialect: which peers it is for (RULE D1)."""

    kind: Literal["followers", "actor", "everyone"]
    actor_id: int | None = None
    dialect: Literal["any", "thread", "micro"] = "any"


async def targets_of(
    session: AsyncSession, activity: Activity, *, author: Actor, group: Actor | None
) -> list[Target]:
    """Return who hears a local author's activity itself; what the group announces is apart from it.

    group: the one whose matter it is, None when unknown or in none. Unknown recipients are left out. What concerns a
    private group's members goes to the group alone: it tells them, by who they are when it does.
    """
    if _block_of(activity) is not None:
        return await _who_hears_of_a_block(session, activity)
    named = await find_actors(session, list(_named(activity)))
    if group is not None and await concerns_members_alone(session, activity, group):
        concerned = {group.iri, activity.object if activity.type in _CONCERNING_AN_ACTOR else None}
        return [Target("actor", one.id) for one in named if not one.is_local and one.iri in concerned]
    targets = [Target("actor", actor.id) for actor in named if not actor.is_local]
    if activity.object == author.iri and activity.type in {"Delete", "Update"}:
        targets.append(Target("followers", author.id))
        if activity.type == "Delete":
            targets.append(Target("everyone"))
    elif author.followers is not None and author.followers in activity.addressees:
        targets.append(Target("followers", author.id))
    if group is not None and group.is_local:
        targets += await _where_the_post_went(session, activity, author, group)
    return targets


async def concerns_members_alone(session: AsyncSession, activity: Activity, group: Actor) -> bool:
    """Tell whether an activity in *group* is for its members: about a post made among them, or in a private group."""
    about = activity.inner if activity.inner is not None else activity
    if about.type in _BETWEEN_TWO:
        return False
    post = await find_post(session, about.object) if about.object else None
    if post is not None:
        return post.visibility == "members" or (group.private and post.visibility in OPEN)
    return group.private and not PUBLIC_SPELLINGS.isdisjoint(activity.addressees)


async def inboxes_of(session: AsyncSession, entry: LogEntry, peer: Peer) -> list[str]:
    """Return the inboxes of *peer* that are to have *entry* as things stand now; none for a blocked peer."""
    if peer.blocked_at is not None:
        return []
    return await queries.inboxes(session, entry.id, peer)


async def synchronization_of(
    session: AsyncSession, entry: LogEntry, actor: Actor, peer_id: int | None
) -> dict[str, str]:
    """Return the header that tells a peer which followers of a private group we count there (FEP-8fcf)."""
    if (
        not actor.private
        or actor.followers is None
        or not await queries.is_for_followers(session, entry, actor)
    ):
        return {}
    digest = digest_of(await followers_at(session, actor, peer_id))
    return {HEADER: write_synchronization(actor.followers, f"{actor.iri}/followers_synchronization", digest)}


async def _where_the_post_went(
    session: AsyncSession, activity: Activity, author: Actor, group: Actor
) -> list[Target]:
    """Return the group's followers who need the author's own word on a post of theirs (RULE D1).

    Microblogs took the post by its id and know the group's announcements of activities as noise: an edit
    reaches them from its author. A deletion goes to all, so that nobody keeps what they fetched.
    """
    if activity.type not in {"Delete", "Update"} or activity.object is None:
        return []
    post = await find_post(session, activity.object)
    if post is None or post.author_id != author.id or post.visibility not in {"public", "unlisted"}:
        return []
    return [Target("followers", group.id, "micro" if activity.type == "Update" else "any")]


def _block_of(activity: Activity) -> Activity | None:
    """Return the Block that an activity is or takes back, or None."""
    block = activity.inner if activity.type == "Undo" else activity
    return block if block is not None and block.type == "Block" else None


async def _who_hears_of_a_block(session: AsyncSession, activity: Activity) -> list[Target]:
    """Return who hears of a ban, or of a personal block.

    Microblogs know personal blocks alone and would take a ban for one; threaded software takes a personal block
    for a ban. So each hears of its own kind. A ban from this node goes to all that it may concern.
    """
    block = _block_of(activity)
    assert block is not None
    kind: Literal["thread", "micro"] = "micro" if block.target is None else "thread"
    named = [one for one in (*activity.addressees, block.object) if one and one not in PUBLIC_SPELLINGS]
    actors = await find_actors(session, list(dict.fromkeys(named)))
    targets = [Target("actor", one.id, kind) for one in actors if not one.is_local]
    from_a_node = block.target is not None and not any(one.iri == block.target for one in actors)
    return [*targets, Target("everyone", dialect="thread")] if from_a_node else targets


def _named(activity: Activity) -> Iterator[str]:
    for iri in dict.fromkeys(activity.addressees):
        if iri not in PUBLIC_SPELLINGS:
            yield iri
    if activity.type in _CONCERNING_AN_ACTOR and activity.object is not None:
        yield activity.object
