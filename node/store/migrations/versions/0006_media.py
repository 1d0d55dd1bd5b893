"""Pictures and files of members, and pictures of other servers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LOOSE = "post_id IS NULL AND actor_id IS NULL"
_GONE = "gone_at IS NOT NULL"


def _when(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _reference(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{table}.id"], name=op.f(f"fk_media_{column}_{table}"), ondelete="SET NULL"
    )


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("moves", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        _when("created_at"),
        _when("gone_at", nullable=True),
        _reference("owner_id", "actors"),
        _reference("post_id", "posts"),
        _reference("actor_id", "actors"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("token", name=op.f("uq_media_token")),
    )
    for column in ("owner_id", "post_id", "actor_id"):
        op.create_index(op.f(f"ix_media_{column}"), "media", [column])
    for name, column, where in (("loose", "created_at", _LOOSE), ("gone", "gone_at", _GONE)):
        op.create_index(
            f"ix_media_{name}",
            "media",
            [column],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "far_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("colour", sa.String(length=7), nullable=False),
        _when("fetched_at"),
        _when("retry_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_far_pictures")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_far_pictures_fingerprint")),
    )
    op.create_index(op.f("ix_far_pictures_fetched_at"), "far_pictures", ["fetched_at"])


def downgrade() -> None:
    op.drop_table("far_pictures")
    op.drop_table("media")
