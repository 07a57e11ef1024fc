"""What a tip says that others do not: words of its own, marked in its text."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from appeal.rules import naming, terms
from appeal.rules.urgency import fold
from appeal.tips import blind

_WORD = re.compile(r"\w+(?:['’]\w+)*")
MOST_ASKED = 60
Parts = tuple[tuple[str, bool], ...]


def rare(session: Session, text: str, appeal_id: int | None) -> frozenset[str]:
    """The words of an indexed text that no other tip of its appeal holds; asked of the blind index, none is opened."""
    said = terms.unique(word for word in terms.words(text) if word in naming.particular([word]))[:MOST_ASKED]
    group = [blind.token(blind.APPEAL, appeal_id or 0)]
    return frozenset(
        word for word in said if len(blind.matches(session, [[blind.token(blind.WORD, word)], group], limit=2)) < 2
    )


def own(text: str, others: Iterable[str]) -> frozenset[str]:
    """The words of a text that none of the others has, also not misspelt."""
    said = naming.particular(terms.words(text))
    known = {naming.skeleton(word) for other in others for word in terms.words(other)}
    return frozenset(word for word in said if naming.skeleton(word) not in known)


def own_of(texts: Mapping[int, str]) -> Mapping[int, frozenset[str]]:
    """For each of several texts what `own` says of it and all the others, at the cost of reading each once."""
    said = {key: naming.particular(terms.words(text)) for key, text in texts.items()}
    holders = Counter(bone for text in texts.values() for bone in {naming.skeleton(one) for one in terms.words(text)})
    return {key: frozenset(word for word in words if holders[naming.skeleton(word)] < 2) for key, words in said.items()}


def marked(text: str, words: frozenset[str]) -> Parts:
    """The text in parts, those of these words marked."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for match in _WORD.finditer(text):
        if words & set(fold(match[0]).split()):
            parts += [(text[at : match.start()], False), (match[0], True)]
            at = match.end()
    return tuple((part, is_new) for part, is_new in [*parts, (text[at:], False)] if part)


def first_lines(text: str, letters: int = 280) -> str:
    """The beginning of a text, cut between words."""
    plain = " ".join(text.split())
    return plain if len(plain) <= letters else plain[:letters].rsplit(" ", 1)[0] + " …"
