"""What is at the link of a thread, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from node.store.queries.media import Picture, far_picture, kept_of
from node.store.tables.links import LinkCard
from node.store.tables.posts import Post
from node.text.films import Film, film_at


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link with what its page says of itself, where that is known, and the film that it is, if it is one."""

    title: str = ""  # empty: nothing is known, or it says no more than the thread's own title
    words: str = ""
    site: str = ""
    picture: Picture | None = None
    film: Film | None = None


async def link_of(session: AsyncSession, post: Post) -> LinkView | None:
    """Return what is known of a thread's link; None for a thread without one."""
    if not post.link_url:
        return None
    film = film_at(post.link_url)
    card = await session.get(LinkCard, post.id) if not post.document else None  # only of what was begun here
    if card is None or card.address != post.link_url:
        return LinkView(film=film)
    picture = None
    if card.image_url and not (post.sensitive or post.warning or post.image_url):
        known = (await kept_of(session, "far", [card.image_url])).get(card.image_url)
        if known is None or known.token:
            picture = far_picture("l", post.id or 0, card.image_url, known)
    same = card.title.casefold() == post.title.casefold()
    return LinkView("" if same else card.title, card.words, card.site, picture, film)
