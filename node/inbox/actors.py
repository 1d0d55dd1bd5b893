"""Actors of other nodes: fetched from their origin, kept under their verified id, refreshed by the day.

Nothing about an actor is ever believed from the body of an arrival (A16): only its own document counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import structlog

from node.activitypub import reading, strictjson
from node.activitypub.documents import ActorDocument, KeyDocument
from node.activitypub.origin import parse_iri, same_origin
from node.activitypub.webfinger import (
    Handle,
    JrdDocument,
    parse_handle,
    read_jrd,
    self_links,
    subject_matches,
)
from node.errors import NodeError, NotFound, Refused, TooMany
from node.inbox.fetching import fetch_document, is_ours
from node.inbox.limits import ActorFailures, Flights
from node.network.client import Budget
from node.runtime import Node
from node.store.columns import IRI_LENGTH
from node.store.database import Transaction
from node.store.queries.actors import ensure_peer, find_actor, find_by_handle, get_actor
from node.store.queries.fields import FIELDS_KEPT, NAME_LENGTH, ProfileField, write_fields
from node.store.queries.keys import is_taken, replace_keys
from node.store.queries.tasks import ask_for
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.peers import Peer
from node.text.clean import clean_html, plain_name, plain_text

FRESH_FOR = timedelta(hours=24)
FAILED_FOR = timedelta(minutes=10)  # FEDERATION F: negative look-ups
NODEINFO_EVERY = timedelta(days=7)
LOOKUP_FETCHES = 8  # for one handle that a person typed

log = structlog.get_logger()


async def fetch_actor(node: Node, iri: str, budget: Budget, *, anew: bool = False) -> Actor:
    """Return the actor of that id, fetched when unknown or not looked at for a day.

    anew: fetch in any case. An actor that is known is returned as it was when its origin cannot be asked.
    Raises NotFound for an id of ours that nobody has, and as `fetching.fetch_document`.
    """
    async with node.reading() as session:
        known = await find_actor(session, iri)
    if known is not None and (known.is_local or not (anew or _is_stale(known, node.clock.now()))):
        return known
    if is_ours(node, iri):
        raise NotFound("There is no such actor here.", detail=iri)
    try:
        return await _fetched(node, iri, budget, anew=anew)
    except NodeError as error:
        if known is None or anew:
            raise
        log.info("actor not refreshed", actor=iri, error=str(error))
        return known


async def _fetched(node: Node, iri: str, budget: Budget, *, anew: bool) -> Actor:
    failures = node.memory(ActorFailures)
    if not anew:
        failures.check(iri, node.clock.now())
    node.step_outside()

    async def fetch() -> Actor:
        document = reading.read_actor(await fetch_document(node, iri, budget, exact=True))
        async with node.transaction() as tx:
            return await keep_actor(tx, document)

    try:
        return await node.memory(Flights).join(f"actor {iri}", fetch)
    except TooMany:
        raise  # the asker's budget has ended; that says nothing about the actor
    except NodeError as error:
        failures.remember(iri, error, node.clock.now() + FAILED_FOR)
        raise


def _is_stale(actor: Actor, now: datetime) -> bool:
    if actor.deleted_at is not None:
        return False
    return actor.fetched_at is None or actor.fetched_at <= now - FRESH_FOR


async def keep_actor(tx: Transaction, document: ActorDocument) -> Actor:
    """Write down what an actor's own document says, under its id (V23); its keys become exactly those listed.

    document: read at its origin, its id verified. A kind never crosses between groups and others (A17).
    Raises Refused for an actor of ours (V28).
    """
    actor = await find_actor(tx.session, document.iri)
    peer = await ensure_peer(tx, document.iri)
    if actor is None:
        actor = _new(tx, document, peer)
        if await is_taken(tx.session, actor.host, actor.path):
            raise Refused("This actor is known under another spelling of its id.", detail=document.iri)
        tx.session.add(actor)
    elif actor.is_local:
        raise Refused("This actor lives here.", detail=document.iri)
    elif actor.is_group != (document.type in GROUP_KINDS):
        log.warning("actor keeps its kind", actor=actor.iri, kind=actor.kind, claims=document.type)
        document = replace(document, type=actor.kind)
    renamed = actor.id is None or actor.username != document.preferred_username
    if actor.deleted_at is None:
        _describe(actor, document)
        _address(actor, document)
    actor.fetched_at = tx.now
    await tx.session.flush()
    await _keep_keys(tx, actor, document)
    await _ask_about(tx, actor, peer, renamed=renamed)
    return actor


def _new(tx: Transaction, document: ActorDocument, peer: Peer) -> Actor:
    iri = parse_iri(document.iri, development=True)
    return Actor(
        iri=document.iri,
        kind=document.type[:32],
        home=iri.origin,
        host=iri.authority,
        path=("/" + document.iri.partition("://")[2].partition("/")[2])[:1800],
        username="",
        peer_id=peer.id,
        published=min(document.published or tx.now, tx.now),
    )


def _describe(actor: Actor, document: ActorDocument) -> None:
    if actor.username != document.preferred_username:
        actor.handle_verified = False
    actor.kind = document.type[:32]
    actor.username = document.preferred_username
    actor.name = plain_name(document.name or "")[:200]
    actor.summary = clean_html(document.summary) if document.summary else ""
    actor.description = plain_text(document.description or "")[:500]
    actor.fields = write_fields(_fields(document))
    actor.url = _short(document.url)
    actor.icon_url = _short(document.icon_url)
    actor.image_url = _short(document.image_url)
    actor.manually_approves = document.manually_approves_followers
    actor.private = document.is_private_group
    actor.posting_restricted = document.posting_restricted_to_mods
    actor.sensitive = document.sensitive
    actor.discoverable = document.discoverable
    actor.indexable = document.indexable
    actor.also_known_as = "\n".join(document.also_known_as)
    actor.moved_to = _short(document.moved_to)
    actor.updated = document.updated
    actor.document = strictjson.dump(document.raw).decode()


def _fields(document: ActorDocument) -> list[ProfileField]:
    """Return what the profile says in its fields, cleaned. Whether its links lead back, its own node knows."""
    cleaned = [(plain_name(name)[:NAME_LENGTH], clean_html(value)) for name, value in document.fields]
    return [ProfileField(name, value) for name, value in cleaned if name and value][:FIELDS_KEPT]


def _address(actor: Actor, document: ActorDocument) -> None:
    """Take the boxes that are on the actor's own origin: others would turn us against a third party (V49)."""

    def own(iri: str | None) -> str | None:
        return iri if iri is not None and same_origin(iri, document.iri) else None

    actor.inbox = own(document.inbox)
    actor.shared_inbox = own(document.shared_inbox)
    actor.outbox = own(document.outbox)
    actor.followers = own(document.followers)
    actor.following = own(document.following)
    actor.featured = own(document.featured)
    actor.moderators = own(document.moderators)


