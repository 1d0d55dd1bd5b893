"""Leave to do something with another's post: what its author allows whom, and who is kept out by other rules."""

from __future__ import annotations

import json

from node.activitypub import policies, reading
from node.activitypub.trimmings import Deed, Verdict
from node.errors import Forbidden
from node.store.database import Transaction
from node.store.queries.actors import find_actor, is_member
from node.store.queries.standing import is_banned, shuns
from node.store.tables.actors import Actor
from node.store.tables.peers import Peer
from node.store.tables.posts import Post

_REFUSALS = {
    "like": "The author of this post takes no votes from you.",
    "reply": "The author of this post takes no answers from you.",
    "announce": "The author of this post does not want it passed on.",
    "quote": "The author of this post does not want to be quoted.",
}


async def leave_for(tx: Transaction, deed: Deed, actor_iri: str, post: Post) -> Verdict:
    """Judge whether an actor may do something with *post*, by what its author says of it.

    PeerTube holds answers back itself and takes no request, so asking it is simply answering.
    """
    if not post.policy or await _is_among_members(tx, deed, actor_iri, post):
        return "yes"
    author = await tx.session.get_one(Actor, post.author_id)
    found = policies.verdict(
        policies.load(post.policy),
        deed,
        actor_iri,
        author=author.iri,
        collections=tuple(one for one in (author.followers, author.following) if one),
        named=_named(post),
    )
    peer = await tx.session.get(Peer, author.peer_id) if author.peer_id else None
    return "yes" if found == "ask" and peer is not None and peer.software == "peertube" else found


async def check_leave(tx: Transaction, deed: Deed, actor_iri: str, post: Post) -> None:
    """Refuse a member of ours what the author of *post* does not allow; of others their own node judges."""
    actor = await find_actor(tx.session, actor_iri)
    if actor is None or not actor.is_local:
        return
    if await leave_for(tx, deed, actor_iri, post) == "no":
        raise Forbidden(_REFUSALS[deed], detail=f"{actor_iri}: {post.iri}")


async def may_use(tx: Transaction, asker: Actor, author: Actor, group: Actor | None, post: Post) -> bool:
    """Tell whether *asker* gets leave for a post of ours: anybody for what is public, but the blocked and banned."""
    if post.deleted_at or post.removed_at or post.visibility not in {"public", "unlisted"}:
        return False
    if asker.deleted_at is not None or (group is not None and group.private):
        return False
    banned = await is_banned(tx.session, asker, group or author, tx.now)
    return not banned and not await shuns(tx.session, author.id, asker.id)


async def _is_among_members(tx: Transaction, deed: Deed, actor_iri: str, post: Post) -> bool:
    """Tell whether leave is given to the members of a private group, and *actor_iri* is one: its group said so."""
    leave = policies.load(post.policy)
    rule = leave.of(deed) if leave is not None else None
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    actor = await find_actor(tx.session, actor_iri)
    if post.visibility != "members" or group is None or actor is None or rule is None:
        return False
    return group.followers in rule.automatic and await is_member(tx.session, actor.id, group.id)


def _named(post: Post) -> tuple[str, ...]:
    """Return whom the post mentions: they may always answer."""
    document = json.loads(post.document) if post.document else None
    return tuple(one.href for one in reading.read_object(document).mentions) if document else ()
