"""Writing: threads, answers and edits, each with a preview that loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from node.activities import create, update
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.perform import perform
from node.activities.words import render as render_words
from node.activitypub.reading_gatherings import timezones
from node.errors import Forbidden, Malformed
from node.runtime import Node
from node.store.queries.actors import get_actor, is_member
from node.store.queries.members import Account
from node.store.queries.people import ActorLine, get_named, line_of
from node.store.queries.posts import get_post
from node.store.queries.standing import holds_office
from node.store.queries.threads import COMMENTS_SHOWN, get_visible, path_of
from node.store.queries.trimmings import address_to_quote
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post
from node.text.quoting import quotation
from node.web import forms
from node.web.forms import Filled
from node.web.languages import post_languages
from node.web.pages import attaching
from node.web.pages.attaching import Attached
from node.web.pages.crossposting import filled_in
from node.web.pages.kinds import DRAFTS, kind_asked, query_of, typed_event
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of, viewer_of

Draft = ThreadDraft | CommentDraft


class Action(forms.FormModel):
    """The button that sent a form of words."""

    do: Literal["publish", "preview", "attach"] = "publish"


@dataclass(frozen=True, slots=True)
class WritingPage:
    """A form of words: a new thread, an answer, or an edit."""

    action: str  # where the form goes
    back: str  # where leaving it goes
    is_thread: bool
    is_edit: bool
    kind: str  # thread, poll or event
    group: ActorLine | None
    form: FormView
    preview: str  # HTML, empty until asked for
    parent: str  # HTML of what is answered
    parent_author: ActorLine | None
    parent_title: str
    languages: Mapping[str, str]
    zones: tuple[str, ...]  # time zones, for an event
    attached: Attached
    trouble: tuple[str, ...]  # with files that came


@forms.takes_files
async def write(request: Request) -> Response:
    """GET and POST /c/{name}/write: begin a thread."""
    node: Node = request.app.state.node
    account = await member_of(request)
    name = str(request.path_params["name"])
    async with node.reading() as session:
        group = await get_named(session, name, node.settings.host, group=True)
        if group.posting_restricted and not await holds_office(
            session, account.actor, group, node.clock.now()
        ):
            raise Forbidden("In this group, only moderators start threads. You may answer theirs.")
        if group.private and not await is_member(session, account.actor.id, group.id):
            raise Forbidden("Only members write in a private group.")
    line = line_of(group)
    kind = kind_asked(request)
    page = _Words(f"{line.path}/write{query_of(kind)}", line.path, group=line, is_thread=True, kind=kind)
    if request.method != "POST":
        async with node.reading() as session:
            again = await filled_in(session, request.query_params.get("again", "")[:40], account.actor)
            quoted = await address_to_quote(
                session, request.query_params.get("quote", "")[:40], account.actor
            )
        return await page.fresh(request, again or {"link_url": quoted})
    filled, do, attached = await _read(request, DRAFTS[kind], account)
    if filled.model is None or do != "publish":
        return await page.again(request, filled, do, attached)
    async with node.transaction() as tx:
        author = await acting(tx, account)
        target = await get_actor(tx.session, group.iri)
        media = await attaching.media_of(tx.session, author, attached)
        activity = await create.compose_thread(tx, author, target, filled.model, media)
        await perform(tx, activity)
        post = await get_post(tx.session, activity.object or "")
    return redirect(f"/post/{post.token}")


@forms.takes_files
async def reply(request: Request) -> Response:
    """GET and POST /post/{token}/reply and /comment/{token}/reply: answer."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    async with node.reading() as session:
        parent = await get_visible(session, token, account.actor, comment=is_comment)
        author = await session.get(Actor, parent.author_id)
        root = await session.get(Post, parent.root_id) if parent.root_id is not None else parent
    here = path_of(parent)
    page = _Words(
        f"{here}/reply",
        here,
        parent=parent.content,
        parent_author=line_of(author) if author is not None else None,
        parent_title=root.title if root is not None else "",
    )
    if request.method != "POST":
        quoting = request.query_params.get("quoting") == "yes"
        return await page.fresh(
            request, {"source": quotation(parent.source, parent.content)} if quoting else {}
        )
    filled, do, attached = await _read(request, CommentDraft, account)
    if filled.model is None or do != "publish":
        return await page.again(request, filled, do, attached)
    async with node.transaction() as tx:
        answered = await get_visible(tx.session, token, account.actor, comment=is_comment)
        author = await acting(tx, account)
        media = await attaching.media_of(tx.session, author, attached)
        activity = await create.compose_comment(tx, author, answered, filled.model, media)
        await perform(tx, activity)
        post = await get_post(tx.session, activity.object or "")
    return await to_comment(request, post)


