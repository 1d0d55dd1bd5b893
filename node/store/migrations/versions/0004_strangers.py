"""Every column that names an actor has an index: else each actor that goes is looked for in whole tables."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS = (("bans", "by_id"), ("reports", "resolved_by_id"), ("notifications", "group_id"))


def upgrade() -> None:
    for table, column in _COLUMNS:
        op.create_index(f"ix_{table}_{column}", table, [column])
    some = sa.text("removed_by_id IS NOT NULL")
    op.create_index(
        "ix_posts_removed_by_id", "posts", ["removed_by_id"], sqlite_where=some, postgresql_where=some
    )


def downgrade() -> None:
    op.drop_index("ix_posts_removed_by_id", "posts")
    for table, column in reversed(_COLUMNS):
        op.drop_index(f"ix_{table}_{column}", table)
