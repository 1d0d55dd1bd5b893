"""What is said among the members of a private group: by whom, and who reads it (FEDERATION C.16).

Everything there is addressed to the group and its followers, and to no public. Visibility of such a post is
`members`, and what hangs below one is for no wider circle (THREATS V74).
"""

from __future__ import annotations

import json

from sqlmodel import col, select

from node.activitypub import addressing, reading
from node.activitypub.activity import Activity
from node.activitypub.documents import ObjectDocument
from node.errors import Forbidden, Malformed, Refused
from node.store.database import Transaction
from node.store.queries.actors import find_actors, is_member
from node.store.queries.arrivals import is_followed_here
from node.store.queries.posts import OPEN
from node.store.tables.actors import Actor
from node.store.tables.posts import Addressee, Post

MEMBERS = "members"


async def visibility_of(
    tx: Transaction, document: ObjectDocument, *, author: Actor, group: Actor | None, root: Post | None
) -> str:
    """Return who may read a document in *group*, below *root*: None for a thread. Raises as `check_place`."""
    stated: str = addressing.visibility(document.to, document.cc, author.followers)
    if group is None or not _may_be_closed(group, root):
        return stated
    await check_place(tx, document, author=author, group=group, root=root)
    closed = is_closed(group, root)
    if stated in OPEN:
        return MEMBERS if closed else stated
    return MEMBERS if _is_for_group(document, group) else stated


async def check_place(
    tx: Transaction, document: ObjectDocument, *, author: Actor, group: Actor, root: Post | None
) -> None:
    """Refuse what does not fit the privacy of its group, or is by nobody of its members.

    Of a group elsewhere its own server judges its members; ours are judged here too. Raises Refused, Forbidden.
    """
    if not is_closed(group, root):
        if document.is_public or root is not None:
            return
        if group.is_local or not _is_for_group(document, group):
            raise Refused("Posts to a public group are public.", detail=document.iri)
        return
    if group.is_local and document.is_public:
        raise Refused(
            "What is said in a private group is addressed to its members, and not to the public.",
            detail=document.iri,
        )
    judged_here = group.is_local or author.is_local
    concerns_group = document.is_public or _is_for_group(document, group)
    if judged_here and concerns_group and not await is_member(tx.session, author.id, group.id):
        raise Forbidden("Only members write in a private group.", detail=f"{author.iri}: {group.iri}")


def is_closed(group: Actor, root: Post | None = None) -> bool:
    """Tell whether what is said there is for members: the group is private, or the thread was begun when it was."""
    return group.private or (root is not None and root.visibility == MEMBERS)


async def check_for_somebody(tx: Transaction, document: ObjectDocument, author: Actor) -> None:
    """Refuse an answer that is not for everybody and, as far as is known, for nobody here (pitfall 92)."""
    if document.is_public or author.is_local:
        return
    named = await find_actors(tx.session, document.addressees)
    if any(one.is_local or one.is_group for one in named):
        return
    if any(one.endswith("/followers") and one != author.followers for one in document.addressees):
        return  # those of a group that may be private
    to_followers = addressing.visibility(document.to, document.cc, author.followers) == "followers"
    if not to_followers or not await is_followed_here(tx.session, author.iri):
        raise Refused("This is for nobody here.", detail=document.iri)


async def check_may_read(tx: Transaction, activity: Activity, actor: Actor, post: Post) -> None:
    """Refuse what somebody does to a post that is not for them. A private group vouches for its own members."""
    if post.visibility in OPEN:
        return
    if post.visibility == MEMBERS and post.group_id is not None:
        group = await tx.session.get_one(Actor, post.group_id)
        if activity.announced_by == group.iri or await is_member(tx.session, actor.id, group.id):
            return
    raise Refused("This post is not for everybody.", detail=f"{activity.iri} on {post.iri}")


async def settle(tx: Transaction, root: Post) -> None:
    """Bring answers that came before their thread into its circle; what does not fit there is its author's alone."""
    if root.group_id is None or root.visibility != MEMBERS:
        return
    group = await tx.session.get_one(Actor, root.group_id)
    query = select(Post).where(col(Post.root_id) == root.id, col(Post.visibility) != MEMBERS)
    for post in await tx.session.scalars(query):
        author = await tx.session.get_one(Actor, post.author_id)
        try:
            document = reading.read_object(json.loads(post.document))
            post.visibility = await visibility_of(tx, document, author=author, group=group, root=root)
        except (Refused, Malformed, ValueError):
            post.visibility = "direct"
    await tx.session.flush()


async def note_addressees(tx: Transaction, post: Post, document: ObjectDocument) -> None:
    """Note whom here a post addresses that is for its addressees alone (FEDERATION D.4)."""
    if post.visibility not in {"followers", "direct"}:
        return
    for actor in await find_actors(tx.session, document.addressees):
        if actor.is_local and not actor.is_group:
            tx.session.add(Addressee(post_id=post.id or 0, actor_id=actor.id or 0))
    await tx.session.flush()


def _may_be_closed(group: Actor, root: Post | None) -> bool:
    return is_closed(group, root) or not group.is_local


def _is_for_group(document: ObjectDocument, group: Actor) -> bool:
    return any(one in document.addressees for one in (group.iri, group.followers) if one)
