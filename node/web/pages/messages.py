"""Private messages: conversations, one of them, writing to somebody, changing and taking back what one wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from node.activities import letters, messages
from node.activities.drafts import CommentDraft
from node.activities.perform import perform
from node.activitypub.vocabulary import MAX_CONTENT
from node.activitypub.webfinger import Handle, parse_handle
from node.errors import Forbidden, Malformed, NodeError, Refused, TooMany
from node.inbox import actors
from node.local import attempts
from node.runtime import Node
from node.store.queries import messages as queries
from node.store.queries.actors import get_actor
from node.store.queries.conversations import (
    ConversationLine,
    ConversationPage,
    conversation_page,
    conversations,
)
from node.store.tables.actors import Actor
from node.text.markdown import to_html
from node.web import forms
from node.web.forms import Filled
from node.web.languages import mark
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, member_of

MOST_NAMED = 5  # people that a new conversation is begun with
NO_HANDLE = mark("Write handles such as @ada@example.org, with a blank between them.")
NOBODY_THERE = mark("Nobody of this name was found: %(who)s")
TOO_MANY = mark("Write to at most %(most)s people at once.")


class WriteForm(forms.FormModel):
    """A message to somebody."""

    to: str = Field(min_length=1, max_length=1000)
    source: str = Field(min_length=1, max_length=MAX_CONTENT)


class AnswerForm(forms.FormModel):
    """A message in a conversation, or other words in place of an old one; or a look at it first."""

    source: str = Field(min_length=1, max_length=MAX_CONTENT)
    do: Literal["send", "preview"] = "send"


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """The member's conversations."""

    lines: tuple[ConversationLine, ...]


@dataclass(frozen=True, slots=True)
class TalkPage:
    """A conversation and the form to go on with it."""

    talk: ConversationPage
    form: FormView
    preview: str = ""  # HTML of what was typed, not sent yet


@dataclass(frozen=True, slots=True)
class WritePage:
    """A form of words. action: where it goes; back: where leaving it goes."""

    action: str
    back: str
    form: FormView
    is_edit: bool = False


async def show(request: Request) -> Response:
    """GET /messages: the conversations, the last to be written in first."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        lines = await conversations(session, account.actor)
    return await render(request, "messages/show.html", MessagesPage(lines))


async def talk(request: Request) -> Response:
    """GET and POST /messages/{key}: read a conversation, and go on with it."""
    if request.method != "POST":
        return await _talk(request, None)
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, AnswerForm)
    draft = _draft(filled)
    if draft.model is None:
        return await _talk(request, draft)
    if filled.model is not None and filled.model.do == "preview":
        return await _talk(request, draft, preview=True)
    key = str(request.path_params["key"])
    try:
        async with node.transaction() as tx:
            author = await acting(tx, account)
            last = await queries.last_message(tx.session, key, author)
            people = await queries.people_of(tx.session, last)
            others = [one for one in people if one.deleted_at is None]
            await attempts.spend(tx, f"message:{account.member_id}", attempts.MESSAGES)
            await perform(tx, await letters.compose(tx, author, others, draft.model, answers=last))
    except (Forbidden, Refused) as error:
        if isinstance(error, TooMany):
            raise
        return await _talk(request, draft.but("source", error.message))
    return redirect(f"/messages/{key}", anchor="last")


async def write(request: Request) -> Response:
    """GET and POST /messages/new: write to somebody by their handle, looked up as a search does."""
    account = await member_of(request)
    if request.method != "POST":
        typed = {"to": request.query_params.get("to", "")[:1000]}
        return await _write(request, form_view(None, account.language, typed))
    filled = await forms.read_form(request, WriteForm)
    draft = _draft(filled)
    if draft.model is None:
        return await _write(request, form_view(draft, account.language), status=INVALID)
    found = await _found(request, draft)
    if isinstance(found, Filled):
        return await _write(request, form_view(found, account.language), status=INVALID)
    try:
        key = await _send(request, found, draft.model)
    except (Forbidden, Refused) as error:
        if isinstance(error, TooMany):
            raise
        again = form_view(draft.but("to", error.message), account.language)
        return await _write(request, again, status=INVALID)
    return redirect(f"/messages/{key}", anchor="last")


async def edit(request: Request) -> Response:
    """GET and POST /message/{token}/edit: other words."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        message = await queries.own_message(session, str(request.path_params["token"]), account.actor)
    back, here = f"/messages/{message.conversation}", f"/message/{message.token}/edit"
    if request.method != "POST":
        view = form_view(None, account.language, {"source": message.source})
        return await render(request, "messages/write.html", WritePage(here, back, view, is_edit=True))
    draft = _draft(await forms.read_form(request, AnswerForm))
    if draft.model is None:
        view = form_view(draft, account.language)
        return await render(
            request, "messages/write.html", WritePage(here, back, view, is_edit=True), status=INVALID
        )
    async with node.transaction() as tx:
        author = await acting(tx, account)
        mine = await queries.own_message(tx.session, message.token, author)
        await perform(tx, await letters.compose_edit(tx, author, mine, draft.model))
    return redirect(back, anchor=f"m-{message.token}")


