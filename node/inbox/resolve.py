"""What an activity needs is fetched and kept before its transaction: actors, its group, what it answers.

Each document is kept in a short transaction of its own, so an attempt that runs out of fetches leaves the next
one less to do. Nothing here recurses: a chain of answers is walked, then kept from its top (V64).
"""

from __future__ import annotations

from dataclasses import replace

from node.activities.create import THREADS, meant_for
from node.activities.keeping import MAX_DEPTH, keep
from node.activities.messages import is_message
from node.activities.table import ANSWERS, HANDLERS
from node.activitypub.activity import Activity
from node.activitypub.addressing import is_personal
from node.activitypub.documents import ObjectDocument
from node.activitypub.origin import same_origin
from node.activitypub.vocabulary import PUBLIC
from node.errors import NodeError, Refused, TooMany, Unavailable
from node.inbox.actors import fetch_actor
from node.inbox.fetching import fetch_object, is_ours
from node.network.client import Budget
from node.runtime import Node
from node.store.queries.actors import find_actor, find_actors
from node.store.queries.arrivals import is_followed_here
from node.store.queries.posts import awaited_above, find_post
from node.store.queries.standing import find_curated
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

GROUP_GUESSES = 3  # unknown addressees that are fetched to see whether one is a group
COLLECTIONS = ("/followers", "/following", "/moderators", "/featured")


async def resolve(node: Node, activity: Activity, budget: Budget, *, last: bool = False) -> Activity:
    """Fetch and keep what *activity* needs; return it with its group named.

    last: there will be no other attempt, so an answer does without a parent that cannot be had (R19).
    Raises Refused for what will never work, Unavailable and TooMany for what another attempt may bring.
    """
    await fetch_actor(node, activity.actor, budget)
    if activity.type in ANSWERS:
        return activity
    handler = HANDLERS.get(activity.type)
    needs = handler.needs if handler is not None else ()
    document = activity.document if isinstance(activity.document, ObjectDocument) else None
    if document is not None and "attributed" in needs:
        await fetch_actor(node, document.attributed_to, budget)
    if document is not None and "parent" in needs and await _is_personal(node, document, budget):
        return activity
    if document is not None and "parent" in needs and document.in_reply_to is not None:
        await _check_concerns_us(node, activity, document)
        await _fetch_parents(node, document, budget, announced_by=activity.announced_by, last=last)
    if document is not None and "group" in needs:
        activity = replace(activity, audience=await _audience(node, activity, document, budget))
    if "target" in needs and activity.target is not None:
        await fetch_actor(node, activity.target, budget, anew=activity.object == activity.actor)
    if "subject" in needs and activity.object is not None:
        await fetch_actor(node, activity.object, budget)
    if "object" in needs and activity.object is not None:
        await _fetch_object(node, activity, budget)
    if "curated" in needs and activity.object is not None:
        activity = await _curated(node, activity, budget)
    return activity


async def _is_personal(node: Node, document: ObjectDocument, budget: Budget) -> bool:
    """Tell whether a document is a private message; if so, fetch who else is in the conversation."""
    author = await fetch_actor(node, document.attributed_to, budget)
    async with node.reading() as session:
        if not await is_message(session, document, author):
            return False
        known = {one.iri for one in await find_actors(session, document.addressees)}
    strangers = [one for one in document.addressees if one not in known and not is_ours(node, one)]
    for iri in strangers[:GROUP_GUESSES]:
        try:
            await fetch_actor(node, iri, budget)
        except (Refused, Unavailable):
            continue  # the others hear of it all the same
    return True


async def keep_post(
    node: Node, document: ObjectDocument, budget: Budget, *, listed_by: Actor | None = None
) -> Post:
    """Keep a post from its origin, with its author, its group and what it answers.

    For what was looked up or is history: nobody is notified, nothing leaves. listed_by: the group whose own
    collection names the post, which is its word for it. Raises as `resolve`.
    """
    vouching = listed_by.iri if listed_by is not None else None
    if document.in_reply_to is not None:
        await _fetch_parents(node, document, budget, announced_by=vouching, last=True)
    return await _keep(node, document, budget, announced_by=vouching, listed_by=listed_by)


