"""What hangs on a post: pictures and films, reactions, hashtags, emoji, leave to quote it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, maybe_iri, maybe_reference, reference


class Attachment(Row, table=True):
    """A picture, film or sound of a post, in the author's order."""

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("post_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    position: int
    kind: str = Field(max_length=20)  # image, video, audio, document
    media_type: str = Field(default="", max_length=100)
    url: str = iri_column()
    alt: str = Field(default="", sa_type=Text)  # plain text
    blurhash: str = Field(default="", max_length=200)
    focus_x: float | None = None  # -1 to 1; what must stay in sight when cut
    focus_y: float | None = None
    width: int = 0  # pixels; 0: not told
    height: int = 0


class Reaction(Row, table=True):
    """An emoji that somebody put on a post: EmojiReact, or Like with content (C.4)."""

    __tablename__ = "reactions"
    __table_args__ = (UniqueConstraint("post_id", "actor_id", "emoji"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    actor_id: int = reference("actors.id")
    emoji: str = Field(max_length=100)  # the character, or :shortcode:
    icon_url: str | None = maybe_iri()  # of a custom one
    iri: str = iri_column(index=True)
    at: datetime = instant()


class PostTag(Row, table=True):
    """A hashtag of a post: without #, lower case."""

    __tablename__ = "post_tags"
    __table_args__ = (
        UniqueConstraint("post_id", "name"),
        Index("ix_post_tags_name_post_id", "name", "post_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    name: str = Field(max_length=100)


class Emoji(Row, table=True):
    """A custom emoji of a node, as its documents name it."""

    __tablename__ = "emojis"
    __table_args__ = (UniqueConstraint("host", "shortcode"),)

    id: int | None = Field(default=None, primary_key=True)
    host: str = Field(max_length=260)
    shortcode: str = Field(max_length=100)  # without colons
    url: str = iri_column()
    updated: datetime | None = maybe_instant()


class Permission(Row, table=True):
    """Leave to do something with a post, asked for and given: a quote stamp, an approval (D.5, FEP-044f)."""

    __tablename__ = "permissions"
    __table_args__ = (UniqueConstraint("kind", "request_iri"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=10)  # quote, reply, like, announce
    token: str = Field(max_length=40, unique=True)  # names the stamp in its address
    stamp: str | None = maybe_iri(index=True)  # iri of the QuoteAuthorization; ours or the other node's
    post_id: int | None = maybe_reference("posts.id", ondelete="CASCADE")  # what is quoted or answered
    actor_id: int = reference("actors.id")  # who asked
    request_iri: str = iri_column()
    interaction: str = iri_column(index=True)  # iri of the quoting post, the answer, the Like ...
    state: str = Field(default="pending", max_length=10)  # pending, granted, refused, revoked
    at: datetime = instant()
    answered_at: datetime | None = maybe_instant()
