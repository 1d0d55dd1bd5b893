"""Words that are not published, or no longer: what members are writing, what goes out later, what they just deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from node.store.columns import Row, instant, maybe_instant, maybe_iri, maybe_reference, reference


class Draft(Row, table=True):
    """A form of words as a member left it. Nobody else sees it. Its files name it in `media.draft_id`."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_author_id_changed_at", "author_id", "changed_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(max_length=40, unique=True)
    author_id: int = reference("actors.id", index=False)
    kind: str = Field(
        max_length=10
    )  # thread, poll, event, comment, edit; deleted: may be brought back for a while
    group_id: int | None = maybe_reference("actors.id")  # where the thread is to be
    post_id: int | None = maybe_reference("posts.id")  # what is answered or edited, or was deleted
    fields: str = Field(default="", sa_type=Text)  # JSON: what was typed, by field
    changed_at: datetime = instant(index=True)
    publish_at: datetime | None = maybe_instant()  # goes out by itself then
    trouble: str = Field(default="", max_length=500)  # why it did not go out: a sentence of the catalogues
    delete_iri: str | None = maybe_iri()  # of the deletion that is taken back
