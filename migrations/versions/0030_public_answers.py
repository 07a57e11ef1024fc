"""Answers in public that lay something open, and names that nobody is to read there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

IS_OPEN = sa.text("is_flagged AND hidden_at IS NULL AND gone_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "public_answers",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_public_answers_message_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_public_answers_tip_id")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_public_answers_appeal_id")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_public_answers_channel_id")),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["officers.id"], name=op.f("fk_public_answers_hidden_by_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_public_answers")),
    )
    op.create_index(op.f("ix_public_answers_tip_id"), "public_answers", ["tip_id"], unique=False)
    op.create_index(op.f("ix_public_answers_appeal_id"), "public_answers", ["appeal_id"], unique=False)
    only = {"postgresql_where": IS_OPEN, "sqlite_where": IS_OPEN}
    op.create_index("ix_public_answers_open", "public_answers", ["noted_at"], unique=False, **only)
    op.create_table(
        "barred_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("barred_by_id", sa.Integer(), nullable=False),
        sa.Column("barred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_barred_names_appeal_id")),
        sa.ForeignKeyConstraint(["barred_by_id"], ["officers.id"], name=op.f("fk_barred_names_barred_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barred_names")),
    )
    op.create_index(op.f("ix_barred_names_appeal_id"), "barred_names", ["appeal_id"], unique=False)


def downgrade() -> None:
    op.drop_table("barred_names")
    op.drop_table("public_answers")
