"""A member's own account: profile, language, password."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from starlette.requests import Request
from starlette.responses import Response

from node.activities import update
from node.activities.perform import perform
from node.activitypub.reading_gatherings import timezones
from node.local import attempts, fields, members, sessions
from node.local.members import MAX_PASSWORD, MIN_PASSWORD
from node.runtime import Node
from node.store.queries.fields import FIELDS, NAME_LENGTH, VALUE_LENGTH, read_fields
from node.store.queries.media import Picture, picture_of_actor
from node.store.queries.members import Account, find_member
from node.store.queries.people import ActorLine, line_of
from node.text.clean import plain_name
from node.text.markdown import to_html
from node.web import forms
from node.web.forms import Filled
from node.web.languages import mark
from node.web.pages import insignia
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import acting, browser_of, keep_session, member_of

WRONG_PASSWORD = mark("This is not your present password.")
NAMELESS = mark("Each field of your profile needs a name before its value.")
NO_ZONE = mark("Name a time zone such as Europe/Paris.")
MAX_SUMMARY = 5000  # characters of Markdown


class LanguageForm(forms.FormModel):
    """The language of a member's pages."""

    language: Literal["en", "fr"]


class ZoneForm(forms.FormModel):
    """Where the member's clock is; empty: not said."""

    zone: str = Field(default="", max_length=60)

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        value = value.strip()
        if value and value not in timezones():
            raise ValueError(NO_ZONE)
        return value


class MessagesForm(forms.FormModel):
    """Who may write to the member."""

    messages_from: Literal["everyone", "followed", "nobody"]


class PasswordForm(forms.FormModel):
    """Another password, by whoever knows the present one (A80)."""

    present: str = Field(min_length=1, max_length=MAX_PASSWORD)
    password: str = Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)


FieldName = Annotated[str, Field(default="", max_length=NAME_LENGTH)]
FieldValue = Annotated[str, Field(default="", max_length=VALUE_LENGTH)]


class ProfileForm(forms.FormModel):
    """What a member says of themselves. label_N and value_N: the N-th field of the profile."""

    name: str = Field(default="", max_length=100)
    summary: str = Field(default="", max_length=MAX_SUMMARY)
    label_1: FieldName
    value_1: FieldValue
    label_2: FieldName
    value_2: FieldValue
    label_3: FieldName
    value_3: FieldValue
    label_4: FieldName
    value_4: FieldValue
    label_5: FieldName
    value_5: FieldValue
    label_6: FieldName
    value_6: FieldValue

    @model_validator(mode="after")
    def _named(self) -> Self:
        if any(value.strip() and not label.strip() for label, value in self.fields()):
            raise ValueError(NAMELESS)
        return self

    def fields(self) -> list[tuple[str, str]]:
        """Return the fields in their order, empty ones among them."""
        return [(getattr(self, f"label_{n}"), getattr(self, f"value_{n}")) for n in range(1, FIELDS + 1)]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The forms of a member's settings."""

    form: FormView
    done: str  # what has just been changed: language, messages, password, profile; empty: nothing
    messages_from: str = "everyone"  # who may write: everyone, followed, nobody
    zone: str = ""
    zones: tuple[str, ...] = field(default_factory=lambda: tuple(sorted(timezones())))


async def show(request: Request) -> Response:
    """GET /settings."""
    account = await member_of(request)
    done = request.query_params.get("done", "")
    node: Node = request.app.state.node
    async with node.reading() as session:
        member = await find_member(session, account.name, node.settings.host)
    page = SettingsPage(
        form_view(None, account.language),
        done if done in {"language", "messages", "password", "zone"} else "",
        member.messages_from if member is not None else "everyone",
        account.zone,
    )
    return await render(request, "settings/show.html", page)


