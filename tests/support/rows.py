"""Rows for tests that begin in the middle: peers, actors, follows, posts, and activities about them.

Everything hangs on `alpha.example`, the node under test; names of others say where they live.
"""

from __future__ import annotations

import itertools
from typing import Any, TypeVar
from urllib.parse import urlsplit

from sqlmodel import col, select

from node.activitypub.activity import Activity
from node.activitypub.vocabulary import CONTEXT, PUBLIC
from node.keyring import Keyring
from node.runtime import ACTOR_KEY
from node.store.database import Transaction
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.peers import Peer
from node.store.tables.posts import Post
from tests.support.keyshop import PEMS

HOME = "https://alpha.example"
_numbers = itertools.count(1)
Row = TypeVar("Row")


async def a_peer(tx: Transaction, host: str = "beta.example", **fields: Any) -> Peer:
    """The peer at *host*, made when it is not there; *fields* are set in either case."""
    peer = await tx.session.scalar(select(Peer).where(col(Peer.host) == host))
    if peer is None:
        peer = Peer(host=host, first_seen=tx.now)
    for name, value in fields.items():
        setattr(peer, name, value)
    return await _kept(tx, peer)


async def an_actor(
    tx: Transaction, iri: str = "https://beta.example/u/bob", *, shares_inbox: bool = True, **fields: Any
) -> Actor:
    """A remote actor, with its peer."""
    parts = urlsplit(iri)
    home = f"{parts.scheme}://{parts.netloc}"
    peer = await a_peer(tx, parts.netloc)
    known = {
        "iri": iri,
        "kind": "Group" if parts.path.startswith("/c/") else "Person",
        "home": home,
        "host": parts.netloc,
        "path": parts.path,
        "username": parts.path.rsplit("/", 1)[-1],
        "peer_id": peer.id,
        "inbox": f"{iri}/inbox",
        "shared_inbox": f"{home}/inbox" if shares_inbox else None,
        "followers": f"{iri}/followers",
        "published": tx.now,
    }
    return await _kept(tx, Actor(**(known | fields)))


async def a_local_actor(
    tx: Transaction, name: str = "ada", *, kind: str = "Person", keyring: Keyring | None = None, **fields: Any
) -> Actor:
    """An actor of this node; with *keyring* it can sign."""
    path = f"/{'c' if kind == 'Group' else 'u'}/{name}"
    iri = f"{HOME}{path}"
    sealed = b"sealed" if keyring is None else keyring.seal(PEMS["alice"].encode(), purpose=ACTOR_KEY)
    known = {
        "iri": iri,
        "kind": kind,
        "home": HOME,
        "host": urlsplit(HOME).netloc,
        "path": path,
        "username": name,
        "inbox": f"{iri}/inbox",
        "shared_inbox": f"{HOME}/inbox",
        "followers": f"{iri}/followers",
        "sealed_key": sealed,
        "published": tx.now,
    }
    return await _kept(tx, Actor(**(known | fields)))


async def a_group(
    tx: Transaction, name: str = "bees", *, keyring: Keyring | None = None, **fields: Any
) -> Actor:
    """A group of this node."""
    return await a_local_actor(tx, name, kind="Group", keyring=keyring, **fields)


async def a_follow(tx: Transaction, follower: Actor, followee: Actor, state: str = "accepted") -> Follow:
    assert follower.id is not None
    assert followee.id is not None
    iri = f"{follower.home}/activities/follow/{next(_numbers)}"
    follow = Follow(follower_id=follower.id, followee_id=followee.id, iri=iri, state=state, created_at=tx.now)
    return await _kept(tx, follow)


async def a_moderator(tx: Transaction, actor: Actor, group: Actor) -> Moderator:
    assert actor.id is not None
    assert group.id is not None
    return await _kept(tx, Moderator(actor_id=actor.id, group_id=group.id, since=tx.now))


async def a_post(
    tx: Transaction, author: Actor, group: Actor | None = None, *, parent: Post | None = None, **fields: Any
) -> Post:
    """A thread, or an answer to *parent*; public unless *fields* say otherwise."""
    token = f"{'comment' if parent else 'thread'}{next(_numbers)}"
    known: dict[str, Any] = {
        "iri": f"{author.home}/{'comment' if parent else 'post'}/{token}",
        "token": token,
        "kind": "Note" if parent else "Page",
        "author_id": author.id,
        "group_id": group.id if group else None,
        "title": "" if parent else "Swarm season",
        "content": "<p>They are out.</p>",
        "published": tx.now,
        "received_at": tx.now,
        "confirmed_at": tx.now,
        "last_active": tx.now,
    }
    if parent is not None:
        known |= {
            "parent_id": parent.id,
            "root_id": parent.root_id or parent.id,
            "in_reply_to": parent.iri,
            "depth": parent.depth + 1,
            "group_id": parent.group_id,
        }
    return await _kept(tx, Post(**(known | fields)))


def an_activity(
    type: str,  # noqa: A002 -- the field's word
    actor: Actor,
    obj: Actor | Post | str | Activity,
    *,
    group: Actor | None = None,
    to: tuple[str, ...] | None = None,
    cc: tuple[str, ...] = (),
    **fields: Any,
) -> Activity:
    """An activity as it comes from a composer or the inbox; to the group and the public unless told."""
    if to is None:
        to = (group.iri, PUBLIC) if group else (PUBLIC,)
    inner = obj if isinstance(obj, Activity) else None
    iri = fields.pop("iri", f"{actor.home}/activities/{type.lower()}/{next(_numbers)}")
    about = obj if isinstance(obj, str) else obj.iri
    raw = {
        "@context": CONTEXT,
        "id": iri,
        "type": type,
        "actor": actor.iri,
        "object": {k: v for k, v in inner.raw.items() if k != "@context"} if inner else about,
        "to": list(to),
        "cc": list(cc),
        **({"audience": group.iri} if group else {}),
        **({"summary": fields["summary"]} if fields.get("summary") is not None else {}),
    }
    return Activity(
        type=type,
        iri=iri,
        actor=actor.iri,
        object=about,
        raw=fields.pop("raw", raw),
        to=to,
        cc=cc,
        audience=group.iri if group else None,
        inner=inner,
        **fields,
    )


async def _kept(tx: Transaction, row: Row) -> Row:
    tx.session.add(row)
    await tx.session.flush()
    return row
