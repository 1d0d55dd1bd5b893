"""Members come from elsewhere to do something with what lives there: confirmed here, done here (FEP-3b86)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import follow, vote
from node.activities.perform import perform
from node.errors import Malformed, NodeError, NotFound, TooMany
from node.local import attempts
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor
from node.store.queries.feeds import find_named
from node.store.queries.people import ActorLine
from node.store.queries.threads import ThreadLine, get_visible
from node.store.tables.actors import Actor
from node.web import forms
from node.web.languages import words
from node.web.pages.search import NOTHING_THERE, Named, fetched, read_query
from node.web.rendering import redirect, render
from node.web.session import acting, member_of, viewer_of

VERBS = ("follow", "like", "dislike", "create", "object")
LONGEST = 1000  # characters of an address


class IntentQuery(BaseModel):
    """What it is about. What else an address carries is passed over: nobody is sent back to where it says (A72)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    object: str = Field(default="", max_length=LONGEST)
    inReplyTo: str = Field(default="", max_length=LONGEST)  # noqa: N815 -- the name that FEP-3b86 gives it


class IntentForm(forms.FormModel):
    """Look it up elsewhere, or do it."""

    do: Literal["look-up", "confirm"]
    object: str = Field(min_length=1, max_length=LONGEST)


@dataclass(frozen=True, slots=True)
class IntentPage:
    """What is to be done, to what. Neither actor nor post: it is not here yet, and *host* can be asked."""

    verb: str
    address: str
    host: str
    actor: ActorLine | None
    post: ThreadLine | None
    failed: str


async def show(request: Request) -> Response:
    """GET /intents/{verb}: what the member is about to do, and the button for it."""
    await member_of(request)
    asked = forms.query(request, IntentQuery)
    return await _show(request, (asked.object or asked.inReplyTo).removeprefix("acct:").strip())


async def do(request: Request) -> Response:
    """POST /intents/{verb}: do it, or bring here what it is about first."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, IntentForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    address, verb = filled.model.object, _verb(request)
    if filled.model.do == "look-up":
        async with node.transaction() as tx:
            await acting(tx, account)
            await attempts.spend(tx, f"lookup:{account.member_id}", attempts.LOOK_UPS)
        try:
            path = await fetched(node, read_query(address), address, account.actor)
        except TooMany:
            raise
        except NodeError as error:
            return await _show(request, address, failed=error.message)
        if path is None:
            return await _show(request, address, failed=NOTHING_THERE)
        return redirect(f"/intents/{verb}?object={quote(address, safe='')}")
    found = await _find(request, address)
    if found is None:
        return await _show(request, address, failed=NOTHING_THERE)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        await _perform(tx, verb, actor, found)
    return redirect(found.path)


async def _perform(tx: Transaction, verb: str, actor: Actor, found: ActorLine | ThreadLine) -> None:
    if verb == "follow" and isinstance(found, ActorLine):
        await perform(tx, follow.compose(tx, actor, await get_actor(tx.session, found.iri)))
    elif verb in {"like", "dislike"} and isinstance(found, ThreadLine):
        is_comment = found.path.startswith("/comment/")
        post = await get_visible(tx.session, found.token, actor, comment=is_comment)
        activity = await vote.compose(tx, actor, post, 1 if verb == "like" else -1)
        if activity is not None:
            await perform(tx, activity)
    else:
        raise Malformed("This cannot be done to what the address names.")


async def _show(request: Request, address: str, *, failed: str = "") -> Response:
    """Return the page; for what needs no confirmation, lead on."""
    viewer = await viewer_of(request)
    verb = _verb(request)
    found = await _find(request, address) if not failed else None
    if found is not None and verb == "object":
        return redirect(found.path)
    if isinstance(found, ThreadLine) and verb == "create":
        return redirect(f"{found.path}/reply")
    if isinstance(found, ActorLine) and verb == "create":
        return redirect(f"{found.path}/write" if found.is_group else f"/messages/new?to={found.handle}")
    page = IntentPage(
        verb=verb,
        address=address,
        host=read_query(address).host,
        actor=found if isinstance(found, ActorLine) else None,
        post=found if isinstance(found, ThreadLine) else None,
        failed=words(viewer.language).say(failed),
    )
    return await render(request, "intents/confirm.html", page)


async def _find(request: Request, address: str) -> ActorLine | ThreadLine | None:
    node: Node = request.app.state.node
    account = await member_of(request)
    named = read_query(address)
    if named == Named():
        return None
    async with node.reading() as session:
        if named.handle is not None:
            handle = named.handle
            return await find_named(session, account.actor, username=handle.username, host=handle.host)
        return await find_named(session, account.actor, address=named.address)


def _verb(request: Request) -> str:
    verb = str(request.path_params["verb"])
    if verb not in VERBS:
        raise NotFound("There is nothing at this address, or it is not for you to see.")
    return verb
