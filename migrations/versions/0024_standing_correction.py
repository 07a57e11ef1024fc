"""The standing correction after a mistake: its wordings, and the deliveries that say it where posts only go."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

CHANGED = {
    "kind": "kind IN ('publish', 'update', 'retract', 'page', 'thanks', 'statement')",
    "target": "(kind IN ('publish', 'page', 'thanks', 'statement')) = (target_id IS NULL)",
}
KEPT = {
    "release": "(kind IN ('page', 'thanks')) = (release_id IS NULL)",
    "thanks": "(kind = 'thanks') = (thanks_id IS NOT NULL)",
    "ask": "(kind = 'page') = (ask_id IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        "standing_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("body", sa.String(length=400), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id",
            name=op.f("ck_standing_corrections_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["officers.id"], name=op.f("fk_standing_corrections_approved_by_id")
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["officers.id"], name=op.f("fk_standing_corrections_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_corrections")),
    )
    op.create_index(
        op.f("ix_standing_corrections_language_approved_at"), "standing_corrections", ["language", "approved_at"]
    )
    if op.get_bind().dialect.name == "sqlite":
        _anew()
    else:
        _changed()


def downgrade() -> None:
    raise NotImplementedError("deliveries would be lost: restore a backup instead")


def _changed() -> None:
    for name, condition in CHANGED.items():
        op.drop_constraint(op.f(f"ck_deliveries_{name}"), "deliveries", type_="check")
        op.create_check_constraint(op.f(f"ck_deliveries_{name}"), "deliveries", condition)


def _anew() -> None:
    """SQLite changes no constraint: the table is made again beside the old one and takes its name."""
    op.create_table(
        "deliveries_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("ask_id", sa.Integer(), nullable=True),
        sa.Column("thanks_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("post_sha256", sa.String(length=64), nullable=False),
        sa.Column("waits_for_site", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(said, name=op.f(f"ck_deliveries_{name}")) for name, said in (CHANGED | KEPT).items()),
        sa.ForeignKeyConstraint(["ask_id"], ["page_asks.id"], name=op.f("fk_deliveries_ask_id")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_deliveries_channel_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_deliveries_release_id")),
        sa.ForeignKeyConstraint(["target_id"], ["deliveries.id"], name=op.f("fk_deliveries_target_id")),
        sa.ForeignKeyConstraint(["thanks_id"], ["thanks.id"], name=op.f("fk_deliveries_thanks_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("release_id", "target_id", name=op.f("uq_deliveries_release_id_target_id")),
    )
    op.execute(
        "INSERT INTO deliveries_anew (id, release_id, ask_id, thanks_id, channel_id, kind, target_id, post_sha256, "
        "waits_for_site, created_at) SELECT id, release_id, ask_id, thanks_id, channel_id, kind, target_id, "
        "post_sha256, waits_for_site, created_at FROM deliveries"
    )
    op.drop_table("deliveries")
    op.rename_table("deliveries_anew", "deliveries")
    op.create_index(op.f("ix_deliveries_ask_id"), "deliveries", ["ask_id"])
    op.create_index(op.f("ix_deliveries_thanks_id"), "deliveries", ["thanks_id"])
    op.create_index(
        "uq_deliveries_outing",
        "deliveries",
        ["release_id", "channel_id"],
        unique=True,
        sqlite_where=sa.text("kind <> 'retract'"),
    )
