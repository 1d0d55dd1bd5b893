"""What searches look through: the folded words of threads and of comments.

`SearchText` is filled here, whenever the session writes a thread, and stands for both databases. What makes it quick
hangs from it and is the database's own: on SQLite the FTS5 table `search_words`, kept by triggers, on PostgreSQL a
generated column of that name with a GIN index. A trigger on posts takes a row out as soon as its words change or go,
whoever changes them; who may see a thread is asked of the thread itself when somebody searches.

Comments are many, and come in bursts: their words are taken in by the minute (`inbox.wording`). A trigger takes them out at
once when they change or go, and marks what is to be taken in anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, Integer, Text, delete, event, insert, inspect, text
from sqlalchemy.orm import Mapper
from sqlmodel import Field, col

from node.store.columns import Row
from node.store.tables.posts import Post
from node.text.folding import fold, fold_html

WORDS = "search_words"  # name of what the database keeps by itself
READ = 20_000  # characters of a thread's HTML that are looked through
_COUNT = ("title", "content", "root_id", "in_reply_to", "deleted_at")


class SearchText(Row, table=True):
    """The words of a thread, folded, blanks between them."""

    __tablename__ = "search_texts"

    post_id: int = Field(foreign_key="posts.id", primary_key=True, ondelete="CASCADE", sa_type=Integer)
    title: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


class CommentText(Row, table=True):
    """The words of a comment, folded, blanks between them. Beside it `search_words_of_comments`, as `search_words` above."""

    __tablename__ = "comment_texts"
    __table_args__ = (
        Index(
            "ix_comment_texts_stale", "post_id", sqlite_where=text("stale"), postgresql_where=text("stale")
        ),
    )

    post_id: int = Field(foreign_key="posts.id", primary_key=True, ondelete="CASCADE", sa_type=Integer)
    text: str = Field(sa_type=Text)
    stale: bool = False  # the comment was changed since: to be taken in anew


def is_compared(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Tell whether migrations compare a thing with the tables: not what the database keeps by itself."""
    del thing, kind, reflected, other
    return name is None or not name.startswith(WORDS)


@event.listens_for(Post, "after_insert")
def _take_in(mapper: Mapper[Post], connection: Connection, post: Post) -> None:
    del mapper
    if _is_thread(post):
        connection.execute(insert(SearchText).values(**_row(post)))


@event.listens_for(Post, "after_update")
def _take_anew(mapper: Mapper[Post], connection: Connection, post: Post) -> None:
    del mapper
    state = inspect(post)
    # Mostly votes: a history of each column would cost more.
    if state.committed_state.keys().isdisjoint(_COUNT):
        return
    if any(state.attrs[name].history.has_changes() for name in _COUNT):
        connection.execute(delete(SearchText).where(col(SearchText.post_id) == post.id))
        if _is_thread(post):
            connection.execute(insert(SearchText).values(**_row(post)))


def _is_thread(post: Post) -> bool:
    return post.root_id is None and post.in_reply_to is None and post.deleted_at is None and bool(post.title)


def _row(post: Post) -> dict[str, Any]:
    return {
        "post_id": post.id,
        "title": " ".join(fold(post.title)),
        "text": " ".join(fold_html(post.content, READ)),
    }