async def language(request: Request) -> Response:
    """POST /settings/language."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, LanguageForm)
    if filled.model is None:
        page = SettingsPage(form_view(filled, account.language), "")
        return await render(request, "settings/show.html", page, status=INVALID)
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        member.language = filled.model.language
    return redirect("/settings?done=language")


async def zone(request: Request) -> Response:
    """POST /settings/zone."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, ZoneForm)
    if filled.model is None:
        page = SettingsPage(form_view(filled, account.language), "", zone=filled.typed.get("zone", ""))
        return await render(request, "settings/show.html", page, status=INVALID)
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        member.zone = filled.model.zone
    return redirect("/settings?done=zone#zone")


async def password(request: Request) -> Response:
    """POST /settings/password: every other session ends, and this one gets a new cookie (V93)."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, PasswordForm)
    if filled.model is not None:
        async with node.transaction() as tx:
            await attempts.spend(tx, f"account:{account.name}", attempts.SIGN_INS_OF_ACCOUNT)
        async with node.reading() as session:
            known = await find_member(session, account.name, node.settings.host)
        if not await members.password_matches(known.password if known else None, filled.model.present):
            filled = filled.but("present", WRONG_PASSWORD)
    if filled.model is None:
        page = SettingsPage(form_view(filled, account.language), "")
        return await render(request, "settings/show.html", page, status=INVALID)
    hashed = await members.hash_password(filled.model.password)
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        await members.set_password(tx, member, hashed)
        await attempts.forget(tx, f"account:{account.name}")
        secret = await sessions.start(tx, member, browser=browser_of(request))
    response = redirect("/settings?done=password")
    keep_session(response, node, secret)
    return response


async def messages(request: Request) -> Response:
    """POST /settings/messages: who may write to the member."""
    node: Node = request.app.state.node
    account = await member_of(request)
    filled = await forms.read_form(request, MessagesForm)
    if filled.model is None:
        page = SettingsPage(form_view(filled, account.language), "", "everyone")
        return await render(request, "settings/show.html", page, status=INVALID)
    async with node.transaction() as tx:
        member, _ = await members.get_member(tx, account.member_id)
        member.messages_from = filled.model.messages_from
    return redirect("/settings?done=messages")


@dataclass(frozen=True, slots=True)
class ProfileFormPage:
    """The form of what a member says and shows of themselves."""

    form: FormView
    actor: ActorLine
    banner: Picture | None


@forms.takes_files
async def profile(request: Request) -> Response:
    """GET and POST /settings/profile: the name and the words that others read."""
    node: Node = request.app.state.node
    account = await member_of(request)
    if request.method != "POST":
        actor = account.actor
        kept = {"name": actor.name, "summary": actor.summary_source}
        for number, one in enumerate(read_fields(actor.fields), 1):
            kept |= {f"label_{number}": one.name, f"value_{number}": one.source}
        return await render(request, "settings/profile.html", _profile(account, None, kept))
    typed = await forms.read_fields(request)
    going = insignia.dropped(typed)
    filled = forms.check(typed, ProfileForm)
    shown = await insignia.bring(request, account, going) if filled.model is not None else None
    if filled.model is None or shown is None or shown.wrong:
        filled = Filled(typed, None, {**filled.wrong, **(shown.wrong if shown is not None else {})})
        return await render(request, "settings/profile.html", _profile(account, filled), status=INVALID)
    async with node.transaction() as tx:
        actor = await acting(tx, account)
        actor.name = plain_name(filled.model.name)
        actor.summary_source, actor.summary = filled.model.summary, to_html(filled.model.summary)
        await insignia.put_on(tx, actor, shown)
        actor.updated = tx.now
        await fields.set_fields(tx, actor, filled.model.fields())
        await tx.session.flush()
        await perform(tx, update.compose_actor(tx, actor))
    return redirect(account.path)


def _profile(
    account: Account, filled: Filled[ProfileForm] | None, kept: dict[str, str] | None = None
) -> ProfileFormPage:
    actor = account.actor
    banner = picture_of_actor("b", actor.id or 0, actor.image_url, is_local=True)
    return ProfileFormPage(form_view(filled, account.language, kept), line_of(actor), banner)
