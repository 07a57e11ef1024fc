"""The database's tables brought up to date by migrations, without an application.

Alembic is loaded only where it is needed: every process asks at its start whether the tables are current.
"""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.types import TypeDecorator

from appeal import models
from appeal.db import WRITING, Base, core_transaction, engine_for, rebuilding
from appeal.models.search import TOKENS

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(database_url: str) -> bool:
    """Run the migrations that are missing; True when there were any."""
    if is_current(database_url):
        return False
    from alembic import command  # noqa: PLC0415

    with rebuilding(engine_for(database_url)) as connection:
        command.upgrade(_alembic(connection), "head")
    return True


def is_current(database_url: str) -> bool:
    """Whether the database stands at the newest migration."""
    with engine_for(database_url).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest())


def newest() -> str:
    """The number of the newest migration, with which its file's name begins."""
    return max(path.name.split("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def is_filled(database_url: str) -> bool:
    """Whether the first rows were written: the installation's mode is among them."""
    with engine_for(database_url).connect() as connection:
        return connection.execute(text("SELECT 1 FROM force_settings WHERE name = 'mode'")).first() is not None


def drift(database_url: str) -> list[Any]:
    """What the models say and the migrated tables do not; empty when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with engine_for(database_url).connect() as connection:
        options = {"compare_type": True, "render_as_batch": True, "include_name": is_of_the_models}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata()))


def is_of_the_models(name: str | None, kind: str, parents: Any) -> bool:
    """Whether a table is described by the models; the blind index and what belongs to it is made by hand."""
    del parents
    return kind != "table" or not (name or "").startswith(TOKENS)


def write_migration(database_url: str, message: str) -> None:
    """Write the next migration from what the models say; for maintainers."""
    from alembic import command  # noqa: PLC0415

    number = f"{int(newest()) + 1:04}"
    with core_transaction(engine_for(database_url), WRITING) as connection:
        command.revision(_alembic(connection), message=message, autogenerate=True, rev_id=number)


def metadata() -> MetaData:
    """All tables; every module of `models` is imported first."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"{models.__name__}.{module.name}")
    return Base.metadata


def render_item(kind: str, item: object, autogen_context: Any) -> str | bool:
    """Write decorated types into migrations as the plain SQL types below them, so that they need no code of ours."""
    del autogen_context
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def _alembic(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
