"""Exploring: the directory of groups, what rises, words of comments, threads that search engines are led to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OWN_THREAD = (
    "root_id IS NULL AND in_reply_to IS NULL AND deleted_at IS NULL AND removed_at IS NULL"
    " AND visibility = 'public' AND document = ''"
)


def upgrade() -> None:
    op.create_index(
        "ix_posts_own_threads",
        "posts",
        ["id"],
        sqlite_where=sa.text(OWN_THREAD),
        postgresql_where=sa.text(OWN_THREAD),
    )
    _directory()
    _topics()
    _trends()
    _comments()
    _wanted()


def _wanted() -> None:
    op.create_table(
        "wanted",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_wanted_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_wanted_actor_id_actors"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted")),
        sa.UniqueConstraint("member_id", "name", name=op.f("uq_wanted_member_id_name")),
    )
    op.create_index("ix_wanted_member_id_state", "wanted", ["member_id", "state", "id"])
    op.create_index(op.f("ix_wanted_actor_id"), "wanted", ["actor_id"])


def _directory() -> None:
    op.create_table(
        "directory",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("is_local", sa.Boolean(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("founded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name_key", sa.String(length=100), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_directory_group_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", name=op.f("pk_directory")),
    )
    # What is not counted yet is counted within minutes, and the names are folded then.
    never = "1970-01-01 00:00:00" + ("+00:00" if op.get_bind().dialect.name == "postgresql" else ".000000")
    op.execute(
        "INSERT INTO directory (group_id, is_local, followers, members, threads, active_at, founded_at, name_key, words,"  # noqa: S608 -- of constants
        " language, counted_at) SELECT id, peer_id IS NULL, 0, 0, 0, published, published,"
        " substr(lower(CASE WHEN name = '' THEN username ELSE name END), 1, 100),"
        f" lower(name || ' ' || username || ' ' || description), '', '{never}'"
        " FROM actors WHERE kind IN ('Group', 'Feed')"
    )
    for order in ("active_at", "followers", "founded_at", "name_key"):
        op.create_index(f"ix_directory_{order}", "directory", [order, "group_id", "is_local", "language"])
    op.create_index(op.f("ix_directory_counted_at"), "directory", ["counted_at"])


def _topics() -> None:
    op.create_table(
        "group_topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_group_topics_group_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_topics")),
        sa.UniqueConstraint("group_id", "topic", name=op.f("uq_group_topics_group_id_topic")),
    )
    op.create_index("ix_group_topics_topic_group_id", "group_topics", ["topic", "group_id"])


def _trends() -> None:
    op.create_table(
        "trends",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_trends_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_trends_group_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trends")),
    )
    op.create_index("ix_trends_kind_rank", "trends", ["kind", "rank"])
    op.create_index(op.f("ix_trends_post_id"), "trends", ["post_id"])
    op.create_index(op.f("ix_trends_group_id"), "trends", ["group_id"])


def _comments() -> None:
    """The words of those that are here are taken in afterwards, by the minute, the newest first."""
    op.create_table(
        "comment_texts",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_comment_texts_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_comment_texts")),
    )
    stale = sa.text("stale")
    op.create_index(
        "ix_comment_texts_stale", "comment_texts", ["post_id"], sqlite_where=stale, postgresql_where=stale
    )
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in (_FOR_POSTGRESQL if on_postgresql else _FOR_SQLITE).split("\n\n"):
        op.execute(statement)


_FOR_SQLITE = """
CREATE VIRTUAL TABLE search_words_of_comments USING fts5(
  text, content='comment_texts', content_rowid='post_id', tokenize='unicode61')

CREATE TRIGGER comment_texts_insert AFTER INSERT ON comment_texts BEGIN
  INSERT INTO search_words_of_comments(rowid, text) VALUES (new.post_id, new.text);
END

CREATE TRIGGER comment_texts_delete AFTER DELETE ON comment_texts BEGIN
  INSERT INTO search_words_of_comments(search_words_of_comments, rowid, text)
  VALUES ('delete', old.post_id, old.text);
END

CREATE TRIGGER comment_texts_update AFTER UPDATE OF text ON comment_texts BEGIN
  INSERT INTO search_words_of_comments(search_words_of_comments, rowid, text)
  VALUES ('delete', old.post_id, old.text);
  INSERT INTO search_words_of_comments(rowid, text) VALUES (new.post_id, new.text);
END

CREATE TRIGGER search_comments_go AFTER UPDATE OF deleted_at ON posts
WHEN (old.root_id IS NOT NULL AND new.deleted_at IS NOT NULL) BEGIN
  DELETE FROM comment_texts WHERE post_id = old.id;
END

CREATE TRIGGER search_comments_change AFTER UPDATE OF content ON posts
WHEN (old.root_id IS NOT NULL AND new.deleted_at IS NULL AND new.content <> old.content) BEGIN
  UPDATE comment_texts SET text = '', stale = 1 WHERE post_id = old.id;
END

CREATE TRIGGER search_comments_return AFTER UPDATE OF deleted_at ON posts
WHEN (old.root_id IS NOT NULL AND old.deleted_at IS NOT NULL AND new.deleted_at IS NULL) BEGIN
  INSERT INTO comment_texts (post_id, text, stale) SELECT old.id, '', 1
  WHERE old.id > (SELECT min(post_id) FROM comment_texts)
  AND NOT EXISTS (SELECT 1 FROM comment_texts WHERE post_id = old.id);
END
"""
_FOR_POSTGRESQL = """
ALTER TABLE comment_texts ADD COLUMN search_words tsvector
  GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED

CREATE INDEX search_words_of_comments ON comment_texts USING gin (search_words)

CREATE FUNCTION search_comments_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN IF new.deleted_at IS NOT NULL THEN DELETE FROM comment_texts WHERE post_id = old.id;
  ELSIF old.deleted_at IS NOT NULL THEN INSERT INTO comment_texts (post_id, text, stale) SELECT old.id, '', TRUE
  WHERE old.id > (SELECT min(post_id) FROM comment_texts) ON CONFLICT DO NOTHING;
  ELSE UPDATE comment_texts SET text = '', stale = TRUE WHERE post_id = old.id; END IF; RETURN NULL; END $$

CREATE TRIGGER search_comments_change AFTER UPDATE OF content, deleted_at ON posts FOR EACH ROW
  WHEN (old.root_id IS NOT NULL AND (new.content <> old.content OR new.deleted_at IS DISTINCT FROM old.deleted_at))
  EXECUTE FUNCTION search_comments_change()
"""


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER search_comments_change ON posts")
        op.execute("DROP FUNCTION search_comments_change()")
    else:
        for name in ("go", "change", "return"):
            op.execute(f"DROP TRIGGER search_comments_{name}")
        op.execute("DROP TABLE search_words_of_comments")
    op.drop_table("comment_texts")
    for table in ("wanted", "trends", "group_topics", "directory"):
        op.drop_table(table)
    op.drop_index("ix_posts_own_threads", table_name="posts")
