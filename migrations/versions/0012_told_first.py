"""Who is told before the closing words go out, and when those went."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from appeal.db import UtcDateTime

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the list of an ending; earlier endings had none."""
    op.add_column("appeals", sa.Column("closing_at", UtcDateTime(), nullable=True))
    op.create_table(
        "told_first",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_told_first_appeal_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_told_first_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_first")),
        sa.UniqueConstraint("appeal_id", "code", name=op.f("uq_told_first_appeal_id_code")),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("told_first")
    with op.batch_alter_table("appeals") as table:
        table.drop_column("closing_at")
