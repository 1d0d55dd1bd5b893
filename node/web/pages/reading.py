"""How a member likes to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from node.runtime import Node
from node.store.queries.readings import set_reading
from node.web import forms
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of


class ReadingForm(forms.FormModel):
    """Which view a thread opens in, and whether it is noted what was read."""

    view: Literal["tree", "flat"]
    marks: Literal["", "yes"] = ""


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
            tx, actor.id or 0, flat=filled.model.view == "flat", marks=filled.model.marks == "yes"
        )
    return redirect("/settings/reading?done=yes")
