"""Files: those that members brought, and pictures from elsewhere kept for a while. The bytes are in `store.objects`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, text
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, maybe_reference

LOOSE = "post_id IS NULL AND actor_id IS NULL"  # uploaded, and part of nothing yet
GONE = "gone_at IS NOT NULL"


class Medium(Row, table=True):
    """A picture or file that a member brought. It is seen by whoever sees what it is part of."""

    __tablename__ = "media"
    __table_args__ = (
        Index("ix_media_loose", "created_at", sqlite_where=text(LOOSE), postgresql_where=text(LOOSE)),
        Index("ix_media_gone", "gone_at", sqlite_where=text(GONE), postgresql_where=text(GONE)),
    )

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=40, unique=True)  # names it in addresses and in the store
    owner_id: int | None = maybe_reference("actors.id")
    kind: str = Field(max_length=10)  # image, audio, video, document
    use: str = Field(default="attachment", max_length=10)  # attachment, icon, banner
    mime: str = Field(max_length=100)  # of the whole of it, as we wrote it
    name: str = Field(default="", max_length=100)  # as its owner called it; of files that are no pictures
    bytes: int  # of all its sizes together
    width: int = 0  # pixels; 0: no picture
    height: int = 0
    colour: str = Field(default="", max_length=7)  # the mean one, #rrggbb
    moves: bool = False  # a picture with several frames
    sha256: str = Field(max_length=64)  # of what was uploaded
    alt: str = Field(default="", sa_type=Text)  # what is to be seen, in words; plain text
    post_id: int | None = maybe_reference("posts.id")
    actor_id: int | None = maybe_reference("actors.id")  # whose face or banner it is
    draft_id: int | None = maybe_reference("drafts.id")  # the draft that waits with it
    position: int = 0  # among those of its post
    created_at: datetime = instant()
    gone_at: datetime | None = (
        maybe_instant()
    )  # shown to nobody from then on; the bytes go with the next sweep


class FarPicture(Row, table=True):
    """A picture of another server, written anew and kept for a while; or that it could not be had."""

    __tablename__ = "far_pictures"

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(max_length=64, unique=True)  # of what it is for and its address
    url: str = iri_column()
    token: str = Field(default="", max_length=40)  # names it in the store; empty: it could not be had
    bytes: int = 0
    width: int = 0  # pixels, upright
    height: int = 0
    colour: str = Field(default="", max_length=7)
    fetched_at: datetime = instant(index=True)
    retry_at: datetime | None = maybe_instant()  # not asked for again before then
