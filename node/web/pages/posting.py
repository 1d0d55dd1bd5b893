"""Writing: threads, answers and edits, each with a preview that loses nothing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from node.activities import create, update
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.gathering_drafts import DRAFTS
from node.activities.perform import perform
from node.errors import Forbidden
from node.local import drafting, members
from node.local.drafting import Place
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.actors import get_actor, is_member
from node.store.queries.drafts import draft_of, newest_for
from node.store.queries.members import Account
from node.store.queries.people import get_named, line_of
from node.store.queries.posts import get_post
from node.store.queries.standing import holds_office
from node.store.queries.threads import COMMENTS_SHOWN, get_visible, path_of
from node.store.queries.trimmings import address_to_quote
from node.store.tables.actors import Actor
from node.store.tables.gatherings import Event
from node.store.tables.posts import Post
from node.text.quoting import quotation
from node.web import forms
from node.web.pages import attaching
from node.web.pages.composer import Composer, Sent, draft_asked, read
from node.web.pages.crossposting import filled_in
from node.web.pages.kinds import kind_asked, query_of, typed_event
from node.web.rendering import redirect
from node.web.session import acting, member_of

Draft = ThreadDraft | CommentDraft


@forms.takes_files
@forms.keeps_words
async def write(request: Request) -> Response:
    """GET and POST /c/{name}/write: begin a thread."""
    node: Node = request.app.state.node
    account = await member_of(request)
    group = await _group_to_write_in(request, account)
    line = line_of(group)
    kind = kind_asked(request)
    page = Composer(
        f"{line.path}/write{query_of(kind)}",
        line.path,
        Place(kind, group=group),
        group=line,
        is_thread=True,
        kind=kind,
        begun=await _begun(request, account, group),
    )
    if request.method != "POST":
        draft = await draft_asked(request, account.actor)
        return await page.opened(request, account, draft, await _to_begin_with(request, account))
    sent = await read(request, DRAFTS[kind], account)
    aside = await page.put_aside(request, account, sent)
    if aside is not None:
        return aside
    if sent.model is None:
        return await page.again(request, account, sent)
    async with node.transaction() as tx:
        author = await acting(tx, account)
        target = await get_actor(tx.session, group.iri)
        media = await attaching.media_of(tx.session, author, sent.attached)
        activity = await create.compose_thread(tx, author, target, sent.model, media)
        await perform(tx, activity)
        post = await get_post(tx.session, activity.object or "")
        await drafting.drop_of(tx, author, page.place, sent.token)
        await _remember_language(tx, account, sent.model)
    return redirect(f"/post/{post.token}")


@forms.takes_files
@forms.keeps_words
async def reply(request: Request) -> Response:
    """GET and POST /post/{token}/reply and /comment/{token}/reply: answer."""
    node: Node = request.app.state.node
    account = await member_of(request)
    token, is_comment = address_of(request)
    async with node.reading() as session:
        parent = await get_visible(session, token, account.actor, comment=is_comment)
        author = await session.get(Actor, parent.author_id)
        root = await session.get(Post, parent.root_id) if parent.root_id is not None else parent
        draft = await draft_of(session, account.actor, "comment", parent)
    here = path_of(parent)
    page = Composer(
        f"{here}/reply",
        here,
        Place("comment", post=parent),
        parent=parent.content,
        parent_author=line_of(author) if author is not None else None,
        parent_title=root.title if root is not None else "",
    )
    if request.method != "POST":
        if request.query_params.get("quoting") == "yes":
            quoted = {"source": quotation(parent.source, parent.content)}
            return await page.opened(request, account, None, quoted)
        return await page.opened(request, account, draft)
    sent = await read(request, CommentDraft, account)
    aside = await page.put_aside(request, account, sent)
    if aside is not None:
        return aside
    if sent.model is None:
        return await page.again(request, account, sent)
    async with node.transaction() as tx:
        answered = await get_visible(tx.session, token, account.actor, comment=is_comment)
        actor = await acting(tx, account)
        media = await attaching.media_of(tx.session, actor, sent.attached)
        activity = await create.compose_comment(tx, actor, answered, sent.model, media)
        await perform(tx, activity)
        post = await get_post(tx.session, activity.object or "")
        await drafting.drop_of(tx, actor, page.place, "")
    return await to_comment(request, post)


@forms.takes_files
@forms.keeps_words
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
        draft = await draft_of(session, account.actor, "edit", post)
    kind = "thread" if event is None else "event"
    here = path_of(post)
    asks_for_draft = bool(request.query_params.get("draft"))
    page = Composer(
        f"{here}/edit",
        here,
        Place("edit", post=post),
        group=line_of(group) if group is not None else None,
        is_thread=not is_comment,
        is_edit=True,
        kind=kind,
        begun=f"{here}/edit?draft={draft.token}" if draft is not None and not asks_for_draft else "",
    )
    if request.method != "POST":
        typed = _typed(post) | (typed_event(event) if event is not None else {})
        return await page.opened(request, account, draft if asks_for_draft else None, typed, attached)
    model: type[Draft] = CommentDraft if is_comment else DRAFTS[kind]
    sent: Sent[Draft] = await read(request, model, account, post)
    aside = await page.put_aside(request, account, sent)
    if aside is not None:
        return aside
    if sent.model is None:
        return await page.again(request, account, sent)
    async with node.transaction() as tx:
        author = await acting(tx, account)
        post = _own(await get_visible(tx.session, token, author, comment=is_comment), author)
        media = (
            await attaching.media_of(tx.session, author, sent.attached, post) if sent.attached.given else None
        )
        await perform(tx, await update.compose(tx, author, post, sent.model, media))
        await drafting.drop_of(tx, author, page.place, "")
    return await to_comment(request, post) if is_comment else redirect(here)


async def _group_to_write_in(request: Request, account: Account) -> Actor:
    """Return the group of the address; raise Forbidden where the member begins no threads."""
    node: Node = request.app.state.node
    name = str(request.path_params["name"])
    async with node.reading() as session:
        group = await get_named(session, name, node.settings.host, group=True)
        if group.posting_restricted and not await holds_office(
            session, account.actor, group, node.clock.now()
        ):
            raise Forbidden("In this group, only moderators start threads. You may answer theirs.")
        if group.private and not await is_member(session, account.actor.id, group.id):
            raise Forbidden("Only members write in a private group.")
    return group


async def _begun(request: Request, account: Account, group: Actor) -> str:
    """Return where the member's newest draft for the group is taken up again; empty when this is it, or none is."""
    node: Node = request.app.state.node
    if request.method == "POST" or request.query_params.get("draft"):
        return ""
    async with node.reading() as session:
        draft = await newest_for(session, account.actor, group)
    if draft is None:
        return ""
    kind = "" if draft.kind == "thread" else f"kind={draft.kind}&"
    return f"{line_of(group).path}/write?{kind}draft={draft.token}"


async def _to_begin_with(request: Request, account: Account) -> dict[str, str]:
    """Return what a fresh form of a thread holds: what is said again or quoted, and the language last written in."""
    node: Node = request.app.state.node
    asked = request.query_params
    async with node.reading() as session:
        again = await filled_in(session, asked.get("again", "")[:40], account.actor)
        quoted = await address_to_quote(session, asked.get("quote", "")[:40], account.actor)
    zone = {"timezone": account.zone} if account.zone else {}
    return again or {"link_url": quoted, "language": account.writes_in or account.language} | zone


async def _remember_language(tx: Transaction, account: Account, draft: ThreadDraft) -> None:
    """Offer the language of this thread for the next."""
    if draft.language and draft.language != account.writes_in:
        member, _ = await members.get_member(tx, account.member_id)
        member.writes_in = draft.language


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
