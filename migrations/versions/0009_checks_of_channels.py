"""How channels did when they were last asked; what is gone is looked up once more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

IS_GONE = sa.text("gone_at IS NOT NULL AND looked_again_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "channel_checks",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_well", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("warning", sa.String(length=300), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ill_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_channel_checks_channel_id")),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_channel_checks")),
    )
    op.add_column("copies", sa.Column("looked_again_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_copies_gone", "copies", ["gone_at"], unique=False, postgresql_where=IS_GONE, sqlite_where=IS_GONE
    )


def downgrade() -> None:
    op.drop_index("ix_copies_gone", table_name="copies")
    op.drop_column("copies", "looked_again_at")
    op.drop_table("channel_checks")
