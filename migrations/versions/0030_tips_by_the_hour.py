"""How many tips came in each hour by each source, counted when they are first read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

HOUR = {
    "sqlite": "strftime('%Y-%m-%d %H:00:00.000000', received_at)",
    "postgresql": "date_trunc('hour', received_at, 'UTC')",
}


def upgrade() -> None:
    op.create_table(
        "tip_hours",
        sa.Column("appeal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("appeal_id", "hour", "source", name=op.f("pk_tip_hours")),
    )
    hour = HOUR[op.get_bind().dialect.name]
    op.execute(
        f"INSERT INTO tip_hours (appeal_id, hour, source, count) "  # noqa: S608 no word of anybody is in it
        f"SELECT coalesce(appeal_id, 0), {hour}, source, count(*) FROM tips "
        f"WHERE read_at IS NOT NULL GROUP BY coalesce(appeal_id, 0), {hour}, source"
    )


def downgrade() -> None:
    op.drop_table("tip_hours")
