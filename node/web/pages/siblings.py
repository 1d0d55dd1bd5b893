"""Groups beside a group: following one elsewhere and showing its threads here; a thread to another group (G.3, C.13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import moving_threads
from node.activities.perform import perform
from node.errors import Forbidden, Malformed, NodeError, NotFound
from node.inbox.linking import link, unlink
from node.inbox.lookup import find_named_anew
from node.outbox import bridging
from node.runtime import Node
from node.store.queries.listings import siblings_of, unlist
from node.store.queries.people import ActorLine, get_named, line_of
from node.store.queries.standing import holds_office
from node.store.queries.threads import get_visible, path_of
from node.store.tables.actors import Actor
from node.store.tables.posts import Post
from node.web import forms
from node.web.languages import mark
from node.web.pages.moving import run_by
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

NO_GROUP = mark("No group was found under this name. Write its handle, such as !bees@example.org.")


class SiblingForm(forms.FormModel):
    """A group, or somebody whose posts belong here."""

    sibling: str = Field(min_length=1, max_length=2048)


class BridgeForm(forms.FormModel):
    """Whether siblings' threads are boosted."""

    boost: Literal["yes", "no"]


class ElsewhereForm(forms.FormModel):
    """The group that a thread goes to, and why."""

    group: str = Field(min_length=1, max_length=2048)
    reason: str = Field(default="", max_length=300)


@dataclass(frozen=True, slots=True)
class SiblingLine:
    """Somebody whose threads the group shows. state: of the follow."""

    actor: ActorLine
    iri: str
    state: str


@dataclass(frozen=True, slots=True)
class SiblingsPage:
    """A group's siblings, for those who run it."""

    actor: ActorLine
    siblings: tuple[SiblingLine, ...]
    bridges: bool  # boosts their threads
    form: FormView


@dataclass(frozen=True, slots=True)
class RelocatePage:
    """A thread that is to go to another group."""

    title: str
    group: ActorLine
    action: str
    back: str
    form: FormView


async def show(request: Request) -> Response:
    """GET /c/{name}/siblings."""
    return await _page(request, None)


async def add(request: Request) -> Response:
    """POST /c/{name}/siblings: let the group follow another, itself or by its service where only persons may."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, SiblingForm)
    if filled.model is None:
        return await _page(request, filled)
    name = str(request.path_params["name"])
    async with node.reading() as session:
        group = await run_by(node, session, account, name)
    try:
        other = await find_named_anew(node, filled.model.sibling)
        await link(node, group, other)
    except (NotFound, Malformed):
        return await _page(request, filled.but("sibling", NO_GROUP))
    except NodeError as error:
        return await _page(request, filled.but("sibling", error.message))
    return redirect(f"/c/{name}/siblings")


async def remove(request: Request) -> Response:
    """POST /c/{name}/siblings/remove: follow it no longer, and show nothing more of it."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, SiblingForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    name = str(request.path_params["name"])
    async with node.transaction() as tx:
        await acting(tx, account)
        group = await run_by(node, tx.session, account, name)
        await unlink(tx, group, filled.model.sibling)
    return redirect(f"/c/{name}/siblings")


async def bridge(request: Request) -> Response:
    """POST /c/{name}/siblings/bridge: boost siblings' threads to those who follow from elsewhere, or no longer."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, BridgeForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    name = str(request.path_params["name"])
    async with node.transaction() as tx:
        await acting(tx, account)
        (await run_by(node, tx.session, account, name)).bridges = filled.model.boost == "yes"
    return redirect(f"/c/{name}/siblings")


async def hide(request: Request) -> Response:
    """POST /c/{name}/unlist/{token}: show one thread of a sibling here no longer; at home it stays (RULE G4)."""
    node: Node = request.app.state.node
    account = await member_of(request)
    name = str(request.path_params["name"])
    async with node.transaction() as tx:
        await acting(tx, account)
        group = await run_by(node, tx.session, account, name)
        thread = await get_visible(
            tx.session, str(request.path_params["token"]), account.actor, comment=False
        )
        await bridging.take_back(tx, thread, by=group)
        await unlist(tx, group, thread)
    return redirect(f"/c/{name}")


async def relocate(request: Request) -> Response:
    """GET and POST /post/{token}/move: a moderator gives a thread to another group."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token = str(request.path_params["token"])
    async with node.reading() as session:
        thread = await get_visible(session, token, account.actor, comment=False)
        group = await session.get(Actor, thread.group_id) if thread.group_id else None
        now = node.clock.now()
        may = group is not None and await holds_office(session, account.actor, group, now)
    if group is None or not may:
        raise Forbidden("Only the moderators of the group do this.")
    filled = await forms.read_form(request, ElsewhereForm) if request.method == "POST" else None
    if filled is not None and filled.model is not None:
        try:
            await _relocate(node, request, thread, filled.model)
        except NotFound:
            filled = filled.but("group", NO_GROUP)
        except NodeError as error:
            filled = filled.but("group", error.message)
        else:
            return redirect(path_of(thread))
    page = RelocatePage(
        title=thread.title,
        group=line_of(group),
        action=f"{path_of(thread)}/move",
        back=path_of(thread),
        form=form_view(filled, account.language),
    )
    return await render(request, "posting/move.html", page, status=INVALID if filled else 200)


async def _relocate(node: Node, request: Request, thread: Post, form: ElsewhereForm) -> None:
    account = await member_of(request)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        target = await get_named(
            tx.session, form.group.strip().removeprefix("!"), node.settings.host, group=True
        )
        moved = await tx.session.get_one(Post, thread.id)
        await perform(tx, await moving_threads.compose(tx, actor, moved, target, reason=form.reason.strip()))


async def _page(request: Request, filled: forms.Filled[SiblingForm] | None) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    name = str(request.path_params["name"])
    async with node.reading() as session:
        group = await run_by(node, session, account, name)
        found = await siblings_of(session, group)
    page = SiblingsPage(
        actor=line_of(group),
        siblings=tuple(SiblingLine(line_of(actor), actor.iri, edge.state) for actor, edge in found),
        bridges=group.bridges,
        form=form_view(filled, account.language),
    )
    return await render(request, "groups/siblings.html", page, status=INVALID if filled else 200)
