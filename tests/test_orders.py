"""Rows of many callers go to the database together, and each caller's orders alone can fail."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from appeal import db, orders
from appeal.models.force import ForceSetting, Heartbeat
from appeal.orders import MOST_ROWS, Row

ON_POSTGRES_TOO = True
SETTING = Row("force_settings (name, value)", "(:name, :value)")
BEAT = Row("heartbeats (name, ticked_at)", "(:name, :ticked_at)", "ON CONFLICT (name) DO NOTHING")


def settings(connection: Connection) -> list[str]:
    return list(connection.scalars(select(ForceSetting.name).order_by(ForceSetting.name)))


@pytest.mark.parametrize("count", [1, 2, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS])
def test_rows_of_many_units_are_all_there(core: Flask, count: int) -> None:
    units = [[(SETTING, {"name": f"n{number:03}", "value": "x"})] for number in range(count)]
    with db.core_transaction(db.db.engine, db.WRITING) as connection:
        orders.carry_out(connection, units)
        assert settings(connection) == [f"n{number:03}" for number in range(count)]


def test_moments_are_stored_as_models_store_them(core: Flask) -> None:
    at = datetime(2026, 3, 1, 12, 30, 1, 5, tzinfo=timezone(timedelta(hours=1)))
    with db.core_transaction(db.db.engine, db.WRITING) as connection:
        orders.carry_out(connection, [[(BEAT, {"name": "a", "ticked_at": at})]])
    with db.reading() as session:
        assert session.get_one(Heartbeat, "a").ticked_at == at.astimezone(UTC)


def test_a_moment_without_a_zone_is_refused(core: Flask) -> None:
    with pytest.raises(Exception, match="without a zone"), db.core_transaction(db.db.engine, db.WRITING) as connection:
        orders.carry_out(connection, [[(BEAT, {"name": "a", "ticked_at": datetime(2026, 3, 1)})]])  # noqa: DTZ001


def test_other_statements_follow_the_rows(core: Flask) -> None:
    both = [(insert(ForceSetting), {"name": "b", "value": "1"}), (SETTING, {"name": "a", "value": "1"})]
    with db.core_transaction(db.db.engine, db.WRITING) as connection:
        orders.carry_out(connection, [both])
        assert settings(connection) == ["a", "b"]


def test_a_unit_that_fails_leaves_nothing_and_the_next_goes_on(core: Flask) -> None:
    with db.core_transaction(db.db.engine, db.WRITING) as connection:
        good = [(SETTING, {"name": "a", "value": "1"})]
        bad = [(SETTING, {"name": "b", "value": "1"}), (SETTING, {"name": "a", "value": "2"})]
        found = [orders.in_savepoint(connection, unit) for unit in (good, bad, [(SETTING, {"name": "c", "value": ""})])]
        assert [type(one) for one in found] == [type(None), IntegrityError, type(None)]
        assert settings(connection) == ["a", "c"]
