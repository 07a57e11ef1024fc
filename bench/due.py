"""Finding what is due among 1,000, 100,000 and 1,000,000 planned copies, against the same question in plain SQL.

Run with `python -m bench.due [--quick]` (without the largest). SQLite, and PostgreSQL where its server is installed.
Ours is the question that the engine puts at every tick. Both questions and all numbers of copies take turns in one
run, so that a busy machine burdens all alike. Ends with status 1 if ours takes more than 3 times the plain one's
time, or 1.5 times its own among the fewest.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from appeal import keys, schema
from appeal.config import load_config
from appeal.core import create_core_app
from appeal.db import dispose_engines, reading, writing
from appeal.models.appeal import Appeal, Approval, Revision
from appeal.models.people import User
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.services import due
from tests import servers

SIZES, ROUNDS, CHANNELS, DUE = (1_000, 100_000, 1_000_000), 300, 4, 2
TIMES_PLAIN, TIMES_FEW = 3.0, 1.5
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLAIN = text("SELECT id FROM copies WHERE state = 'pending' AND due_at <= :now ORDER BY due_at, id LIMIT 8")


def main() -> int:
    """Fill, measure, print a table; 0 when both goals are met everywhere."""
    sizes = SIZES[:2] if "--quick" in sys.argv[1:] else SIZES
    print("| database | planned | ours, ms | plain SQL, ms | against plain | against the fewest |")
    print("|---|---|---|---|---|---|")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-due-")))
        good = _measure("SQLite", sizes, lambda size: _sqlite(folder / str(size)))
        if servers.postgres_folder() is not None:
            server = stack.enter_context(servers.running_postgres())
            good &= _measure("PostgreSQL", sizes, lambda size: _postgres(folder / f"pg-{size}", server))
        dispose_engines()
    return 0 if good else 1


def _measure(name: str, sizes: tuple[int, ...], make: Callable[[int], Flask]) -> bool:
    """Fill all, then ask all in turns, so that whatever else the machine does burdens each of them alike."""
    apps = {size: make(size) for size in sizes}
    for size, app in apps.items():
        with app.app_context():
            _fill(size)
    taken: dict[int, list[tuple[float, float]]] = {size: [] for size in sizes}
    for _round in range(ROUNDS):
        for size, app in apps.items():
            with app.app_context():
                taken[size].append(_both())
    ours = {size: statistics.median(one for one, _plain in taken[size]) for size in sizes}
    plain = {size: statistics.median(one for _ours, one in taken[size]) for size in sizes}
    for size in sizes:
        against = f"{ours[size] / plain[size]:.2f} | {ours[size] / ours[sizes[0]]:.2f}"
        print(f"| {name} | {size:,} | {ours[size]:.2f} | {plain[size]:.2f} | {against} |", flush=True)
    return all(ours[one] <= TIMES_PLAIN * plain[one] and ours[one] <= TIMES_FEW * ours[sizes[0]] for one in sizes)


def _both() -> tuple[float, float]:
    """Milliseconds of our question and of the plain one; both find the same copies."""
    with reading() as session:
        ours, found = _timed(lambda: [one for lane in due.lanes(session, now=NOW) for one in lane.copy_ids])
    with reading() as session:
        plain, known = _timed(lambda: list(session.scalars(PLAIN, {"now": NOW.replace(tzinfo=None)})))
    if sorted(found) != sorted(known) or len(found) != CHANNELS * DUE:
        raise SystemExit("the two questions found different copies")
    return ours, plain


def _timed(ask: Callable[[], list[int]]) -> tuple[float, list[int]]:
    began = time.perf_counter()
    found = ask()
    return 1000 * (time.perf_counter() - began), found


def _sqlite(folder: Path) -> Flask:
    return _app(folder, {})


def _postgres(folder: Path, server: servers.Postgres) -> Flask:
    return _app(folder, {"APPEAL_DATABASE_URL": server.url(server.create())})


def _app(folder: Path, environ: dict[str, str]) -> Flask:
    keys.create(folder / "keys")
    config = load_config({"APPEAL_INSTANCE": str(folder), **environ})
    if not environ:
        schema.upgrade(config.database_url)
    return create_core_app(config)


def _fill(size: int) -> None:
    with writing() as session:
        session.add(User(id=1, name="One", email="1", fs_uniquifier="1"))
        session.add(User(id=2, name="Two", email="2", fs_uniquifier="2"))
        session.flush()
        appeal = Appeal(public_id="1", kind="wanted", author_id=1, created_at=NOW)
        session.add(appeal)
        session.flush()
        delivery_ids = [_delivery(session, appeal.id, number) for number in range(CHANNELS)]
        for start in range(0, size, 10_000):
            rows = [_copy(number, delivery_ids) for number in range(start, min(start + 10_000, size))]
            session.execute(insert(Copy), rows)
    with writing() as session:
        session.execute(text("ANALYZE"))


def _delivery(session: Session, appeal_id: int, number: int) -> int:
    channel = Channel(publisher="sms", name=f"List {number}", language="en", created_at=NOW)
    revision = Revision(appeal_id=appeal_id, number=number, author_id=1, created_at=NOW)
    session.add_all([channel, revision])
    session.flush()
    approval = Approval(
        revision_id=revision.id,
        content_sha256="",
        author_id=1,
        approver_id=2,
        approved_at=NOW,
        legal_basis="",
        necessity="",
        proportionality="",
        statement="",
        review_on=NOW.date(),
        posts={},
    )
    session.add(approval)
    session.flush()
    release = Release(
        appeal_id=appeal_id, revision_id=revision.id, approval_id=approval.id, kind="first", created_at=NOW
    )
    session.add(release)
    session.flush()
    delivery = Delivery(release_id=release.id, channel_id=channel.id, kind="publish", created_at=NOW)
    session.add(delivery)
    session.flush()
    return delivery.id


def _copy(number: int, delivery_ids: list[int]) -> dict[str, Any]:
    """The first of each channel are due, all others later."""
    place = number % CHANNELS
    is_due = number < CHANNELS * DUE
    return {
        "delivery_id": delivery_ids[place],
        "channel_id": place + 1,
        "key": f"{number:08}",
        "address_hash": f"{number:064}",
        "due_at": NOW - timedelta(minutes=5) if is_due else NOW + timedelta(minutes=1 + number),
    }


if __name__ == "__main__":
    sys.exit(main())
