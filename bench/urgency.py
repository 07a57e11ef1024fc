"""How well the machine puts the three kinds of good tips first: seen now, recognised, harm to come.

usage: python -m bench.urgency

A tip is put first when its judgement gives one of the reasons below and its score reaches `FIRST`. The open half was
tuned on, the closed half was not looked at. Exit 1 if the closed half misses a bar.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from appeal.rules import urgency

LABELLED = Path(__file__).parent / "labelled" / "urgency.json"
GOOD = ("live", "recognised", "harm")
REASONS = {"seen_now", "recognised", "names_someone", "harm_to_come", "about_me", "wrong_person"}
FIRST = 35
RECALL, PRECISION = 0.95, 0.8


def main() -> int:
    """Print both halves; 0 if the closed one reaches both bars."""
    examples = json.loads(LABELLED.read_text(encoding="utf-8"))
    scores = {half: _half(half, [one for one in examples if one["half"] == half]) for half in ("open", "closed")}
    recall, precision = scores["closed"]
    is_good = recall >= RECALL and precision >= PRECISION
    print(f"wanted on the closed half: recall {RECALL}, precision {PRECISION}: {'reached' if is_good else 'MISSED'}")
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
