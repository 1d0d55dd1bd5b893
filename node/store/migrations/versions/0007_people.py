"""People: fields of profiles, first steps, invitations, what members keep, and notifications read one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("actors", sa.Column("fields", sa.Text(), server_default="", nullable=False))
    op.add_column("members", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "members", sa.Column("hides_lists", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "members", sa.Column("quiet_kinds", sa.String(length=500), server_default="", nullable=False)
    )
    op.execute("UPDATE members SET settled_at = created_at")  # whoever is here has found their way
    op.execute(
        sa.text("UPDATE members SET hides_lists = :yes").bindparams(yes=True)
    )  # what nobody saw stays unseen
    op.add_column("sessions", sa.Column("browser", sa.String(length=100), server_default="", nullable=False))
    op.add_column("notifications", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    _invitations()
    op.create_table(
        "saved",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_saved_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_saved_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved")),
        sa.UniqueConstraint("member_id", "post_id", name=op.f("uq_saved_member_id_post_id")),
    )
    op.create_index("ix_saved_member_id_at", "saved", ["member_id", "at", "id"])
    op.create_index(op.f("ix_saved_post_id"), "saved", ["post_id"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=100), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_invitations_group_id_actors"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_invitations_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_invitations_fingerprint")),
    )
    op.create_index(op.f("ix_invitations_member_id"), "invitations", ["member_id"])
    op.create_index(op.f("ix_invitations_group_id"), "invitations", ["group_id"])
    op.create_index(op.f("ix_invitations_expires_at"), "invitations", ["expires_at"])
    op.create_table(
        "invited",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("inviter_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["members.id"], name=op.f("fk_invited_inviter_id_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_invited_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_invited")),
    )
    op.create_index(op.f("ix_invited_inviter_id"), "invited", ["inviter_id"])


def downgrade() -> None:
    op.drop_table("invited")
    op.drop_table("invitations")
    op.drop_table("saved")
    # Not by a copy of the tables, whose end would take their rows' dependants along.
    op.drop_column("notifications", "read_at")
    op.drop_column("sessions", "browser")
    for name in ("quiet_kinds", "hides_lists", "settled_at"):
        op.drop_column("members", name)
    op.drop_column("actors", "fields")
