"""A member's own data, to take along: one archive, for whoever knows the password (THREATS A94)."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from node.local import attempts, members
from node.local.members import MAX_PASSWORD
from node.runtime import Node
from node.store.queries.exporting import drafts_of, messages_of, muted_by, posts_of, profile_of, saved_by
from node.store.queries.following import exported
from node.store.queries.members import find_member
from node.web import forms
from node.web.pages.settings import WRONG_PASSWORD
from node.web.rendering import INVALID, FormView, form_view, render
from node.web.session import member_of

# As Mastodon writes and reads whom one follows, so that the file fits there too.
HEADINGS = ("Account address", "Show boosts", "Notify on new posts", "Languages")
FORMULAS = ("=", "+", "-", "@", "\t")  # a table program would reckon with a cell that begins so
IN_MEMORY = 4 * 1024 * 1024  # bytes of an archive; the rest of a longer one waits in a file
PIECE = 64 * 1024  # bytes


class DataForm(forms.FormModel):
    """The password, since the archive holds private messages."""

    present: str = Field(min_length=1, max_length=MAX_PASSWORD)


@dataclass(frozen=True, slots=True)
class DataPage:
    """The form for the archive."""

    form: FormView


async def show(request: Request) -> Response:
    """GET and POST /settings/data: an archive of all that the member has here."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        return await render(request, "settings/data.html", DataPage(form_view(None, account.language)))
    filled = await forms.read_form(request, DataForm)
    if filled.model is not None:
        async with node.transaction() as tx:
            await attempts.spend(tx, f"account:{account.name}", attempts.SIGN_INS_OF_ACCOUNT)
            await attempts.spend(tx, f"export:{account.member_id}", attempts.EXPORTS)
        async with node.reading() as session:
            known = await find_member(session, account.name, node.settings.host)
        if not await members.password_matches(known.password if known else None, filled.model.present):
            filled = filled.but("present", WRONG_PASSWORD)
    if filled.model is None:
        page = DataPage(form_view(filled, account.language))
        return await render(request, "settings/data.html", page, status=INVALID)
    file = await _archive(request)
    headers = {
        "Content-Disposition": f'attachment; filename="{account.name}.zip"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


async def _archive(request: Request) -> IO[bytes]:
    """Return the archive, to be read from its beginning and closed."""
    node: Node = request.app.state.node
    account = await member_of(request)
    actor = account.actor
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- whoever sends it closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        async with node.reading() as session:
            member = await find_member(session, account.name, node.settings.host)
            assert member is not None, "they have just been seen signed in"
            _put(archive, "profile.json", profile_of(actor, member))
            for groups, name in ((True, "groups.csv"), (False, "people.csv")):
                archive.writestr(name, written(await exported(session, actor, groups=groups)))
            _put(archive, "drafts.json", await drafts_of(session, account.actor))
            _put(archive, "saved.json", await saved_by(session, account.member_id))
            _put(archive, "muted.json", await muted_by(session, account.member_id))
            await _lines(archive, "posts.jsonl", posts_of(session, actor))
            await _lines(archive, "messages.jsonl", messages_of(session, actor))
    file.seek(0)
    return file


def written(handles: list[str]) -> str:
    """Return a list of handles as a table that Mastodon and its kin read."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(HEADINGS)
    rows.writerows((f"'{one}" if one.startswith(FORMULAS) else one, "true", "false", "") for one in handles)
    return file.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    archive.writestr(name, json.dumps(content, ensure_ascii=False, indent=1))


async def _lines(archive: zipfile.ZipFile, name: str, rows: AsyncIterator[dict[str, Any]]) -> None:
    with archive.open(name, "w") as file:
        async for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        file.close()
