"""The database's tables brought up to date by migrations, without an application."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.types import TypeDecorator

from appeal import models
from appeal.db import WRITING, Base, core_transaction, engine_for

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(database_url: str) -> bool:
    """Run the migrations that are missing; True when there were any."""
    if is_current(database_url):
        return False
    with core_transaction(engine_for(database_url), WRITING) as connection:
        command.upgrade(_alembic(connection), "head")
    return True


def is_current(database_url: str) -> bool:
    """Whether the database stands at the newest migration."""
    head = ScriptDirectory(str(SCRIPTS)).get_current_head()
    with engine_for(database_url).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def is_filled(database_url: str) -> bool:
    """Whether the first rows were written: the installation's mode is among them."""
    with engine_for(database_url).connect() as connection:
        return connection.execute(text("SELECT 1 FROM force_settings WHERE name = 'mode'")).first() is not None


def drift(database_url: str) -> list[Any]:
    """What the models say and the migrated tables do not; empty when they agree."""
    with engine_for(database_url).connect() as connection:
        options = {"compare_type": True, "render_as_batch": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata()))


def write_migration(database_url: str, message: str) -> None:
    """Write the next migration from what the models say; for maintainers."""
    with core_transaction(engine_for(database_url), WRITING) as connection:
        command.revision(_alembic(connection), message=message, autogenerate=True)


def metadata() -> MetaData:
    """All tables; every module of `models` is imported first."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"{models.__name__}.{module.name}")
    return Base.metadata


def render_item(kind: str, item: object, autogen_context: Any) -> str | bool:
    """Write decorated types into migrations as the plain SQL types below them, so that they need no code of ours."""
    del autogen_context
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def _alembic(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
