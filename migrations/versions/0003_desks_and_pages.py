"""Desks, on-call lists and pages; the one rota becomes the default desk's."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KIND = "kind IN ('publish', 'update', 'retract', 'page')"
TARGET = "(kind IN ('publish', 'page')) = (target_id IS NULL)"
RELEASE = "(kind = 'page') = (release_id IS NULL)"
ASK = "(kind = 'page') = (ask_id IS NOT NULL)"
IS_OUTING = sa.text("kind <> 'retract'")
IS_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    _desks()
    _hours()
    _pages()
    with op.batch_alter_table("channels") as channels:
        channels.add_column(sa.Column("purpose", sa.String(length=10), nullable=False, server_default="appeals"))
    if op.get_bind().dialect.name == "sqlite":
        _deliveries_anew()
    else:
        _deliveries_changed()
    op.create_index(op.f("ix_deliveries_ask_id"), "deliveries", ["ask_id"])


def downgrade() -> None:
    raise NotImplementedError("pages would be lost: restore a backup instead")


def _desks() -> None:
    op.create_table(
        "desks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("languages", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desks")),
        sa.UniqueConstraint("name", name=op.f("uq_desks_name")),
    )
    op.create_table(
        "desk_members",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("on_call", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_call >= 0", name=op.f("ck_desk_members_on_call")),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_desk_members_desk_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_desk_members_officer_id")),
        sa.PrimaryKeyConstraint("desk_id", "officer_id", name=op.f("pk_desk_members")),
    )
    op.create_table(
        "officer_contacts",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("by_sms", sa.Boolean(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_officer_contacts_officer_id")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_officer_contacts")),
    )


def _hours() -> None:
    """What was the rota becomes the default desk's; a new installation makes that desk with its first rota."""
    op.execute(
        "INSERT INTO desks (name, languages, zone, version) SELECT 'Desk', '', '', 1 "
        "WHERE EXISTS (SELECT 1 FROM rota_windows) OR EXISTS (SELECT 1 FROM exception_days)"
    )
    with op.batch_alter_table("rota_windows") as windows:
        windows.add_column(sa.Column("desk_id", sa.Integer(), nullable=True))
    op.execute("UPDATE rota_windows SET desk_id = (SELECT min(id) FROM desks)")
    with op.batch_alter_table(
        "rota_windows",
        table_args=[sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_rota_windows_weekday"))],
    ) as windows:
        windows.alter_column("desk_id", existing_type=sa.Integer(), nullable=False)
        windows.create_foreign_key(op.f("fk_rota_windows_desk_id"), "desks", ["desk_id"], ["id"])
        windows.create_index(op.f("ix_rota_windows_desk_id"), ["desk_id"])
    op.create_table(
        "desk_days",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("windows", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_desk_days_desk_id")),
        sa.PrimaryKeyConstraint("desk_id", "on_date", name=op.f("pk_desk_days")),
    )
    op.execute(
        "INSERT INTO desk_days (desk_id, on_date, windows, reason) "
        "SELECT (SELECT min(id) FROM desks), on_date, windows, reason FROM exception_days"
    )
    op.drop_table("exception_days")


def _pages() -> None:
    op.create_table(
        "pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.Column("without", sa.JSON(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["officers.id"], name=op.f("fk_pages_answered_by_id")),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_pages_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
    )
    op.create_index(
        "uq_pages_open", "pages", ["kind", "target"], unique=True, postgresql_where=IS_OPEN, sqlite_where=IS_OPEN
    )
    op.create_index("ix_pages_next", "pages", ["next_at"], postgresql_where=IS_OPEN, sqlite_where=IS_OPEN)
    op.create_table(
        "page_asks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_page_asks_officer_id")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_page_asks_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_asks")),
        sa.UniqueConstraint("page_id", "officer_id", name=op.f("uq_page_asks_page_id_officer_id")),
    )


def _deliveries_changed() -> None:
    op.add_column("deliveries", sa.Column("ask_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_deliveries_ask_id"), "deliveries", "page_asks", ["ask_id"], ["id"])
    op.alter_column("deliveries", "release_id", existing_type=sa.Integer(), nullable=True)
    for name in ("kind", "target"):
        op.drop_constraint(op.f(f"ck_deliveries_{name}"), "deliveries", type_="check")
    for name, condition in (("kind", KIND), ("target", TARGET), ("release", RELEASE), ("ask", ASK)):
        op.create_check_constraint(op.f(f"ck_deliveries_{name}"), "deliveries", condition)


def _deliveries_anew() -> None:
    """SQLite changes no column: the table is made again beside the old one and takes its name."""
    op.create_table(
        "deliveries_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("ask_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("post_sha256", sa.String(length=64), nullable=False),
        sa.Column("waits_for_site", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(KIND, name=op.f("ck_deliveries_kind")),
        sa.CheckConstraint(TARGET, name=op.f("ck_deliveries_target")),
        sa.CheckConstraint(RELEASE, name=op.f("ck_deliveries_release")),
        sa.CheckConstraint(ASK, name=op.f("ck_deliveries_ask")),
        sa.ForeignKeyConstraint(["ask_id"], ["page_asks.id"], name=op.f("fk_deliveries_ask_id")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_deliveries_channel_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_deliveries_release_id")),
        sa.ForeignKeyConstraint(["target_id"], ["deliveries.id"], name=op.f("fk_deliveries_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("release_id", "target_id", name=op.f("uq_deliveries_release_id_target_id")),
    )
    op.execute(
        "INSERT INTO deliveries_anew (id, release_id, channel_id, kind, target_id, post_sha256, waits_for_site, "
        "created_at) SELECT id, release_id, channel_id, kind, target_id, post_sha256, waits_for_site, created_at "
        "FROM deliveries"
    )
    op.drop_table("deliveries")
    op.rename_table("deliveries_anew", "deliveries")
    op.create_index(
        "uq_deliveries_outing", "deliveries", ["release_id", "channel_id"], unique=True, sqlite_where=IS_OUTING
    )
