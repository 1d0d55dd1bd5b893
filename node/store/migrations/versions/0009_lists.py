"""Lists: more orders of threads, those of everybody together, and what members mute."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LIVING_THREAD = "root_id IS NULL AND in_reply_to IS NULL AND deleted_at IS NULL AND removed_at IS NULL"
_DISPUTED_THREAD = f"{_LIVING_THREAD} AND disputed > 0"
_ORDERS = (  # name, columns, which rows
    ("group_commented", ("group_id", "comment_count", "id", "published"), _LIVING_THREAD),
    ("author_commented", ("author_id", "comment_count", "id", "published"), _LIVING_THREAD),
    ("group_controversial", ("group_id", "disputed", "id", "published"), _DISPUTED_THREAD),
    ("author_controversial", ("author_id", "disputed", "id", "published"), _DISPUTED_THREAD),
    ("all_hot", ("visibility", "hot", "id"), _LIVING_THREAD),
    ("all_new", ("visibility", "published", "id"), _LIVING_THREAD),
    ("all_top", ("visibility", "score", "id", "published"), _LIVING_THREAD),
    ("all_active", ("visibility", "last_active", "id"), _LIVING_THREAD),
    ("all_commented", ("visibility", "comment_count", "id", "published"), _LIVING_THREAD),
    ("all_controversial", ("visibility", "disputed", "id", "published"), _DISPUTED_THREAD),
)


def upgrade() -> None:
    op.add_column("posts", sa.Column("disputed", sa.Float(), server_default="0", nullable=False))
    # As `activities.standing.dispute`: the smaller camp, weighed by how even the two are.
    op.execute(
        "UPDATE posts SET disputed = CASE WHEN upvotes < downvotes"
        " THEN 1.0 * upvotes * upvotes / downvotes ELSE 1.0 * downvotes * downvotes / upvotes END"
        " WHERE upvotes > 0 AND downvotes > 0"
    )
    for name, columns, where in _ORDERS:
        only = sa.text(where)
        op.create_index(
            f"ix_posts_threads_{name}", "posts", list(columns), sqlite_where=only, postgresql_where=only
        )
    op.add_column("members", sa.Column("languages", sa.String(length=100), server_default="", nullable=False))
    for name in ("looked_at", "looked_before"):
        op.add_column("members", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    only = sa.text("blocked_at IS NOT NULL")
    op.create_index("ix_peers_blocked_at", "peers", ["blocked_at"], sqlite_where=only, postgresql_where=only)
    _mutes()


def _mutes() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_mutes_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_mutes_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutes")),
        sa.UniqueConstraint("member_id", "kind", "key", name=op.f("uq_mutes_member_id_kind_key")),
    )
    op.create_index(op.f("ix_mutes_actor_id"), "mutes", ["actor_id"])
    op.create_index(op.f("ix_mutes_expires_at"), "mutes", ["expires_at"])


def downgrade() -> None:
    op.drop_table("mutes")
    op.drop_index("ix_peers_blocked_at", table_name="peers")
    for name in ("languages", "looked_at", "looked_before"):
        op.drop_column("members", name)
    for name, _, _ in _ORDERS:
        op.drop_index(f"ix_posts_threads_{name}", table_name="posts")
    op.drop_column("posts", "disputed")  # not by a copy of the table, whose end would take all posts along