async def _check_concerns_us(node: Node, activity: Activity, document: ObjectDocument) -> None:
    """Refuse an answer that came direct and unasked, before anything is fetched for it (B.9.9, V53).

    It concerns us when it names one of ours, when its author is followed here, or when the thread is here.
    """
    named = (document.in_reply_to or "", *activity.addressees, *document.addressees)
    if activity.announced_by is not None or any(is_ours(node, one) for one in named):
        return
    async with node.reading() as session:
        for iri in (document.in_reply_to or "", document.iri):
            if await find_post(session, iri) is not None:
                return
        for known in (activity.actor, document.audience):
            if known is not None and await is_followed_here(session, known):
                return
    raise Refused("Nobody here follows this author or is addressed.", detail=document.iri)


async def _fetch_parents(
    node: Node, document: ObjectDocument, budget: Budget, *, announced_by: str | None, last: bool
) -> None:
    chain: list[ObjectDocument] = []
    try:
        await _climb(node, document, chain, budget)
    except (Unavailable, TooMany):
        if not last:
            await _keep_chain(node, chain, budget, announced_by)
            raise
    except Refused:
        pass  # its origin will not show it: the answer stands alone
    await _keep_chain(node, chain, budget, announced_by)


async def _climb(node: Node, document: ObjectDocument, chain: list[ObjectDocument], budget: Budget) -> None:
    """Fetch what *document* answers, and what that answers, into *chain*, up to a thread that is known.

    Answers that are here without their thread, from an earlier attempt, are stepped over.
    """
    seen = {document.iri}
    wanted = await _missing_above(node, document.in_reply_to)
    while wanted is not None and len(chain) < MAX_DEPTH and wanted not in seen and not is_ours(node, wanted):
        seen.add(wanted)
        found = await fetch_object(node, wanted, budget)
        chain.append(found)
        wanted = await _missing_above(node, found.in_reply_to)


async def _missing_above(node: Node, iri: str | None) -> str | None:
    """Return *iri* if no such post is here; else what the thread of that post still hangs in the air for."""
    if iri is None:
        return None
    async with node.reading() as session:
        known = await find_post(session, iri)
        return iri if known is None else await awaited_above(session, known)


async def _keep_chain(
    node: Node, chain: list[ObjectDocument], budget: Budget, announced_by: str | None
) -> None:
    for document in reversed(chain):
        try:
            await _keep(node, document, budget, announced_by=announced_by)
        except (Refused, Unavailable):
            continue  # the others find their place when this one comes after all


async def _keep(
    node: Node,
    document: ObjectDocument,
    budget: Budget,
    *,
    announced_by: str | None,
    listed_by: Actor | None = None,
) -> Post:
    """Keep what was fetched; a thread that the group's own server hands out has been taken there."""
    if document.type not in THREADS | {"ChatMessage"}:
        raise Refused(f"{document.type} is no kind of post here.", detail=document.iri)
    author = await fetch_actor(node, document.attributed_to, budget)
    group = await _group_for(node, document, budget, listed_by) if document.in_reply_to is None else None
    await _check_is_no_message(node, document, author)
    async with node.transaction() as tx:
        return await keep(
            tx,
            document,
            author=author,
            group=group,
            backfilled=True,
            confirmed=group is None or group.iri == announced_by or same_origin(group.iri, document.iri),
        )


async def _check_is_no_message(node: Node, document: ObjectDocument, author: Actor) -> None:
    """Refuse to keep as a post what is for persons alone: it comes by delivery, or not at all (C.12)."""
    if document.type != "ChatMessage" and not is_personal(document, author.followers):
        return
    async with node.reading() as session:
        if not any(one.is_group for one in await find_actors(session, document.addressees)):
            raise Refused("This is for those alone whom it names.", detail=document.iri)


