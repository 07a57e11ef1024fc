"""Locks on suspected abuse material, and passing on what cannot be borne."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "file_locks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("locked_by_id", sa.Integer(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_why", sa.LargeBinary(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["officers.id"], name=op.f("fk_file_locks_asked_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["officers.id"], name=op.f("fk_file_locks_lifted_by_id")),
        sa.ForeignKeyConstraint(["locked_by_id"], ["officers.id"], name=op.f("fk_file_locks_locked_by_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_file_locks_message_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_file_locks_tip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_locks")),
    )
    op.create_index(op.f("ix_file_locks_tip_id"), "file_locks", ["tip_id"], unique=False)
    is_locked = sa.text("lifted_at IS NULL")
    op.create_index(
        "ix_file_locks_open",
        "file_locks",
        ["locked_at"],
        unique=False,
        sqlite_where=is_locked,
        postgresql_where=is_locked,
    )
    op.create_table(
        "file_passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_file_passes_officer_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_file_passes_tip_id")),
        sa.ForeignKeyConstraint(["to_id"], ["officers.id"], name=op.f("fk_file_passes_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_passes")),
    )
    op.create_index(op.f("ix_file_passes_tip_id"), "file_passes", ["tip_id"], unique=False)


def downgrade() -> None:
    op.drop_table("file_passes")
    op.drop_table("file_locks")
