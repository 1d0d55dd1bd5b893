"""A group's dates, its people, and what it is about: pages beside that of its threads."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.runtime import Node
from node.store.queries.group_parts import Part, group_part
from node.web import forms
from node.web.rendering import render
from node.web.session import viewer_of


class PartQuery(BaseModel):
    """Where a list of people goes on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    before: int | None = Field(default=None, ge=1, lt=2**63)


async def dates(request: Request) -> Response:
    """GET /c/{name}/dates: what takes place, and what did lately."""
    return await _show(request, "dates")


async def people(request: Request) -> Response:
    """GET /c/{name}/people: who moderates and who follows it, but for those who keep that to themselves."""
    return await _show(request, "people")


async def about(request: Request) -> Response:
    """GET /c/{name}/about: what it is for and which rules hold."""
    return await _show(request, "about")


async def _show(request: Request, part: Part) -> Response:
    node: Node = request.app.state.node
    asked = forms.query(request, PartQuery)
    viewer = await viewer_of(request)
    name = str(request.path_params["name"])
    async with node.reading() as session:
        page = await group_part(
            session, name, viewer.host, viewer.actor, viewer.now, part=part, before=asked.before
        )
    return await render(request, "groups/part.html", page)
