"""The list of tips that were closed unread."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

UNSEEN = sa.text("state = 'done' AND is_closed_unread")


def upgrade() -> None:
    op.create_index("ix_tips_closed_unread", "tips", ["done_at", "id"], postgresql_where=UNSEEN, sqlite_where=UNSEEN)


def downgrade() -> None:
    op.drop_index("ix_tips_closed_unread", "tips")
