"""Live sightings and answers of the person shown raise alarms."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

IS_UNALARMED = sa.text("lane IN ('live', 'about_me') AND alarmed_count < message_count AND read_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("tips", sa.Column("alarmed_count", sa.Integer(), nullable=False, server_default=sa.text("0")))
    # What is there already was seen by the desk: it alarms nobody now.
    op.execute("UPDATE tips SET alarmed_count = message_count WHERE lane IN ('live', 'about_me')")
    op.create_index(
        "ix_tips_unalarmed",
        "tips",
        ["id"],
        unique=False,
        sqlite_where=IS_UNALARMED,
        postgresql_where=IS_UNALARMED,
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tip_count", sa.Integer(), nullable=False),
        sa.Column("independent_count", sa.Integer(), nullable=False),
        sa.Column("is_overflow", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=True),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_alarms_appeal_id")),
        sa.ForeignKeyConstraint(["check_id"], ["lead_checks.id"], name=op.f("fk_alarms_check_id")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_alarms_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_opened_at"), "alarms", ["opened_at"], unique=False)
    op.create_table(
        "alarm_tips",
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_independent", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_tips_alarm_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_alarm_tips_tip_id")),
        sa.PrimaryKeyConstraint("alarm_id", "tip_id", name=op.f("pk_alarm_tips")),
    )
    op.create_index(op.f("ix_alarm_tips_tip_id"), "alarm_tips", ["tip_id"], unique=False)


def downgrade() -> None:
    op.drop_table("alarm_tips")
    op.drop_table("alarms")
    op.drop_index("ix_tips_unalarmed", table_name="tips")
    op.drop_column("tips", "alarmed_count")
