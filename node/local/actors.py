"""Making actors of our own: the node itself, persons, groups. Names are never used twice (A86)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from sqlmodel import col, select

from node.activitypub import multikeys
from node.activitypub.origin import host_of, origin_of
from node.errors import Conflict, Malformed, Misconfigured
from node.keyring import Keyring
from node.runtime import ACTOR_KEY, PROOF_KEY, Node
from node.store.database import Transaction
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow, Moderator
from node.store.tables.posts import Post
from node.text.clean import plain_name
from node.text.markdown import to_html

NAME = re.compile(r"^[a-z0-9_]{2,50}$")  # RULE A3
# Names that would read as the node's own voice, or as a page of it (A24).
_WORDS = """
about abuse activities admin administrator api archipel c comment contact feed_relay groups help home inbox info interact
login mail media mod moderator moderators node nodeinfo notifications official outbox owner post postmaster root
search security settings staff static support system u webmaster welcome www
"""
RESERVED = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Keys:
    """Fresh keys: for requests RSA, its public half as PEM; for proofs Ed25519, its public half as multibase.

    The private halves are sealed.
    """

    sealed: bytes
    public: str
    sealed_proof: bytes
    proof: str


async def new_keys(node: Node) -> Keys:
    """Make keys. Takes a tenth of a second of one core, so never inside a transaction."""
    private, public = await asyncio.to_thread(node.new_key_pair)
    return seal(node.keyring, private, public)


def seal(keyring: Keyring, private: str, public: str) -> Keys:
    """Seal the private half of a key for requests, and make a key for proofs beside it."""
    proof_private, proof = multikeys.generate()
    return Keys(
        keyring.seal(private.encode(), purpose=ACTOR_KEY),
        public,
        keyring.seal(proof_private.encode(), purpose=PROOF_KEY),
        proof,
    )


async def ensure_instance_actor(node: Node) -> Actor:
    """Return the node's own actor, the one at `/`, making it on the first start.

    Raises Misconfigured when the database was begun under another address: its ids would all be dead.
    """
    async with node.reading() as session:
        known: Actor | None = await session.scalar(
            select(Actor).where(
                col(Actor.kind) == "Application", col(Actor.path) == "/", col(Actor.sealed_key).is_not(None)
            )
        )
    if known is not None and known.home == node.settings.home:
        return known
    if known is not None:
        raise Misconfigured(
            f"This database belongs to {known.home}, and ARCHIPEL_URL says {node.settings.home}. The address is part "
            "of every id and cannot change: set it back, or choose another database."
        )
    keys = await new_keys(node)
    home, host = node.settings.home, node.settings.host
    async with node.transaction() as tx:
        actor = Actor(
            iri=f"{home}/",
            kind="Application",
            home=home,
            host=host,
            path="/",
            # Without the port of development: GoToSocial reads `localhost:8000` as an address, and no name.
            username=host.partition(":")[0],
            handle_verified=True,
            name=node.settings.name,
            url=f"{home}/",
            inbox=f"{home}/inbox",
            shared_inbox=f"{home}/inbox",
            outbox=f"{home}/site_outbox",
            manually_approves=True,
            sealed_key=keys.sealed,
            public_key=keys.public,
            sealed_proof_key=keys.sealed_proof,
            proof_key=keys.proof,
            published=tx.now,
        )
        tx.session.add(actor)
    return actor


async def new_person(tx: Transaction, home: str, name: str, keys: Keys, *, title: str = "") -> Actor:
    """Make a person of this node; raises Malformed for a bad name, Conflict for a taken one."""
    actor = await new_actor(tx, f"{home}/u/{check_name(name)}", name, "Person", keys)
    actor.name = plain_name(title).strip()[:200]
    await tx.session.flush()
    return actor


async def found_group(
    tx: Transaction,
    home: str,
    name: str,
    keys: Keys,
    *,
    title: str,
    founder: Actor,
    summary: str = "",
    posting_restricted: bool = False,
    private: bool = False,
) -> Actor:
    """Found a group of this node; its founder moderates and follows it. summary: Markdown.

    private: its members alone read it, and its moderators say who becomes one (FEDERATION C.16).

    Raises Malformed for a bad name, Conflict for a taken one.
    """
    group = await new_actor(tx, f"{home}/c/{check_name(name)}", name, "Group", keys)
    group.name = plain_name(title).strip()[:200] or name
    group.summary_source, group.summary = summary, to_html(summary)
    group.posting_restricted = posting_restricted
    group.private = group.manually_approves = private
    group.featured = f"{group.iri}/featured"
    group.moderators = f"{group.iri}/moderators"
    await tx.session.flush()
    tx.session.add(Moderator(group_id=group.id or 0, actor_id=founder.id or 0, since=tx.now))
    tx.session.add(
        Follow(
            follower_id=founder.id or 0,
            followee_id=group.id or 0,
            iri=f"{home}/activities/follow/{tx.ids.token()}",
            state="accepted",
            created_at=tx.now,
            answered_at=tx.now,
        )
    )
    await tx.session.flush()
    return group


async def set_private(tx: Transaction, group: Actor, *, private: bool) -> None:
    """Make a group of ours private from now on, or open a private one in which nothing was said.

    What was public stays public. Raises Conflict for a private group with posts: whoever came would read them.
    """
    if private == group.private:
        return
    said = select(Post.id).where(col(Post.group_id) == group.id, col(Post.visibility) == "members")
    if not private and await tx.session.scalar(said.limit(1)) is not None:
        raise Conflict("What was said here was said in private, so this group stays private. Found another.")
    group.private = group.manually_approves = private
    group.updated = tx.now
    await tx.session.flush()


def check_name(name: str) -> str:
    """Return the name if it may be somebody's, or raise Malformed."""
    if not NAME.match(name):
        raise Malformed("A name is 2 to 50 of a-z, 0-9 and _.", detail=name[:100])
    if name.strip("_") in RESERVED:
        raise Malformed(f"The name {name} is reserved. Choose another.", detail=name)
    return name


async def new_actor(tx: Transaction, iri: str, name: str, kind: str, keys: Keys) -> Actor:
    """Make an actor of ours of that id and kind; raises Conflict when the name is taken."""
    home = origin_of(iri)
    host = host_of(iri)
    taken = await tx.session.scalar(
        select(Actor.id).where(col(Actor.host) == host, col(Actor.lookup_name) == name.lower())
    )
    if taken is not None:
        raise Conflict(f"The name {name} is taken. Choose another.", detail=iri)
    actor = Actor(
        iri=iri,
        kind=kind,
        home=home,
        host=host,
        path=iri.removeprefix(home),
        username=name,
        handle_verified=True,
        url=iri,
        inbox=f"{iri}/inbox",
        shared_inbox=f"{home}/inbox",
        outbox=f"{iri}/outbox",
        followers=f"{iri}/followers",
        following=f"{iri}/following",
        sealed_key=keys.sealed,
        public_key=keys.public,
        sealed_proof_key=keys.sealed_proof,
        proof_key=keys.proof,
        published=tx.now,
    )
    tx.session.add(actor)
    await tx.session.flush()
    return actor
