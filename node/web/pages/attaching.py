"""Pictures and files in forms of words: added, described, taken out, and kept between one sending and the next.

A file that came with a form is kept at once as an upload of the member's own; the form names it in a hidden field from
then on. So nothing is lost in a preview, nor when something else about the form is wrong. With scripts, each file
comes by itself (`add`), and the form names them all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from node.activitypub.reading_media import MAX_ALT
from node.activitypub.trimmings import Media
from node.errors import Malformed, NodeError, Unavailable
from node.local import uploads
from node.runtime import Node
from node.store.queries.media import Picture, own_picture
from node.store.queries.members import Account
from node.store.queries.uploads import MOST, as_media, loose_of, uploads_of
from node.store.tables.actors import Actor
from node.store.tables.media import Medium
from node.store.tables.posts import Post
from node.text.clean import plain_name
from node.web import forms
from node.web.forms import Wrong
from node.web.languages import mark, words
from node.web.rendering import INVALID
from node.web.session import member_of, viewer_of

FIELD = "media"  # tokens, in order, with blanks between
FILES = "files"
TOO_MANY = mark("A post has room for %(most)s pictures and files, so this one was left out.")
OF_FILE = mark("%(name)s: %(what)s")
CUT = mark(
    "The files were larger than 12 MB together, so not all of them came through. Add them a few at a time."
)
SHORT = 40  # characters of a file's name in a sentence


@dataclass(frozen=True, slots=True)
class AttachedLine:
    """A picture or file in a form of words."""

    token: str
    kind: str  # image, audio, video, document
    name: str  # as its owner calls it; empty of a picture
    alt: str
    picture: Picture | None
    lacks_words: bool  # a description is asked for


@dataclass(frozen=True, slots=True)
class Attached:
    """What a form of words has attached, and what was wrong with what came last."""

    lines: tuple[AttachedLine, ...] = ()
    given: bool = False  # whether the form spoke of attachments at all
    asked: frozenset[str] = frozenset()  # tokens of those whose description was asked for
    asks: bool = False  # whether one is asked for now: once for each
    trouble: tuple[tuple[str, Wrong], ...] = ()  # name of the file, and what is wrong with it
    status: int = 200  # of the page that shows the trouble
    most: int = MOST

    @property
    def tokens(self) -> str:
        """The field that names them."""
        return " ".join(one.token for one in self.lines)

    @property
    def asked_for(self) -> str:
        """The field that remembers whose description was asked for."""
        return " ".join(one.token for one in self.lines if one.token in self.asked)

    @property
    def is_full(self) -> bool:
        """Whether there is room for no more."""
        return len(self.lines) >= self.most

    def wrong(self, language: str) -> tuple[str, ...]:
        """Return what was wrong, in the reader's language."""
        speak = words(language)
        said = [(name, speak.say(one.sentence, one.values)) for name, one in self.trouble]
        return tuple(
            speak.say(OF_FILE, {"name": name, "what": what}) if name else what for name, what in said
        )

    def before_publishing(self) -> Attached:
        """Return what is attached, asking for missing descriptions if that was not done yet."""
        missing = {one.token for one in self.lines if one.lacks_words} - self.asked
        return replace(self, asks=bool(missing), asked=self.asked | missing)

    @property
    def holds_back(self) -> bool:
        """Whether the form is to be shown again before it is published."""
        return bool(self.trouble) or self.asks


NONE = Attached()


async def of_post(session: AsyncSession, post: Post) -> Attached:
    """Return what is attached to a post that is edited."""
    return Attached(tuple(_line(one, one.alt) for one in await uploads_of(session, post)), given=True)


async def take(
    request: Request, account: Account, fields: dict[str, str], *, post: Post | None = None
) -> Attached:
    """Take what is said about attachments out of *fields*, and keep the files that came with the form.

    post: that is edited. A file that is refused is a trouble, and everything else stays.
    """
    node: Node = request.app.state.node
    given = FIELD in fields
    named = fields.pop(FIELD, "").split()[: 2 * MOST]
    alts = _taken(fields, "alt-")
    dropped = _taken(fields, "drop-")
    asked = frozenset(fields.pop("asked", "").split()[: 2 * MOST])
    fields.pop(FILES, None)  # a form sent without its files has their names here
    async with node.reading() as session:
        kept = await loose_of(
            session,
            account.actor,
            [one for one in named if one not in dropped],
            post_id=post.id if post is not None else None,
        )
    parts = forms.parts_of(request)
    trouble = [("", Wrong(CUT))] if parts.cut else []
    status = INVALID if parts.cut else 200
    for upload in [one for one in parts.files if one.field == FILES]:
        name = plain_name(upload.name)[-SHORT:]
        if len(kept) >= MOST:
            trouble.append((name, Wrong(TOO_MANY, {"most": MOST})))
            status = max(status, INVALID)
            continue
        try:
            kept.append(await uploads.take_in(node, account.actor, upload.body, upload.name))
        except NodeError as error:
            trouble.append((name, Wrong(error.message)))
            status = max(status, error.status if isinstance(error, Unavailable) else INVALID)
    lines = tuple(_line(one, _tidy(alts.get(one.token, one.alt))) for one in kept)
    came = given or bool(parts.files)
    return Attached(lines, came, asked, trouble=tuple(trouble), status=status)


async def of_draft(
    session: AsyncSession, owner: Actor, fields: Mapping[str, str], post_id: int | None
) -> Attached:
    """Return what a draft has attached. post_id: of the post that it edits."""
    found = await loose_of(session, owner, fields.get(FIELD, "").split(), post_id=post_id)
    return Attached(
        tuple(_line(one, _tidy(fields.get(f"alt-{one.token}", one.alt))) for one in found), given=True
    )


async def media_of(
    session: AsyncSession, author: Actor, attached: Attached, post: Post | None = None
) -> tuple[Media, ...]:
    """Return what is attached as a document tells it; only *author*'s own, and part of nothing but *post*."""
    alts = {one.token: one.alt for one in attached.lines}
    found = await loose_of(session, author, list(alts), post_id=post.id if post is not None else None)
    return tuple(as_media(one, author.home, alts[one.token]) for one in found)


@forms.takes_files
async def add(request: Request) -> Response:
    """POST /media: one file, for a form that names it later. Answers with JSON: what it is, or what was wrong."""
    node: Node = request.app.state.node
    account = await member_of(request)
    language = (await viewer_of(request)).language
    await forms.read_fields(request)
    files = forms.parts_of(request).files
    try:
        if len(files) != 1:
            raise Malformed("Send one file at a time.")
        medium = await uploads.take_in(node, account.actor, files[0].body, files[0].name)
    except NodeError as error:
        return JSONResponse({"error": words(language).say(error.message)}, error.status)
    picture = own_picture(medium) if medium.kind == "image" else None
    told = {
        "token": medium.token,
        "kind": medium.kind,
        "name": medium.name,
        "thumb": f"/media/{medium.token}/square.webp" if picture is not None else "",
    }
    return JSONResponse(told, 201)


def _line(medium: Medium, alt: str) -> AttachedLine:
    return AttachedLine(
        token=medium.token,
        kind=medium.kind,
        name=medium.name,
        alt=alt,
        picture=own_picture(medium) if medium.kind == "image" else None,
        lacks_words=not alt and medium.kind != "document",
    )


def _taken(fields: dict[str, str], prefix: str) -> dict[str, str]:
    names: Sequence[str] = [name for name in fields if name.startswith(prefix)]
    return {name.removeprefix(prefix): fields.pop(name) for name in names}


def _tidy(alt: str) -> str:
    return plain_name(alt)[:MAX_ALT]
