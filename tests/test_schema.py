"""The migrations and the models say the same, on both databases, and upgrading is harmless to repeat."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from appeal import schema
from appeal.db import WRITING, core_transaction, dispose_engines, engine_for

pytestmark = pytest.mark.slow

ON_POSTGRES_TOO = True


def test_models_and_migrations_agree(database_url: str) -> None:
    assert schema.drift(database_url) == []


def test_a_migrated_database_is_current_and_upgrading_again_does_nothing(database_url: str) -> None:
    assert (schema.is_current(database_url), schema.upgrade(database_url)) == (True, False)


def test_a_new_database_is_empty_until_it_is_filled(database_url: str) -> None:
    assert schema.is_filled(database_url) is False
    with core_transaction(engine_for(database_url), WRITING) as connection:
        connection.execute(text("INSERT INTO force_settings (name, value) VALUES ('mode', 'exercise')"))
    assert schema.is_filled(database_url) is True


def test_a_missing_column_is_drift(database_url: str) -> None:
    with core_transaction(engine_for(database_url), WRITING) as connection:
        connection.execute(text("ALTER TABLE copies DROP COLUMN permalink"))
    assert [change[0] for change in schema.drift(database_url)] == ["add_column"]


def test_an_empty_file_is_not_current(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    assert schema.is_current(url) is False
    assert schema.upgrade(url) is True
    dispose_engines()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO roles (id, name) VALUES (1, 'a'), (2, 'a')",
        "INSERT INTO channels (id, publisher, name, language, settings, sealed_secrets, is_active, stopped_reason,"
        " created_at, cursor, poll_problem) VALUES (1, 'x', 'a', 'en', '{}', '', true, '', '2026-01-01', '', ''),"
        " (2, 'x', 'a', 'en', '{}', '', true, '', '2026-01-01', '', '')",
    ],
)
def test_the_database_itself_refuses_what_is_twice(database_url: str, statement: str) -> None:
    with pytest.raises(IntegrityError), core_transaction(engine_for(database_url), WRITING) as connection:
        connection.execute(text(statement))
