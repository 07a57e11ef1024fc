"""What reads like advertising or abuse: signs that anybody can check, and what the desk's own decisions have taught.

A naive Bayes over words and signs. It is told each decision once and can be told to forget it; nothing else is kept.
"""

import math
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from appeal.rules.urgency import fold

# What stands out in a text apart from its words.
SIGNS = {
    "money": re.compile(r"[£$€]\s?\d|\d\s?(?:£|\$|€|eur\b|euros?\b|p\b|ppm\b)", re.IGNORECASE),
    "short number": re.compile(r"(?<!\d)\d{4,6}(?!\d)"),
    "long number": re.compile(r"(?<!\d)(?:\+?\d[\d ]{8,14}\d)(?!\d)"),
    "address": re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|net|org|co\.uk|info|biz)\b", re.IGNORECASE),
    "capitals": re.compile(r"\b[A-Z]{4,}\b(?:.*\b[A-Z]{4,}\b)", re.DOTALL),
    "exclamations": re.compile(r"!.*!", re.DOTALL),
    "percent": re.compile(r"\d\s?%"),
}
MOST_WORDS = 400
# So many decisions of each kind are needed before anything is said.
LEAST = 10
# How sure it must be: closing is a person's word, and a wrong suspicion costs reading time.
SURE = 0.9


def features(text: str) -> frozenset[str]:
    """The words of a text and its signs; a figure counts only by how long it is."""
    words = fold(text).split()[:MOST_WORDS]
    found = {f"#{len(word)}" if word.isdigit() else word for word in words}
    return frozenset(found | {f"sign:{name}" for name, pattern in SIGNS.items() if pattern.search(text)})


@dataclass
class Learned:
    """How often each feature stood in what was spam (True) and in what was not (False)."""

    words: dict[bool, Counter[str]] = field(default_factory=lambda: {True: Counter(), False: Counter()}, repr=False)
    texts: Counter[bool] = field(default_factory=Counter)
    sizes: Counter[bool] = field(default_factory=Counter)

    def learn(self, found: Collection[str], *, is_spam: bool) -> None:
        """One decision."""
        self.words[is_spam].update(found)
        self.texts[is_spam] += 1
        self.sizes[is_spam] += len(found)

    def forget(self, found: Collection[str], *, is_spam: bool) -> None:
        """Take back what `learn` was told."""
        self.words[is_spam].subtract(found)
        self.words[is_spam] = +self.words[is_spam]
        self.texts[is_spam] -= 1
        self.sizes[is_spam] -= len(found)

    def probability(self, found: Collection[str]) -> float:
        """How likely a text with these features is spam, 0 … 1; 0 before enough was learned of both kinds."""
        spam, other = self.words[True], self.words[False]
        if min(self.texts[True], self.texts[False]) < LEAST:
            return 0.0
        many = max(len(spam), len(other))
        weight = math.log(self.texts[True] / self.texts[False])
        for word in found:
            if word in spam or word in other:
                in_spam = (spam[word] + 1) / (self.sizes[True] + many)
                weight += math.log(in_spam / ((other[word] + 1) / (self.sizes[False] + many)))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, weight))))
