"""Every dialect: moderation, gatherings, trimmings, messages, listings, proofs, moves."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emojis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=260), nullable=False),
        sa.Column("shortcode", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emojis")),
        sa.UniqueConstraint("host", "shortcode", name=op.f("uq_emojis_host_shortcode")),
    )
    op.create_table(
        "bans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=2048), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("content_removed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_bans_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["actors.id"], name=op.f("fk_bans_by_id_actors"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_bans_group_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
        sa.UniqueConstraint("actor_id", "scope", name=op.f("uq_bans_actor_id_scope")),
    )
    with op.batch_alter_table("bans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bans_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_bans_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bans_scope"), ["scope"], unique=False)

    op.create_table(
        "blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blocker_id", sa.Integer(), nullable=False),
        sa.Column("blocked_id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_id"], ["actors.id"], name=op.f("fk_blocks_blocked_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["actors.id"], name=op.f("fk_blocks_blocker_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
        sa.UniqueConstraint("blocker_id", "blocked_id", name=op.f("uq_blocks_blocker_id_blocked_id")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocks_blocked_id"), ["blocked_id"], unique=False)

    op.create_table(
        "feed_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["actors.id"], name=op.f("fk_feed_items_feed_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_feed_items_group_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_items")),
        sa.UniqueConstraint("feed_id", "group_id", name=op.f("uq_feed_items_feed_id_group_id")),
    )
    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feed_items_group_id"), ["group_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("in_reply_to", sa.String(length=2048), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("warning", sa.String(length=500), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["actors.id"], name=op.f("fk_messages_author_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("iri", name=op.f("uq_messages_iri")),
        sa.UniqueConstraint("token", name=op.f("uq_messages_token")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_conversation"), ["conversation"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_published"), ["published"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("blurhash", sa.String(length=200), nullable=False),
        sa.Column("focus_x", sa.Float(), nullable=True),
        sa.Column("focus_y", sa.Float(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_attachments_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("post_id", "position", name=op.f("uq_attachments_post_id_position")),
    )
    op.create_table(
        "attendances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_attendances_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_attendances_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendances")),
        sa.UniqueConstraint("post_id", "actor_id", name=op.f("uq_attendances_post_id_actor_id")),
    )
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendances_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendances_iri"), ["iri"], unique=False)

    op.create_table(
        "cautions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("object", sa.String(length=2048), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_cautions_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_cautions_group_id_actors"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_cautions_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["actors.id"], name=op.f("fk_cautions_subject_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cautions")),
        sa.UniqueConstraint("iri", name=op.f("uq_cautions_iri")),
    )
    with op.batch_alter_table("cautions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cautions_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cautions_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cautions_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cautions_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "deeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_deeds_actor_id_actors"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_deeds_group_id_actors"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_deeds_post_id_posts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["actors.id"], name=op.f("fk_deeds_subject_id_actors"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deeds")),
    )
    with op.batch_alter_table("deeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deeds_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_deeds_group_id_at", ["group_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deeds_iri"), ["iri"], unique=False)
        batch_op.create_index(batch_op.f("ix_deeds_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deeds_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("online_url", sa.String(length=2048), nullable=True),
        sa.Column("join_mode", sa.String(length=20), nullable=False),
        sa.Column("external_url", sa.String(length=2048), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_events_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "listings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_listings_group_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_listings_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("group_id", "post_id", name=op.f("uq_listings_group_id_post_id")),
    )
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listings_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_listings_post_id"), ["post_id"], unique=False)

    op.create_table(
        "addressees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_addressees_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_addressees_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addressees")),
        sa.UniqueConstraint("post_id", "actor_id", name=op.f("uq_addressees_post_id_actor_id")),
    )
    with op.batch_alter_table("addressees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_addressees_actor_id"), ["actor_id"], unique=False)

    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("messages_from", sa.String(length=10), server_default="everyone", nullable=False)
        )

    op.create_table(
        "message_recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["actors.id"],
            name=op.f("fk_message_recipients_actor_id_actors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_recipients_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_recipients")),
        sa.UniqueConstraint("message_id", "actor_id", name=op.f("uq_message_recipients_message_id_actor_id")),
    )
    with op.batch_alter_table("message_recipients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_recipients_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "permissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("stamp", sa.String(length=2048), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("request_iri", sa.String(length=2048), nullable=False),
        sa.Column("interaction", sa.String(length=2048), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_permissions_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_permissions_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions")),
        sa.UniqueConstraint("kind", "request_iri", name=op.f("uq_permissions_kind_request_iri")),
        sa.UniqueConstraint("token", name=op.f("uq_permissions_token")),
    )
    with op.batch_alter_table("permissions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permissions_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_permissions_interaction"), ["interaction"], unique=False)
        batch_op.create_index(batch_op.f("ix_permissions_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_permissions_stamp"), ["stamp"], unique=False)

    op.create_table(
        "poll_options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_poll_options_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_options")),
        sa.UniqueConstraint("post_id", "position", name=op.f("uq_poll_options_post_id_position")),
    )
    op.create_table(
        "polls",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("multiple", sa.Boolean(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_polls_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_polls")),
    )
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_closes_at"), ["closes_at"], unique=False)

    op.create_table(
        "post_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_tags")),
        sa.UniqueConstraint("post_id", "name", name=op.f("uq_post_tags_post_id_name")),
    )
    with op.batch_alter_table("post_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_tags_name"), ["name"], unique=False)

    op.create_table(
        "reactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("emoji", sa.String(length=100), nullable=False),
        sa.Column("icon_url", sa.String(length=2048), nullable=True),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_reactions_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_reactions_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reactions")),
        sa.UniqueConstraint("post_id", "actor_id", "emoji", name=op.f("uq_reactions_post_id_actor_id_emoji")),
    )
    with op.batch_alter_table("reactions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reactions_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reactions_iri"), ["iri"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["actors.id"], name=op.f("fk_reports_group_id_actors"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_reports_message_id_messages"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_reports_post_id_posts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["actors.id"], name=op.f("fk_reports_reporter_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"],
            ["actors.id"],
            name=op.f("fk_reports_resolved_by_id_actors"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["actors.id"], name=op.f("fk_reports_subject_id_actors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("iri", name=op.f("uq_reports_iri")),
        sa.UniqueConstraint("token", name=op.f("uq_reports_token")),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_at"), ["at"], unique=False)
        batch_op.create_index("ix_reports_group_id_resolved_at", ["group_id", "resolved_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reports_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "poll_votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("iri", sa.String(length=2048), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["actors.id"], name=op.f("fk_poll_votes_actor_id_actors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["poll_options.id"],
            name=op.f("fk_poll_votes_option_id_poll_options"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_poll_votes_post_id_posts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_votes")),
        sa.UniqueConstraint("option_id", "actor_id", name=op.f("uq_poll_votes_option_id_actor_id")),
    )
    with op.batch_alter_table("poll_votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_votes_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_poll_votes_post_id"), ["post_id"], unique=False)

    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=10), nullable=False, server_default="Follow"))

    with op.batch_alter_table("actors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bridges", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("also_known_as", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("moved_to", sa.String(length=2048), nullable=True))
        batch_op.add_column(sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("represents_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("home_followers", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("history_page", sa.String(length=2048), nullable=True))
        batch_op.add_column(sa.Column("moderators_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("keys_rotated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sealed_proof_key", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("proof_key", sa.String(length=100), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_actors_represents_id"), ["represents_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_actors_represents_id_actors"),
            "actors",
            ["represents_id"],
            ["id"],
            ondelete="CASCADE",
        )

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))
        batch_op.alter_column("post_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_notifications_group_id_actors"), "actors", ["group_id"], ["id"], ondelete="CASCADE"
        )

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("link_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("removed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("removal_reason", sa.String(length=1000), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("removal_iri", sa.String(length=2048), nullable=True))
        batch_op.add_column(
            sa.Column("distinguished", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("context_iri", sa.String(length=2048), nullable=True))
        batch_op.add_column(sa.Column("replies_iri", sa.String(length=2048), nullable=True))
        batch_op.add_column(sa.Column("home_comments", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("home_upvotes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("home_counted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("refresh_etag", sa.String(length=300), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("repaired_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("repair_found", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("policy", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("approved_by", sa.String(length=2048), nullable=True))
        batch_op.add_column(sa.Column("quote_iri", sa.String(length=2048), nullable=True))
        batch_op.add_column(sa.Column("quote_stamp", sa.String(length=2048), nullable=True))
        batch_op.create_index(batch_op.f("ix_posts_link_key"), ["link_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_quote_iri"), ["quote_iri"], unique=False)
        batch_op.create_index(batch_op.f("ix_posts_refreshed_at"), ["refreshed_at"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_posts_removed_by_id_actors"),
            "actors",
            ["removed_by_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("public_keys", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("purpose", sa.String(length=10), nullable=False, server_default="signature")
        )
        batch_op.drop_constraint(batch_op.f("uq_public_keys_key_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_public_keys_key_id_purpose"), ["key_id", "purpose"])


def downgrade() -> None:
    op.execute("DELETE FROM public_keys WHERE purpose <> 'signature'")
    with op.batch_alter_table("public_keys", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_public_keys_key_id_purpose"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_public_keys_key_id"), ["key_id"])
        batch_op.drop_column("purpose")

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_posts_removed_by_id_actors"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_posts_refreshed_at"))
        batch_op.drop_index(batch_op.f("ix_posts_quote_iri"))
        batch_op.drop_index(batch_op.f("ix_posts_link_key"))
        batch_op.drop_column("quote_stamp")
        batch_op.drop_column("quote_iri")
        batch_op.drop_column("approved_by")
        batch_op.drop_column("policy")
        batch_op.drop_column("repair_found")
        batch_op.drop_column("repaired_at")
        batch_op.drop_column("refresh_etag")
        batch_op.drop_column("refreshed_at")
        batch_op.drop_column("home_counted_at")
        batch_op.drop_column("home_upvotes")
        batch_op.drop_column("home_comments")
        batch_op.drop_column("replies_iri")
        batch_op.drop_column("context_iri")
        batch_op.drop_column("distinguished")
        batch_op.drop_column("removal_iri")
        batch_op.drop_column("removal_reason")
        batch_op.drop_column("removed_by_id")
        batch_op.drop_column("link_key")

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_notifications_group_id_actors"), type_="foreignkey")
        batch_op.alter_column("post_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("text")
        batch_op.drop_column("group_id")

    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.drop_column("kind")

    with op.batch_alter_table("actors", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_actors_represents_id_actors"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_actors_represents_id"))
        batch_op.drop_column("proof_key")
        batch_op.drop_column("sealed_proof_key")
        batch_op.drop_column("keys_rotated_at")
        batch_op.drop_column("history_page")
        batch_op.drop_column("moderators_at")
        batch_op.drop_column("home_followers")
        batch_op.drop_column("represents_id")
        batch_op.drop_column("moved_at")
        batch_op.drop_column("moved_to")
        batch_op.drop_column("also_known_as")
        batch_op.drop_column("private")
        batch_op.drop_column("bridges")

    with op.batch_alter_table("poll_votes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_votes_post_id"))
        batch_op.drop_index(batch_op.f("ix_poll_votes_actor_id"))

    op.drop_table("poll_votes")
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reports_subject_id"))
        batch_op.drop_index(batch_op.f("ix_reports_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_reports_post_id"))
        batch_op.drop_index(batch_op.f("ix_reports_message_id"))
        batch_op.drop_index("ix_reports_group_id_resolved_at")
        batch_op.drop_index(batch_op.f("ix_reports_at"))

    op.drop_table("reports")
    with op.batch_alter_table("reactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reactions_iri"))
        batch_op.drop_index(batch_op.f("ix_reactions_actor_id"))

    op.drop_table("reactions")
    with op.batch_alter_table("post_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_tags_name"))

    op.drop_table("post_tags")
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_closes_at"))

    op.drop_table("polls")
    op.drop_table("poll_options")
    with op.batch_alter_table("permissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_permissions_stamp"))
        batch_op.drop_index(batch_op.f("ix_permissions_post_id"))
        batch_op.drop_index(batch_op.f("ix_permissions_interaction"))
        batch_op.drop_index(batch_op.f("ix_permissions_actor_id"))

    op.drop_table("permissions")
    with op.batch_alter_table("message_recipients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_recipients_actor_id"))

    op.drop_table("message_recipients")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_column("messages_from")

    with op.batch_alter_table("addressees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_addressees_actor_id"))

    op.drop_table("addressees")
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listings_post_id"))
        batch_op.drop_index(batch_op.f("ix_listings_at"))

    op.drop_table("listings")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_starts_at"))

    op.drop_table("events")
    with op.batch_alter_table("deeds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deeds_subject_id"))
        batch_op.drop_index(batch_op.f("ix_deeds_post_id"))
        batch_op.drop_index(batch_op.f("ix_deeds_iri"))
        batch_op.drop_index("ix_deeds_group_id_at")
        batch_op.drop_index(batch_op.f("ix_deeds_actor_id"))

    op.drop_table("deeds")
    with op.batch_alter_table("cautions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cautions_subject_id"))
        batch_op.drop_index(batch_op.f("ix_cautions_post_id"))
        batch_op.drop_index(batch_op.f("ix_cautions_group_id"))
        batch_op.drop_index(batch_op.f("ix_cautions_actor_id"))

    op.drop_table("cautions")
    with op.batch_alter_table("attendances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendances_iri"))
        batch_op.drop_index(batch_op.f("ix_attendances_actor_id"))

    op.drop_table("attendances")
    op.drop_table("attachments")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_published"))
        batch_op.drop_index(batch_op.f("ix_messages_conversation"))
        batch_op.drop_index(batch_op.f("ix_messages_author_id"))

    op.drop_table("messages")
    with op.batch_alter_table("feed_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_items_group_id"))

    op.drop_table("feed_items")
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blocks_blocked_id"))

    op.drop_table("blocks")
    with op.batch_alter_table("bans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bans_scope"))
        batch_op.drop_index(batch_op.f("ix_bans_group_id"))
        batch_op.drop_index(batch_op.f("ix_bans_expires_at"))

    op.drop_table("bans")
    op.drop_table("emojis")
