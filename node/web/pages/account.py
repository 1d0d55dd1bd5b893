"""Becoming a member, coming in, going out (THREATS A76 to A84, V88 to V91)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field, field_validator
from starlette.requests import Request
from starlette.responses import Response

from node.activities import follow
from node.activities.perform import perform
from node.errors import Conflict, Forbidden, Malformed
from node.local import actors, attempts, invitations, members, passes, sessions
from node.local.members import MAX_PASSWORD, MIN_PASSWORD
from node.runtime import Node
from node.store.database import Transaction
from node.store.queries.members import find_member, find_pass, name_is_taken
from node.store.tables.actors import Actor
from node.store.tables.members import Invitation, Member
from node.web import forms
from node.web.forms import WHOLE_FORM, Filled
from node.web.guards import neighbourhood, subnet
from node.web.languages import mark
from node.web.rendering import INVALID, FormView, form_view, redirect, render
from node.web.session import browser_of, cookie_name, end_session, keep_session, viewer_of

MISMATCH = mark("The name and the password do not belong together.")
MACHINE = mark("One field of this form is for machines: leave it empty.")
NAME_FORM = mark("A name is 2 to 50 characters: small letters a to z, digits and _.")
NAME_TAKEN = mark("This name is taken. Choose another.")


class SignInForm(forms.FormModel):
    """Name and password."""

    name: str = Field(min_length=1, max_length=300)
    password: str = Field(min_length=1, max_length=MAX_PASSWORD)
    next: str = Field(default="/", max_length=500)

    @field_validator("name")
    @classmethod
    def _as_kept(cls, value: str) -> str:
        return value.strip().lstrip("@").partition("@")[0].lower()


class SignUpForm(forms.FormModel):
    """A newcomer."""

    name: str = Field(min_length=1, max_length=50)
    password: str = Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)
    website: str = Field(default="", max_length=500)  # no person sees it; machines fill it in (A81)
    next: str = Field(default="/", max_length=500)

    @field_validator("name")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        value = value.strip()
        if not actors.NAME.match(value):
            raise ValueError(NAME_FORM)
        return value

    @field_validator("website")
    @classmethod
    def _empty(cls, value: str) -> str:
        if value:
            raise ValueError(MACHINE)
        return value


@dataclass(frozen=True, slots=True)
class DoorPage:
    """A form at the door, and where it leads."""

    form: FormView
    next: str
    secret: str = ""  # of a one-time link


async def sign_in(request: Request) -> Response:
    """GET and POST /sign-in."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    if request.method != "POST":
        onward = request.query_params.get("next", "/")
        if viewer.signed_in:
            return redirect(onward)
        page = DoorPage(form_view(None, viewer.language), onward)
        return await render(request, "account/sign_in.html", page, forms=True)
    filled = await forms.read_form(request, SignInForm)
    if filled.model is None or not await _mayenter(request, node, filled.model):
        if filled.model is not None:
            filled = filled.but(WHOLE_FORM, MISMATCH)
        return await _again(request, "account/sign_in.html", filled)
    return await enter(request, node, filled.model.name, filled.model.next)


async def _mayenter(request: Request, node: Node, form: SignInForm) -> bool:
    """Tell whether name and password belong together; an unknown name takes as long (A77).

    The try is counted before it is made, and the count is kept when it fails. Raises TooMany.
    """
    async with node.transaction() as tx:
        await attempts.spend(tx, f"address:{subnet(_address(request))}", attempts.SIGN_INS_FROM_ADDRESS)
        await attempts.spend(tx, f"account:{form.name}", attempts.SIGN_INS_OF_ACCOUNT)
    async with node.reading() as session:
        member = await find_member(session, form.name, node.settings.host)
    kept = member.password if member is not None and member.disabled_at is None else None
    return await members.password_matches(kept, form.password)


async def enter(request: Request, node: Node, name: str, onward: str) -> Response:
    """Open a session for the account of that name, whose holder has just proved to be it, and lead *onward*."""
    async with node.transaction() as tx:
        member = await find_member(tx.session, name, node.settings.host)
        if member is None:
            raise Forbidden("This account may not act here any more.")
        await attempts.forget(tx, f"account:{name}")
        former = request.cookies.get(cookie_name(node, "sid"), "")
        secret = await sessions.start(tx, member, instead_of=former, browser=browser_of(request))
    response = redirect(onward)
    keep_session(response, node, secret)
    return response


