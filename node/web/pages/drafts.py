"""What a member has begun, planned or just deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from node.activities import delete
from node.activities.perform import perform
from node.errors import Gone, NotFound
from node.local import drafting
from node.runtime import Node
from node.store.queries.drafts import UNDO_FOR, drafts_page, fields_of, find_deleted, find_draft, kept_words
from node.store.queries.people import line_of
from node.store.queries.threads import path_of
from node.store.tables.actors import Actor
from node.store.tables.drafts import Draft
from node.store.tables.posts import Post
from node.web import forms
from node.web.pages.posting import address_of, to_comment
from node.web.rendering import redirect, render
from node.web.session import acting, member_of

OVER = "The time to take this deletion back is over: its words are forgotten."


class DraftsQuery(BaseModel):
    """What has just been done."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    note: Literal["", "kept", "planned", "removed", "empty"] = ""


@dataclass(frozen=True, slots=True)
class RestorePage:
    """A deletion that can be taken back for a while."""

    action: str
    title: str
    is_thread: bool
    until: datetime
    anew: str  # where a poll or event is begun anew, since it cannot come back; empty otherwise
    onward: str


async def show(request: Request) -> Response:
    """GET /drafts."""
    node: Node = request.app.state.node
    account = await member_of(request)
    asked = forms.query(request, DraftsQuery)
    async with node.reading() as session:
        page = await drafts_page(session, account.actor, node.clock.now(), asked.note)
    return await render(request, "drafts/show.html", page)


async def remove(request: Request) -> Response:
    """POST /drafts/{token}/remove: throw a draft away, or forget at once what was deleted."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        draft = await find_draft(tx.session, str(request.path_params["token"]), actor)
        if draft is not None:
            await drafting.drop(tx, draft)
    return redirect("/drafts?note=removed")


async def restore(request: Request) -> Response:
    """GET and POST /post/{token}/restore and /comment/{token}/restore: take one's own deletion back."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    async with node.reading() as session:
        post = await find_deleted(session, token, account.actor)
        if post is None:
            raise NotFound("There is no deletion of yours to take back here.")
        kept = await kept_words(session, post, node.clock.now())
        if kept is None:
            raise Gone(OVER)
        group = await session.get(Actor, kept.group_id) if kept.group_id is not None else None
        root = await session.get(Post, post.root_id) if post.root_id is not None else None
    page = _restore_page(post, kept, group, root)
    if request.method != "POST":
        return await render(request, "posting/restore.html", page)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        deleted = await tx.session.get_one(Post, post.id)
        await perform(tx, await delete.compose_take_back(tx, actor, deleted, delete_iri=kept.delete_iri))
    return await to_comment(request, post) if is_comment else redirect(path_of(post))


def _restore_page(post: Post, kept: Draft, group: Actor | None, root: Post | None) -> RestorePage:
    fields = fields_of(kept)
    kind = fields.get("kind", "")
    there = line_of(group).path if group is not None else "/"
    return RestorePage(
        action=f"{path_of(post)}/restore",
        title=fields.get("title", "") or (root.title if root is not None else ""),
        is_thread=root is None,
        until=kept.changed_at + UNDO_FOR,
        anew=f"{there}/write?kind={kind}&draft={kept.token}" if kind and group is not None else "",
        onward=path_of(root) if root is not None else there,
    )
