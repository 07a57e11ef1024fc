"""Reasons of the force's own, and the bundles that were made."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "closing_reasons",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=1), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_closing_reasons")),
    )
    op.create_table(
        "made_bundles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("appeal", sa.String(length=16), nullable=False),
        sa.Column("tip_count", sa.Integer(), nullable=False),
        sa.Column("purged_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_why", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_made_bundles_officer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_made_bundles")),
    )


def downgrade() -> None:
    op.drop_table("made_bundles")
    op.drop_table("closing_reasons")
