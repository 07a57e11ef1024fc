"""The desk asks somebody who comes back with a code."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tip_dialogue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tip_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_tip_dialogue_officer_id")),
        sa.ForeignKeyConstraint(["tip_id"], ["tips.id"], name=op.f("fk_tip_dialogue_tip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_dialogue")),
    )
    op.create_index(op.f("ix_tip_dialogue_tip_id"), "tip_dialogue", ["tip_id"], unique=False)


def downgrade() -> None:
    op.drop_table("tip_dialogue")
