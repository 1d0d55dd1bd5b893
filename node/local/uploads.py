"""Files that members bring: judged by their own bytes, written anew where they are pictures, kept for their owner.

An upload is part of nothing at first, and its owner's alone. What becomes part of no post within a day goes (A93).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col

from node.errors import Forbidden, NodeError, TooLarge, UnsupportedMedia
from node.local.attempts import Limit, spend
from node.pictures.decoder import Decoded, Use
from node.pictures.kinds import ENDINGS, Kind, kind_of
from node.runtime import Node
from node.store.database import Transaction
from node.store.objects import object_name
from node.store.queries.uploads import bytes_of, put_away
from node.store.tables.actors import Actor
from node.store.tables.media import Medium
from node.text.clean import plain_name

LARGEST = 10 * 1024 * 1024  # bytes of a file
NAME_LENGTH = 100  # characters
UPLOADS = Limit(
    200, timedelta(hours=1), "You have added a lot of files in the last hour. Wait a while, then go on."
)
UNKNOWN = "Files of this kind are not taken. Pictures are (JPEG, PNG, WebP, GIF, AVIF), and sound, films, PDF, text and zip."


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is in the store, and what its row will say."""

    token: str
    kind: Kind
    use: Use
    name: str
    bytes: int
    sha256: str
    picture: Decoded | None
    files: tuple[str, ...]  # in the store


async def take_in(node: Node, owner: Actor, data: bytes, name: str, use: Use = "attachment") -> Medium:
    """Keep a file that a member brought; never inside a transaction.

    name: as its owner calls it. Raises UnsupportedMedia, TooLarge, TooMany, Forbidden when the member has no room
    left, Unavailable when the node has none.
    """
    async with node.transaction() as tx:
        await spend(tx, f"upload:{owner.id}", UPLOADS)
    async with node.reading() as session:
        check_room(await bytes_of(session, owner.id) + len(data), node.settings.media_per_member)
    prepared = await prepare(node, data, name, use)
    try:
        async with node.transaction() as tx:
            room = await bytes_of(tx.session, owner.id) + prepared.bytes
            check_room(room, node.settings.media_per_member)
            return await record(tx, owner, prepared)
    except BaseException:
        await node.objects.remove(prepared.files)
        raise


def check_room(wanted: int, most: int) -> None:
    """Raise Forbidden when a member's files would take more room than a member has."""
    if most == 0:
        raise Forbidden("On this node, members add no pictures or files.")
    if wanted > most:
        raise Forbidden(
            "Your pictures and files take all the room that this node gives to one member. "
            "Delete a post that has some, then try again."
        )


async def prepare(node: Node, data: bytes, name: str = "", use: Use = "attachment") -> Prepared:
    """Put a file into the store, a picture in all its sizes; raises as `take_in`. Its row is yet to be written."""
    if len(data) > LARGEST:
        raise TooLarge("This file is larger than 10 MB. Make it smaller, then try again.")
    kind = kind_of(data)
    if kind is None and use == "attachment":
        raise UnsupportedMedia(
            "Files of this kind are not taken. Pictures are (JPEG, PNG, WebP, GIF, AVIF), "
            "and sound, films, PDF, text and zip."
        )
    if kind is None or (use != "attachment" and kind.kind != "image"):
        raise UnsupportedMedia("This file is no picture that we can read. JPEG, PNG, WebP, GIF and AVIF are.")
    token = node.ids.token()
    picture = await node.decoder.decode(data, use) if kind.kind == "image" else None
    parts = (
        [(one.name, ENDINGS[one.mime], one.body, one.mime) for one in picture.sizes]
        if picture is not None
        else [("full", kind.ending, data, kind.mime)]
    )
    files = {object_name("own", token, size, ending): (body, mime) for size, ending, body, mime in parts}
    try:
        for file, (body, mime) in files.items():
            await node.objects.put(file, body, mime)
    except NodeError:
        await node.objects.remove(list(files))
        raise
    return Prepared(
        token=token,
        kind=kind,
        use=use,
        name=plain_name(name).replace("/", " ").replace("\\", " ").strip()[-NAME_LENGTH:],
        bytes=sum(len(body) for body, _ in files.values()),
        sha256=hashlib.sha256(data).hexdigest(),
        picture=picture,
        files=tuple(files),
    )


async def record(tx: Transaction, owner: Actor, prepared: Prepared) -> Medium:
    """Write the row of a file that is in the store; it is its owner's, and part of nothing yet."""
    picture = prepared.picture
    medium = Medium(
        token=prepared.token,
        owner_id=owner.id,
        kind=prepared.kind.kind,
        use=prepared.use,
        mime=picture.sizes[0].mime if picture is not None else prepared.kind.mime,
        name="" if picture is not None else prepared.name,
        bytes=prepared.bytes,
        width=picture.width if picture is not None else 0,
        height=picture.height if picture is not None else 0,
        colour=picture.colour if picture is not None else "",
        moves=picture is not None and picture.moves,
        sha256=prepared.sha256,
        created_at=tx.now,
    )
    tx.session.add(medium)
    await tx.session.flush()
    return medium


async def show_as(tx: Transaction, actor: Actor, medium: Medium, address: str) -> None:
    """Make a picture the face or the banner of an actor of ours, in place of the one before."""
    await take_off(tx, actor, medium.use)
    medium.actor_id = actor.id
    if medium.use == "icon":
        actor.icon_url = address
    else:
        actor.image_url = address
    await tx.session.flush()


async def take_off(tx: Transaction, actor: Actor, use: str) -> None:
    """Take the face (icon) or the banner off an actor of ours."""
    await put_away(tx.session, tx.now, col(Medium.actor_id) == actor.id, col(Medium.use) == use)
    if use == "icon":
        actor.icon_url = None
    else:
        actor.image_url = None
    await tx.session.flush()
