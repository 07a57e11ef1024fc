"""Further signatures, urgent approvals, authority by telephone, comments at fields, the force's own lines."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from appeal.db import UtcDateTime

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns and tables; earlier approvals were neither urgent nor by telephone."""
    with op.batch_alter_table("approvals") as table:
        table.add_column(sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("urgent_reason", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("checks", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("recorder_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("authority_words", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("confirmed_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("review_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("asked_stage", sa.Integer(), nullable=False, server_default="0"))
        table.create_foreign_key(op.f("fk_approvals_recorder_id"), "officers", ["recorder_id"], ["id"])
    op.add_column("revisions", sa.Column("return_comments", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "further_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("reasons", sa.String(length=80), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_further_signatures_officer_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name=op.f("fk_further_signatures_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_further_signatures")),
        sa.UniqueConstraint("revision_id", "officer_id", name=op.f("uq_further_signatures_revision_id_officer_id")),
    )
    op.create_table(
        "force_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("body", sa.String(length=400), nullable=False),
        sa.Column("dialled_at", UtcDateTime(), nullable=True),
        sa.Column("dialled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["dialled_by_id"], ["officers.id"], name=op.f("fk_force_lines_dialled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_force_lines")),
        sa.UniqueConstraint("kind", "code", "language", name=op.f("uq_force_lines_kind_code_language")),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("force_lines")
    op.drop_table("further_signatures")
    with op.batch_alter_table("revisions") as table:
        table.drop_column("return_comments")
    with op.batch_alter_table("approvals") as table:
        table.drop_constraint(op.f("fk_approvals_recorder_id"), type_="foreignkey")
        for name in (
            "asked_stage",
            "review_at",
            "confirmed_at",
            "authority_words",
            "recorder_id",
            "checks",
            "urgent_reason",
            "is_urgent",
        ):
            table.drop_column(name)
