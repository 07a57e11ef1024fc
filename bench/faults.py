"""Many deliveries through platforms that fail while web and desk are killed: nothing may go out twice or be lost.

Run with `python -m bench.faults [--deliveries 300] [--kills 12]`. Real processes, real client libraries, the exercise
platforms with faults drawn by chance. Ends with status 1 if something was doubled, lost or is still open.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from appeal.exercise.faults import PLATFORMS
from appeal.story.platforms import Platforms, occurrences
from appeal.story.running import Running, until
from bench import seeding
from bench.seeding import Kept

SETTLE_SCALE = 0.02
LATE = 2.5
WALLS, MAILS, NUMBERS = 3, 4, 4
# What is ours is looked at where the public reads it; everywhere else the exercise platforms say what they showed.
OURS = ("site", "feeds")
BY_HAND = ("assisted",)
FAULTS = (
    ("refuse", 0.02, 0.0),
    ("throttle", 0.08, 2.0),
    ("drop_before", 0.05, 0.0),
    ("error_after", 0.06, 0.0),
    ("drop_after", 0.08, 0.0),
    ("publish_late", 0.06, LATE),
    ("list_late", 0.10, LATE),
    ("slow", 0.15, 1.5),
)
COLUMNS = ("copies", "sent", "failed", "retried", "unknown→sent", "unknown→asked", "doubled", "lost", "open")


def main() -> int:
    """Play it and print the table; 0 when every zero is one."""
    options = _options()
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="bench-faults-") as name:
        running = Running(Path(name) / "instance", os.environ, APPEAL_SETTLE_SCALE=str(SETTLE_SCALE))
        running.make()
        try:
            running.start()
            return _play(running, options)
        finally:
            running.stop()
            if options.log:
                print(running.log.read_text(errors="replace"), file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=300)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", action="store_true", help="print what the processes wrote")
    return parser.parse_args()


def _play(running: Running, options: argparse.Namespace) -> int:
    platforms = Platforms(running.config.exercise_url)
    with seeding.opened(running.config):
        seeding.open_always()
        seeding.more_walls(running.config, WALLS - 1)
        seeding.longer_lists(MAILS, NUMBERS)
        _unlimited(running)
        platforms.arm(_faults())
        began = time.monotonic()
        seeding.launch("0")
        per_appeal = len(seeding.copies())
        for number in range(1, max(1, options.deliveries // per_appeal)):
            seeding.launch(str(number))
        killed = _kill(running, options.kills)
        platforms.disarm()
        try:
            until("every copy has settled", seeding.is_settled, 600, 0.5)
        finally:
            seconds = time.monotonic() - began
            found = seeding.copies()
            table = _table(found, _seen(running, platforms, found))
            _print(table, killed, seconds, platforms.struck())
    return int(any(row["doubled"] or row["lost"] or row["open"] for row in table.values()))


def _unlimited(running: Running) -> None:
    """The limits of X per quarter of an hour are not what is tried here."""
    names = ("publish", "retract", "lookup", "timeline", "mentions", "search", "account", "upload", "describe")
    with requests.Session() as session:
        session.trust_env = False
        body = {"limits": dict.fromkeys(names, 1_000_000)}
        session.post(f"{running.config.exercise_url}/control/settings", json=body, timeout=10).raise_for_status()


def _faults() -> Sequence[Mapping[str, object]]:
    return [
        {"platform": platform, "kind": kind, "when": "chance", "chance": chance, "seconds": seconds}
        for platform in PLATFORMS
        for kind, chance, seconds in FAULTS
    ]


def _kill(running: Running, count: int) -> Counter[str]:
    """End web or desk with -9 at random moments; each comes back before the next one goes."""
    killed: Counter[str] = Counter()
    for number in range(count):
        time.sleep(random.uniform(0.2, 3.0))
        name = ("desk", "web")[number % 2]
        pid = running.kill(name)
        until(f"{name} is back", lambda name=name, pid=pid: running.is_back(name, pid), 60)  # type: ignore[misc]
        killed[name] += 1
    return killed


def _seen(running: Running, platforms: Platforms, found: Sequence[Kept]) -> Mapping[str, int]:
    """How often the public got each copy, by its key."""
    state: Mapping[str, Any] = platforms.state()
    seen = dict(occurrences(state))
    with requests.Session() as session:
        session.trust_env = False
        for one in found:
            if one.publisher in OURS and one.state == "sent":
                seen[one.key] = _placed(session, running.config.public_url, one)
    return seen


def _placed(session: requests.Session, public_url: str, one: Kept) -> int:
    """How often a place of our own shows the copy: a page once, a feed's entry once in each of its feeds."""
    if one.publisher == "site":
        return int(session.get(one.permalink, timeout=10).status_code == 200)
    feed = session.get(one.permalink, timeout=10)
    return int(feed.status_code == 200)


def _table(found: Sequence[Kept], seen: Mapping[str, int]) -> dict[str, dict[str, int]]:
    rows = {name: dict.fromkeys(COLUMNS, 0) for name in dict.fromkeys(one.publisher for one in found)}
    for one in found:
        row, times = rows[one.publisher], 1 if one.publisher in BY_HAND else seen.get(one.key, 0)
        row["copies"] += 1
        row["sent"] += one.state == "sent"
        row["failed"] += one.state == "failed"
        row["retried"] += len(one.outcomes) > 1
        row["unknown→sent"] += one.was_unknown and one.state == "sent"
        row["unknown→asked"] += one.state == "asked"
        row["doubled"] += times > 1
        row["lost"] += (one.state == "sent" and times == 0) or (one.state in {"failed", "cancelled"} and times > 0)
        row["open"] += one.state in seeding.UNSETTLED
    return rows


def _print(table: Mapping[str, Mapping[str, int]], killed: Counter[str], seconds: float, struck: int) -> None:
    print(f"{'':<8}" + "".join(f"{name:>15}" for name in COLUMNS))
    total = {name: sum(row[name] for row in table.values()) for name in COLUMNS}
    for publisher, row in [*table.items(), ("all", total)]:
        print(f"{publisher:<8}" + "".join(f"{row[name]:>15}" for name in COLUMNS))
    ends = ", ".join(f"{count} × {name}" for name, count in sorted(killed.items()))
    print(f"\nkilled with -9: {ends or 'nothing'}; {struck} calls failed; settled after {seconds:.0f} s")
    print(f"settle times × {SETTLE_SCALE}; share of copies that a person is asked about: {_share(total)}")


def _share(total: Mapping[str, int]) -> str:
    return f"{total['unknown→asked'] / max(1, total['copies']):.1%}"


if __name__ == "__main__":
    raise SystemExit(main())
