"""When an urgent approval was looked at again, and when what an approval owes was asked for and told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENTS = ("reviewed_at", "owed_asked_at", "owed_told_at")


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("approvals", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in reversed(MOMENTS):
        op.drop_column("approvals", name)
