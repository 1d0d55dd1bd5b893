"""What is at a link: its title, its first words, a picture. Looked at for whoever writes, and kept with their thread.

Only pages that members of this node link to are looked at, by the one guarded client; what is kept is plain text and
the address of a picture, which readers get by way of this node.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from node.activitypub.origin import parse_iri
from node.errors import Malformed, Refused
from node.inbox.fetching import check_not_blocked, is_ours
from node.local import attempts
from node.network.client import Budget
from node.runtime import Node
from node.settings import MIB
from node.store.queries.posts import find_post
from node.store.tables.links import LinkCard
from node.text.cards import PageSays, read_page

ACCEPT = "text/html, application/xhtml+xml;q=0.9"
FETCHES = 5  # for one page, redirects among them
LONGEST = MIB  # bytes of a page
IMAGE_LENGTH = 2000  # characters of an address
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Card:
    """What a page elsewhere says of itself. Plain text."""

    address: str
    host: str
    title: str
    words: str
    site: str
    image: str  # address; empty: none


async def look(node: Node, member_id: int, address: str) -> Card:
    """Look at a page for a member who writes about it; so often and no more.

    Raises Malformed for what is no address, TooMany, and what the client raises.
    """
    address = address.strip()
    parse_iri(address, development=node.settings.development)
    async with node.transaction() as tx:
        await attempts.spend(tx, f"page:{member_id}", attempts.PAGES)
    return await _look(node, address)


async def keep_card(node: Node, iri: str) -> None:
    """Keep the card of the link of a thread of ours, unless that is done."""
    async with node.reading() as session:
        post = await find_post(session, iri)
        kept = await session.get(LinkCard, post.id) if post is not None else None
    if post is None or not post.link_url or post.deleted_at is not None or post.document:
        return
    if kept is not None and kept.address == post.link_url:
        return
    card = await _look(node, post.link_url)
    async with node.transaction() as tx:
        post = await find_post(tx.session, iri)
        if post is None or post.link_url != card.address or post.deleted_at is not None:
            return
        row = await tx.session.get(LinkCard, post.id) or LinkCard(
            post_id=post.id or 0, address="", looked_at=tx.now
        )
        row.address, row.title, row.words, row.site = card.address, card.title, card.words, card.site
        row.image_url, row.looked_at = card.image, tx.now
        tx.session.add(row)


async def _look(node: Node, address: str) -> Card:
    if is_ours(node, address):
        raise Malformed("This address is of this node itself: it needs no look.", detail=address)
    await check_not_blocked(node, address)
    page = await node.client.get(address, accept=ACCEPT, limit=LONGEST, budget=Budget(FETCHES))
    if not page.media_type.startswith(("text/html", "application/xhtml+xml")):
        raise Refused("There is no page at this address, but a file of another kind.", detail=page.media_type)
    says = await asyncio.to_thread(_read, page.body)
    return Card(
        address=address,
        host=urlsplit(address).hostname or "",
        title=says.title,
        words=says.words,
        site=says.site,
        image=_image(page.url, says.image, development=node.settings.development),
    )


def _read(body: bytes) -> PageSays:
    named = _CHARSET.search(body[:2048])
    try:
        source = body.decode(named[1].decode("ascii") if named else "utf-8", "replace")
    except LookupError:  # no such charset
        source = body.decode("utf-8", "replace")
    return read_page(source)


def _image(page: str, image: str, *, development: bool) -> str:
    if not image:
        return ""
    try:
        address = urljoin(page, image)
        parse_iri(address, development=development)
    except (Malformed, ValueError):
        return ""
    return address if len(address) <= IMAGE_LENGTH else ""
