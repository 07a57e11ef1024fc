"""How well the machine puts the three kinds of good tips first: seen now, recognised, harm to come.

usage: python -m bench.urgency

A tip is put first when its judgement gives one of the reasons below and its score reaches `FIRST`. Two sets, each in an
open half to tune on and a closed half that only judges. The closed half of the first set was looked at and is spent;
the second set was written by somebody who had not seen the rules. Exit 1 if the fresh closed half misses a bar.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from appeal.rules import urgency

LABELLED = Path(__file__).parent / "labelled"
SETS = {"first": LABELLED / "urgency.json", "fresh": LABELLED / "urgency_fresh.json"}
GOOD = ("live", "recognised", "harm")
REASONS = {"seen_now", "recognised", "names_someone", "harm_to_come", "about_me", "wrong_person"}
FIRST = 35
RECALL, PRECISION = 0.95, 0.8


def main() -> int:
    """Print all halves; 0 if the fresh closed one reaches both bars."""
    scores = {}
    for name, path in SETS.items():
        examples = json.loads(path.read_text(encoding="utf-8"))
        for half in ("open", "closed"):
            scores[name, half] = _half(f"{name} {half}", [one for one in examples if one["half"] == half])
    recall, precision = scores["fresh", "closed"]
    is_good = recall >= RECALL and precision >= PRECISION
    verdict = "reached" if is_good else "MISSED"
    print(f"wanted on the fresh closed half: recall {RECALL}, precision {PRECISION}: {verdict}")
    return 0 if is_good else 1


def _half(name: str, examples: Sequence[Mapping[str, str]]) -> tuple[float, float]:
    first = [one for one in examples if _is_first(one["text"])]
    good = [one for one in examples if one["label"] in GOOD]
    right = [one for one in first if one["label"] in GOOD]
    recall, precision = len(right) / len(good), len(right) / len(first)
    print(f"{name} half: {len(examples)} examples, recall {recall:.3f}, precision {precision:.3f}")
    found: dict[str, list[bool]] = defaultdict(list)
    for one in examples:
        found[f"{one['label']}/{one['kind']}"].append(_is_first(one["text"]))
    for kind, marks in sorted(found.items()):
        print(f"  {kind:26} put first {sum(marks):3} of {len(marks)}")
    return recall, precision


def _is_first(text: str) -> bool:
    judged = urgency.judge(text)
    return judged.score >= FIRST and bool(REASONS & set(judged.reasons))


if __name__ == "__main__":
    sys.exit(main())
