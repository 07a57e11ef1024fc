"""Tips of a flood are marked, and legal holds keep what may be needed before a court."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("tips", sa.Column("is_parked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_legal_holds_appeal_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["officers.id"], name=op.f("fk_legal_holds_asked_by_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["officers.id"], name=op.f("fk_legal_holds_lifted_by_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["officers.id"], name=op.f("fk_legal_holds_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(op.f("ix_legal_holds_appeal_id"), "legal_holds", ["appeal_id"], unique=False)


def downgrade() -> None:
    op.drop_table("legal_holds")
    op.drop_column("tips", "is_parked")