def _short(url: str | None) -> str | None:
    return url if url is not None and len(url) <= IRI_LENGTH else None


async def _keep_keys(tx: Transaction, actor: Actor, document: ActorDocument) -> None:
    def own(listed: tuple[KeyDocument, ...]) -> dict[str, str]:
        return {key.iri: key.pem for key in listed if same_origin(key.iri, actor.iri)}

    keys = own(document.public_keys)
    actor.public_key = next(filter(None, keys.values()), "")
    await replace_keys(tx, actor.iri, keys)
    await replace_keys(tx, actor.iri, own(document.proof_keys), "proof")


async def _ask_about(tx: Transaction, actor: Actor, peer: Peer, *, renamed: bool) -> None:
    """Ask what is not needed at once: whether the handle is the actor's, and what the peer runs."""
    if peer.shared_inbox is None:
        peer.shared_inbox = actor.shared_inbox
    if renamed and actor.username:
        await ask_for(tx, "handle", actor.iri)
    if peer.nodeinfo_at is None or peer.nodeinfo_at <= tx.now - NODEINFO_EVERY:
        await ask_for(tx, "nodeinfo", peer.host)


async def find_handle(node: Node, handle: Handle, *, group: bool | None = None) -> Actor:
    """Return the actor of a handle: known here, or found by WebFinger at its host and fetched.

    group: which of two of one name is meant, where the handle was written with ``!`` (True) or ``@`` (False).
    Raises NotFound when its host knows nobody of that name, and as `fetch_actor`.
    """
    async with node.reading() as session:
        known = await find_by_handle(session, handle.username, handle.host, group=group)
    if known is not None and (known.is_local or (known.handle_verified and known.fetched_at is not None)):
        return known
    if handle.host == node.settings.host:
        raise NotFound(f"Nobody here is called {handle.username}.")
    budget = Budget(LOOKUP_FETCHES)
    iris = await named_by(node, handle, budget)
    if group is not None:  # those of the wanted kind first, those of no stated kind next
        iris.sort(key=lambda one: 1 if one[1] is None else 0 if (one[1] in GROUP_KINDS) == group else 2)
    for iri, _ in iris:
        actor = await fetch_actor(node, iri, budget)
        if group is None or actor.is_group == group or len(iris) == 1:
            await check_handle(node, actor, budget, named=handle)
            async with node.reading() as session:
                return await get_actor(session, actor.iri)
    raise NotFound(f"{handle.host} knows nobody called {handle.username}.")


async def check_handle(node: Node, actor: Actor, budget: Budget, *, named: Handle | None = None) -> None:
    """Note whether the actor's handle leads back to it: only then it is shown (A23, V20).

    named: a handle that has just led here, which saves asking when it is the actor's own.
    """
    handle = Handle(actor.username, actor.host)
    verified = named is not None and str(named).lower() == str(handle).lower()
    if not verified and actor.username:
        try:
            found = await named_by(node, handle, budget)
        except Refused:
            found = []
        verified = any(iri == actor.iri for iri, _ in found)
    async with node.transaction() as tx:
        kept = await get_actor(tx.session, actor.iri)
        if kept.username == actor.username:
            kept.handle_verified = verified


async def named_by(node: Node, handle: Handle, budget: Budget) -> list[tuple[str, str | None]]:
    """Ask the handle's host by WebFinger whom it means; return their ids, each with its kind if told.

    An answer about a name of another host counts only when that host says the same (V24, A23). Raises
    NotFound for nobody, and as `Client.get_json`.
    """
    jrd = await _ask_webfinger(node, handle, budget)
    links = self_links(jrd)
    if not subject_matches(jrd, handle.acct):
        other = await _ask_webfinger(node, parse_handle(jrd.subject), budget)
        links = (
            [one for one in self_links(other) if one in links] if subject_matches(other, jrd.subject) else []
        )
    if not links:
        raise NotFound(f"{handle.host} knows nobody called {handle.username}.")
    return links


async def _ask_webfinger(node: Node, handle: Handle, budget: Budget) -> JrdDocument:
    scheme = node.settings.home.partition("://")[0]  # peers of a node that is tried at home speak http too
    resource = quote(handle.acct, safe=":@")
    url = f"{scheme}://{handle.host}/.well-known/webfinger?resource={resource}"
    fetched = await node.client.get_json(url, budget=budget)
    return read_jrd(strictjson.load(fetched.body), handle.acct)
