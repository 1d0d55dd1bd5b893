"""Own threads: an index that SQLite's planner takes, since it narrows by a column before the row number."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OWN_THREAD = (
    "root_id IS NULL AND in_reply_to IS NULL AND deleted_at IS NULL AND removed_at IS NULL"
    " AND visibility = 'public' AND document = ''"
)


def upgrade() -> None:
    _lead("document", "id")


def downgrade() -> None:
    _lead("id")


def _lead(*columns: str) -> None:
    only = sa.text(_OWN_THREAD)
    op.drop_index("ix_posts_own_threads", table_name="posts")
    op.create_index("ix_posts_own_threads", "posts", list(columns), sqlite_where=only, postgresql_where=only)
