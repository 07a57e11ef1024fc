"""A database of the first version, with rows in every table, becomes one of today: nothing is lost, nothing breaks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Boolean, Column, Connection, Date, DateTime, MetaData, Table, Time, insert, inspect, select, text
from sqlalchemy.types import JSON, Integer, LargeBinary

from appeal import schema
from appeal.db import READING, WRITING, core_transaction, dispose_engines, engine_for, rebuilding
from tests import servers

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
# What the first version demanded of single columns; everything else takes any value of its type.
GIVEN: dict[str, dict[str, Any]] = {
    "appeals": {"kind": "wanted"},
    "approvals": {"author_id": 1, "approver_id": 2},
    "copies": {"state": "sent"},
    "deliveries": {"kind": "publish"},
    "ledger_entries": {"place": None},
    "overrides": {"ends_at": AT + timedelta(hours=1)},
    "revisions": {"state": "approved"},
    "rota_windows": {"weekday": 1},
    "tips": {"state": "unread"},
}
MADE: tuple[tuple[type[Any], Callable[[int], Any]], ...] = (
    (Boolean, lambda number: number == 1),
    (Integer, lambda number: number),
    (DateTime, lambda number: AT + timedelta(minutes=number)),
    (Date, lambda number: date(2026, 3, 2 + number)),
    (Time, lambda number: time(7 + number)),
    (LargeBinary, lambda number: bytes([number])),
    (JSON, lambda _number: {}),
)
# Tables that became others.
BECAME = {"exception_days": "desk_days"}
ROWS = 2


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database in which nothing is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old.sqlite3'}"
    server: servers.Postgres = request.getfixturevalue("postgres")
    url = server.url(server.create())
    with core_transaction(engine_for(url), WRITING) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return url


def test_a_filled_database_of_the_first_version_becomes_one_of_today(old_url: str) -> None:
    with rebuilding(engine_for(old_url)) as connection:
        command.upgrade(schema._alembic(connection), "0001")
    with core_transaction(engine_for(old_url), WRITING) as connection:
        _fill(connection)
    before = _kept(old_url)
    assert all(len(rows) == ROWS for rows in before.values())

    assert schema.upgrade(old_url)

    after = _kept(old_url)
    for name, rows in before.items():
        now = after[BECAME.get(name, name)]
        assert [_common(one, now[0]) for one in rows] == [_common(one, rows[0]) for one in now], name
    assert after["desks"] != []
    assert schema.drift(old_url) == []
    with core_transaction(engine_for(old_url), READING) as connection:
        assert _broken_references(connection) == []
    dispose_engines()


def _common(row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in other}


def _kept(url: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that has any, by table."""
    with core_transaction(engine_for(url), READING) as connection:
        tables = _tables(connection)
        found = {}
        for table in tables:
            ordered = select(table).order_by(*table.primary_key.columns)
            found[table.name] = [dict(row) for row in connection.execute(ordered).mappings()]
    return {name: rows for name, rows in found.items() if rows}


def _fill(connection: Connection) -> None:
    """Rows in every table, in an order in which each finds what it points to."""
    for table in _tables(connection):
        for number in range(1, ROWS + 1):
            connection.execute(insert(table).values(_row(table, number)))
    # One that points to its own table, which is made anew on the way.
    connection.execute(text("UPDATE deliveries SET kind = 'retract', target_id = 1 WHERE id = 2"))


def _tables(connection: Connection) -> list[Table]:
    metadata = MetaData()
    names = [one for one in inspect(connection).get_table_names() if not one.startswith(("alembic", "tip_tokens"))]
    metadata.reflect(connection, only=names)
    return [one for one in metadata.sorted_tables if one.name in names]


def _row(table: Table, number: int) -> dict[str, Any]:
    values = {one.name: _value(one, number) for one in table.columns} | GIVEN.get(table.name, {})
    return {name: value for name, value in values.items() if value is not None}


def _value(column: Column[Any], number: int) -> Any:
    """Something of the column's type, other in each row; nothing where a column may be empty and points elsewhere."""
    if column.foreign_keys:
        return None if column.nullable else number
    return next((make(number) for kind, make in MADE if isinstance(column.type, kind)), f"{number}")


def _broken_references(connection: Connection) -> list[Any]:
    """What points to nothing; PostgreSQL takes none in."""
    if connection.dialect.name != "sqlite":
        return []
    return list(connection.execute(text("PRAGMA foreign_key_check")))
