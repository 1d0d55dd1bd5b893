"""Groups as the directory orders them, what they are about, and what rises right now.

A group's row comes with the group and follows its name, here; what is counted in it is counted again by the minute
(`inbox.exploring`). What the rows say is never news to anybody: whether a group or thread may be shown is asked of itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Index, Text, UniqueConstraint, event, insert, inspect, update
from sqlalchemy.orm import Mapper
from sqlmodel import Field, col

from node.store.columns import Row, instant, maybe_reference, reference
from node.store.tables.actors import GROUP_KINDS, Actor
from node.text.clean import excerpt
from node.text.folding import fold

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NAME_KEPT = 100  # characters by which names are ordered
_NAMED_BY = ("name", "username", "description", "summary")
SUMMARY_READ = 500  # characters of what a group says of itself, by which it is found


def _walk(order: str) -> Index:
    """An index in an order of the directory, with what it is narrowed by: what does not fit is stepped over in it."""
    return Index(f"ix_directory_{order}", order, "group_id", "is_local", "language")


class DirectoryEntry(Row, table=True):
    """A group, of this node or another."""

    __tablename__ = "directory"
    __table_args__ = (_walk("active_at"), _walk("followers"), _walk("founded_at"), _walk("name_key"))

    group_id: int = Field(foreign_key="actors.id", primary_key=True, ondelete="CASCADE")
    is_local: bool
    followers: int = 0  # as its home counts them, or as many as are known here where that is more
    members: int = 0  # followers that are known here
    threads: int = 0  # that anybody may read
    active_at: datetime = instant()  # newest word in them; without any, when it was founded
    founded_at: datetime = instant()
    name_key: str = Field(max_length=NAME_KEPT)  # its name, folded
    words: str = Field(sa_type=Text)  # folded words of its name and of what it says of itself, blanks between
    language: str = Field(default="", max_length=20)  # that most of its newest threads are in; empty: none
    counted_at: datetime = instant(index=True)


class GroupTopic(Row, table=True):
    """What a group of ours is about: one of `queries.topics.TOPICS`."""

    __tablename__ = "group_topics"
    __table_args__ = (
        UniqueConstraint("group_id", "topic"),
        Index("ix_group_topics_topic_group_id", "topic", "group_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = reference("actors.id", index=False)
    topic: str = Field(max_length=20)


class Trend(Row, table=True):
    """A thread, a hashtag or a group that more people turn to than before. All are made anew, some of each."""

    __tablename__ = "trends"
    __table_args__ = (Index("ix_trends_kind_rank", "kind", "rank"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=10)  # thread, tag, group
    rank: int  # 1 is first
    post_id: int | None = maybe_reference("posts.id", ondelete="CASCADE")
    group_id: int | None = maybe_reference("actors.id", ondelete="CASCADE")
    tag: str = Field(default="", max_length=100)
    people: int  # who turned to it within a day
    at: datetime = instant()


@event.listens_for(Actor, "after_insert")
def _enter(mapper: Mapper[Actor], connection: Connection, actor: Actor) -> None:
    del mapper
    if actor.kind in GROUP_KINDS:
        connection.execute(insert(DirectoryEntry).values(**_row(actor)))


@event.listens_for(Actor, "after_update")
def _rename(mapper: Mapper[Actor], connection: Connection, actor: Actor) -> None:
    del mapper
    if actor.kind in GROUP_KINDS and not inspect(actor).committed_state.keys().isdisjoint(_NAMED_BY):
        named = update(DirectoryEntry).where(col(DirectoryEntry.group_id) == actor.id)
        connection.execute(named.values(name_key=name_key(actor), words=words_of(actor)))


def _row(actor: Actor) -> dict[str, Any]:
    return {
        "group_id": actor.id,
        "is_local": actor.peer_id is None,
        "followers": 0,
        "members": 0,
        "threads": 0,
        "active_at": actor.published,
        "founded_at": actor.published,
        "name_key": name_key(actor),
        "words": words_of(actor),
        "language": "",
        "counted_at": NEVER,
    }


def name_key(actor: Actor) -> str:
    """Return that by which a group is ordered among others by name."""
    return " ".join(fold(actor.name or actor.username))[:NAME_KEPT]


def words_of(actor: Actor) -> str:
    """Return the words that find a group in the directory."""
    about = excerpt(actor.summary, SUMMARY_READ)
    return " ".join(fold(f"{actor.name} {actor.username} {actor.description} {about}"))
