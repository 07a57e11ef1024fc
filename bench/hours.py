"""Staffed hours against a walk through every UTC minute, 25 hours either side of every clock change from 2000 to 2040.

Run with `python -m bench.hours`; ends with status 1 if one interval differs.
"""

import random
import sys
import time
from datetime import timedelta

from appeal.rules.hours import ExceptionDay, Rota, Window, intervals
from tests.rules.hours_oracle import clock_changes, edges, staffed
from tests.rules.test_hours import random_rota

AROUND = timedelta(hours=25)
PROGRESS_EVERY = 500


def main() -> int:
    """Compare everything, print a table, answer 0 if all agree."""
    chance = random.Random(1)
    changes = clock_changes(2000, 2040)
    wrong, ours, theirs, compared = [], 0.0, 0.0, 0
    for number, (zone, change) in enumerate(changes, 1):
        week, days = random_rota(chance, change.date())
        rota = Rota(
            zone,
            tuple(Window(*window) for window in week),
            tuple(ExceptionDay(on, tuple(windows)) for on, windows in days.items()),
        )
        start = change - AROUND
        began = time.perf_counter()
        found = intervals(rota, start, start + 2 * AROUND)
        middle = time.perf_counter()
        expected = edges(start, staffed(zone, week, days, start, int(2 * AROUND / timedelta(minutes=1))))
        ours, theirs = ours + middle - began, theirs + time.perf_counter() - middle
        compared += len(expected)
        if found != expected:
            wrong.append((zone, change, week, days))
        if number % PROGRESS_EVERY == 0:
            print(f"{number} of {len(changes)}", file=sys.stderr)
    print("| clock changes | zones | intervals | different | ours, s | every minute, s |")
    print("|---|---|---|---|---|---|")
    zones = len({zone for zone, _ in changes})
    print(f"| {len(changes)} | {zones} | {compared} | {len(wrong)} | {ours:.1f} | {theirs:.1f} |")
    for case in wrong[:10]:
        print("different:", *case)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
