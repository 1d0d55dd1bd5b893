"""How a member likes to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, field_validator
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Malformed
from node.runtime import Node
from node.store.queries.readings import mark_all_read, set_reading
from node.web import forms
from node.web.languages import POST_LANGUAGES, mark
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

UNKNOWN = mark("This is no language of the list.")


class ReadingForm(forms.FormModel):
    """Which view a thread opens in, whether it is noted what was read, and in which languages lists shall be."""

    view: Literal["tree", "flat"]
    marks: Literal["", "yes"] = ""
    language_1: str = ""
    language_2: str = ""
    language_3: str = ""
    language_4: str = ""

    @field_validator("language_1", "language_2", "language_3", "language_4")
    @classmethod
    def _is_known(cls, code: str) -> str:
        if code and code not in POST_LANGUAGES:
            raise ValueError(UNKNOWN)
        return code

    def languages(self) -> list[str]:
        """Return the codes of those that were chosen."""
        return [one for one in (self.language_1, self.language_2, self.language_3, self.language_4) if one]


class ListForm(forms.FormModel):
    """The threads of a list, by their tokens, blanks between. next: the page that it is on."""

    threads: str = Field(min_length=1, max_length=2000)
    next: str = Field(default="", max_length=500)


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """The form."""

    form: FormView
    done: bool


async def show(request: Request) -> Response:
    """GET and POST /settings/reading."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        kept = {
            "view": "flat" if account.reads_flat else "tree",
            "marks": "yes" if account.marks_reading else "",
            **{f"language_{at}": code for at, code in enumerate(account.muting.languages, 1)},
        }
        page = ReadingPage(form_view(None, account.language, kept), request.query_params.get("done") == "yes")
        return await render(request, "settings/reading.html", page)
    filled = await forms.read_form(request, ReadingForm)
    if filled.model is None:
        page = ReadingPage(form_view(filled, account.language), done=False)
        return await render(request, "settings/reading.html", page, status=INVALID)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        await set_reading(
            tx,
            actor.id or 0,
            flat=filled.model.view == "flat",
            marks=filled.model.marks == "yes",
            languages=filled.model.languages(),
        )
    return redirect("/settings/reading?done=yes")


async def read(request: Request) -> Response:
    """POST /read: all threads of a page of a list have been seen."""
    node: Node = request.app.state.node
    account = await member_of(request)
    form = (await forms.read_form(request, ListForm)).model
    if form is None:
        raise Malformed("This form could not be read.")
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        await mark_all_read(tx, account.member_id, actor, form.threads.split())
    return redirect(form.next)
