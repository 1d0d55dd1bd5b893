"""What a node shows of its groups, as one value: nodes that have heard the same show the same (THREATS R36).

    states = {host: await public_state(database) for host, database in databases.items()}
    assert differences(states) == []

Everything is named by its id, never by a row, so that states of nodes are compared with each other. Reads a database
and needs no running node: of processes that were killed as well as of those in this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from node.store.database import Database
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.moderation import Ban
from node.store.tables.posts import Post, Share, Vote
from node.store.tables.trimmings import Reaction

# Section -> id, or ids with a space between -> what is so. JSON as it stands.
State = dict[str, dict[str, Any]]
SHARED = ("posts", "hidden", "votes", "reactions", "boosts", "moderators", "bans")  # the same on every node


async def public_state(database: Database, *, groups: Collection[str] | None = None) -> State:
    """Return what the node of that database shows; of those *groups* alone when they are named."""
    async with database.reading() as session:
        posts = await _posts(session, groups)
        shown = {iri for iri, post in posts.items() if post is not None}
        return {
            "posts": {iri: post for iri, post in posts.items() if post is not None},
            "hidden": {iri: True for iri, post in posts.items() if post is None},
            "votes": await _of_posts(session, Vote, shown, lambda one: one.value),
            "reactions": await _of_posts(session, Reaction, shown, lambda one: True, also=Reaction.emoji),
            "boosts": await _of_posts(session, Share, shown, lambda one: True),
            "follows": await _follows(session),
            "moderators": await _pairs(session, Moderator, Moderator.group_id, Moderator.actor_id, groups),
            "bans": await _bans(session, groups),
        }


def differences(states: Mapping[str, State], *, but: Collection[str] = (), limit: int = 20) -> list[str]:
    """Say in what the nodes differ, a line each and at most *limit*; nothing when they agree.

    states: by host. but: sections that are not compared. An edge of a follow is compared between the two nodes it
    concerns; a post that is hidden on one node may be unknown on another.
    """
    states = dict(sorted(states.items()))
    found: list[str] = []
    for section in SHARED:
        if section in but:
            continue
        names = sorted({name for state in states.values() for name in state[section]})
        for name in names:
            says = {host: _says(state, section, name) for host, state in states.items()}
            if len({repr(one) for one in says.values()}) > 1:
                found.append(f"{section} {name}: {_parted(says)}")
    if "follows" not in but:
        found += _edges_apart(states)
    return [*found[:limit], *([f"... and {len(found) - limit} more"] if len(found) > limit else [])]


def _says(state: State, section: str, name: str) -> Any:
    if section == "hidden":  # shown here, hidden there: the posts themselves tell
        return None
    return state[section].get(name)


def _parted(says: Mapping[str, Any]) -> str:
    """Leave out of what the nodes say the members on which they agree."""
    values = list(says.values())
    if all(isinstance(one, dict) for one in values):
        apart = [key for key in values[0] if len({repr(one.get(key)) for one in values}) > 1]
        return " | ".join(f"{host} " + repr({key: one[key] for key in apart}) for host, one in says.items())
    return " | ".join(f"{host} {'has none' if one is None else _short(one)}" for host, one in says.items())


def _short(value: Any) -> str:
    return "has it" if isinstance(value, dict) else repr(value)


def _edges_apart(states: Mapping[str, State]) -> Iterable[str]:
    edges = sorted({edge for state in states.values() for edge in state["follows"]})
    for edge in edges:
        homes = [host for host in map(_host, edge.split()) if host in states]
        says = {host: states[host]["follows"].get(edge, "none") for host in homes}
        if len(set(says.values())) > 1:
            yield f"follows {edge}: {says}"


def _host(iri: str) -> str:
    return urlsplit(iri).netloc


async def _posts(session: AsyncSession, groups: Collection[str] | None) -> dict[str, dict[str, Any] | None]:
    """Return posts by id; None for those that are deleted, removed, or wait for their group's word.

    An author sees their own before the group has taken it; the others may never.
    """
    author, group = aliased(Actor), aliased(Actor)
    query = (
        select(Post, author.iri, group.iri)
        .join(author, col(Post.author_id) == author.id)
        .outerjoin(group, col(Post.group_id) == group.id)
    )
    if groups is not None:
        query = query.where(group.iri.in_(groups))
    rows = (await session.execute(query)).all()
    shown = {row[0].id: row[0] for row in rows if _is_shown(row[0])}
    comments = Counter(post.root_id for post, *_ in rows if post.id in shown)
    parents = {post.id: post.parent_id for post, *_ in rows}
    return {
        post.iri: _shown(post, by, _place(post, within, shown, parents), comments=comments[post.id])
        if post.id in shown
        else None
        for post, by, within in rows
    }


def _place(
    post: Post, within: str | None, shown: Mapping[int | None, Post], parents: Mapping[int | None, int | None]
) -> dict[str, Any]:
    """Return where a post stands among what is shown.

    Below a thread that is not shown nothing has a place that must be alike: a node that the thread's deletion
    reached before the thread has never known it, nor which group it was in. Neither has what answers a deleted
    answer: it stands below what that one answered.
    """
    root = post if post.root_id is None else shown.get(post.root_id)
    if root is None or root.in_reply_to is not None:
        return {"group": None, "thread": None, "answers": None, "depth": 0}
    above: list[str] = []
    at = parents.get(post.id)
    while at is not None:
        if at in shown:
            above.append(shown[at].iri)
        at = parents.get(at)
    return {
        "group": within,
        "thread": root.iri if root is not post else None,
        "answers": above[0] if above else None,
        "depth": len(above),
    }


def _is_shown(post: Post) -> bool:
    waits = post.group_id is not None and post.confirmed_at is None
    return post.deleted_at is None and post.removed_at is None and not waits


def _shown(post: Post, by: str, place: dict[str, Any], *, comments: int) -> dict[str, Any]:
    return {
        "author": by,
        **place,
        "title": post.title,
        "content": post.content,
        "warning": post.warning,
        "language": post.language,
        "link": post.link_url,
        "visibility": post.visibility,
        "sensitive": post.sensitive,
        "published": post.published.isoformat(timespec="seconds"),
        "locked": post.locked_at is not None,
        "pinned": post.featured_at is not None,
        "upvotes": post.upvotes,
        "downvotes": post.downvotes,
        "score": post.score,
        "comments": comments
        if post.in_reply_to is None
        else 0,  # as they are here; whether the counter says so is another matter
    }


async def _of_posts(
    session: AsyncSession, table: Any, shown: Collection[str], value: Any, *, also: Any = None
) -> dict[str, Any]:
    """Return rows about posts that are shown: by who did it and the post, and *also* one more column."""
    query = (
        select(table, Actor.iri, Post.iri)
        .join(Actor, col(table.actor_id) == col(Actor.id))
        .join(Post, col(table.post_id) == col(Post.id))
    )
    rows = (await session.execute(query)).all()
    return {
        " ".join([who, what, *([getattr(row, also.key)] if also is not None else [])]): value(row)
        for row, who, what in rows
        if what in shown
    }


async def _follows(session: AsyncSession) -> dict[str, str]:
    follower, followee = aliased(Actor), aliased(Actor)
    query = (
        select(follower.iri, followee.iri, Follow.state)
        .join(follower, col(Follow.follower_id) == follower.id)
        .join(followee, col(Follow.followee_id) == followee.id)
        .where(col(Follow.state) != "rejected")
    )
    return {f"{one} {other}": state for one, other, state in (await session.execute(query)).all()}


async def _pairs(
    session: AsyncSession, table: Any, first: Any, second: Any, groups: Collection[str] | None
) -> dict[str, bool]:
    one, other = aliased(Actor), aliased(Actor)
    query = (
        select(one.iri, other.iri)
        .select_from(table)
        .join(one, col(first) == one.id)
        .join(other, col(second) == other.id)
    )
    rows = (await session.execute(query)).all()
    return {f"{group} {actor}": True for group, actor in rows if groups is None or group in groups}


async def _bans(session: AsyncSession, groups: Collection[str] | None) -> dict[str, bool]:
    rows = await session.execute(select(Ban.scope, Actor.iri).join(Actor, col(Ban.actor_id) == col(Actor.id)))
    return {f"{scope} {actor}": True for scope, actor in rows.all() if groups is None or scope in groups}