async def remove(request: Request) -> Response:
    """POST /message/{token}/delete: take a message back."""
    node: Node = request.app.state.node
    account = await member_of(request)
    await forms.read_form(request, forms.Empty)
    async with node.transaction() as tx:
        author = await acting(tx, account)
        message = await queries.own_message(tx.session, str(request.path_params["token"]), author)
        await perform(tx, await letters.compose_delete(tx, author, message))
    return redirect(f"/messages/{message.conversation}")


async def _talk(request: Request, filled: Filled[CommentDraft] | None, *, preview: bool = False) -> Response:
    """Return the conversation as it was before it is marked as read, so that what is new stands out."""
    node: Node = request.app.state.node
    account = await member_of(request)
    key = str(request.path_params["key"])
    async with node.reading() as session:
        page = await conversation_page(session, key, account.actor)
    if any(one.is_new for one in page.messages):
        async with node.transaction() as tx:
            await messages.mark_read(tx, await acting(tx, account), key)
    looked_at = to_html(filled.model.source) if preview and filled and filled.model else ""
    view = TalkPage(page, form_view(filled, account.language), looked_at)
    return await render(
        request, "messages/talk.html", view, status=INVALID if filled and not preview else 200
    )


async def _write(request: Request, view: FormView, *, status: int = 200) -> Response:
    page = WritePage("/messages/new", "/messages", view)
    return await render(request, "messages/write.html", page, status=status)


def _draft(filled: Filled[WriteForm] | Filled[AnswerForm]) -> Filled[CommentDraft]:
    """Return the words of a form as a draft; what is wrong with the form stays wrong."""
    words = forms.check({"source": filled.typed.get("source", "")}, CommentDraft)
    wrong = {**words.wrong, **filled.wrong}
    return Filled(filled.typed, None if wrong else words.model, wrong)


async def _found(request: Request, filled: Filled[CommentDraft]) -> list[Actor] | Filled[CommentDraft]:
    """Return the people named, known here or looked up at their servers; or the form with what is wrong."""
    node: Node = request.app.state.node
    account = await member_of(request)
    names = filled.typed.get("to", "").replace(",", " ").split()
    if len(names) > MOST_NAMED:
        return filled.but("to", TOO_MANY, most=MOST_NAMED)
    try:
        handles = [_handle(name, node.settings.host) for name in names]
    except Malformed:
        return filled.but("to", NO_HANDLE)
    if not handles:
        return filled.but("to", NO_HANDLE)
    async with node.transaction() as tx:
        await acting(tx, account)
        await attempts.spend(tx, f"lookup:{account.member_id}", attempts.LOOK_UPS)
    people = []
    for handle in handles:
        try:
            people.append(await actors.find_handle(node, handle, group=False))
        except TooMany:
            raise
        except NodeError:
            return filled.but("to", NOBODY_THERE, who=str(handle))
    return people


def _handle(name: str, host: str) -> Handle:
    bare = name.strip().lstrip("@")
    return parse_handle(bare if "@" in bare else f"{bare}@{host}")


async def _send(request: Request, people: list[Actor], draft: CommentDraft) -> str:
    """Send a new message; return its conversation."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.transaction() as tx:
        author = await acting(tx, account)
        others = [await get_actor(tx.session, one.iri) for one in people]
        await attempts.spend(tx, f"message:{account.member_id}", attempts.MESSAGES)
        activity = await letters.compose(tx, author, others, draft)
        await perform(tx, activity)
        message = await queries.find_message(tx.session, activity.object)
        assert message is not None, "it has just been kept"
        return message.conversation
