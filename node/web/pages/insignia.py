"""The face and the banner of a member or a group, as their forms bring and take them away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from node.errors import NodeError
from node.local import uploads
from node.pictures.decoder import Use
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.media import find_medium
from node.store.queries.members import Account
from node.store.queries.uploads import address_of
from node.store.tables.actors import Actor
from node.web import forms
from node.web.forms import Wrong

FIELDS = ("icon", "banner")


@dataclass(frozen=True, slots=True)
class Insignia:
    """What a form asks for: new pictures by their tokens, those that go, and what was wrong with others."""

    new: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    wrong: Mapping[str, Wrong] = field(default_factory=dict)


def dropped(fields: dict[str, str]) -> frozenset[str]:
    """Take out of *fields* which pictures are to go; and the names of files, which come where files cannot."""
    for name in FIELDS:
        fields.pop(name, None)
    return frozenset(name for name in FIELDS if fields.pop(f"drop-{name}", ""))


async def bring(request: Request, account: Account, going: frozenset[str]) -> Insignia:
    """Keep the pictures that came with a form that is right otherwise; never inside a transaction."""
    node: Node = request.app.state.node
    new, wrong = {}, {}
    for upload in forms.parts_of(request).files:
        if upload.field not in FIELDS:
            continue
        try:
            medium = await uploads.take_in(
                node, account.actor, upload.body, upload.name, cast("Use", upload.field)
            )
        except NodeError as error:
            wrong[upload.field] = Wrong(error.message)
        else:
            new[upload.field] = medium.token
    return Insignia(new, going, wrong)


async def put_on(tx: Transaction, actor: Actor, asked: Insignia) -> None:
    """Give an actor of ours its new face and banner, and take away what is to go; its profile is told by the caller."""
    for use in FIELDS:
        token = asked.new.get(use)
        medium = await find_medium(tx.session, token) if token is not None else None
        if medium is not None:
            await uploads.show_as(tx, actor, medium, address_of(medium, actor.home))
        elif use in asked.dropped:
            await uploads.take_off(tx, actor, use)