async def _group_for(
    node: Node, document: ObjectDocument, budget: Budget, listed_by: Actor | None
) -> Actor | None:
    """Return the group that a fetched thread goes to.

    A group of ours takes by this way only what could have been sent to it: public, meant for it and not merely
    copied to it, and none at all when moderators alone begin threads.
    """
    if listed_by is not None:
        if document.audience not in {None, listed_by.iri}:
            raise Refused("This post belongs to another group.", detail=f"{listed_by.iri}: {document.iri}")
        return listed_by
    group = await find_group(node, document, budget)
    if group is None or not group.is_local:
        return group
    fits = document.is_public and meant_for(document, group) and not group.posting_restricted
    return group if fits else None


async def _audience(node: Node, activity: Activity, document: ObjectDocument, budget: Budget) -> str | None:
    """Return the one group whose matter the activity is: the announcer, the parent's, else the first named."""
    if activity.announced_by is not None:
        return activity.announced_by
    async with node.reading() as session:
        known = await find_post(session, document.iri)
        if known is None and document.in_reply_to is not None:
            known = await find_post(session, document.in_reply_to)
        if known is not None:
            group = await session.get(Actor, known.group_id) if known.group_id else None
            return group.iri if group is not None else None
    if document.in_reply_to is not None:
        return None
    named = (activity.audience, *activity.addressees)
    found = await find_group(node, document, budget, also=tuple(one for one in named if one))
    return found.iri if found is not None else await _own_page(node, document)


async def _own_page(node: Node, document: ObjectDocument) -> str | None:
    """Return the author where that is a group: a blog or a channel that posts in its own name (C.18)."""
    async with node.reading() as session:
        author = await find_actor(session, document.attributed_to)
    return author.iri if author is not None and author.is_group else None


async def find_group(
    node: Node, document: ObjectDocument, budget: Budget, *, also: tuple[str, ...] = ()
) -> Actor | None:
    """Return the first group among those that a thread names: audience, to, cc, mentions (FEDERATION C.2).

    Known groups are preferred over unknown addressees, of which a few are fetched to see what they are.
    """
    mentioned = tuple(mention.href for mention in document.mentions)
    first = tuple(one for one in (document.audience, document.group_attribution) if one)
    named = dict.fromkeys((*first, *document.to, *document.cc, *also, *mentioned))
    unknown = []
    async with node.reading() as session:
        for iri in named:
            actor = await find_actor(session, iri)
            if actor is not None and actor.is_group:
                return actor
            if actor is None and iri != PUBLIC and not iri.endswith(COLLECTIONS) and not is_ours(node, iri):
                unknown.append(iri)
    return await _first_group(node, unknown[:GROUP_GUESSES], budget)


async def _first_group(node: Node, iris: list[str], budget: Budget) -> Actor | None:
    for iri in iris:
        try:
            actor = await fetch_actor(node, iri, budget)
        except TooMany:
            raise
        except NodeError:
            continue  # a collection, or nothing at all
        if actor.is_group:
            return actor
    return None


async def _curated(node: Node, activity: Activity, budget: Budget) -> Activity:
    """Fetch who is appointed or what is pinned, once it is known whose list is meant; name its group."""
    named = (activity.announced_by, activity.audience, activity.actor, *activity.addressees)
    async with node.reading() as session:
        found = await find_curated(session, activity.target or "", [one for one in named if one])
    if found is None:
        return activity  # nobody's list that we know: nothing is fetched for it
    group, collection = found
    if collection == "moderators":
        await fetch_actor(node, activity.object or "", budget)
    else:
        await _fetch_object(node, activity, budget)
    return replace(activity, audience=group.iri)


async def _fetch_object(node: Node, activity: Activity, budget: Budget) -> None:
    """Fetch what a vote is about when a group followed here passes it on, or one of ours is addressed (I.79)."""
    iri = activity.object or ""
    if is_ours(node, iri) or activity.type == "Follow":
        return
    async with node.reading() as session:
        if await find_post(session, iri) is not None or await find_actor(session, iri) is not None:
            return
        followed = activity.announced_by is not None and await is_followed_here(
            session, activity.announced_by
        )
    if not followed and not any(is_ours(node, one) for one in (*activity.addressees, activity.target or "")):
        return
    await keep_post(node, await fetch_object(node, iri, budget), budget)
