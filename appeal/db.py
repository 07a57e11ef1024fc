"""One engine per process, and the only two kinds of transaction: reading() and writing().

On SQLite a reading transaction is a plain BEGIN with query_only, a writing one BEGIN IMMEDIATE; on PostgreSQL
READ ONLY and READ WRITE. What begins outside both (a library that loads the signed-in officer) is a reading one.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from appeal.orders import Order, carry_out, in_savepoint
from appeal.rules.words import kept, recalled
from appeal.writer import Writer

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
    "PRAGMA temp_store=MEMORY",
    # Random keys touch pages all over a large database: what lies between two checkpoints is written back together,
    # and the upper pages of its indexes stay at hand. In pages of 4 kB, and in kB for each connection.
    "PRAGMA wal_autocheckpoint=8000",
    "PRAGMA cache_size=-16000",
    # What is deleted is overwritten, so that nothing erased can be read in free pages.
    "PRAGMA secure_delete=ON",
)

READING, WRITING = "reading", "writing"
# What a SQLite connection was told last; saying it again for every transaction costs as much as a short one.
MAY_WRITE = "may write"

_kind: ContextVar[str] = ContextVar("kind of transaction", default=READING)
_is_open: ContextVar[bool] = ContextVar("inside reading() or writing()", default=False)
_engines: dict[str, Engine] = {}
_engines_lock = threading.Lock()
_writers: dict[Engine, Writer[Sequence[Order]]] = {}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware moments only, stored and returned in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Said(TypeDecorator[str]):
    """A text of ours, shown in the reader's language: a sentence stays one; of one too long only the English stays."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self._most = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Keep pattern and values beside each other."""
        del dialect
        if value is None:
            return None
        words = kept(value)
        return words if len(words) <= self._most else str(value)[: self._most]

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Give a sentence back as one."""
        del dialect
        return None if value is None else recalled(value)


class Base(DeclarativeBase):
    """Every table hangs on this; constraints have predictable names, so that migrations can drop them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime()}


class Database(SQLAlchemy):
    """Flask-SQLAlchemy's session scope on the process's one engine."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
        del bind_key, app
        return engine_for(make_url(options["url"]).render_as_string(hide_password=False))


db = Database(metadata=Base.metadata, session_options={"expire_on_commit": False, "autoflush": True})


def engine_for(url: str) -> Engine:
    """The process's engine for this address, made once with its listeners."""
    with _engines_lock:
        if url not in _engines:
            _engines[url] = _make_engine(url)
        return _engines[url]


def dispose_engines() -> None:
    """Close every connection of this process; for the end of commands and tests."""
    with _engines_lock:
        for writer in _writers.values():
            writer.stop()
        _writers.clear()
        for engine in _engines.values():
            engine.dispose()
        _engines.clear()


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that cannot write; inside another one it joins it."""
    if _is_open.get():
        yield db.session()
        return
    with _transaction(READING) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction that may write: commits at the end, rolls back on any exception; joins a writing one around it."""
    if _is_open.get():
        if _kind.get() != WRITING:
            raise RuntimeError("a page that reads may not write: open writing() after it")
        yield db.session()
        return
    with _transaction(WRITING) as session:
        yield session


@contextmanager
def library_writes() -> Iterator[None]:
    """What a library begins and commits by itself (signing in) may write until this ends."""
    token = _kind.set(WRITING)
    db.session().rollback()
    try:
        yield
    finally:
        db.session().rollback()
        _kind.reset(token)


@contextmanager
def core_transaction(engine: Engine, kind: str) -> Iterator[Connection]:
    """A transaction without a session, for the writer thread and the benches."""
    token = _kind.set(kind)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        _kind.reset(token)


@contextmanager
def rebuilding(engine: Engine) -> Iterator[Connection]:
    """A writing transaction in which tables are made anew: references are checked at its end instead of at each step.

    SQLite can change little of a table, and dropping one that others refer to would fail on the way.
    """
    token = _kind.set(WRITING)
    try:
        with engine.connect() as connection:
            _check_references(connection, is_on=False)
            try:
                with connection.begin():
                    yield connection
                    _refuse_broken_references(connection)
            finally:
                _check_references(connection, is_on=True)
    finally:
        _kind.reset(token)


def write_together(orders: Sequence[Order]) -> None:
    """Run the orders as one unit and return when they are durable; any error means that none of them happened.

    On SQLite many units share one commit. Raises `Overloaded` when too many wait, an IntegrityError of its own unit.
    """
    if _is_open.get():
        raise RuntimeError("write_together is a transaction of its own")
    engine = db.engine
    if engine.dialect.name == "sqlite":
        _writer_of(engine).write(orders)
        return
    with core_transaction(engine, WRITING) as connection:
        carry_out(connection, [orders])


def _check_references(connection: Connection, *, is_on: bool) -> None:
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if is_on else 'OFF'}")


def _refuse_broken_references(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"{len(broken)} rows refer to nothing, first in the table {broken[0][0]}")


def _writer_of(engine: Engine) -> Writer[Sequence[Order]]:
    with _engines_lock:
        writer = _writers.get(engine)
        if writer is None or not writer.is_alive:
            writer = _writers[engine] = Writer(partial(_commit_together, engine))
        return writer


def _commit_together(engine: Engine, units: Sequence[Sequence[Order]]) -> list[Exception | None]:
    """All units at once, or, when one of them breaks a constraint, once more with each in a savepoint of its own."""
    try:
        with core_transaction(engine, WRITING) as connection:
            carry_out(connection, units)
        return [None] * len(units)
    except OperationalError:
        raise
    except Exception:
        with core_transaction(engine, WRITING) as connection:
            return [in_savepoint(connection, orders) for orders in units]


@contextmanager
def _transaction(kind: str) -> Iterator[Session]:
    session = db.session()
    session.rollback()
    kind_token, open_token = _kind.set(kind), _is_open.set(True)
    try:
        with session.begin():
            yield session
    finally:
        _is_open.reset(open_token)
        _kind.reset(kind_token)


def _make_engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=64, max_overflow=64, pool_use_lifo=True, hide_parameters=True)
        event.listen(engine, "connect", _connect_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_size=32, max_overflow=32, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _connect_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    del record
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    is_writing = _kind.get() == WRITING
    if connection.info.get(MAY_WRITE) is not is_writing:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if is_writing else 'ON'}")
        connection.info[MAY_WRITE] = is_writing
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if _kind.get() != WRITING:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def missing_listeners(engine: Engine) -> Sequence[str]:
    """The names of the listeners that this engine lacks; empty when it is one of ours."""
    wanted: list[tuple[str, Callable[..., Any]]] = [("begin", _begin_postgresql)]
    if engine.dialect.name == "sqlite":
        wanted = [("connect", _connect_sqlite), ("begin", _begin_sqlite)]
    return [name for name, listener in wanted if not event.contains(engine, name, listener)]
