"""What somebody looks for, read from one line: words, starts of words and “phrases”, all of which must be there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from appeal.rules import terms

MOST_ASKED = 300
MOST_TERMS = 12
_PART = re.compile(r'"([^"]*)"|“([^”]*)”|«([^»]*)»|(\S+)')


@dataclass(frozen=True)
class Term:
    """Words that must follow each other; of a single word its start is enough."""

    words: tuple[str, ...]
    is_phrase: bool


def read(asked: str) -> tuple[Term, ...]:
    """The terms of a question; empty if it says nothing that can be looked for."""
    found: list[Term] = []
    for match in _PART.finditer(asked[:MOST_ASKED]):
        quoted = next((group for group in match.groups()[:3] if group is not None), None)
        said = tuple(terms.words(quoted if quoted is not None else match[4]))
        if quoted is not None and said:
            found.append(Term(said, is_phrase=len(said) > 1 or quoted is not None))
        else:
            found += [Term((word,), is_phrase=False) for word in said]
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def hits(term: Term, said: Sequence[str]) -> int:
    """How well a text answers: 2 for each whole match, 1 for each beginning of a word; 0 if it does not."""
    if term.is_phrase:
        length = len(term.words)
        return 2 * sum(tuple(said[at : at + length]) == term.words for at in range(len(said) - length + 1))
    (word,) = term.words
    return sum(2 if one == word else 1 for one in said if one.startswith(word))


def judge(asked: Sequence[Term], said: Sequence[str]) -> int:
    """The sum over all terms; 0 unless every one of them is there."""
    found = [hits(term, said) for term in asked]
    return sum(found) if all(found) else 0
