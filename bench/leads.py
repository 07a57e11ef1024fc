"""How well tips of one event find each other at arrival, and how fast, through the real intake, index and gathering.

usage: python -m bench.leads [--half open|closed] [--noise FILE.csv] [--tips N [--speed-only]]

Quality is B-cubed over the labelled reports of one half (`bench/labelled/leads.json`), with the noise around them; the
two baselines (words only, place and time only) get the threshold that is best for them on the open half. Speed is the
gathering of the last 1,000 of `--tips` open tips. Exit 1 where a bar is missed.
"""

import argparse
import csv
import json
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz
from sqlalchemy import select

from appeal import keys, schema
from appeal.config import load_config
from appeal.core import create_core_app
from appeal.db import dispose_engines, reading
from appeal.models.tip import Tip
from appeal.rules import terms
from appeal.tips import gathering, indexing, intake, triage
from appeal.tips.inbound import Inbound
from bench import many_tips

LABELLED = Path(__file__).parent / "labelled" / "leads.json"
ZONE = ZoneInfo("Europe/Madrid")
START = datetime(2026, 3, 1, tzinfo=ZONE)
GAIN, PRECISION, PER_SECOND = 0.10, 0.9, 200
# So many come in between two looks of the machine.
TOGETHER = 10
# Texts that stand in for all earlier ones, and new ones whose gathering is timed.
MADE, MEASURED = 4_000, 1_000
WORDS = [one["text"] for one in json.loads(LABELLED.read_text(encoding="utf-8"))]
Scores = tuple[float, float, float]


