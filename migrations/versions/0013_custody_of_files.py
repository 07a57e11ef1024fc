"""What became of each file that came in, and the copy that may be looked at."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("message_files", sa.Column("state", sa.String(length=12), nullable=False, server_default="new"))
    op.add_column("message_files", sa.Column("cleaned", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_message_files_new",
        "message_files",
        ["message_id", "position"],
        unique=False,
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_files_new", table_name="message_files")
    op.drop_column("message_files", "cleaned")
    op.drop_column("message_files", "state")
