"""The engines: what the inbox, the outbox and large tables need to stay quick."""

import html
import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from node.store import triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LIVING_THREAD = "root_id IS NULL AND in_reply_to IS NULL AND deleted_at IS NULL AND removed_at IS NULL"
_OF_SOME_POSTS = (  # name, columns, which rows
    ("ix_posts_threads_group_hot", ("group_id", "hot", "id"), _LIVING_THREAD),
    ("ix_posts_threads_group_new", ("group_id", "published", "id", "score"), _LIVING_THREAD),
    ("ix_posts_threads_group_top", ("group_id", "score", "id", "published"), _LIVING_THREAD),
    ("ix_posts_threads_group_active", ("group_id", "last_active", "id", "visibility"), _LIVING_THREAD),
    ("ix_posts_threads_author_hot", ("author_id", "hot", "id"), _LIVING_THREAD),
    ("ix_posts_threads_author_new", ("author_id", "published", "id", "score"), _LIVING_THREAD),
    ("ix_posts_threads_author_top", ("author_id", "score", "id", "published"), _LIVING_THREAD),
    ("ix_posts_threads_author_active", ("author_id", "last_active", "id"), _LIVING_THREAD),
    ("ix_posts_pinned", ("group_id", "featured_at"), "featured_at IS NOT NULL"),
    ("ix_posts_root_id_published", ("root_id", "published"), "root_id IS NOT NULL"),
    ("ix_posts_in_reply_to", ("in_reply_to",), "in_reply_to IS NOT NULL"),
    ("ix_posts_link_key_author_id", ("link_key", "author_id"), "link_key IS NOT NULL"),
)
_OF_ALL_POSTS = (
    ("ix_posts_group_id_hot", ("group_id", "hot")),
    ("ix_posts_group_id_last_active", ("group_id", "last_active")),
    ("ix_posts_group_id_score", ("group_id", "score")),
    ("ix_posts_root_id_published", ("root_id", "published")),
    ("ix_posts_in_reply_to", ("in_reply_to",)),
    ("ix_posts_link_key", ("link_key",)),
)


_PRESENT = "peer_id IS NOT NULL"
_OWN_GROUPS = "peer_id IS NULL AND (kind IN ('Group', 'Feed') OR represents_id IS NOT NULL)"
_SIGN = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
CHUNK = 2000  # threads whose words are taken in at a time


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_table(
        "chores",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chores")),
    )
    _upgrade_pages()
    op.add_column("peers", sa.Column("beyond", sa.String(length=500), server_default="", nullable=False))


def downgrade() -> None:
    triggers.remove(op.get_bind())
    op.drop_column("peers", "beyond")
    _downgrade_pages()
    op.drop_table("chores")
    op.drop_table("changes")