@forms.takes_files
async def edit(request: Request) -> Response:
    """GET and POST /post/{token}/edit and /comment/{token}/edit: change one's own words."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    async with node.reading() as session:
        post = _own(await get_visible(session, token, account.actor, comment=is_comment), account.actor)
        group = await session.get(Actor, post.group_id) if post.group_id is not None else None
        event = await session.get(Event, post.id) if post.kind == "Event" else None
        attached = await attaching.of_post(session, post)
    kind = "thread" if event is None else "event"
    here = path_of(post)
    page = _Words(
        f"{here}/edit",
        here,
        group=line_of(group) if group is not None else None,
        is_thread=not is_comment,
        is_edit=True,
        kind=kind,
    )
    if request.method != "POST":
        typed = _typed(post) | (typed_event(event) if event is not None else {})
        return await page.fresh(request, typed, attached)
    model: type[Draft] = CommentDraft if is_comment else DRAFTS[kind]
    filled, do, attached = await _read(request, model, account, post)
    if filled.model is None or do != "publish":
        return await page.again(request, filled, do, attached)
    async with node.transaction() as tx:
        author = await acting(tx, account)
        post = _own(await get_visible(tx.session, token, author, comment=is_comment), author)
        media = await attaching.media_of(tx.session, author, attached, post) if attached.given else None
        await perform(tx, await update.compose(tx, author, post, filled.model, media))
    return await to_comment(request, post) if is_comment else redirect(here)


@dataclass(frozen=True, slots=True)
class _Words:
    """A form of words, before it is known what stands in it."""

    action: str
    back: str
    group: ActorLine | None = None
    is_thread: bool = False
    is_edit: bool = False
    kind: str = "thread"
    parent: str = ""
    parent_author: ActorLine | None = None
    parent_title: str = ""

    async def fresh(
        self,
        request: Request,
        typed: Mapping[str, str] | None = None,
        attached: Attached = attaching.NONE,
    ) -> Response:
        """Return the form as it is opened."""
        language = (await viewer_of(request)).language
        page = self._page(form_view(None, language, typed or {}), "", language, attached)
        return await render(request, "posting/write.html", page)

    async def again(
        self,
        request: Request,
        filled: Filled[ThreadDraft] | Filled[CommentDraft] | Filled[Draft],
        do: str,
        attached: Attached,
    ) -> Response:
        """Return the form with everything that was typed and attached, what is wrong, and a preview of the words."""
        node: Node = request.app.state.node
        viewer = await viewer_of(request)
        async with node.reading() as session:
            words = filled.typed.get("source", "")
            shown = filled.model is not None and do == "preview"
            preview = await render_words(session, words, node.settings.home) if shown else ""
        page = self._page(form_view(filled, viewer.language), preview, viewer.language, attached)
        status = INVALID if filled.wrong else attached.status
        return await render(request, "posting/write.html", page, status=status)

    def _page(self, form: FormView, preview: str, language: str, attached: Attached) -> WritingPage:
        return WritingPage(
            action=self.action,
            back=self.back,
            is_thread=self.is_thread,
            is_edit=self.is_edit,
            kind=self.kind,
            group=self.group,
            form=form,
            preview=preview,
            parent=self.parent,
            parent_author=self.parent_author,
            parent_title=self.parent_title,
            languages=post_languages(language),
            zones=tuple(sorted(timezones())) if self.kind == "event" else (),
            attached=attached,
            trouble=attached.wrong(language),
        )


Model = TypeVar("Model", ThreadDraft, CommentDraft, ThreadDraft | CommentDraft)


async def _read(
    request: Request, model: type[Model], account: Account, post: Post | None = None
) -> tuple[Filled[Model], str, Attached]:
    """Read a form of words: the draft, what is to be done with it, and what is attached. An empty field is one left out.

    Attaching needs no draft that is right yet. What is to be published is held back where a file made trouble, and
    once where a picture has no description. post: that is edited.
    """
    fields = await forms.read_fields(request)
    action = forms.check({"do": fields.pop("do", "publish")}, Action)
    if action.model is None:
        raise Malformed("This form could not be read.")
    do = action.model.do
    attached = await attaching.take(request, account, fields, post=post)
    if do == "attach":
        return Filled(fields, None), do, attached
    filled = forms.check({name: value for name, value in fields.items() if value}, model)
    if do == "publish":
        attached = attached.before_publishing()
        do = "attach" if attached.holds_back else do
    return Filled(fields, filled.model, filled.wrong), do, attached


def address_of(request: Request) -> tuple[str, bool]:
    """Return the token that the address names, and whether it is a comment's."""
    return str(request.path_params["token"]), request.scope["path"].startswith("/comment/")


def _own(post: Post, actor: Actor) -> Post:
    if post.author_id != actor.id:
        raise Forbidden("Only its author edits a post.")
    return post


def _typed(post: Post) -> dict[str, str]:
    """Return a post as its form would have been typed."""
    return {
        "title": post.title,
        "link_url": post.link_url or "",
        "source": post.source,
        "warning": post.warning,
        "sensitive": "yes" if post.sensitive else "",
        "language": post.language or "",
    }


async def to_comment(request: Request, post: Post) -> Response:
    """Lead to a comment in its thread; on its own page when the thread is too long for one."""
    node: Node = request.app.state.node
    async with node.reading() as session:
        root = await session.get(Post, post.root_id) if post.root_id is not None else None
    if root is None or root.comment_count > COMMENTS_SHOWN:
        return redirect(f"/comment/{post.token}")
    return redirect(f"/post/{root.token}", anchor=f"c-{post.token}")


def back_at(post: Post, wanted: str) -> Response:
    """Lead to the page on which a button of *post* stood, at the post; to its own page when the form names none."""
    here = path_of(post)
    anchor = f"{'c' if here.startswith('/comment/') else 't'}-{post.token}"
    return redirect(wanted or here, anchor=anchor, default=here)
