"""Moving: a member's account, or a moderator's group, to an address elsewhere, or from one (FEDERATION G.1)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from node.activities import moving_accounts, update
from node.activities.perform import perform
from node.errors import Forbidden, Malformed, NodeError, NotFound
from node.inbox.lookup import find_named_anew
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import find_actors, get_actor
from node.store.queries.members import Account
from node.store.queries.people import ActorLine, get_named, line_of
from node.store.queries.standing import holds_office
from node.store.tables.actors import Actor
from node.web import forms
from node.web.forms import Filled
from node.web.languages import mark
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

NOBODY = mark("Nobody was found under this name. Write the whole handle, such as @you@example.org.")


class OtherForm(forms.FormModel):
    """Another address of the same somebody."""

    other: str = Field(min_length=1, max_length=2048)


class ChosenForm(forms.FormModel):
    """One of the aliases that are listed."""

    alias: str = Field(min_length=1, max_length=2048)


@dataclass(frozen=True, slots=True)
class Alias:
    """Another id of the same somebody, with its handle when the actor is known here."""

    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class MovingPage:
    """Where somebody came from, and where they go."""

    actor: ActorLine
    base: str  # address of the page and, with a name behind, of its forms
    aliases: tuple[Alias, ...]
    moved_to: str | None
    form: FormView
    wrong_at: str  # which form the errors belong to: alias or move


async def show(request: Request) -> Response:
    """GET /settings/moving and /c/{name}/moving."""
    return await _page(request, None, "")


async def add_alias(request: Request) -> Response:
    """POST .../alias: say that one is somebody elsewhere too, so that they may move here."""
    node: Node = request.app.state.node
    filled, other = await _other(request)
    if other is not None:
        try:
            async with node.transaction() as tx:
                actor, _ = await _mover(request, tx)
                moving_accounts.add_alias(actor, other.iri)
                await _tell(tx, actor)
        except NodeError as error:
            filled = filled.but("other", error.message)
    return await _answer(request, filled, "alias")


async def remove_alias(request: Request) -> Response:
    """POST .../alias/remove."""
    node: Node = request.app.state.node
    filled = await forms.read_form(request, ChosenForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        actor, base = await _mover(request, tx)
        moving_accounts.remove_alias(actor, filled.model.alias)
        await _tell(tx, actor)
    return redirect(base)


async def move(request: Request) -> Response:
    """POST .../away: move there; the followers are told."""
    node: Node = request.app.state.node
    filled, other = await _other(request)
    if other is not None:
        try:
            async with node.transaction() as tx:
                actor, _ = await _mover(request, tx)
                target = await get_actor(tx.session, other.iri)
                await perform(tx, await moving_accounts.compose(tx, actor, target))
                await perform(tx, update.compose_actor(tx, actor))
        except NodeError as error:
            filled = filled.but("other", error.message)
    return await _answer(request, filled, "move")


async def come_back(request: Request) -> Response:
    """POST .../back: act here again."""
    node: Node = request.app.state.node
    async with node.transaction() as tx:
        actor, base = await _mover(request, tx)
        moving_accounts.come_back(tx, actor)
        await _tell(tx, actor)
    return redirect(base)


async def _other(request: Request) -> tuple[Filled[OtherForm], Actor | None]:
    """Return the form and whom it names, their document fetched a moment ago; else with what is wrong."""
    node: Node = request.app.state.node
    await member_of(request)
    filled = await forms.read_form(request, OtherForm)
    if filled.model is None:
        return filled, None
    try:
        return filled, await find_named_anew(node, filled.model.other)
    except (NotFound, Malformed):
        return filled.but("other", NOBODY), None
    except NodeError as error:
        return filled.but("other", error.message), None


async def _answer(request: Request, filled: Filled[OtherForm], which: str) -> Response:
    if filled.model is None:
        return await _page(request, filled, which)
    node: Node = request.app.state.node
    async with node.transaction() as tx:
        _, base = await _mover(request, tx)
    return redirect(base)


async def _mover(request: Request, tx: Transaction) -> tuple[Actor, str]:
    """Return who moves, the member or a group they run, and the address of the page."""
    node: Node = request.app.state.node
    account = await member_of(request)
    member = await acting(tx, account)
    name = request.path_params.get("name")
    if name is None:
        return member, "/settings/moving"
    return await run_by(node, tx.session, account, str(name)), f"/c/{name}/moving"


async def run_by(node: Node, session: AsyncSession, account: Account, name: str) -> Actor:
    """Return the group of ours of that name if the member runs it; raises NotFound and Forbidden."""
    group = await get_named(session, name, node.settings.host, group=True)
    if not group.is_local:
        raise Forbidden("This group lives elsewhere: it is run there.")
    if not await holds_office(session, account.actor, group, node.clock.now()):
        raise Forbidden("Only the moderators of the group do this.")
    return group


async def _page(request: Request, filled: Filled[OtherForm] | None, which: str) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.transaction() as tx:
        actor, base = await _mover(request, tx)
        aliases = moving_accounts.aliases_of(actor)
        known = {one.iri: one.handle for one in await find_actors(tx.session, aliases)}
        page = MovingPage(
            actor=line_of(actor),
            base=base,
            aliases=tuple(Alias(iri, known.get(iri, iri)) for iri in aliases),
            moved_to=actor.moved_to,
            form=form_view(filled, account.language),
            wrong_at=which,
        )
    return await render(request, "settings/moving.html", page, status=INVALID if filled else 200)


async def _tell(tx: Transaction, actor: Actor) -> None:
    actor.updated = tx.now
    await tx.session.flush()
    await perform(tx, update.compose_actor(tx, actor))
