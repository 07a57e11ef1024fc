"""Where in a text the cues of `rules.urgency` stand, so that a reader sees why a tip stands where it does."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from appeal.rules import urgency

# What comes after so many letters is shown without marks.
MOST_LETTERS = 40_000
_TOKEN = re.compile(r"(?:\w|['’`´\u0300-\u036f])+")
_BEFORE, _BEHIND = re.compile(r"^\W+"), re.compile(r"\W+$")


@dataclass(frozen=True)
class Passage:
    """A piece of a text as it was written; `codes` are keys of `urgency.REASONS`, the weightiest first, or none."""

    text: str = field(repr=False)
    codes: tuple[str, ...] = ()


def passages(text: str) -> tuple[Passage, ...]:
    """The whole text in pieces: joined again they are the text, letter by letter."""
    tokens = list(_TOKEN.finditer(text[:MOST_LETTERS]))
    codes = _codes([urgency.fold(token[0]) for token in tokens])
    pieces: list[Passage] = []
    at = 0
    for said, run in groupby(range(len(tokens)), key=lambda index: codes[index]):
        if not said:
            continue
        own = list(run)
        start, end = _start(tokens[own[0]]), _end(tokens[own[-1]])
        pieces += [Passage(text[at:start]), Passage(text[start:end], said)]
        at = end
    return tuple(piece for piece in [*pieces, Passage(text[at:])] if piece.text)


def _codes(folded: list[str]) -> list[tuple[str, ...]]:
    """For each token the codes of the cues that it is part of."""
    owners = [index for index, plain in enumerate(folded) if plain]
    starts, at = [], 0
    for index in owners:
        starts.append(at)
        at += len(folded[index]) + 1
    found: list[set[str]] = [set() for _token in folded]
    for start, end, code in _cues(" ".join(folded[index] for index in owners)):
        first, last = owners[bisect_right(starts, start) - 1], owners[bisect_right(starts, end - 1) - 1]
        for index in range(first, last + 1):
            found[index].add(code)
    return [tuple(sorted(codes, key=lambda code: (-abs(urgency.POINTS[code]), code))) for codes in found]


def _cues(folded: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and code of every cue, those behind a negation left out where it turns them into nothing."""
    for code, pattern in urgency.PATTERNS.items():
        for match in pattern.finditer(folded):
            before = folded[: match.start()].rsplit(None, urgency.NEGATION_REACH)[-urgency.NEGATION_REACH :]
            is_denied = code in urgency.NEGATABLE and urgency.NEGATIONS & set(before)
            if match.end() > match.start() and not is_denied:
                yield match.start(), match.end(), code


def _start(token: re.Match[str]) -> int:
    before = _BEFORE.match(token[0])
    return token.start() + (before.end() if before and before.end() < len(token[0]) else 0)


def _end(token: re.Match[str]) -> int:
    behind = _BEHIND.search(token[0])
    return token.start() + (behind.start() if behind and behind.start() else len(token[0]))
