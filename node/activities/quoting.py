"""A thread whose link is another post quotes it, as far as its author allows (FEP-044f)."""

from __future__ import annotations

from sqlalchemy import or_
from sqlmodel import col, select

from node.activities import ask
from node.activities.leave import leave_for
from node.store.database import Transaction
from node.store.queries.posts import is_public
from node.store.tables.actors import Actor
from node.store.tables.posts import Post


async def quote_what_is_linked(tx: Transaction, author: Actor, post: Post) -> None:
    """Make *post* a quote of the post that its link names, by id, by its page at home or by its page here.

    post: of a local author, not yet kept. A member's post is stamped at once; another node's author is asked
    when the quote is kept. Where leave is refused the link stays a link.
    """
    quoted = await _linked(tx, author, post)
    if quoted is None or quoted.iri == post.iri:
        post.quote_iri = post.quote_stamp = None
        return
    if quoted.iri == post.quote_iri and post.quote_stamp is not None:
        return
    post.quote_iri = post.quote_stamp = None
    post.link_url = quoted.url or quoted.iri  # never our page of another node's post
    theirs = await tx.session.get_one(Actor, quoted.author_id)
    if theirs.is_local:
        post.quote_stamp = await ask.give_leave(tx, theirs, author, quoted, post.iri)
        post.quote_iri = quoted.iri if post.quote_stamp is not None else None
    elif await leave_for(tx, "quote", author.iri, quoted) != "no":
        post.quote_iri = quoted.iri


async def _linked(tx: Transaction, author: Actor, post: Post) -> Post | None:
    link = post.link_url
    if not link:
        return None
    names = [col(Post.iri) == link, col(Post.url) == link]
    home, _, token = link.rpartition("/")
    if home in {f"{author.home}/post", f"{author.home}/comment"}:
        names.append(col(Post.token) == token)
    found: Post | None = await tx.session.scalar(select(Post).where(or_(*names), is_public()).limit(1))
    return found