async def sign_up(request: Request) -> Response:
    """GET and POST /sign-up."""
    node: Node = request.app.state.node
    viewer = await viewer_of(request)
    if node.settings.registrations != "open":
        raise Forbidden("This node takes no new members at the moment.")
    if request.method != "POST":
        onward = request.query_params.get("next", "/")
        if viewer.signed_in:
            return redirect(onward)
        page = DoorPage(form_view(None, viewer.language), onward)
        return await render(request, "account/sign_up.html", page, forms=True)
    filled = await join(request, await forms.read_form(request, SignUpForm))
    if filled.model is None:
        return await _again(request, "account/sign_up.html", filled)
    onward = filled.model.next if filled.model.next not in {"", "/"} else "/first-steps"
    return await enter(request, node, filled.model.name, onward)


async def join(
    request: Request, filled: Filled[SignUpForm], *, secret: str = "", invitation: str = ""
) -> Filled[SignUpForm]:
    """Make the account, or return the form with what is wrong.

    secret: of a one-time link for administrators; invitation: of a member's link. Raises TooMany; Gone when the
    link is used up.
    """
    node: Node = request.app.state.node
    form = filled.model
    if form is None:
        return filled
    try:
        async with node.transaction() as tx:
            await members.check_name(tx, form.name)
            if await name_is_taken(tx.session, form.name, node.settings.host):
                return filled.but("name", NAME_TAKEN)
            if not secret:
                network = f"signup:{neighbourhood(_address(request))}"
                await attempts.spend(tx, network, attempts.SIGN_UPS_FROM_NETWORK)
        hashed, keys = await members.hash_password(form.password), await actors.new_keys(node)
        language = (await viewer_of(request)).language
        async with node.transaction() as tx:
            if secret:
                await passes.use(tx, secret, passes.ADMINISTRATOR)
            invited = await invitations.use(tx, invitation) if invitation else None
            member = await members.sign_up(
                tx,
                node.settings.home,
                form.name,
                keys,
                password_hash=hashed,
                language=language,
                role=members.ADMINISTRATOR if secret else "member",
            )
            if invited is not None:
                await _welcome(tx, member, invited)
    except (Malformed, Conflict) as error:
        return filled.but("name", error.message)
    return filled


async def _welcome(tx: Transaction, member: Member, invited: Invitation) -> None:
    """Write down who brought the newcomer, and let them follow what they were invited to."""
    await invitations.note_invited(tx, member, invited)
    group = await tx.session.get(Actor, invited.group_id) if invited.group_id else None
    if group is not None and group.deleted_at is None:
        actor = await tx.session.get_one(Actor, member.actor_id)
        await perform(tx, follow.compose(tx, actor, group))


async def sign_out(request: Request) -> Response:
    """GET and POST /sign-out: a page with a button, and its effect. Who is not signed in is led to the front page."""
    node: Node = request.app.state.node
    if request.method != "POST":
        if (await viewer_of(request)).account is None:
            return redirect("/")
        return await render(request, "account/sign_out.html", forms=True)
    await forms.read_form(request, forms.Empty)
    async with node.transaction() as tx:
        await sessions.end(tx, request.cookies.get(cookie_name(node, "sid"), ""))
    response = redirect("/")
    end_session(response, node)
    return response


async def welcome(request: Request) -> Response:
    """GET and POST /welcome/{secret}: its visitor becomes an administrator. Looking does not use it up (V89)."""
    node: Node = request.app.state.node
    secret = str(request.path_params["secret"])
    viewer = await viewer_of(request)
    if request.method != "POST":
        async with node.reading() as session:
            found = await find_pass(session, secret, viewer.now)
        if found is None or found.purpose != passes.ADMINISTRATOR:
            raise passes.used_up()
        page = DoorPage(form_view(None, viewer.language), "/", secret)
        response: Response = await render(request, "account/welcome.html", page, forms=True)
    elif viewer.account is not None:
        await forms.read_form(request, forms.Empty)
        async with node.transaction() as tx:
            await passes.use(tx, secret, passes.ADMINISTRATOR)
            await members.make_administrator(tx, viewer.account.member_id)
            member, _ = await members.get_member(tx, viewer.account.member_id)
            former = request.cookies.get(cookie_name(node, "sid"), "")
            fresh = await sessions.start(tx, member, instead_of=former, browser=browser_of(request))
        response = redirect("/")
        keep_session(response, node, fresh)
    else:
        filled = await join(request, await forms.read_form(request, SignUpForm), secret=secret)
        if filled.model is not None:
            response = await enter(request, node, filled.model.name, "/")
        else:
            response = await _again(request, "account/welcome.html", filled, secret=secret)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def _again(
    request: Request, template: str, filled: Filled[SignInForm] | Filled[SignUpForm], *, secret: str = ""
) -> Response:
    """Give the form back with what is wrong. Passwords are typed anew."""
    language = (await viewer_of(request)).language
    page = DoorPage(form_view(filled, language), filled.typed.get("next", "/"), secret)
    return await render(request, template, page, status=INVALID, forms=True)


def _address(request: Request) -> str | None:
    return request.client.host if request.client is not None else None
