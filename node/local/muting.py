"""Muting: what a member does not want to come upon, for a while or for good. Nobody is told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from node.activitypub.origin import parse_iri
from node.errors import Conflict, Malformed, Refused
from node.store.database import Transaction
from node.store.queries.muting import MOST, count_mutes, find_mute
from node.store.tables.actors import GROUP_KINDS, Actor
from node.store.tables.mutes import Mute
from node.text.folding import fold

LONGEST_WORDS = 100  # characters


async def mute_words(tx: Transaction, member_id: int, words: str, lasts: timedelta | None) -> None:
    """Mute words that follow each other. lasts: None for good.

    Raises Malformed for what holds neither letter nor digit, Conflict when there is no room for more.
    """
    key = " ".join(fold(words))
    if not key or len(key) > LONGEST_WORDS:
        raise Malformed("Write a word, or a few that follow each other: letters and digits are compared.")
    await _mute(tx, Mute(member_id=member_id, kind="words", key=key, text=words.strip(), at=tx.now), lasts)


async def mute_actor(
    tx: Transaction, member_id: int, own: Actor, whom: Actor, lasts: timedelta | None
) -> None:
    """Mute a person or a group. own: the member's actor. Raises Refused for oneself, Conflict as `mute_words`."""
    if whom.id == own.id:
        raise Refused("Nobody mutes themselves.")
    kind = "group" if whom.kind in GROUP_KINDS else "person"
    mute = Mute(member_id=member_id, kind=kind, key=str(whom.id), actor_id=whom.id, at=tx.now)
    await _mute(tx, mute, lasts)


async def mute_server(tx: Transaction, member_id: int, host: str, own: str, lasts: timedelta | None) -> None:
    """Mute all that comes from a host. own: this node's. Raises Malformed for what is no host, and as above."""
    host = (
        host.strip().lower().removeprefix("@").removeprefix("https://").removeprefix("http://").split("/")[0]
    )
    try:
        known = parse_iri(f"https://{host}/", development=True).authority
    except Malformed as error:
        raise Malformed("This is no server. Write it as in a handle, such as example.org.") from error
    if known == own:
        raise Refused("This is the server that you are on.")
    await _mute(tx, Mute(member_id=member_id, kind="server", key=known, text=known, at=tx.now), lasts)


async def _mute(tx: Transaction, wanted: Mute, lasts: timedelta | None) -> None:
    """Keep a mute; of what is muted already the end is set anew."""
    wanted.expires_at = tx.now + lasts if lasts is not None else None
    known = await find_mute(tx.session, wanted.member_id, wanted.kind, wanted.key)
    if known is not None:
        known.expires_at, known.at, known.text = wanted.expires_at, tx.now, wanted.text
        return
    if await count_mutes(tx.session, wanted.member_id) >= MOST:
        raise Conflict("You have muted as much as there is room for. Unmute something first.")
    tx.session.add(wanted)
    await tx.session.flush()


async def unmute(tx: Transaction, member_id: int, number: int) -> None:
    """End a mute of the member's. Nothing happens when there is none of that number."""
    await tx.session.execute(delete(Mute).where(col(Mute.id) == number, col(Mute.member_id) == member_id))