def _upgrade_pages() -> None:
    for name, _ in _OF_ALL_POSTS:
        op.drop_index(name, table_name="posts")
    for name, columns, where in _OF_SOME_POSTS:
        only = sa.text(where)
        op.create_index(name, "posts", list(columns), sqlite_where=only, postgresql_where=only)
    op.drop_index("ix_post_tags_name", table_name="post_tags")
    op.create_index("ix_post_tags_name_post_id", "post_tags", ["name", "post_id"])
    _upgrade_actors()
    op.create_table(
        "search_texts",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_search_texts_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_search_texts")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (_FOR_SQLITE if sqlite else _FOR_POSTGRESQL).split("\n\n"):
        op.execute(statement)
    _take_in_words()


def _downgrade_pages() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (_BACK_ON_SQLITE if sqlite else _BACK_ON_POSTGRESQL).split("\n\n"):
        op.execute(statement)
    op.drop_table("search_texts")
    op.drop_index("ix_post_tags_name_post_id", table_name="post_tags")
    op.create_index("ix_post_tags_name", "post_tags", ["name"])
    op.drop_index("ix_actors_kind", table_name="actors")
    op.drop_index("ix_actors_own_groups", table_name="actors")
    op.drop_index("ix_actors_peer_id", table_name="actors")
    op.drop_index("ix_actors_lookup_name", table_name="actors")
    op.drop_index("ix_actors_host_lookup_name", table_name="actors")
    op.drop_column(
        "actors", "lookup_name"
    )  # not by a copy of the table, whose end would take all posts along
    op.create_index("ix_actors_peer_id", "actors", ["peer_id"])
    for name, _, _ in _OF_SOME_POSTS:
        op.drop_index(name, table_name="posts")
    for name, columns in _OF_ALL_POSTS:
        op.create_index(name, "posts", list(columns))


def _upgrade_actors() -> None:
    op.add_column(
        "actors", sa.Column("lookup_name", sa.String(length=200), nullable=False, server_default="")
    )
    op.execute("UPDATE actors SET lookup_name = lower(username)")
    op.create_index("ix_actors_host_lookup_name", "actors", ["host", "lookup_name"])
    op.create_index("ix_actors_lookup_name", "actors", ["lookup_name"])
    op.create_index(
        "ix_actors_kind", "actors", ["kind", "username", "name", "discoverable", "deleted_at", "path"]
    )
    op.drop_index("ix_actors_peer_id", table_name="actors")
    op.create_index(
        "ix_actors_peer_id",
        "actors",
        ["peer_id"],
        sqlite_where=sa.text(_PRESENT),
        postgresql_where=sa.text(_PRESENT),
    )
    op.create_index(
        "ix_actors_own_groups",
        "actors",
        ["id"],
        sqlite_where=sa.text(_OWN_GROUPS),
        postgresql_where=sa.text(_OWN_GROUPS),
    )


def _take_in_words() -> None:
    """Fold the words of the threads that are here, as node.text.folding did when this was written."""
    connection, after = op.get_bind(), 0
    find = sa.text(
        "SELECT id, title, content FROM posts WHERE id > :after AND title <> '' AND root_id IS NULL"
        " AND in_reply_to IS NULL AND deleted_at IS NULL ORDER BY id LIMIT :chunk"
    )
    keep = sa.text("INSERT INTO search_texts (post_id, title, text) VALUES (:post_id, :title, :text)")
    while rows := connection.execute(find, {"after": after, "chunk": CHUNK}).all():
        words = [
            {"post_id": number, "title": _fold(title), "text": _fold(_without_markup(content[:20_000]))}
            for number, title, content in rows
        ]
        connection.execute(keep, words)
        after = rows[-1][0]


def _without_markup(content: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", content))


def _fold(text: str) -> str:
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text))
    folded = unicodedata.normalize("NFKC", bare).casefold()
    return " ".join(re.findall(r"[^\W_]+", _SIGN.sub(r" \1 ", folded)))


_FOR_SQLITE = """
CREATE VIRTUAL TABLE search_words USING fts5(
  title, text, content='search_texts', content_rowid='post_id', tokenize='unicode61', prefix='3')

CREATE TRIGGER search_texts_insert AFTER INSERT ON search_texts BEGIN
  INSERT INTO search_words(rowid, title, text) VALUES (new.post_id, new.title, new.text);
END

CREATE TRIGGER search_texts_delete AFTER DELETE ON search_texts BEGIN
  INSERT INTO search_words(search_words, rowid, title, text)
  VALUES ('delete', old.post_id, old.title, old.text);
END

CREATE TRIGGER search_texts_update AFTER UPDATE ON search_texts BEGIN
  INSERT INTO search_words(search_words, rowid, title, text)
  VALUES ('delete', old.post_id, old.title, old.text);
  INSERT INTO search_words(rowid, title, text) VALUES (new.post_id, new.title, new.text);
END

CREATE TRIGGER search_posts_leave AFTER UPDATE OF title, content, deleted_at ON posts
WHEN (new.title <> old.title OR new.content <> old.content OR new.deleted_at IS NOT NULL) BEGIN
  DELETE FROM search_texts WHERE post_id = old.id;
END
"""
_FOR_POSTGRESQL = """
CREATE STATISTICS posts_living_threads (mcv) ON root_id, in_reply_to, deleted_at, removed_at FROM posts

ALTER TABLE search_texts ADD COLUMN search_words tsvector GENERATED ALWAYS AS
  (setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', text), 'B')) STORED

CREATE INDEX search_words ON search_texts USING gin (search_words)

CREATE FUNCTION search_posts_leave() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN DELETE FROM search_texts WHERE post_id = old.id; RETURN NULL; END'

CREATE TRIGGER search_posts_leave AFTER UPDATE OF title, content, deleted_at ON posts FOR EACH ROW
  WHEN (new.title <> old.title OR new.content <> old.content OR new.deleted_at IS NOT NULL)
  EXECUTE FUNCTION search_posts_leave()
"""
_BACK_ON_SQLITE = """
DROP TRIGGER search_posts_leave

DROP TABLE search_words
"""
_BACK_ON_POSTGRESQL = """
DROP STATISTICS posts_living_threads

DROP TRIGGER search_posts_leave ON posts

DROP FUNCTION search_posts_leave()
"""
