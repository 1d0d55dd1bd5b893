"""Drafts of members, where they are and the language they write in; what is at links."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=500), nullable=False),
        sa.Column("delete_iri", sa.String(length=2048), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["actors.id"], name=op.f("fk_drafts_author_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_drafts_group_id_actors"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_drafts_post_id_posts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("token", name=op.f("uq_drafts_token")),
    )
    op.create_index("ix_drafts_author_id_changed_at", "drafts", ["author_id", "changed_at", "id"])
    for column in ("changed_at", "group_id", "post_id"):
        op.create_index(op.f(f"ix_drafts_{column}"), "drafts", [column])
    with op.batch_alter_table("media") as media:
        media.add_column(sa.Column("draft_id", sa.Integer(), nullable=True))
        media.create_foreign_key(
            op.f("fk_media_draft_id_drafts"), "drafts", ["draft_id"], ["id"], ondelete="SET NULL"
        )
        media.create_index(op.f("ix_media_draft_id"), ["draft_id"])
    op.create_table(
        "link_cards",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=2048), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("image_url", sa.String(length=2048), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_link_cards_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_link_cards")),
    )
    op.add_column("members", sa.Column("zone", sa.String(length=60), server_default="", nullable=False))
    op.add_column("members", sa.Column("writes_in", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("members", "writes_in")
    op.drop_column("members", "zone")
    op.drop_table("link_cards")
    with op.batch_alter_table("media") as media:
        media.drop_index(op.f("ix_media_draft_id"))
        media.drop_constraint(op.f("fk_media_draft_id_drafts"), type_="foreignkey")
        media.drop_column("draft_id")
    op.drop_table("drafts")
