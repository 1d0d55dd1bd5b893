"""QuoteRequest, LikeRequest, ReplyRequest, AnnounceRequest{actor, object: post, instrument}: may I?

Sources: FEP-044f for quotes; GoToSocial's interaction policies for the others. The post's author answers with
Accept, whose `result` is a stamp that anybody can fetch, or with Reject. Our authors give leave for what is public at
once, and take it back with a Delete of the stamp. Our members' answers and votes that need leave are told to the
author alone until it is given; a quote goes out at once, and once more with its stamp.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from node.activities import resume
from node.activities.handler import Handler
from node.activities.leave import check_leave, leave_for, may_use
from node.activitypub import writing
from node.activitypub.activity import Activity
from node.activitypub.origin import same_origin
from node.activitypub.trimmings import Deed
from node.activitypub.values import web_iri
from node.activitypub.vocabulary import PUBLIC
from node.activitypub.writing_media import write_grant, write_request
from node.errors import Conflict, Forbidden, Malformed, Refused
from node.outbox.publish import publish
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.permissions import KINDS, REQUESTS, find_permission, find_request
from node.store.queries.posts import find_post, get_post
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.store.tables.trimmings import Permission

__all__ = ["HANDLERS", "ask_first", "ask_to_quote", "check_leave", "compose_revocation", "give_leave"]


async def check(tx: Transaction, request: Activity) -> None:
    """Anybody asks in their own name, of an author here, about a thing of their own origin."""
    post = await get_post(tx.session, request.object or "")
    asker = await get_actor(tx.session, request.actor)
    author = await tx.session.get_one(Actor, post.author_id)
    interaction = interaction_of(request.raw)
    if request.announced_by is not None or not author.is_local:
        raise Refused("This is asked of the post's author alone.", detail=request.iri)
    if asker.is_local or not same_origin(interaction, asker.iri):
        raise Forbidden("Nobody asks for another.", detail=f"{asker.iri}: {interaction}")
    known = await find_request(tx.session, KINDS[request.type], request.iri)
    if known is not None and (known.actor_id, known.post_id) != (asker.id, post.id):
        raise Conflict("This id belongs to another request.", detail=request.iri)


async def apply(tx: Transaction, request: Activity) -> None:
    """Answer at once; a repeat is answered again, the same."""
    post = await get_post(tx.session, request.object or "")
    asker = await get_actor(tx.session, request.actor)
    author = await tx.session.get_one(Actor, post.author_id)
    group = await tx.session.get(Actor, post.group_id) if post.group_id else None
    kind, interaction = KINDS[request.type], interaction_of(request.raw)
    row = await find_request(tx.session, kind, request.iri)
    if row is None:
        row = await _row(tx, kind, asker, post, request_iri=request.iri, interaction=interaction)
    if row.state != "revoked":
        given = await may_use(tx, asker, author, group, post)
        if kind == "reply" and post.locked_at is not None:
            given = False
        row.state, row.answered_at = ("granted" if given else "refused"), tx.now
    row.stamp = f"{author.home}/stamps/{row.token}" if row.state == "granted" else None
    await tx.session.flush()
    await publish(tx, _answer(tx, request, author, asker, row.stamp))


async def granted(tx: Transaction, request: Activity) -> None:
    """Leave was given: what waited for it goes out, with the stamp."""
    row = await _asked(tx, request)
    stamp = web_iri((request.answer or {}).get("result"))
    if stamp is None or not same_origin(stamp, request.object or ""):
        stamp = web_iri((request.answer or {}).get("id"))  # GoToSocial 0.18: the Accept itself is the stamp
    row.state, row.stamp, row.answered_at = "granted", stamp, tx.now
    await tx.session.flush()
    await resume.go_on(tx, row)


async def refused(tx: Transaction, request: Activity) -> None:
    """Leave was not given, or taken back: what waited for it is dropped."""
    row = await _asked(tx, request)
    row.state, row.answered_at = "refused", tx.now
    await tx.session.flush()
    await resume.give_up(tx, row)


async def may_answer(tx: Transaction, answer: Activity) -> None:
    """The post's author answers, nobody else (A08)."""
    inner = answer.inner
    post = await find_post(tx.session, inner.object or "") if inner is not None else None
    author = await tx.session.get(Actor, post.author_id) if post is not None else None
    if author is None or author.iri != answer.actor:
        raise Forbidden("Only the author of a post gives leave.", detail=f"{answer.actor}: {answer.iri}")


async def ask_first(tx: Transaction, deed: Deed, activity: Activity, post: Post) -> bool:
    """Ask the author of *post* whether *activity* may be, if they want that; tell whether it waits now."""
    if await leave_for(tx, deed, activity.actor, post) != "ask":
        return False
    interaction = (activity.object or "") if deed == "reply" else activity.iri
    known = await find_permission(tx.session, deed, interaction)
    if known is None:
        instrument = activity.raw["object"] if deed == "reply" else activity.raw
        asker = await get_actor(tx.session, activity.actor)
        await _ask(tx, deed, asker, post, interaction=interaction, instrument=instrument)
    return known is None or known.state != "granted"


