"""One page of the queue with 1,000 and with 100,000 waiting tips: first, deep, one lane, one appeal, and the counts.

Run with `python -m bench.queue`. Ends with status 1 if any page takes more than 1.5 times as long with 100,000.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from flask import Flask
from sqlalchemy import Table, insert

from appeal import keys
from appeal.config import load_config
from appeal.db import Base, db, dispose_engines, writing
from appeal.filestore import FileStore
from appeal.installation import Installation, install
from appeal.models import ledger, notice, people, release, rota  # noqa: F401 every table must be known
from appeal.models.appeal import Appeal
from appeal.models.people import User
from appeal.models.tip import Tip
from appeal.tips import lanes, triage
from appeal.tips.ranking import LANES, rank
from appeal.tips.waiting import QueuePage

FEW, MANY, GOAL, ROUNDS = 1_000, 100_000, 1.5, 200
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TIPS = cast(Table, Tip.__table__)


def main() -> int:
    """Measure both sizes turn by turn, print a table, answer 0 when every page is within the goal."""
    print(f"milliseconds, median of {ROUNDS}; one page is 25 tips")
    print(f"{'page':12} {FEW:>9,} {MANY:>9,} {'ratio':>6}   letters on the page")
    with tempfile.TemporaryDirectory(prefix="bench-queue-") as name:
        apps = [_filled(Path(name) / str(size), size) for size in (FEW, MANY)]
        ratios = [_compare(title, apps, page) for title, page in PAGES.items()]
        dispose_engines()
    return 0 if max(ratios) <= GOAL else 1


def _first() -> QueuePage:
    return triage.queue()


def _deep() -> QueuePage:
    """The page after the middle of the queue, by key."""
    return triage.queue(after=f"{rank('to_read', 50, NOW)}-0")


def _lane() -> QueuePage:
    return triage.queue(lane="urgent")


def _appeal() -> QueuePage:
    return triage.queue(appeal_id=1)


def _counts() -> QueuePage:
    # Counted no further than a cap, so that both sizes do the same work from there on.
    lanes.heads(NOW, cap=30)
    return triage.queue(limit=1)


PAGES: dict[str, Callable[[], QueuePage]] = {
    "first": _first,
    "deep": _deep,
    "one lane": _lane,
    "one appeal": _appeal,
    "counts": _counts,
}


def _compare(title: str, apps: list[Flask], page: Callable[[], QueuePage]) -> float:
    taken: list[list[float]] = [[], []]
    letters = [0, 0]
    for _ in range(ROUNDS):
        for place, app in enumerate(apps):
            with app.app_context():
                began = time.perf_counter()
                shown = page()
                taken[place].append(1000 * (time.perf_counter() - began))
                letters[place] = len(repr(shown.rows))
    few, many = (statistics.median(one) for one in taken)
    print(f"{title:12} {few:9.2f} {many:9.2f} {many / few:6.2f}   {letters[0]:,} / {letters[1]:,}")
    return many / few


def _filled(folder: Path, size: int) -> Flask:
    keys.create(folder / "keys")
    config = load_config({"APPEAL_INSTANCE": str(folder)})
    app = Flask(str(size))
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(app)
    install(app, Installation(config, keys.load_desk(config.keys), FileStore(config.files)))
    with app.app_context(), writing() as session:
        Base.metadata.create_all(session.connection())
        session.add(User(id=1, name="One", email="1", fs_uniquifier="1"))
        session.flush()
        session.add_all(Appeal(public_id=str(n), kind="wanted", author_id=1, created_at=NOW) for n in range(10))
        session.flush()
        chance = random.Random(size)
        rows = [_tip(chance) for _ in range(size)]
        for start in range(0, size, 5_000):
            session.execute(insert(TIPS), rows[start : start + 5_000])
    return app


def _tip(chance: random.Random) -> dict[str, object]:
    """One tip as it stands after the machine read it; one in five is done already."""
    lane = chance.choices(LANES, (1, 1, 4, 14))[0]
    score, at = chance.randrange(101), NOW - timedelta(minutes=chance.randrange(100_000))
    return {
        "id": chance.getrandbits(62),
        "appeal_id": chance.randrange(1, 11),
        "source": chance.choice(("webform", "sms", "x")),
        "received_at": at,
        "state": "done" if chance.random() < 0.2 else "unread",
        "lane": lane,
        "score": score,
        "rank": rank(lane, score, at),
        "reasons": ["gives_place", "gives_time"],
        "language": "en",
        "is_late": False,
        "is_live": False,
        "is_about_me": False,
        "file_count": 0,
        "message_count": 1,
        "read_at": at,
    }


if __name__ == "__main__":
    sys.exit(main())
