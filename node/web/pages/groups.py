"""Groups: their page, founding one, following one, and following one from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, field_validator
from starlette.requests import Request
from starlette.responses import Response

from node.activities import follow as following
from node.activities.perform import perform
from node.errors import Conflict, Forbidden, Malformed
from node.local import actors, attempts, members
from node.runtime import Node
from node.store.queries.groups import group_page
from node.store.queries.people import get_named
from node.text.clean import plain_name
from node.web import forms
from node.web.forms import Filled
from node.web.languages import mark
from node.web.pages.home import ListingQuery
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of, viewer_of

NAME_FORM = mark("A name is 2 to 50 characters: small letters a to z, digits and _.")


class GroupForm(forms.FormModel):
    """A group to found."""

    name: str = Field(min_length=1, max_length=50)
    title: str = Field(min_length=1, max_length=100)
    summary: str = Field(default="", max_length=5000)
    who: Literal["everyone", "moderators"] = "everyone"
    readers: Literal["everyone", "members"] = "everyone"

    @field_validator("name")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        value = value.strip().lstrip("!")
        if not actors.NAME.match(value):
            raise ValueError(NAME_FORM)
        return value

    @field_validator("title")
    @classmethod
    def _a_title(cls, value: str) -> str:
        value = plain_name(value)
        if not value:
            raise ValueError(forms.SENTENCES["missing"])
        return value


class FollowForm(forms.FormModel):
    """Follow, or no longer."""

    follow: Literal["yes", "no"]
    next: str = Field(default="", max_length=500)


@dataclass(frozen=True, slots=True)
class FoundingPage:
    """The form that founds a group."""

    form: FormView


async def show(request: Request) -> Response:
    """GET /c/{name}: a group and its threads."""
    node: Node = request.app.state.node
    asked = forms.query(request, ListingQuery)
    viewer = await viewer_of(request)
    name = str(request.path_params["name"])
    async with node.reading() as session:
        page = await group_page(
            session,
            name,
            viewer.host,
            viewer=viewer.actor,
            listing=asked.listing(),
            now=viewer.now,
            muting=viewer.muting,
        )
    return await render(request, "groups/show.html", page)


async def found(request: Request) -> Response:
    """GET and POST /groups/new: found a group; its founder moderates it."""
    account = await member_of(request)
    if not (await viewer_of(request)).may_found:
        raise Forbidden("On this node, administrators found the groups. Ask one of them.")
    if request.method != "POST":
        page = FoundingPage(form_view(None, account.language))
        return await render(request, "groups/found.html", page)
    filled = await _found(request, await forms.read_form(request, GroupForm))
    if filled.model is None:
        page = FoundingPage(form_view(filled, account.language))
        return await render(request, "groups/found.html", page, status=INVALID)
    return redirect(f"/c/{filled.model.name}")


async def _found(request: Request, filled: Filled[GroupForm]) -> Filled[GroupForm]:
    node: Node = request.app.state.node
    account = await member_of(request)
    form = filled.model
    if form is None:
        return filled
    keys = await actors.new_keys(node)
    try:
        async with node.transaction() as tx:
            founder = await acting(tx, account)
            await members.check_name(tx, form.name)
            await attempts.spend(tx, f"found:{account.member_id}", attempts.FOUNDINGS)
            await actors.found_group(
                tx,
                node.settings.home,
                form.name,
                keys,
                title=form.title,
                founder=founder,
                summary=form.summary,
                posting_restricted=form.who == "moderators",
                private=form.readers == "members",
            )
    except (Malformed, Conflict) as error:
        return filled.but("name", error.message)
    return filled


async def follow(request: Request) -> Response:
    """POST /c/{name}/follow: follow a group, or no longer."""
    return await set_follow(request, group=True)


async def set_follow(request: Request, *, group: bool) -> Response:
    """Follow the actor that the address names, or no longer."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, FollowForm)
    if filled.model is None:
        raise Malformed("This form could not be read.")
    name = str(request.path_params["name"])
    async with node.transaction() as tx:
        follower = await acting(tx, account)
        followee = await get_named(tx.session, name, node.settings.host, group=group)
        if filled.model.follow == "yes":
            await perform(tx, following.compose(tx, follower, followee))
        else:
            undone = await following.compose_undo(tx, follower, followee)
            if undone is not None:
                await perform(tx, undone)
    here = f"/{'c' if group else 'u'}/{name}"
    return redirect(filled.model.next or here, default=here)


async def elsewhere(request: Request) -> Response:
    """GET /c/{name}/elsewhere: where the way to one's own server was before; links to it are still about."""
    return redirect(f"/continue?intent=follow&object=/c/{request.path_params['name']}")
