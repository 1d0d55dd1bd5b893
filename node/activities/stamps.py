"""Delete{actor: author, object: stamp}: leave to quote is taken back (FEP-044f)."""

from __future__ import annotations

from sqlmodel import col, select

from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.errors import Forbidden
from node.store.database import Transaction
from node.store.queries.actors import find_actor
from node.store.queries.posts import find_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.trimmings import Permission


async def is_stamp(tx: Transaction, iri: str | None) -> bool:
    """Tell whether that is a stamp of a post that is known here, ours or another's."""
    if not iri:
        return False
    for query in (
        select(Post.id).where(col(Post.quote_stamp) == iri),
        select(Permission.id).where(col(Permission.stamp) == iri),
    ):
        if await tx.session.scalar(query.limit(1)) is not None:
            return True
    return False


async def check_revocation(tx: Transaction, delete: Activity) -> None:
    """Refuse anybody but the author of what is quoted."""
    stamp = delete.object or ""
    for post in await _stamped(tx, stamp):
        quoted = await find_post(tx.session, post.quote_iri or "")
        author = await tx.session.get(Actor, quoted.author_id) if quoted is not None else None
        if author is not None and author.iri != delete.actor:
            raise Forbidden("Only who gave leave takes it back.", detail=f"{delete.actor}: {stamp}")
    if not delete.verified or not same_origin(stamp, delete.actor):
        raise Forbidden("Only who gave leave takes it back.", detail=f"{delete.actor}: {stamp}")


async def revoke(tx: Transaction, delete: Activity) -> None:
    """Let the quotes under that stamp be quotes no more, and remember that it was taken back."""
    for post in await _stamped(tx, delete.object or ""):
        post.quote_iri = post.quote_stamp = None
    query = select(Permission).where(col(Permission.stamp) == delete.object)
    for row in list(await tx.session.scalars(query)):
        row.state, row.answered_at = "revoked", tx.now
        quoting = await find_post(tx.session, row.interaction)
        giver = await find_actor(tx.session, delete.actor)
        if quoting is not None and giver is not None and giver.is_local:
            quoting.quote_iri = quoting.quote_stamp = None
    await tx.session.flush()


async def _stamped(tx: Transaction, stamp: str) -> list[Post]:
    return list(await tx.session.scalars(select(Post).where(col(Post.quote_stamp) == stamp)))
