"""Posts: threads and comments, of this node and of others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, maybe_iri, maybe_reference, reference

# A thread that is there, as lists ask for it; the word for word of a partial index.
LIVING_THREAD = "root_id IS NULL AND in_reply_to IS NULL AND deleted_at IS NULL AND removed_at IS NULL"
# Such a thread for everybody, begun here: what search engines are led to.
OWN_THREAD = f"{LIVING_THREAD} AND visibility = 'public' AND document = ''"

# One that people vote on in both ways: of those alone is the order "controversial".
DISPUTED_THREAD = f"{LIVING_THREAD} AND disputed > 0"


def _some(name: str, *columns: str, where: str) -> Index:
    """An index of those rows alone of which *where* is true: lists of threads must not step over comments."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Post(Row, table=True):
    """Something said. A thread has no parent; a comment's root is its thread."""

    __tablename__ = "posts"
    __table_args__ = (
        Index("ix_posts_group_id_published", "group_id", "published"),
        Index("ix_posts_author_id_published", "author_id", "published"),
        # Lists are walked in their order, from where a page ends: the row number tells equals apart.
        _some("ix_posts_threads_group_hot", "group_id", "hot", "id", where=LIVING_THREAD),
        _some("ix_posts_threads_group_new", "group_id", "published", "id", "score", where=LIVING_THREAD),
        _some("ix_posts_threads_group_top", "group_id", "score", "id", "published", where=LIVING_THREAD),
        _some(
            "ix_posts_threads_group_active",
            "group_id",
            "last_active",
            "id",
            "visibility",
            where=LIVING_THREAD,
        ),
        _some("ix_posts_threads_author_hot", "author_id", "hot", "id", where=LIVING_THREAD),
        _some("ix_posts_threads_author_new", "author_id", "published", "id", "score", where=LIVING_THREAD),
        _some("ix_posts_threads_author_top", "author_id", "score", "id", "published", where=LIVING_THREAD),
        _some("ix_posts_threads_author_active", "author_id", "last_active", "id", where=LIVING_THREAD),
        _some(
            "ix_posts_threads_group_commented",
            "group_id",
            "comment_count",
            "id",
            "published",
            where=LIVING_THREAD,
        ),
        _some(
            "ix_posts_threads_author_commented",
            "author_id",
            "comment_count",
            "id",
            "published",
            where=LIVING_THREAD,
        ),
        _some(
            "ix_posts_threads_group_controversial",
            "group_id",
            "disputed",
            "id",
            "published",
            where=DISPUTED_THREAD,
        ),
        _some(
            "ix_posts_threads_author_controversial",
            "author_id",
            "disputed",
            "id",
            "published",
            where=DISPUTED_THREAD,
        ),
        # Of everybody and all groups together.
        _some("ix_posts_threads_all_hot", "visibility", "hot", "id", where=LIVING_THREAD),
        _some("ix_posts_threads_all_new", "visibility", "published", "id", where=LIVING_THREAD),
        _some("ix_posts_threads_all_top", "visibility", "score", "id", "published", where=LIVING_THREAD),
        _some("ix_posts_threads_all_active", "visibility", "last_active", "id", where=LIVING_THREAD),
        _some(
            "ix_posts_threads_all_commented",
            "visibility",
            "comment_count",
            "id",
            "published",
            where=LIVING_THREAD,
        ),
        _some(
            "ix_posts_threads_all_controversial",
            "visibility",
            "disputed",
            "id",
            "published",
            where=DISPUTED_THREAD,
        ),
        _some("ix_posts_pinned", "group_id", "featured_at", where="featured_at IS NOT NULL"),
        # A column that is mostly empty draws SQLite's planner to all the rows in which it is.
        # By the row number alone it is not taken: to SQLite every index on `visibility` looks narrower.
        _some("ix_posts_own_threads", "document", "id", where=OWN_THREAD),
        _some("ix_posts_root_id_published", "root_id", "published", where="root_id IS NOT NULL"),
        _some("ix_posts_in_reply_to", "in_reply_to", where="in_reply_to IS NOT NULL"),
        _some("ix_posts_removed_by_id", "removed_by_id", where="removed_by_id IS NOT NULL"),
        _some("ix_posts_link_key_author_id", "link_key", "author_id", where="link_key IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(unique=True)
    token: str = Field(max_length=40, unique=True)  # our name for it in URLs, also of remote posts
    kind: str = Field(max_length=32)  # Page, Article, Note, ...
    author_id: int = reference("actors.id", index=False)
    group_id: int | None = maybe_reference("actors.id", index=False)  # None: in no group
    root_id: int | None = maybe_reference("posts.id", index=False)  # the thread; None for a thread itself
    parent_id: int | None = maybe_reference("posts.id")
    # What it answers, kept while the parent is unknown: the parent claims it when it comes (R19).
    in_reply_to: str | None = maybe_iri()
    depth: int = 0  # 0 thread, 1 comment, 2 answer to it ...

    title: str = Field(default="", max_length=300)  # plain text; threads only
    title_derived: bool = False  # made from the text of a Note: made again on Update
    content: str = Field(default="", sa_type=Text)  # cleaned HTML
    source: str = Field(default="", sa_type=Text)  # Markdown, when the author gave it
    warning: str = Field(default="", max_length=500)  # content warning, plain text
    language: str | None = Field(default=None, max_length=20)  # BCP 47
    link_url: str | None = maybe_iri()  # what the thread points at
    # Fingerprint of that address without what does not matter in it: threads about one page (C.13).
    link_key: str | None = Field(default=None, max_length=64)
    image_url: str | None = maybe_iri()
    image_alt: str = Field(default="", max_length=1500)
    url: str | None = maybe_iri()  # page for people, at home
    visibility: str = Field(default="public", max_length=10)  # public, unlisted, followers, direct, members
    sensitive: bool = False

    published: datetime = instant()  # as the author's node says, never in the future
    updated: datetime | None = maybe_instant()
    received_at: datetime = instant()
    edits: int = 0  # as many versions came before this one; the newest are in `revisions`
    deleted_at: datetime | None = maybe_instant()  # by its author: content is emptied, the row stays
    removed_at: datetime | None = maybe_instant()  # by a moderator: hidden
    removed_by_id: int | None = maybe_reference("actors.id", index=False)
    removal_reason: str = Field(default="", max_length=1000)  # plain text
    removal_iri: str | None = maybe_iri()  # of the Delete: its Undo restores
    locked_at: datetime | None = maybe_instant()
    featured_at: datetime | None = maybe_instant()
    distinguished: bool = False  # a moderator speaks as one
    # The group's word that it is in: Announce for a remote group, at once for our own (FEDERATION B.9).
    confirmed_at: datetime | None = maybe_instant()
    # Taken on a group's word while the author's node was away: verify again by then (RULE B6c).
    verify_by: datetime | None = maybe_instant(index=True)
    backfilled: bool = False  # fetched as history: nobody was notified

    upvotes: int = 0
    downvotes: int = 0
    score: int = 0  # upvotes - downvotes
    comment_count: int = 0  # of the thread; kept on the root
    shares: int = 0
    last_active: datetime = instant()  # newest comment, or own publication
    # Remote: the collections of the thread at home, and what home counts beside our own counts (E4).
    context_iri: str | None = maybe_iri()
    replies_iri: str | None = maybe_iri()
    home_comments: int | None = None
    home_upvotes: int | None = None
    home_counted_at: datetime | None = maybe_instant()
    refreshed_at: datetime | None = maybe_instant(index=True)  # when the collection was last asked for
    refresh_etag: str = Field(default="", max_length=300)
    repaired_at: datetime | None = maybe_instant()  # when a member last had the thread repaired
    repair_found: int = 0  # posts that this brought
    disputed: float = 0.0  # order of "controversial": 0 while nobody or everybody is against it
    hot: float = 0.0  # order of "hot": grows with score and with the time of publication, never decays

    create_iri: str | None = maybe_iri(index=True)  # id of the Create that brought it
    document: str = Field(default="", sa_type=Text)  # remote: the object's JSON as received
    # What the author lets others do with it; empty: everything (FEDERATION D.5).
    policy: str = Field(default="", sa_type=Text)  # interactionPolicy, JSON
    approved_by: str | None = maybe_iri()
    quote_iri: str | None = maybe_iri(index=True)  # the post that it quotes
    quote_stamp: str | None = maybe_iri()  # the quoted author's leave, once seen


class Addressee(Row, table=True):
    """Somebody here whom a post that is not for everybody addresses (FEDERATION D.4)."""

    __tablename__ = "addressees"
    __table_args__ = (UniqueConstraint("post_id", "actor_id"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    actor_id: int = reference("actors.id")


class Vote(Row, table=True):
    """One actor's opinion of one post. A new one replaces the old (FEDERATION C.4)."""

    __tablename__ = "votes"
    __table_args__ = (Index("uq_votes_post_id_actor_id", "post_id", "actor_id", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    actor_id: int = reference("actors.id")
    value: int  # +1 or -1
    iri: str = iri_column(index=True)  # of the newest Like or Dislike
    # Ids of the same opinion that came before without an Undo, a line each: one of them undone late must
    # not take the newest back (R18).
    earlier: str = Field(default="", sa_type=Text)
    at: datetime = instant()


class Share(Row, table=True):
    """A boost by a person: counted, never a distribution."""

    __tablename__ = "shares"
    __table_args__ = (Index("uq_shares_post_id_actor_id", "post_id", "actor_id", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = reference("posts.id", index=False)
    actor_id: int = reference("actors.id")
    iri: str = iri_column(index=True)
    at: datetime = instant()


class Mark(Row, table=True):
    """What came too early: a Delete before its Create, an Undo before its Like. Swept when old."""

    __tablename__ = "marks"
    id: int | None = Field(default=None, primary_key=True)
    # Of kind, object and actor together: two long ids are more than an index row may hold.
    fingerprint: str = Field(max_length=64, unique=True)
    kind: str = Field(max_length=20)  # deleted, or undone:<type>
    object: str = iri_column()  # iri of the object, or of the undone activity
    actor: str = iri_column()  # who said so
    at: datetime = instant(index=True)
