"""Triage: blind index, leads, first and second readings, notes, actions, views and bulk acts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Made by hand: no table of the models.
INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE tip_tokens USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='ascii')",
    ),
    "postgresql": (
        "CREATE TABLE tip_tokens (number bigint PRIMARY KEY, tokens bigint[] NOT NULL)",
        "CREATE INDEX ix_tip_tokens ON tip_tokens USING gin (tokens)",
    ),
}


def upgrade() -> None:
    for order in INDEX[op.get_bind().dialect.name]:
        op.execute(order)
    op.create_table(
        "bulk_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_bulk_acts_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_acts")),
    )
    with op.batch_alter_table("bulk_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulk_acts_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "key_choices",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_key_choices_officer_id")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_key_choices")),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_saved_views_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("officer_id", "name", name=op.f("uq_saved_views_officer_id_name")),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed_title", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tip_count", sa.Integer(), nullable=False),
        sa.Column("independent_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('suggested', 'gathered', 'undone')", name=op.f("ck_leads_state")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_leads_appeal_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["officers.id"], name=op.f("fk_leads_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leads_appeal_id"), ["appeal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leads_state_changed_at_id"), ["state", "changed_at", "id"], unique=False)

    op.create_table(
        "first_readings",
        sa.Column("tip_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("weights", sa.String(length=20), nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("is_drawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["opened_by_id"], ["officers.id"], name=op.f("fk_first_readings_opened_by_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_first_readings_tip_id")),
        sa.PrimaryKeyConstraint("tip_id", name=op.f("pk_first_readings")),
    )
    with op.batch_alter_table("first_readings", schema=None) as batch_op:
        batch_op.create_index("ix_first_readings_drawn", ["opened_at"], unique=False, sqlite_where=sa.text("is_drawn"))

    op.create_table(
        "lead_apart",
        sa.Column("low_id", sa.BigInteger(), nullable=False),
        sa.Column("high_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["high_id"], ["tips.id"], name=op.f("fk_lead_apart_high_id")),
        sa.ForeignKeyConstraint(["low_id"], ["tips.id"], name=op.f("fk_lead_apart_low_id")),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_lead_apart")),
    )
    op.create_table(
        "lead_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=20), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_checks_lead_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_lead_checks_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_checks")),
    )
    with op.batch_alter_table("lead_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_checks_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "lead_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("echo_of_id", sa.BigInteger(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["officers.id"], name=op.f("fk_lead_members_added_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_members_lead_id")),
        sa.ForeignKeyConstraint(["left_by_id"], ["officers.id"], name=op.f("fk_lead_members_left_by_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_lead_members_tip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_members")),
    )
    with op.batch_alter_table("lead_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_members_lead_id_position"), ["lead_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_members_tip_id"), ["tip_id"], unique=False)
        batch_op.create_index(
            "uq_lead_members_tip_now",
            ["tip_id"],
            unique=True,
            postgresql_where=sa.text("left_at IS NULL"),
            sqlite_where=sa.text("left_at IS NULL"),
        )

    op.create_table(
        "names_given",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("name_hash", sa.String(length=16), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_names_given_appeal_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_names_given_tip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_names_given")),
        sa.UniqueConstraint("tip_id", "name_hash", name=op.f("uq_names_given_tip_id_name_hash")),
    )
    with op.batch_alter_table("names_given", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_names_given_appeal_id_name_hash"), ["appeal_id", "name_hash"], unique=False
        )

    op.create_table(
        "rereadings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("is_agreed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by_id"], ["officers.id"], name=op.f("fk_rereadings_closed_by_id")),
        sa.ForeignKeyConstraint(["read_by_id"], ["officers.id"], name=op.f("fk_rereadings_read_by_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_rereadings_tip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rereadings")),
    )
    with op.batch_alter_table("rereadings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rereadings_open",
            ["asked_at"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_rereadings_tip_id"), ["tip_id"], unique=False)

    op.create_table(
        "tip_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("sealed_unit", sa.LargeBinary(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_tip_actions_officer_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_tip_actions_tip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_actions")),
    )
    with op.batch_alter_table("tip_actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tip_actions_tip_id"), ["tip_id"], unique=False)

    op.create_table(
        "tip_indexes",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("sealed_tokens", sa.LargeBinary(), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_tip_indexes_tip_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tip_indexes")),
        sa.UniqueConstraint("tip_id", name=op.f("uq_tip_indexes_tip_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tip_indexes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tip_indexes_key_id"), ["key_id"], unique=False)

    op.create_table(
        "tip_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("is_task", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_tip_notes_officer_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_tip_notes_tip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_notes")),
    )
    with op.batch_alter_table("tip_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tip_notes_tip_id"), ["tip_id"], unique=False)

    op.create_table(
        "tip_readers",
        sa.Column("tip_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("is_barred", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_tip_readers_officer_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_tip_readers_tip_id")),
        sa.PrimaryKeyConstraint("tip_id", "officer_id", name=op.f("pk_tip_readers")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("grade", sa.String(length=3), server_default="", nullable=False))
        batch_op.add_column(sa.Column("points_away", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("is_unread", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("bulk_id", sa.Integer(), nullable=True))

    with op.batch_alter_table("tips", schema=None) as batch_op:
        batch_op.add_column(sa.Column("indexed_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("is_closed_unread", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("points_away", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("is_restricted", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("lead_id", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_tips_age",
            ["lane", "received_at", "id"],
            unique=False,
            postgresql_where=sa.text("state = 'unread'"),
            sqlite_where=sa.text("state = 'unread'"),
        )
        batch_op.create_index(
            "ix_tips_language_queue",
            ["language", "rank", "id"],
            unique=False,
            postgresql_where=sa.text("state <> 'done'"),
            sqlite_where=sa.text("state <> 'done'"),
        )
        batch_op.create_index(
            "ix_tips_source_queue",
            ["source", "rank", "id"],
            unique=False,
            postgresql_where=sa.text("state <> 'done'"),
            sqlite_where=sa.text("state <> 'done'"),
        )
        batch_op.create_index(
            "ix_tips_unindexed",
            ["id"],
            unique=False,
            postgresql_where=sa.text("read_at IS NOT NULL AND indexed_count < message_count"),
            sqlite_where=sa.text("read_at IS NOT NULL AND indexed_count < message_count"),
        )


def downgrade() -> None:
    op.execute("DROP TABLE tip_tokens")
    with op.batch_alter_table("tips", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_tips_unindexed",
            postgresql_where=sa.text("read_at IS NOT NULL AND indexed_count < message_count"),
            sqlite_where=sa.text("read_at IS NOT NULL AND indexed_count < message_count"),
        )
        batch_op.drop_index(
            "ix_tips_source_queue", postgresql_where=sa.text("state <> 'done'"), sqlite_where=sa.text("state <> 'done'")
        )
        batch_op.drop_index(
            "ix_tips_language_queue",
            postgresql_where=sa.text("state <> 'done'"),
            sqlite_where=sa.text("state <> 'done'"),
        )
        batch_op.drop_index(
            "ix_tips_age", postgresql_where=sa.text("state = 'unread'"), sqlite_where=sa.text("state = 'unread'")
        )
        batch_op.drop_column("lead_id")
        batch_op.drop_column("is_restricted")
        batch_op.drop_column("points_away")
        batch_op.drop_column("is_closed_unread")
        batch_op.drop_column("indexed_count")

    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_column("bulk_id")
        batch_op.drop_column("is_unread")
        batch_op.drop_column("points_away")
        batch_op.drop_column("grade")

    op.drop_table("tip_readers")
    with op.batch_alter_table("tip_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tip_notes_tip_id"))

    op.drop_table("tip_notes")
    with op.batch_alter_table("tip_indexes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tip_indexes_key_id"))

    op.drop_table("tip_indexes")
    with op.batch_alter_table("tip_actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tip_actions_tip_id"))

    op.drop_table("tip_actions")
    with op.batch_alter_table("rereadings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rereadings_tip_id"))
        batch_op.drop_index(
            "ix_rereadings_open", sqlite_where=sa.text("read_at IS NULL"), postgresql_where=sa.text("read_at IS NULL")
        )

    op.drop_table("rereadings")
    with op.batch_alter_table("names_given", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_names_given_appeal_id_name_hash"))

    op.drop_table("names_given")
    with op.batch_alter_table("lead_members", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lead_members_tip_now",
            postgresql_where=sa.text("left_at IS NULL"),
            sqlite_where=sa.text("left_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_lead_members_tip_id"))
        batch_op.drop_index(batch_op.f("ix_lead_members_lead_id_position"))

    op.drop_table("lead_members")
    with op.batch_alter_table("lead_checks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_checks_lead_id"))

    op.drop_table("lead_checks")
    op.drop_table("lead_apart")
    with op.batch_alter_table("first_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_first_readings_drawn", sqlite_where=sa.text("is_drawn"))

    op.drop_table("first_readings")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leads_state_changed_at_id"))
        batch_op.drop_index(batch_op.f("ix_leads_appeal_id"))

    op.drop_table("leads")
    op.drop_table("saved_views")
    op.drop_table("key_choices")
    with op.batch_alter_table("bulk_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulk_acts_officer_id"))

    op.drop_table("bulk_acts")
