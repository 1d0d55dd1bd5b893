"""Keys of actors of ours that are there already: those they lack, and new ones for old.

A new key stands under the id of the old one: peers that look again after a signature that does not match find it
there at once, the others when their copy of the actor is a day old (RULE B3).
"""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col, select

from node.activitypub import multikeys
from node.activitypub.vocabulary import PUBLIC
from node.activitypub.writing import write_update
from node.errors import Forbidden
from node.local.actors import Keys
from node.outbox import log
from node.outbox.audience import Target
from node.runtime import PROOF_KEY, Node
from node.store.database import Transaction
from node.store.queries.documents import actor_document
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow

AT_ONCE = 200  # actors given a key in one unit of work


async def ensure_proof_keys(node: Node) -> int:
    """Give each local actor that has none a key for proofs (FEP-8b32); return how many got one.

    Of two processes that start at once, one key wins: who has one by then keeps it.
    """
    given = 0
    while lacking := await _lacking(node):
        async with node.transaction() as tx:
            for actor_id in lacking:
                private, public = multikeys.generate()
                sealed = node.keyring.seal(private.encode(), purpose=PROOF_KEY)
                await tx.session.execute(
                    update(Actor)
                    .where(col(Actor.id) == actor_id, col(Actor.sealed_proof_key).is_(None))
                    .values(sealed_proof_key=sealed, proof_key=public)
                )
        given += len(lacking)
    return given


async def rotate(tx: Transaction, actor: Actor, keys: Keys) -> None:
    """Give a local actor new keys, which sign from now on, and tell whoever knows the old ones.

    Those are its followers and whom it follows; others read the actor again by themselves. Raises Forbidden for an
    actor of another node.
    """
    check_ours(actor)
    actor.sealed_key, actor.public_key = keys.sealed, keys.public
    actor.sealed_proof_key, actor.proof_key = keys.sealed_proof, keys.proof
    actor.keys_rotated_at = actor.updated = tx.now
    await tx.session.flush()
    iri = f"{actor.home}/activities/update/{tx.ids.token()}"
    followers = [actor.followers] if actor.followers else []
    followed = await tx.session.scalars(
        select(Follow.followee_id).where(col(Follow.follower_id) == actor.id, col(Follow.state) == "accepted")
    )
    await log.append(
        tx,
        iri=iri,
        type="Update",
        actor=actor,
        body=write_update(actor_document(actor), iri=iri, actor=actor.iri, to=[PUBLIC], cc=followers),
        public=True,
        targets=[Target("followers", actor.id), *(Target("actor", one) for one in followed)],
    )


def check_ours(actor: Actor) -> None:
    """Raise Forbidden unless the actor's keys are kept here."""
    if not actor.is_local or actor.sealed_key is None:
        raise Forbidden(f"The keys of {actor.handle} are not kept on this node.", detail=actor.iri)


async def _lacking(node: Node) -> list[int]:
    async with node.reading() as session:
        found = await session.scalars(
            select(Actor.id)
            .where(col(Actor.sealed_key).is_not(None), col(Actor.sealed_proof_key).is_(None))
            .order_by(col(Actor.id))
            .limit(AT_ONCE)
        )
        return [one for one in found if one is not None]