def main() -> int:
    """Print both tables; 0 if every bar is reached."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--half", default="open", choices=("open", "closed"))
    wanted.add_argument("--noise", type=Path)
    wanted.add_argument("--tips", type=int, default=0)
    wanted.add_argument("--speed-only", action="store_true")
    given = wanted.parse_args()
    is_good = given.speed_only or _quality(given.half, given.noise)
    return 0 if (_speed(given.tips) if given.tips else True) and is_good else 1


def bcubed(found: Sequence[object], labels: Sequence[object]) -> Scores:
    """Precision, recall and F1: for each report the share of its group that belongs to it, and the other way round."""
    groups, events = defaultdict(set), defaultdict(set)
    for place, (group, event) in enumerate(zip(found, labels, strict=True)):
        groups[group].add(place)
        events[event].add(place)
    shared = [(groups[g] & events[e], g, e) for g, e in zip(found, labels, strict=True)]
    precision = sum(len(both) / len(groups[g]) for both, g, _e in shared) / len(labels)
    recall = sum(len(both) / len(events[e]) for both, _g, e in shared) / len(labels)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _quality(half: str, noise: Path | None) -> bool:
    reports = [one for one in json.loads(LABELLED.read_text()) if one["half"] == half]
    tuned = [one for one in json.loads(LABELLED.read_text()) if one["half"] == "open"]
    labels = [one["event"] for one in reports]
    ours = bcubed(_gathered(reports, list(_noise(noise)) if noise else []), labels)
    print(f"{half} half: {len(reports)} reports of {len(set(labels))} events\n{'':18}precision  recall     F1")
    print(f"{'gathering':18}{ours[0]:9.3f}{ours[1]:8.3f}{ours[2]:7.3f}")
    best = 0.0
    for name, alike in BASELINES.items():
        threshold = max(
            range(20, 100, 5), key=lambda at: bcubed(_linked(tuned, alike, at), [o["event"] for o in tuned])[2]
        )
        score = bcubed(_linked(reports, alike, threshold), labels)
        print(f"{name:18}{score[0]:9.3f}{score[1]:8.3f}{score[2]:7.3f}")
        best = max(best, score[2])
    is_good = ours[2] >= best + GAIN and ours[0] >= PRECISION
    print(f"wanted: F1 {best + GAIN:.3f}, precision {PRECISION}: {'reached' if is_good else 'MISSED'}\n")
    return is_good


def _text(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    return fuzz.token_set_ratio(one["text"].lower(), other["text"].lower())


def _place_time(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    if one["latitude"] is None or other["latitude"] is None:
        return 0
    metres = terms.metres((one["latitude"], one["longitude"]), (other["latitude"], other["longitude"]))
    minutes = abs((_at(one) - _at(other)).total_seconds()) / 60
    return 100 - metres / 50 - minutes


BASELINES: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], float]] = {
    "words only": _text,
    "place and time": _place_time,
}


def _linked(reports: Sequence[Mapping[str, Any]], alike: Callable[..., float], threshold: float) -> list[object]:
    """Each report joins the group of the earlier one that it is most alike, if that reaches the threshold."""
    groups: dict[int, int] = {}
    for place in sorted(range(len(reports)), key=lambda at: _at(reports[at])):
        scored = [(alike(reports[place], reports[other]), other) for other in groups]
        score, other = max(scored, default=(0.0, -1))
        groups[place] = groups[other] if score >= threshold and other >= 0 else place
    return [groups[place] for place in range(len(reports))]


def _gathered(reports: Sequence[Mapping[str, Any]], noise: Sequence[Inbound]) -> list[object]:
    inbounds = [_inbound(one) for one in reports]
    with _installation():
        ids = {}
        for place, one in enumerate(sorted([*inbounds, *noise], key=lambda each: each.received_at)):
            ids[one.external_id] = intake.receive(one).tip_id
            if place % TOGETHER == 0:
                _take_in()
        _take_in()
        with reading() as session:
            leads = {row.id: row.lead_id for row in session.execute(select(Tip.id, Tip.lead_id))}
    tips = [ids[one.external_id] for one in inbounds]
    return [leads[tip_id] or -tip_id for tip_id in tips]


def _take_in() -> tuple[float, float]:
    """Read, index and gather everything that waits; seconds for indexing and gathering, and those of the processor."""
    now = START + timedelta(days=9)
    while triage.read_tips(now, limit=500):
        pass
    began, used = time.perf_counter(), time.process_time()
    while found := indexing.index_tips(now, limit=200):
        gathering.suggest(found, now=now)
    return time.perf_counter() - began, time.process_time() - used


def _at(one: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(one["seen_at"]).replace(tzinfo=ZONE)


def _inbound(one: Mapping[str, Any]) -> Inbound:
    facts = {"where": ", ".join(part for part in (one["place"], one["town"]) if part)}
    if one["latitude"] is not None:
        facts["position"] = f"{one['latitude']:.5f}, {one['longitude']:.5f}"
    return Inbound("webform", f"labelled {one['id']}", _at(one).astimezone(UTC), one["text"], facts=facts)


def _noise(path: Path) -> Iterator[Inbound]:
    """Real sightings of something else, moved into the days of the labelled ones."""
    chance = random.Random(1)
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            at = START + timedelta(minutes=chance.randrange(5 * 24 * 60))
            facts = {"where": row["city"], "position": f"{row['lat']}, {row['lon']}"}
            yield Inbound("webform", f"noise {number}", at.astimezone(UTC), row["text"], facts=facts)


def _speed(count: int) -> bool:
    """Gather the last 1,000 of so many open tips that were made from the labelled ones, spread over towns and days.

    The earlier ones are some thousands of texts that stand in for all, written straight into the tables.
    """
    chance = random.Random(2)
    with _installation() as url:
        made = [_made(chance, number) for number in range(MADE)]
        texts = [many_tips.template(one.text, one.facts, "", one.received_at, None) for one in made]
        many_tips.fill(url, count - MEASURED, None, START.astimezone(UTC), texts=texts)
        for number in range(MADE, MADE + MEASURED):
            intake.receive(_made(chance, number))
        last, used = _take_in()
    rate, memory = MEASURED / last, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} open tips: {rate:,.0f} tips/s indexed and gathered; {MEASURED / used:,.0f} by processor time")
    print(
        f"memory at most {memory:,.0f} MB; wanted: {PER_SECOND} tips/s: {'reached' if rate >= PER_SECOND else 'MISSED'}"
    )
    return rate >= PER_SECOND


def _made(chance: random.Random, number: int) -> Inbound:
    """A text of words that labelled ones hold, at some place and hour of a week."""
    words = [word for one in chance.sample(WORDS, 2) for word in one.split()]
    facts = {
        "where": f"calle {chance.choice(WORDS).split()[0]}",
        "position": f"{chance.uniform(36, 43):.5f}, {chance.uniform(-8, 3):.5f}",
    }
    at = START + timedelta(minutes=chance.randrange(7 * 24 * 60))
    said = " ".join(chance.sample(words, min(12, len(words))))
    return Inbound("sms", f"made {number}", at.astimezone(UTC), said, facts=facts)


@contextmanager
def _installation() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="leads-") as name:
        keys.create(Path(name) / "keys")
        config = load_config({"APPEAL_INSTANCE": name})
        schema.upgrade(config.database_url)
        with create_core_app(config, keys.load_desk(config.keys)).app_context():
            yield config.database_url
        dispose_engines()


if __name__ == "__main__":
    sys.exit(main())
