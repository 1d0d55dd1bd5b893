"""Documents from their origin: signed by the node's own actor, believed only under their own id.

What comes back vouches for nothing but itself: its id must share the origin of the address where it was
found, and be that address or answer at it (V14, V28, RULE B5.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from node.activitypub import reading, strictjson
from node.activitypub.documents import ActivityDocument, CollectionDocument, ObjectDocument
from node.activitypub.origin import host_of, is_local, same_identity, same_origin
from node.errors import Forbidden, Gone, NotFound, Refused
from node.network.client import Budget, Signer
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.arrivals import is_blocked

ABSENT = (NotFound, Gone)  # what an origin answers for something that it no longer has


@dataclass(frozen=True, slots=True)
class Found:
    """A document and the address at which it was found. raw: None when it is the version that was named."""

    raw: dict[str, Any] | None
    url: str
    etag: str = ""


def is_ours(node: Node, iri: str) -> bool:
    """Tell whether *iri* is under our own origin: such things are looked up, never fetched (V28, A52)."""
    return is_local(iri, [node.settings.home])


async def fetch_document(node: Node, iri: str, budget: Budget, *, exact: bool = False) -> dict[str, Any]:
    """Return the document of *iri*, its id verified.

    exact: the document must carry that very id; otherwise it may be another of the same origin, since
    aliases of one thing are common. Raises as `Client.get_document`, and Refused for an id that the place
    where it was found cannot vouch for.
    """
    return await _believed(node, iri, await _get(node, iri, budget), budget, exact=exact)


async def _believed(node: Node, iri: str, found: Found, budget: Budget, *, exact: bool) -> dict[str, Any]:
    """Return what was *found* at *iri*, once its id is known to be vouched for by where it was found."""
    given = reading.id_of(found.raw)
    if given is None or not same_origin(given, found.url):
        raise Refused("The document's id belongs elsewhere.", detail=f"{found.url} holds {given}")
    if not _at_home(given, found.url) and not same_identity(given, iri):
        again = await _get(node, given, budget)
        if reading.id_of(again.raw) != given or not same_origin(given, again.url):
            raise Refused("The document does not answer under its own id.", detail=f"{iri}: {given}")
        found = again
    if exact and not same_identity(given, iri):
        raise Refused("The document carries another id than the one asked for.", detail=f"{iri}: {given}")
    if is_ours(node, given) or not same_origin(given, iri):
        raise Refused("The document's id belongs elsewhere.", detail=f"{iri} led to {given}")
    return found.raw or {}


async def fetch_object(node: Node, iri: str, budget: Budget) -> ObjectDocument:
    """Return the post or comment of that id from its origin, or the one that a Create of that id brings.

    Raises Gone for a tombstone, Refused when its author is not of its own origin, and as `fetch_document`.
    """
    raw = await fetch_document(node, iri, budget)
    kind = reading.kind_of(raw)
    if kind == "activity":
        raw = await _created(node, reading.read_activity(raw), budget)
        kind = reading.kind_of(raw)
    if kind == "tombstone":
        raise Gone("This has been deleted at its origin.", detail=iri)
    if kind != "object":
        raise Refused("This is not a post.", detail=f"{iri} is an {kind}")
    return checked_object(raw)


async def fetch_collection(node: Node, iri: str, budget: Budget) -> CollectionDocument:
    """Return a collection, or one page of it. Raises as `fetch_document`."""
    return reading.read_collection(await fetch_document(node, iri, budget))


async def fetch_if_changed(
    node: Node, iri: str, budget: Budget, *, etag: str
) -> tuple[CollectionDocument | None, str]:
    """Return a collection and the ETag of this version; None in its place when *etag* is still the newest.

    etag: of the version that was read before, or empty. Raises as `fetch_document`.
    """
    found = await _get(node, iri, budget, etag=etag)
    if found.raw is None:
        return None, etag
    raw = await _believed(node, iri, found, budget, exact=False)
    return reading.read_collection(raw), found.etag


def checked_object(raw: dict[str, Any]) -> ObjectDocument:
    """Read a post whose id is verified; raise Refused unless its author is of the same origin (V19)."""
    document = reading.read_object(raw)
    if not same_origin(document.iri, document.attributed_to):
        raise Refused(
            "A post and its author must have one origin.", detail=f"{document.iri}: {document.attributed_to}"
        )
    return document


async def is_gone(node: Node, iri: str, budget: Budget) -> bool:
    """Tell whether its origin says that *iri* is no more: 404, 410 or a tombstone (A05, V30).

    Raises Unavailable when the origin cannot be asked.
    """
    try:
        raw = await fetch_document(node, iri, budget)
    except ABSENT:
        return True
    return reading.kind_of(raw) == "tombstone"


async def check_not_blocked(node: Node, iri: str) -> None:
    """Raise Forbidden when our operator has blocked the host of *iri* or one above it (A106)."""
    async with node.reading() as session:
        if await is_blocked(session, [host_of(iri)]):
            raise Forbidden("This node does not speak with that host.", detail=iri)


async def instance_signer(node: Node) -> Signer:
    """Return the signer of the node's own actor, in whose name everything is fetched (FEDERATION A.4)."""
    async with node.reading() as session:
        return node.sign_as(await get_actor(session, f"{node.settings.home}/"))


async def _get(node: Node, iri: str, budget: Budget, *, etag: str = "") -> Found:
    if is_ours(node, iri):
        raise Forbidden("The node does not fetch its own documents.", detail=iri)
    await check_not_blocked(node, iri)
    signer = await instance_signer(node)
    fetched = await node.client.get_document(iri, signer=signer, budget=budget, etag=etag)
    await check_not_blocked(node, fetched.url)
    raw = None if fetched.is_unchanged else strictjson.load(fetched.body)
    return Found(raw, fetched.url, fetched.etag)


def _at_home(iri: str, url: str) -> bool:
    return same_identity(urldefrag(iri).url, url)


async def _created(node: Node, create: ActivityDocument, budget: Budget) -> dict[str, Any]:
    if create.type not in {"Create", "Update"} or create.object_iri is None:
        raise Refused("This activity brings no post.", detail=create.iri)
    inner = create.inner
    at_home = inner is not None and same_origin(create.object_iri, create.iri)
    if inner is not None and at_home and reading.read_object(inner).attributed_to == create.actor:
        return inner
    return await fetch_document(node, create.object_iri, budget)
