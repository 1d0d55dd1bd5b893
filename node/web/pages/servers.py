"""Other servers, for administrators: how word reaches each, and steering that lane (RULE F2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Conflict, Forbidden, Malformed
from node.outbox import lanes
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.servers import ServerPage, Which, find_server, server_page, servers_page
from node.store.tables.peers import Peer
from node.web import forms
from node.web.languages import words
from node.web.rendering import redirect, render
from node.web.session import member_of, viewer_of

BASE = "/servers"
_CURSOR = re.compile(r"(\d)_(\S{1,260})", re.ASCII)
Did = Literal["", "paused", "resumed", "retried", "skipped", "forgotten", "empty"]

log = structlog.get_logger()


class ServersQuery(BaseModel):
    """Which servers, and which part of the list."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    show: Which = "all"
    q: str = Field(default="", max_length=260)
    after: str = Field(default="", max_length=270)


class ServerQuery(BaseModel):
    """What was done a moment ago."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    done: Did = ""
    n: int = Field(default=0, ge=0, lt=2**63)


class SteerForm(forms.FormModel):
    """What is to become of a lane. entry: number in the log of what is skipped, as the page showed it."""

    do: Literal["pause", "resume", "retry", "skip"]
    entry: int = Field(default=0, ge=0, lt=2**63)


class ForgetForm(forms.FormModel):
    """That all which waits is dropped. last: number in the log of the newest entry when that was asked."""

    last: int = Field(ge=0, lt=2**63)


@dataclass(frozen=True, slots=True)
class OneServer:
    """The page of one server. done: what was done a moment ago, to how many entries. problem: why it was not."""

    server: ServerPage
    done: Did = ""
    number: int = 0
    problem: str = ""


async def show(request: Request) -> Response:
    """GET /servers: what needs attention first."""
    await _check_administers(request)
    node: Node = request.app.state.node
    asked = forms.query(request, ServersQuery)
    async with node.reading() as session:
        page = await servers_page(
            session, node.clock.now(), asked.show, asked.q.strip(), _position(asked.after)
        )
    return await render(request, "servers/list.html", page)


async def show_one(request: Request) -> Response:
    """GET /servers/{host}."""
    await _check_administers(request)
    asked = forms.query(request, ServerQuery)
    page = OneServer(await _server(request), asked.done, asked.n)
    return await render(request, "servers/show.html", page)


async def steer(request: Request) -> Response:
    """POST /servers/{host}: hold the lane, let it run, try at once, or pass over what is first."""
    await _check_administers(request)
    form = (await forms.read_form(request, SteerForm)).model
    if form is None:
        raise Malformed("This form could not be read.")
    node: Node = request.app.state.node
    try:
        async with node.transaction() as tx:
            peer = await find_server(tx.session, _host(request), to_change=True)
            done = await _steer(tx, peer, form)
    except Conflict as error:  # somebody else, or a worker, was quicker: as things stand now, and why not
        speak = words((await viewer_of(request)).language)
        page = OneServer(await _server(request), problem=speak.say(error.message))
        return await render(request, "servers/show.html", page, status=error.status)
    await _note(request, done, **({"entry": form.entry} if done == "skipped" else {}))
    return redirect(f"{BASE}/{peer.host}?done={done}")


async def forget(request: Request) -> Response:
    """GET and POST /servers/{host}/forget: drop all that waits, once that was confirmed."""
    await _check_administers(request)
    if request.method != "POST":
        return await render(request, "servers/forget.html", await _server(request))
    form = (await forms.read_form(request, ForgetForm)).model
    if form is None:
        raise Malformed("This form could not be read.")
    node: Node = request.app.state.node
    async with node.transaction() as tx:
        peer = await find_server(tx.session, _host(request), to_change=True)
        dropped = await lanes.forget(tx, peer, last=form.last)
    await _note(request, "forgotten", entries=dropped)
    return redirect(f"{BASE}/{peer.host}?done=forgotten&n={dropped}")


async def _steer(tx: Transaction, peer: Peer, form: SteerForm) -> Did:
    if form.do == "pause":
        await lanes.pause(tx, peer)
        return "paused"
    if form.do == "resume":
        await lanes.resume(tx, peer)
        return "resumed"
    if form.do == "retry":
        await lanes.retry_now(tx, peer)
        return "retried"
    skipped = await lanes.skip_one(tx, peer, expected=form.entry)
    return "empty" if skipped is None else "skipped"


async def _server(request: Request) -> ServerPage:
    node: Node = request.app.state.node
    async with node.reading() as session:
        return await server_page(session, node.clock.now(), _host(request))


async def _note(request: Request, did: Did, **more: int) -> None:
    """Tell the operator's log who did it: steering is no deed of moderation, and in no public log."""
    account = await member_of(request)
    log.info("lane steered", peer=_host(request), did=did, by=account.actor.iri, **more)


def _host(request: Request) -> str:
    return str(request.path_params["host"]).lower()


def _position(cursor: str) -> tuple[int, str] | None:
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise Malformed("The address of this page has a part that makes no sense here.")
    return int(found[1]), found[2]


async def _check_administers(request: Request) -> None:
    await member_of(request)
    if not (await viewer_of(request)).is_administrator:
        raise Forbidden("Only administrators see how word reaches other servers.")
