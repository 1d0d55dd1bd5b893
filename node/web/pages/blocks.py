"""People whom a member wants nothing to do with: blocking one, and the list with the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import block
from node.activities.perform import perform
from node.errors import Refused, TooMany
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.bans import BLOCKS_SHOWN, BlockLine, blocked_by
from node.web import forms
from node.web.forms import Filled
from node.web.pages.naming import find_person
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of


class BlockForm(forms.FormModel):
    """Whom to block, or no longer. next: the page it was done on."""

    who: str = Field(min_length=1, max_length=2048)
    do: Literal["block", "unblock"]
    next: str = Field(default="", max_length=500)


class BlocksQuery(BaseModel):
    """Which part of the list."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    before: int | None = Field(default=None, ge=1, lt=2**63)


@dataclass(frozen=True, slots=True)
class BlocksPage:
    """Whom the member has blocked."""

    lines: tuple[BlockLine, ...]
    older: int | None  # row number that the next page begins below
    form: FormView


async def show(request: Request) -> Response:
    """GET and POST /settings/blocks: whom the member has blocked; block or unblock somebody."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        return await _show(request, None)
    filled = await forms.read_form(request, BlockForm)
    if filled.model is None:
        return await _show(request, filled)
    try:
        person = await find_person(request, filled.model.who)
        async with node.transaction() as tx:
            actor, whom = await acting(tx, account), await get_actor(tx.session, person.iri)
            if filled.model.do == "block":
                await perform(tx, block.compose_personal(tx, actor, whom))
            else:
                undo = await block.compose_personal_undo(tx, actor, whom)
                if undo is not None:
                    await perform(tx, undo)
    except TooMany:
        raise
    except Refused as error:
        return await _show(request, filled.but("who", error.message))
    return redirect(filled.model.next, default="/settings/blocks")


async def _show(request: Request, filled: Filled[BlockForm] | None) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    asked = forms.query(request, BlocksQuery)
    async with node.reading() as session:
        lines = await blocked_by(session, account.actor.id, asked.before)
    older = lines[-1].id if len(lines) == BLOCKS_SHOWN else None
    page = BlocksPage(lines, older, form_view(filled, account.language))
    return await render(request, "settings/blocks.html", page, status=INVALID if filled else 200)
