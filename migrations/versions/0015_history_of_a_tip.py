"""What happened to one thing is found in the ledger by an index."""

from collections.abc import Sequence

from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_ledger_target", "ledger_entries", ["target", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ledger_target", table_name="ledger_entries")
