"""Lists of groups and people: bringing one, choosing whom of it to follow, and taking one's own along."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.inbox.starting import KIND
from node.local import attempts
from node.runtime import Node
from node.store.queries.following import exported
from node.store.queries.tasks import ask_for
from node.store.queries.wanted import (
    MOST,
    WantedPage,
    among_wanted,
    bring,
    put_away,
    try_again,
    wanted_page,
)
from node.text.handlists import HandList, read_list
from node.web import forms
from node.web.forms import Filled
from node.web.languages import mark, words
from node.web.pages.exporting import written
from node.web.pages.settling import follow_each
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

HERE = "/following/list"
LARGEST = 512 * 1024  # bytes of a file
UNREAD_TOLD = 5  # lines
NOT_READ = mark(
    "Nobody is named in these lines: %(lines)s. Write one handle or address a line, or tick below to leave such lines out."
)
EMPTY = mark("There is no handle or address in this. Write one a line, such as !group@server.")
TOO_MANY = mark(
    "A list holds at most %(most)s at a time, and %(over)s are beyond that. Follow some or put the list away first."
)
TOO_LARGE = mark("A list is a text of at most 512 KB. This file is larger.")
NO_TEXT = mark("This file is no text. Bring a .txt, .csv or .json file.")
_TICKED = re.compile(r"follow_(\d{1,18})")


class ListForm(forms.FormModel):
    """A list as it was pasted. skip: lines that name nobody are left out."""

    list: str = Field(default="", max_length=LARGEST)
    skip: Literal["", "yes"] = ""


class AgainForm(forms.FormModel):
    """What to do with the list."""

    do: Literal["again", "away"]


@dataclass(frozen=True, slots=True)
class ListPage:
    """The form that takes a list, and how far the member's list is."""

    form: FormView
    wanted: WantedPage


@forms.takes_files
async def show(request: Request) -> Response:
    """GET and POST /following/list: bring a list, and see how far it is."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        return await _show(request, None)
    fields = await forms.read_fields(request)
    fields.pop("file", None)
    filled = _with_file(request, forms.check(fields, ListForm))
    if filled.model is None:
        return await _show(request, filled)
    found = read_list(filled.model.list)
    filled = _checked(filled, found)
    if filled.model is None:
        return await _show(request, filled)
    async with node.transaction() as tx:
        await acting(tx, account)
        await attempts.spend(tx, f"list:{account.member_id}", attempts.LISTS)
    async with node.transaction() as tx:
        over = await bring(tx, account.member_id, found.names)
        await ask_for(tx, KIND, account.actor.iri)
    if over:
        return await _show(request, filled.but("list", TOO_MANY, most=MOST, over=over))
    return redirect(HERE)


def _with_file(request: Request, filled: Filled[ListForm]) -> Filled[ListForm]:
    """Return the form with the text of the file that came with it below what was pasted."""
    file = next((one for one in forms.parts_of(request).files if one.field == "file"), None)
    if file is None or filled.model is None:
        return filled
    if len(file.body) > LARGEST:
        return filled.but("file", TOO_LARGE)
    try:
        text = file.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return filled.but("file", NO_TEXT)
    if "\x00" in text:
        return filled.but("file", NO_TEXT)
    pasted = filled.typed.get("list", "").strip()
    both = {**filled.typed, "list": f"{pasted}\n{text}" if pasted else text}
    return forms.check(both, ListForm)


def _checked(filled: Filled[ListForm], found: HandList) -> Filled[ListForm]:
    if not found.names:
        return filled.but("list", EMPTY)
    if found.unread and filled.model is not None and not filled.model.skip:
        lines = ", ".join(f"“{line}”" for line in found.unread[:UNREAD_TOLD])
        return filled.but("list", NOT_READ, lines=lines)
    return filled


async def follow(request: Request) -> Response:
    """POST /following/list/follow: follow what was ticked; one that refuses keeps the others from nothing."""
    node: Node = request.app.state.node
    account = await member_of(request)
    fields = await forms.read_fields(request)
    numbers = [int(found[1]) for name in fields if (found := _TICKED.fullmatch(name))]
    async with node.reading() as session:
        wanted = await among_wanted(session, account.member_id, numbers)
    await follow_each(request, wanted)
    return redirect(HERE)


async def again(request: Request) -> Response:
    """POST /following/list/again: look up once more what was not found, or put the list away."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, AgainForm)
    async with node.transaction() as tx:
        await acting(tx, account)
        if filled.model is not None and filled.model.do == "away":
            await put_away(tx, account.member_id)
        elif filled.model is not None:
            await attempts.spend(tx, f"list:{account.member_id}", attempts.LISTS)
            await try_again(tx, account.member_id)
            await ask_for(tx, KIND, account.actor.iri)
    return redirect(HERE)


async def groups(request: Request) -> Response:
    """GET /following/groups.csv: the groups that the member follows."""
    return await _table(request, "groups.csv", groups=True)


async def people(request: Request) -> Response:
    """GET /following/people.csv: the people whom the member follows."""
    return await _table(request, "people.csv", groups=False)


async def _table(request: Request, name: str, *, groups: bool) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        handles = await exported(session, account.actor, groups=groups)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(written(handles), media_type="text/csv; charset=utf-8", headers=headers)


async def _show(request: Request, filled: Filled[ListForm] | None) -> Response:
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        wanted = await wanted_page(session, account.member_id, account.actor)
    say = words(account.language).say
    told = tuple(replace(one, error=say(one.error)) for one in wanted.not_found)
    page = ListPage(form_view(filled, account.language), replace(wanted, not_found=told))
    return await render(request, "following/list.html", page, status=INVALID if filled else 200)
