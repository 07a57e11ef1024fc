"""Templates of appeals."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "appeal_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("made_from_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["officers.id"], name=op.f("fk_appeal_templates_made_by_id")),
        sa.ForeignKeyConstraint(["made_from_id"], ["appeals.id"], name=op.f("fk_appeal_templates_made_from_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_templates")),
    )


def downgrade() -> None:
    op.drop_table("appeal_templates")
