"""Three people clear 800 mixed tips: how long their reading and keys take, and whether an urgent one was closed.

usage: python -m bench.skim [--tips 800] [--people 3]

The texts are the labelled ones of `bench/labelled/urgency.json` (open half) and others made from them. The people take
blocks of ten, read the first lines that are shown, and press one key a line: by the label where the whole text is
shown, `keep` where it goes on. What stands in a higher lane is opened and read alone, and passed on or closed with a
sentence. Times are those of the keystroke-level model (Card, Moran and Newell): a key 0.28 s, a thought 1.35 s; a word
takes 0.24 s to read. Exit 1 if it takes an hour or more, or if one whose label is urgent was closed.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from appeal import keys, schema
from appeal.config import load_config
from appeal.core import create_core_app
from appeal.db import dispose_engines, reading
from appeal.models.tip import Assessment, Tip
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import officers
from appeal.tips import arrivals, handing, intake, skim, triage
from appeal.tips.inbound import Inbound
from appeal.tips.ranking import TO_READ

LABELLED = Path(__file__).parent / "labelled" / "urgency.json"
KEY, THOUGHT, WORD, PAGE = 0.28, 1.35, 0.24, 1.0
SENTENCE = 40
HOUR = 3600.0
NOW = datetime(2026, 3, 1, 17, 40, tzinfo=UTC)
URGENT = {"live", "recognised", "harm"}
CITIES = ("Sevilla", "Cádiz", "Leeds", "York", "Málaga", "Hull", "Huelva", "Bath")


class Person:
    """One triager and how many seconds they have worked."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.seconds = actor, 0.0

    @property
    def now(self) -> datetime:
        """What their clock says."""
        return NOW + timedelta(seconds=self.seconds)

    def read(self, words: str, keys_pressed: int = 1) -> None:
        """Read, think, press."""
        self.seconds += WORD * len(words.split()) + THOUGHT + KEY * keys_pressed


def main() -> int:
    """Print what became of the tips; 0 if all is well."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--tips", type=int, default=800)
    wanted.add_argument("--people", type=int, default=3)
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-skim-") as name:
        config = load_config({"APPEAL_INSTANCE": name})
        keys.create(config.keys)
        schema.upgrade(config.database_url)
        with create_core_app(config, keys.load_desk(config.keys)).app_context():
            people = [Person(_officer(number)) for number in range(given.people)]
            labels = _come(given.tips)
            alone = _work_alone(people, labels)
            rounds = _work(people, labels)
            is_good = _report(people, labels, alone, rounds)
        dispose_engines()
    return 0 if is_good else 1


def _officer(number: int) -> Actor:
    mail = f"person{number}@bench.example"
    about = {"name": f"Person {number}", "email": mail, "roles": ["triager"], "password": "three people and 800"}
    return Actor(officers.create(SYSTEM, **about, now=NOW), about["name"], frozenset({"triager"}))  # type: ignore


def _come(count: int) -> dict[int, str]:
    """The tips come in and are read by the machine; the label of each."""
    chance, labels = random.Random(3), {}
    examples = [one for one in json.loads(LABELLED.read_text(encoding="utf-8")) if one["half"] == "open"]
    urgent, other = ([one for one in examples if (one["label"] in URGENT) == is_so] for is_so in (True, False))
    for number in range(count):
        one = examples[number] if number < len(examples) else chance.choice(urgent if chance.random() < 0.05 else other)
        text = one["text"] if number < len(examples) else f"{one['text']} {chance.choice(CITIES)} {number}"
        made = Inbound("webform", f"skim {number}", NOW - timedelta(minutes=chance.randrange(600)), text)
        labels[intake.receive(made).tip_id] = one["label"]
    while triage.read_tips(NOW):
        pass
    while arrivals.take_in(NOW):
        pass
    return labels


def _work_alone(people: list[Person], labels: dict[int, str]) -> int:
    """What stands in a higher lane is opened: one at a time, whoever is free first takes the next."""
    count = 0
    while True:
        person = min(people, key=lambda one: one.seconds)
        tip_id = handing.claim_next(person.actor, now=person.now)
        if tip_id is None:
            return count
        shown = triage.view(person.actor, tip_id=tip_id, now=person.now)
        if shown.row.lane == TO_READ:
            triage.release_claim(person.actor, tip_id=tip_id, now=person.now)
            return count
        person.read(" ".join(message.text for message in shown.messages), 1 + SENTENCE)
        person.seconds += PAGE
        is_urgent = labels[tip_id] in URGENT
        decision, reason = ("actioned", "passed_on") if is_urgent else ("no_further_action", "too_vague")
        triage.assess(
            person.actor, tip_id=tip_id, decision=decision, reason=reason, words="As it reads.", now=person.now
        )
        count += 1


def _work(people: list[Person], labels: dict[int, str]) -> int:
    """Blocks of ten until no line is left that somebody would close; how many."""
    after, rounds = dict.fromkeys(range(len(people)), ""), 0
    finished: set[int] = set()
    while len(finished) < len(people):
        number = min(set(after) - finished, key=lambda one: people[one].seconds)
        person = people[number]
        shown = skim.block(person.actor, after=after[number], now=person.now)
        person.seconds += PAGE
        if not shown.lines:
            finished.add(number)
            continue
        choices = [(line.row.id, _choice(person, line, labels[line.row.id])) for line in shown.lines]
        skim.decide(person.actor, choices=choices, now=person.now)
        person.seconds += KEY
        after[number], rounds = shown.after, rounds + 1
        if not shown.after:
            finished.add(number)
    return rounds


def _choice(person: Person, line: skim.Line, label: str) -> str:
    words = "".join(part for part, _is_new in line.parts)
    person.read(words)
    if label in URGENT:
        return "lift"
    return "keep" if words.endswith("…") else "too_vague"


def _report(people: list[Person], labels: dict[int, str], alone: int, rounds: int) -> bool:
    with reading() as session:
        rows = session.execute(select(Tip.id, Tip.state, Tip.lane)).all()
        useful = select(Assessment.tip_id).where(Assessment.decision == "actioned")
        acted = set(session.scalars(useful))
    closed = [row for row in rows if row.state == "done"]
    wrong = sum(labels[row.id] in URGENT and row.id not in acted for row in closed)
    lifted = sum(row.state != "done" and labels[row.id] in URGENT for row in rows)
    longest = max(one.seconds for one in people)
    print(f"{len(rows):,} tips, {sum(label in URGENT for label in labels.values())} of them urgent by their label")
    print(f"{alone} opened alone, {rounds} blocks skimmed, {len(closed):,} closed, {lifted} lifted for somebody to act")
    print(f"still waiting: {dict(Counter(row.lane for row in rows if row.state != 'done'))}")
    print(f"longest day of {len(people)} people: {longest / 60:.1f} minutes; urgent ones closed: {wrong}")
    return longest < HOUR and not wrong and len(closed) + lifted == len(rows)


if __name__ == "__main__":
    sys.exit(main())
