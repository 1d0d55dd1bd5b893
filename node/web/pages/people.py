"""People: their page, and following one."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.runtime import Node
from node.store.queries.paging import read_position
from node.store.queries.profiles import Part, profile_page
from node.web import forms
from node.web.pages.groups import set_follow
from node.web.rendering import render
from node.web.session import viewer_of


class ProfileQuery(BaseModel):
    """Which part of a profile, and where it begins."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    show: Part = "all"
    after: str = Field(default="", max_length=80)
    before: int | None = Field(default=None, ge=1, lt=2**63)


async def show(request: Request) -> Response:
    """GET /u/{name}: a person, their threads and comments, or whom they follow and who follows them."""
    node: Node = request.app.state.node
    asked = forms.query(request, ProfileQuery)
    viewer = await viewer_of(request)
    name = str(request.path_params["name"])
    async with node.reading() as session:
        page = await profile_page(
            session,
            name,
            viewer.host,
            viewer.actor,
            read_position(asked.after),
            part=asked.show,
            before=asked.before,
        )
    return await render(request, "people/show.html", page)


async def follow(request: Request) -> Response:
    """POST /u/{name}/follow: follow a person, or no longer."""
    return await set_follow(request, group=False)
