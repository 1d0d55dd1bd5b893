"""Fields of a member's profile: from what was typed to what others read."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from node.store.database import Transaction
from node.store.queries.fields import ProfileField, read_fields, write_fields
from node.store.queries.tasks import schedule
from node.store.tables.actors import Actor
from node.text.clean import plain_name

KIND = "profile"  # of the task that looks whether the pages named lead back
# `me` says that the page is the member's own, and is what the page must say in turn.
REL = "me nofollow noopener noreferrer"


async def set_fields(tx: Transaction, actor: Actor, typed: Iterable[tuple[str, str]]) -> None:
    """Give a profile these fields, name and value as typed; empty lines are left out.

    One that stays keeps its mark; the pages of the others are looked at soon.
    """
    known = {(one.name, one.source): one for one in read_fields(actor.fields)}
    wanted = [(plain_name(name), value.strip()) for name, value in typed]
    fields = [known.get(one) or _field(*one) for one in wanted if all(one)]
    actor.fields = write_fields(fields)
    await tx.session.flush()
    if any(one.address and not one.verified_at for one in fields):
        await schedule(tx, KIND, actor.iri, tx.now)
        tx.wakes.add("tasks")


def _field(name: str, value: str) -> ProfileField:
    field = ProfileField(name, escape(value), value)
    if not field.address:
        return field
    shown = value.removeprefix("https://").removesuffix("/")
    link = f'<a href="{escape(value)}" rel="{REL}" translate="no">{escape(shown)}</a>'
    return ProfileField(name, link, value)
