"""Whether we and a private group elsewhere agree on who of us follows it (FEP-8fcf, FEDERATION B.8).

Its deliveries carry a digest of the followers that it counts here. Where ours differs, its own list decides: who
is not on it is no member, and reads no more; who is on it without our knowing is taken off by an Undo.
"""

from __future__ import annotations

import structlog
from sqlmodel import col, select

from node.activities import follow
from node.activities.perform import perform
from node.activitypub import reading
from node.activitypub.follower_digests import HEADER, Synchronization, digest_of, read_synchronization
from node.activitypub.origin import same_origin
from node.activitypub.signatures import SignedRequest
from node.inbox.fetching import fetch_collection, is_ours
from node.network.client import Budget
from node.runtime import Node
from node.store.columns import IRI_LENGTH
from node.store.database import Transaction
from node.store.queries.actors import find_actor
from node.store.queries.followers import followers_at
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow

FETCHES = 4

log = structlog.get_logger()


def stated_in(request: SignedRequest) -> Synchronization | None:
    """Return what the request says that its sender knows of followers here, or None."""
    values = request.values(HEADER.lower())
    return read_synchronization(values[0]) if len(values) == 1 else None


async def note(tx: Transaction, stated: Synchronization, signer: str) -> None:
    """Ask for a comparison when a private group's digest differs from ours; anything else is passed over."""
    group = await find_actor(tx.session, signer)
    if group is None or group.is_local or not group.private or stated.collection != group.followers:
        return
    if not (same_origin(stated.url, group.iri) and same_origin(stated.collection, group.iri)):
        return
    subject = f"{group.iri} {stated.url}"
    if stated.digest != digest_of(await followers_at(tx.session, group, None)) and len(subject) <= IRI_LENGTH:
        await ask_for(tx, "followers", subject)


async def synchronize(node: Node, subject: str) -> None:
    """Compare our follows of a group with its own list. subject: its id and where the list is, as `note` asks."""
    iri, _, url = subject.partition(" ")
    found = await fetch_collection(node, url, Budget(FETCHES))
    listed = {one for item in found.items if (one := reading.id_of(item)) is not None and is_ours(node, one)}
    async with node.transaction() as tx:
        group = await find_actor(tx.session, iri)
        if group is None or group.is_local:
            return
        await _drop_unlisted(tx, group, listed)
        await _disavow_unknown(tx, group, listed)


async def _drop_unlisted(tx: Transaction, group: Actor, listed: set[str]) -> None:
    query = (
        select(Follow, Actor)
        .join(Actor, col(Actor.id) == col(Follow.follower_id))
        .where(col(Follow.followee_id) == group.id, col(Actor.peer_id).is_(None))
    )
    for edge, follower in (await tx.session.execute(query)).all():
        if edge.state == "accepted" and follower.iri not in listed:
            log.info("follow not known to its group", group=group.iri, follower=follower.iri)
            await tx.session.delete(edge)
        elif edge.state == "pending" and follower.iri in listed:  # its Accept was lost
            edge.state, edge.answered_at = "accepted", tx.now
    await tx.session.flush()


async def _disavow_unknown(tx: Transaction, group: Actor, listed: set[str]) -> None:
    for iri in sorted(listed):
        follower = await find_actor(tx.session, iri)
        if follower is None or follower.sealed_key is None:
            continue
        edge = select(Follow.id).where(
            col(Follow.follower_id) == follower.id,
            col(Follow.followee_id) == group.id,
            col(Follow.state) != "rejected",
        )
        if await tx.session.scalar(edge) is None:
            await perform(tx, follow.compose_disavowal(tx, follower, group))
