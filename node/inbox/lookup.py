"""The search box: from an address that a person pasted to the actor or post that it means."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from sqlmodel import col, select

from node.activitypub import reading, strictjson
from node.activitypub.origin import host_of, parse_iri
from node.activitypub.webfinger import parse_handle
from node.errors import NotFound, Refused
from node.inbox.actors import fetch_actor, find_handle
from node.inbox.fetching import fetch_document, fetch_object, instance_signer, is_ours
from node.inbox.resolve import keep_post
from node.network.answers import read_media_type
from node.network.client import DOCUMENT, Budget
from node.runtime import Node
from node.store.queries.actors import find_actor
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

FETCHES = 20  # for one address: the page, the document, its author, group, and what it answers
_LINK = re.compile(r"<([^<>\s]{1,2048})>([^<>,]{0,500})")


async def find_url(node: Node, url: str) -> Actor | Post | None:
    """Return the actor or post at *url*, its id or its page: known here, or fetched and kept. None: neither.

    Raises Malformed for what is no address, Unavailable when its node is away, and what `keep_post` refuses.
    """
    parse_iri(url, development=node.settings.development)
    known = await _known(node, url)
    if known is not None or is_ours(node, url):
        return known
    budget = Budget(FETCHES)
    iri = await _document_at(node, url, budget)
    if iri is None:
        return None
    known = await _known(node, iri)
    if known is not None:
        return known
    raw = await fetch_document(node, iri, budget)
    kind = reading.kind_of(raw)
    if kind == "actor":
        return await fetch_actor(node, reading.read_actor(raw).iri, budget)
    if kind in {"object", "activity"}:
        return await keep_post(node, await fetch_object(node, iri, budget), budget)
    return None


async def find_named_anew(node: Node, typed: str) -> Actor:
    """Return the actor that a handle or an address names, one of another node as its document is now.

    Raises Malformed for what is neither, NotFound when nobody is there, and as `fetch_actor`.
    """
    typed = typed.strip()
    if typed.startswith(("https://", "http://")):
        found = await find_url(node, typed)
        if not isinstance(found, Actor):
            raise NotFound("Nobody was found at this address.", detail=typed[:300])
    else:
        named = typed if "@" in typed.lstrip("@!~") else f"{typed}@{node.settings.host}"
        found = await find_handle(node, parse_handle(named))
    return await fetch_actor(node, found.iri, Budget(FETCHES), anew=True)


async def _known(node: Node, url: str) -> Actor | Post | None:
    async with node.reading() as session:
        post = await find_post(session, url) or await session.scalar(select(Post).where(col(Post.url) == url))
        if post is not None:
            return post
        actor: Actor | None = await find_actor(session, url) or await session.scalar(
            select(Actor).where(col(Actor.url) == url)
        )
        return actor


async def _document_at(node: Node, url: str, budget: Budget) -> str | None:
    """Return where the document of *url* is: there, or where its page says, once, on the same host (V57)."""
    signer = await instance_signer(node)
    try:
        fetched = await node.client.get(url, accept=DOCUMENT, signer=signer, budget=budget)
    except NotFound:
        return None
    try:
        fetched.check_document()
    except Refused:
        return _alternate(fetched.headers.get("link", ""), fetched.url)
    return reading.id_of(strictjson.load(fetched.body))


def _alternate(header: str, url: str) -> str | None:
    for target, parameters in _LINK.findall(header[:8192]):
        given = {
            name.strip().lower(): value.strip().strip('"')
            for name, _, value in (one.partition("=") for one in parameters.split(";"))
        }
        if "alternate" in given.get("rel", "").split() and _is_document(given.get("type", "")):
            found = urljoin(url, target)
            return found if host_of(found) == host_of(url) else None
    return None


def _is_document(media_type: str) -> bool:
    return read_media_type(media_type)[0] in {"application/activity+json", "application/ld+json"}
