"""Update{object: a group}: its name, its rules, who may begin threads (FEDERATION C.11).

Of a group of ours its moderators may change these, and nothing else of it; what goes out then is the group as it
is here, never the body that came. Of a group elsewhere a body counts for nothing: it is read again at its origin.
"""

from __future__ import annotations

import json
from typing import Any

from node.activities import office
from node.activities.deeds import record
from node.activities.drafts import DESCRIPTION_LENGTH, CharterDraft
from node.activities.standing import check_may_moderate
from node.activities.words import render
from node.activitypub import reading, writing
from node.activitypub.activity import Activity
from node.activitypub.documents import ActorDocument
from node.activitypub.vocabulary import HTML, MARKDOWN, MAX_SUMMARY
from node.errors import Conflict, Refused
from node.store.database import Transaction
from node.store.queries.documents import actor_document
from node.store.queries.tasks import ask_for
from node.store.tables.actors import Actor
from node.text.clean import clean_html, plain_name, plain_text
from node.text.markdown import to_html


async def check(tx: Transaction, update: Activity, group: Actor) -> None:
    """Whoever has authority in a group of ours; of one elsewhere anybody may say that it changed."""
    if not group.is_local:
        return
    await check_may_moderate(tx, update, group)
    if not isinstance(update.document, ActorDocument):
        raise Refused("An Update brings the new version.", detail=update.iri)
    if group.deleted_at is not None:
        raise Refused("This group is closed.", detail=group.iri)


async def apply(tx: Transaction, update: Activity, group: Actor) -> None:
    """Take the new charter; of a group elsewhere ask its origin, unless that is yet to hear of it from us."""
    document = update.document
    if not group.is_local:
        if not isinstance(document, ActorDocument):
            await ask_for(tx, "refresh", group.iri)
        return
    assert isinstance(document, ActorDocument)
    group.name = plain_name(document.name or "")[:100] or group.name
    group.summary_source = document.summary_source or ""
    group.summary = clean_html(document.summary) if document.summary else to_html(group.summary_source)
    group.description = plain_text(document.description or "")[:DESCRIPTION_LENGTH]
    group.posting_restricted = document.posting_restricted_to_mods
    group.sensitive = document.sensitive
    group.updated = tx.now
    await tx.session.flush()
    await record(tx, update, "edit", group=group)


def typed(group: Actor) -> CharterDraft:
    """Return the charter as it stands, to be changed."""
    return CharterDraft(
        title=group.name or group.username,
        description=group.description[:DESCRIPTION_LENGTH],
        summary=group.summary_source or _source(group),
        posting_restricted=group.posting_restricted,
        sensitive=group.sensitive,
    )


async def compose(tx: Transaction, moderator: Actor, group: Actor, draft: CharterDraft) -> Activity:
    """A local moderator changes the charter; of a group elsewhere they ask its host to."""
    html = await render(tx.session, draft.summary)
    document = actor_document(group) if group.is_local else _stated(group)
    document |= {
        "name": draft.title,
        "description": draft.description or None,
        "summary": html or None,
        "mediaType": HTML,
        "source": {"content": draft.summary, "mediaType": MARKDOWN} if draft.summary else None,
        "postingRestrictedToMods": draft.posting_restricted,
        "sensitive": draft.sensitive,
    }
    to, cc = office.addressed(group)
    iri = f"{moderator.home}/activities/update/{tx.ids.token()}"
    return Activity(
        type="Update",
        iri=iri,
        actor=moderator.iri,
        object=group.iri,
        raw=writing.write_update(document, iri=iri, actor=moderator.iri, to=to, cc=cc, audience=group.iri),
        document=reading.read_actor(document),
        audience=group.iri,
        to=to,
        cc=cc,
    )


def _stated(group: Actor) -> dict[str, Any]:
    """Return a group elsewhere as its home described it last. Raises Conflict when that is not known."""
    if not group.document:
        raise Conflict(f"What {group.handle} says of itself is not known here. Try again in a moment.")
    stated: dict[str, Any] = json.loads(group.document)
    return stated


def _source(group: Actor) -> str:
    """Return the Markdown that a group elsewhere was described in, if it told."""
    stated = json.loads(group.document) if group.document else {}
    source = stated.get("source")
    text = source.get("content") if isinstance(source, dict) else None
    return text[:MAX_SUMMARY] if isinstance(text, str) else plain_text(group.summary)[:MAX_SUMMARY]
