"""What is written out of a tip for those who need the information and not the person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tip_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("for_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["for_id"], ["officers.id"], name=op.f("fk_tip_shares_for_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_tip_shares_tip_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["officers.id"], name=op.f("fk_tip_shares_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_shares")),
    )
    op.create_index(op.f("ix_tip_shares_for_id"), "tip_shares", ["for_id"], unique=False)
    op.create_index(op.f("ix_tip_shares_tip_id"), "tip_shares", ["tip_id"], unique=False)


def downgrade() -> None:
    op.drop_table("tip_shares")
