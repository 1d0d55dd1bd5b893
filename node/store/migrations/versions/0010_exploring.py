"""Exploring: threads that search engines are led to."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
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


def downgrade() -> None:
    op.drop_index("ix_posts_own_threads", table_name="posts")
