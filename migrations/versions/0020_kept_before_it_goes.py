"""What a platform showed of a post is kept before the post is taken down."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

IS_OPEN = sa.text("ended_at IS NULL")
LINKS = {"removal_id": "copies", "copy_id": "copies", "channel_id": "channels", "appeal_id": "appeals"}


def upgrade() -> None:
    moments = {"planned_at": False, "answers_at": True, "began_at": True, "ended_at": True}
    op.create_table(
        "captures",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in LINKS),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name, nullable in moments.items()),
        sa.Column("waits_for_answers", sa.Boolean(), nullable=False),
        sa.Column("waits_for_post", sa.Boolean(), nullable=False),
        sa.Column("is_as_sent", sa.Boolean(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_captures_{name}"))
            for name, table in LINKS.items()
        ),
        sa.PrimaryKeyConstraint("removal_id", name=op.f("pk_captures")),
    )
    op.create_index(op.f("ix_captures_appeal_id"), "captures", ["appeal_id"], unique=False)
    op.create_index("ix_captures_open", "captures", ["began_at"], postgresql_where=IS_OPEN, sqlite_where=IS_OPEN)


def downgrade() -> None:
    op.drop_table("captures")
