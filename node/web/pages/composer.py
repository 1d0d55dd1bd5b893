"""The form of words: one for threads, answers and edits; read, given back, kept as a draft, planned for later.

Whatever is sent, nothing that was typed is lost: what is wrong stands beside its field, a file that is refused beside the
files, and a form whose page was open for too long comes back with everything in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.words import render as render_words
from node.activitypub.reading_gatherings import timezones
from node.errors import Malformed, NodeError
from node.inbox import cards
from node.local import drafting
from node.local.drafting import Place
from node.runtime import Node
from node.store.queries.drafts import fields_of, find_draft
from node.store.queries.members import Account
from node.store.queries.people import ActorLine
from node.store.tables.actors import Actor
from node.store.tables.drafts import Draft
from node.store.tables.posts import Post
from node.web import forms
from node.web.forms import WHOLE_FORM, Filled, Wrong
from node.web.languages import mark, post_languages
from node.web.pages import attaching
from node.web.pages.attaching import Attached
from node.web.pages.settings import NO_ZONE
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, viewer_of

Model = TypeVar("Model", ThreadDraft, CommentDraft, ThreadDraft | CommentDraft)
Do = Literal["publish", "preview", "attach", "draft", "plan", "look", "stale"]

LATEST = timedelta(days=366)  # that something is planned ahead
UTC_ZONE = "Etc/UTC"
WHEN = mark("Say when, as a day and a time.")
PAST = mark("This moment is over. Choose one that is to come.")
TOO_FAR = mark("Choose a moment within a year.")
NO_LINK = mark("Give the link first, as a whole web address.")
STALE = mark(
    "This form had been open for so long that it was no longer valid. Nothing was published. "
    "Everything is still here: look it over and send it again."
)


class Pressed(forms.FormModel):
    """The button that sent a form of words, and what else goes along with the words."""

    do: Literal["publish", "preview", "attach", "draft", "plan", "look"] = "publish"
    draft: str = Field(default="", max_length=40)
    publish_at: str = Field(default="", max_length=40)
    zone: str = Field(default="", max_length=60)


@dataclass(frozen=True, slots=True)
class Sent(Generic[Model]):
    """A form of words as it came. plan: when it is to go out; its field as it was typed is in `beside`."""

    filled: Filled[Model]
    do: Do
    attached: Attached
    token: str = ""  # of the draft that it continues
    beside: Mapping[str, str] = field(default_factory=dict)
    plan: datetime | None = None

    @property
    def model(self) -> Model | None:
        """The words, when they are right and are to be published now."""
        return self.filled.model if self.do == "publish" else None


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
    token: str  # of the draft that the form continues; empty: of none
    kept_at: datetime | None  # when that was kept
    planned_for: datetime | None
    zone: str  # of the member
    zone_known: bool
    begun: str  # address of a draft begun here before; empty: none
    card: cards.Card | None  # what is at the link, when that was asked for


async def read(
    request: Request, model: type[Model], account: Account, post: Post | None = None
) -> Sent[Model]:
    """Read a form of words. An empty field is one left out.

    Attaching needs no draft that is right yet. What is to be published is held back where a file made trouble, and
    once where a picture has no description. post: that is edited.
    """
    node: Node = request.app.state.node
    fields = await forms.read_fields(request)
    beside = {name: fields.pop(name) for name in ("publish_at", "zone") if name in fields}
    named = {name: fields.pop(name) for name in ("do", "draft") if name in fields}
    pressed = forms.check(named | beside, Pressed).model
    if pressed is None:
        raise Malformed("This form could not be read.")
    do: Do = "stale" if forms.is_stale(request) else pressed.do
    attached = await attaching.take(request, account, fields, post=post)
    if do == "attach":
        return Sent(Filled(fields, None), do, attached, pressed.draft, beside)
    filled = forms.check({name: value for name, value in fields.items() if value}, model)
    filled = Filled(fields, filled.model, filled.wrong)
    plan: datetime | None = None
    if do == "plan":
        plan, wrong = moment_of(pressed, account, node.clock.now())
        filled = filled.but("publish_at", wrong) if wrong else filled
    if do in {"publish", "plan"}:
        attached = attached.before_publishing()
        do = "attach" if attached.holds_back else do
    return Sent(filled, do, attached, pressed.draft, beside, plan)


def moment_of(pressed: Pressed, account: Account, now: datetime) -> tuple[datetime | None, str]:
    """Return when something is to go out, or what is wrong with that: a sentence of the catalogues."""
    zone = account.zone or pressed.zone or UTC_ZONE
    if zone not in timezones():
        return None, NO_ZONE
    try:
        at = datetime.strptime(pressed.publish_at.strip(), "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(zone))
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, WHEN
    if at <= now:
        return None, PAST
    return (at, "") if at <= now + LATEST else (None, TOO_FAR)


@dataclass(frozen=True, slots=True)
class Composer:
    """A form of words, before it is known what stands in it. place: what it is for."""

    action: str
    back: str
    place: Place
    group: ActorLine | None = None
    is_thread: bool = False
    is_edit: bool = False
    kind: str = "thread"
    parent: str = ""
    parent_author: ActorLine | None = None
    parent_title: str = ""
    begun: str = ""

    async def opened(
        self,
        request: Request,
        account: Account,
        draft: Draft | None = None,
        typed: Mapping[str, str] | None = None,
        attached: Attached = attaching.NONE,
    ) -> Response:
        """Return the form as it is opened: with what *draft* holds, else with *typed* and *attached*."""
        node: Node = request.app.state.node
        beside: dict[str, str] = {}
        if draft is not None:
            typed = fields_of(draft)
            async with node.reading() as session:
                attached = await attaching.of_draft(session, account.actor, typed, draft.post_id)
            if draft.publish_at is not None:
                zone = ZoneInfo(account.zone or UTC_ZONE)
                beside["publish_at"] = draft.publish_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
        page = await self._page(
            request, account, form_view(None, account.language, {**(typed or {}), **beside}), attached
        )
        if draft is not None:
            page = replace(page, token=draft.token, kept_at=draft.changed_at, planned_for=draft.publish_at)
        return await render(request, "posting/write.html", page)

    async def put_aside(self, request: Request, account: Account, sent: Sent[Model]) -> Response | None:
        """Keep the words as a draft, or plan them, where that was asked for and can be; None where not.

        A script is told in JSON: the draft's token, empty when there was nothing to keep.
        """
        if sent.do == "plan" and self.is_edit:
            raise Malformed("An edit takes effect at once: it cannot be planned.")
        if sent.do != "draft" and (sent.do != "plan" or sent.filled.model is None or sent.plan is None):
            return None
        node: Node = request.app.state.node
        if sent.attached.trouble and sent.do == "draft":
            return None
        fields = dict(sent.filled.typed) | {"media": sent.attached.tokens}
        fields |= {f"alt-{one.token}": one.alt for one in sent.attached.lines}
        async with node.transaction() as tx:
            author = await acting(tx, account)
            kept = await drafting.keep(
                tx,
                author,
                self.place,
                fields,
                [one.token for one in sent.attached.lines],
                token=sent.token,
                publish_at=sent.plan,
            )
        if request.headers.get("accept", "").startswith("application/json"):
            return JSONResponse({"draft": kept.token if kept is not None else ""})
        return redirect(f"/drafts?note={'planned' if sent.plan else 'kept' if kept else 'empty'}")

    async def again(self, request: Request, account: Account, sent: Sent[Model]) -> Response:
        """Return the form with everything that was typed and attached, what is wrong, and a preview of the words."""
        node: Node = request.app.state.node
        filled, card = sent.filled, None
        if sent.do == "look":
            filled, card = await self._looked(request, account, filled)
        if sent.do == "stale":
            filled = Filled(filled.typed, None, {WHOLE_FORM: Wrong(STALE)})
        preview = ""
        if filled.model is not None and sent.do == "preview":
            async with node.reading() as session:
                preview = await render_words(session, filled.typed.get("source", ""), node.settings.home)
        view = form_view(replace(filled, typed={**filled.typed, **sent.beside}), account.language)
        page = await self._page(request, account, view, sent.attached)
        page = replace(page, preview=preview, token=sent.token, card=card)
        status = 403 if sent.do == "stale" else INVALID if filled.wrong else sent.attached.status
        return await render(request, "posting/write.html", page, status=status)

    async def _looked(
        self, request: Request, account: Account, filled: Filled[Model]
    ) -> tuple[Filled[Model], cards.Card | None]:
        """Look at the link: its title becomes the thread's where there is none yet."""
        node: Node = request.app.state.node
        typed = dict(filled.typed)
        only: Mapping[str, Wrong] = {}
        card: cards.Card | None = None
        try:
            card = await cards.look(node, account.member_id, typed.get("link_url", ""))
        except Malformed:
            only = {"link_url": Wrong(NO_LINK)}
        except NodeError as error:
            only = {"link_url": Wrong(error.message)}
        if card is not None and not typed.get("title", "").strip():
            typed["title"] = card.title
        return Filled(typed, None, only), card

    async def _page(
        self, request: Request, account: Account, view: FormView, attached: Attached
    ) -> WritingPage:
        language = (await viewer_of(request)).language
        return WritingPage(
            action=self.action,
            back=self.back,
            is_thread=self.is_thread,
            is_edit=self.is_edit,
            kind=self.kind,
            group=self.group,
            form=view,
            preview="",
            parent=self.parent,
            parent_author=self.parent_author,
            parent_title=self.parent_title,
            languages=post_languages(language),
            zones=tuple(sorted(timezones())) if self.kind == "event" else (),
            attached=attached,
            trouble=attached.wrong(language),
            token="",
            kept_at=None,
            planned_for=None,
            zone=account.zone or view.value("zone") or UTC_ZONE,
            zone_known=bool(account.zone),
            begun=self.begun,
            card=None,
        )


async def draft_asked(request: Request, viewer: Actor) -> Draft | None:
    """Return the member's draft that the address names."""
    node: Node = request.app.state.node
    token = request.query_params.get("draft", "")[:40]
    if not token:
        return None
    async with node.reading() as session:
        return await find_draft(session, token, viewer)
