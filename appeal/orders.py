"""Statements with their values, carried out in a transaction that somebody else opened.

Rows of many callers for one table go to SQLite's driver as one statement: every statement lets go of the interpreter
and then waits among busy threads to get it back, which costs more than the rows.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, TextClause, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

SQLITE_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
# So many rows are one statement at the most: the driver then knows every statement that it will ever see by heart.
MOST_ROWS = 24

NAME = re.compile(r":([a-z_]+)")


class Row:
    """An INSERT of one row, written out: table and columns, the row with `:names`, and what follows it."""

    def __init__(self, into: str, row: str, after: str = "") -> None:
        self.one: TextClause = text(f"INSERT INTO {into} VALUES {row} {after}")  # noqa: S608 constants of ours only
        self._names = tuple(NAME.findall(row))
        self._parts = (f"INSERT INTO {into} VALUES ", NAME.sub("?", row), f" {after}")  # noqa: S608
        self.many = lru_cache(self._many)

    def _many(self, count: int) -> str:
        """The statement for so many rows in SQLite's own words."""
        head, row, tail = self._parts
        return head + ", ".join([row] * count) + tail

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in the order in which the statement wants them, as SQLite stores them."""
        found = (given[name] for name in self._names)
        return [_plain(value) if isinstance(value, datetime) else value for value in found]


# A row or another statement, and its values by name.
Order = tuple[Row | Executable, Mapping[str, Any]]


def carry_out(connection: Connection, units: Iterable[Sequence[Order]]) -> None:
    """Run all orders; IntegrityError if any of them breaks a constraint.

    Rows of one kind go together, kinds in the order in which the units name them, everything else comes last.
    """
    rows: dict[Row, list[Mapping[str, Any]]] = {}
    others: list[tuple[Executable, Mapping[str, Any]]] = []
    for statement, values in (order for unit in units for order in unit):
        if isinstance(statement, Row):
            rows.setdefault(statement, []).append(values)
        else:
            others.append((statement, values))
    for kind, found in rows.items():
        _insert(connection, kind, found)
    for other, values in others:
        connection.execute(other, values)


def in_savepoint(connection: Connection, orders: Sequence[Order]) -> Exception | None:
    """What was wrong with these orders alone; a database that cannot go on at all ends the whole transaction."""
    connection.exec_driver_sql("SAVEPOINT unit")
    problem: Exception | None = None
    try:
        carry_out(connection, [orders])
    except OperationalError:
        raise
    except Exception as error:
        connection.exec_driver_sql("ROLLBACK TO unit")
        problem = error
    connection.exec_driver_sql("RELEASE unit")
    return problem


def _insert(connection: Connection, kind: Row, rows: Sequence[Mapping[str, Any]]) -> None:
    said = [kind.values(values) for values in rows]
    if connection.dialect.name != "sqlite":
        connection.execute(kind.one, list(rows))
        return
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    for start in range(0, len(said), MOST_ROWS):
        piece = said[start : start + MOST_ROWS]
        _say(driver, kind.many(len(piece)), [value for row in piece for value in row])


def _say(driver: sqlite3.Connection, words: str, values: Sequence[Any]) -> None:
    try:
        driver.execute(words, values)
    except sqlite3.IntegrityError as error:
        raise IntegrityError(words, None, error, hide_parameters=True) from error
    except sqlite3.OperationalError as error:
        raise OperationalError(words, None, error, hide_parameters=True) from error


def _plain(moment: datetime) -> str:
    """As `UtcDateTime` stores it; ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be stored")
    return moment.astimezone(UTC).strftime(SQLITE_MOMENT)
