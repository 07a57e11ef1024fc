"""What stays of a tip that was erased, and tips that are restricted instead of being erased."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

IS_ASIDE = sa.text("set_aside_at IS NOT NULL")
REPEATS = sa.text("duplicate_of_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("tips", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_tips_aside", "tips", ["set_aside_at"], postgresql_where=IS_ASIDE, sqlite_where=IS_ASIDE)
    op.create_index(
        "ix_assessments_repeats", "assessments", ["duplicate_of_id"], postgresql_where=REPEATS, sqlite_where=REPEATS
    )
    op.create_index(op.f("ix_lead_apart_high_id"), "lead_apart", ["high_id"])
    op.create_table(
        "erased_tips",
        sa.Column("tip_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_erased_tips_appeal_id")),
        sa.PrimaryKeyConstraint("tip_id", name=op.f("pk_erased_tips")),
    )
    op.create_index(op.f("ix_erased_tips_appeal_id"), "erased_tips", ["appeal_id"])
    op.create_table(
        "erased_messages",
        sa.Column("intake_hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("intake_hash", name=op.f("pk_erased_messages")),
    )
    op.create_table(
        "doomed_files",
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("file", name=op.f("pk_doomed_files")),
    )


def downgrade() -> None:
    op.drop_table("doomed_files")
    op.drop_table("erased_messages")
    op.drop_table("erased_tips")
    op.drop_index(op.f("ix_lead_apart_high_id"), "lead_apart")
    op.drop_index("ix_assessments_repeats", "assessments")
    op.drop_index("ix_tips_aside", "tips")
    op.drop_column("tips", "set_aside_at")
