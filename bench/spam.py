"""How well the machine tells advertising from messages after it was told how one half of them was decided.

usage: python -m bench.spam FILE.tsv

Each line is `spam` or `ham`, a tab and the message. Every second line is learned, the others are judged. Prints
precision, recall and F1 of the rules alone, of what was learned, and of both, as the queue uses them.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from appeal.rules import urgency
from appeal.rules.spam import SURE, Learned, features

Line = tuple[bool, str]
GOAL = 0.9


def main() -> int:
    """Print a table; 0 if what was learned reaches F1 0.9 on the half that it was not told."""
    raw = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    lines = [(kind == "spam", text) for kind, _tab, text in (one.partition("\t") for one in raw) if text]
    learned, told, judged = Learned(), lines[::2], lines[1::2]
    began = time.perf_counter()
    for is_spam, text in told:
        learned.learn(features(text), is_spam=is_spam)
    rate = len(told) / (time.perf_counter() - began)
    print(
        f"{len(told):,} told ({rate:,.0f} a second), {len(judged):,} judged, {sum(one[0] for one in judged):,} are spam"
    )
    print(f"{'':10}precision  recall     F1")
    _score("rules", judged, lambda text: "looks_like_spam" in urgency.judge(text).reasons)
    score = _score("learned", judged, lambda text: learned.probability(features(text)) >= SURE)
    _score("both", judged, lambda text: _both(learned, text))
    return 0 if score >= GOAL else 1


def _both(learned: Learned, text: str) -> bool:
    is_learned = learned.probability(features(text)) >= SURE
    return is_learned or "looks_like_spam" in urgency.judge(text).reasons


def _score(name: str, judged: Sequence[Line], is_spam: Callable[[str], bool]) -> float:
    found = [(is_so, is_spam(text)) for is_so, text in judged]
    right = sum(is_so and said for is_so, said in found)
    precision = right / max(1, sum(said for _is_so, said in found))
    recall = right / sum(is_so for is_so, _said in found)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    print(f"{name:10}{precision:9.3f}{recall:8.3f}{f1:7.3f}")
    return f1


if __name__ == "__main__":
    sys.exit(main())