async def ask_to_quote(tx: Transaction, author: Actor, post: Post, document: Mapping[str, Any]) -> None:
    """Ask for leave to quote, for a post of ours that quotes one of another node."""
    quoted = await find_post(tx.session, post.quote_iri or "")
    if quoted is None or post.quote_stamp is not None:
        return
    theirs = await tx.session.get_one(Actor, quoted.author_id)
    if not theirs.is_local and await find_permission(tx.session, "quote", post.iri) is None:
        await _ask(tx, "quote", author, quoted, interaction=post.iri, instrument=document)


async def give_leave(
    tx: Transaction, author: Actor, asker: Actor, quoted: Post, interaction: str
) -> str | None:
    """Stamp a quote of one member of ours by another; return the stamp, or None when it is not given."""
    group = await tx.session.get(Actor, quoted.group_id) if quoted.group_id else None
    if not await may_use(tx, asker, author, group, quoted):
        return None
    row = await _row(tx, "quote", asker, quoted, request_iri=f"{interaction}#quote", interaction=interaction)
    row.state, row.answered_at = "granted", tx.now
    row.stamp = f"{author.home}/stamps/{row.token}"
    await tx.session.flush()
    return row.stamp


def compose_revocation(tx: Transaction, author: Actor, asker: Actor, row: Permission) -> Activity:
    """A local author takes leave back: the stamp is deleted, and who was given it is told (FEP-044f)."""
    iri = f"{author.home}/activities/delete/{tx.ids.token()}"
    to, cc = (asker.iri, PUBLIC), (author.followers,) if author.followers else ()
    raw = writing.write_delete(row.stamp or "", iri=iri, actor=author.iri, to=to, cc=cc)
    return Activity(type="Delete", iri=iri, actor=author.iri, object=row.stamp, raw=raw, to=to, cc=cc)


def interaction_of(raw: Mapping[str, Any]) -> str:
    """Return the id of what would be done; raise Malformed for a request that names none."""
    found = web_iri(raw.get("instrument"))
    if found is None:
        raise Malformed("A request names what it is for in `instrument`.", detail=str(raw.get("id"))[:200])
    return found


async def _ask(
    tx: Transaction,
    deed: Deed,
    asker: Actor,
    post: Post,
    *,
    interaction: str,
    instrument: Mapping[str, Any],
) -> None:
    kind = REQUESTS[deed]
    author = await tx.session.get_one(Actor, post.author_id)
    iri = f"{asker.home}/activities/{kind.lower()}/{tx.ids.token()}"
    await _row(tx, deed, asker, post, request_iri=iri, interaction=interaction)
    raw = write_request(
        kind,  # type: ignore[arg-type]
        iri=iri,
        actor=asker.iri,
        obj=post.iri,
        instrument=instrument,
        to=author.iri,
    )
    await publish(
        tx, Activity(type=kind, iri=iri, actor=asker.iri, object=post.iri, raw=raw, to=(author.iri,))
    )


async def _row(
    tx: Transaction, kind: str, asker: Actor, post: Post, *, request_iri: str, interaction: str
) -> Permission:
    row = Permission(
        kind=kind,
        token=tx.ids.token(),
        post_id=post.id,
        actor_id=asker.id or 0,
        request_iri=request_iri,
        interaction=interaction,
        at=tx.now,
    )
    tx.session.add(row)
    await tx.session.flush()
    return row


def _answer(tx: Transaction, request: Activity, author: Actor, asker: Actor, stamp: str | None) -> Activity:
    kind = "Accept" if stamp else "Reject"
    iri = f"{author.home}/activities/{kind.lower()}/{tx.ids.token()}"
    raw = write_grant(_said(request), iri=iri, actor=author.iri, to=asker.iri, stamp=stamp)
    return Activity(
        type=kind, iri=iri, actor=author.iri, object=request.iri, raw=raw, to=(asker.iri,), inner=request
    )


def _said(request: Activity) -> dict[str, Any]:
    """Return the request as it is named in the answer: who asked what of what, and no more."""
    return {
        "id": request.iri,
        "type": request.type,
        "actor": request.actor,
        "object": request.object,
        "instrument": interaction_of(request.raw),
    }


async def _asked(tx: Transaction, request: Activity) -> Permission:
    row = await find_request(tx.session, KINDS[request.type], request.iri)
    asker = await get_actor(tx.session, request.actor)
    if row is None or not asker.is_local or row.actor_id != asker.id:
        raise Refused("Nobody here asked this.", detail=request.iri)
    return row


HANDLERS = tuple(
    Handler(
        kind,
        check=check,
        apply=apply,
        needs=("actor",),
        accept=granted,
        reject=refused,
        may_answer=may_answer,
    )
    for kind in KINDS
)
