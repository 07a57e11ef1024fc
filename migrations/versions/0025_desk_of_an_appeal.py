"""The desk that reads what comes in on an appeal, where one was chosen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("appeals") as appeals:
        appeals.add_column(sa.Column("desk_id", sa.Integer(), nullable=True))
        appeals.create_foreign_key(op.f("fk_appeals_desk_id"), "desks", ["desk_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("appeals") as appeals:
        appeals.drop_constraint(op.f("fk_appeals_desk_id"), type_="foreignkey")
        appeals.drop_column("desk_id")
