"""Texts that are said in the reader's language: marks for the catalogues, and sentences that keep their values."""

import json
from collections.abc import Iterable, Mapping

# Stands between pattern and values where a sentence is kept in a column; no text that a person types holds it.
BETWEEN = "\x1f"


def _(text: str) -> str:
    """The same text; the message extraction finds it by this name."""
    return text


class Sentence(str):
    """Reads as English like any text, and keeps pattern and values so that `pages.translate` says it in another."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: Mapping[str, object]

    def __new__(cls, pattern: str, values: Mapping[str, object]) -> "Sentence":
        """The English of it; KeyError if the pattern names a value that is not given."""
        made = super().__new__(cls, pattern % values)
        made.pattern, made.values = pattern, dict(values)
        return made


def say(pattern: str, **values: object) -> Sentence:
    """A sentence with `%(name)s` places, found by the message extraction; values may be sentences themselves."""
    return Sentence(pattern, values)


def joined(parts: Iterable[str], between: str = " ") -> Sentence:
    """Several texts as one, each still said in the reader's language."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Sentence(between.replace("%", "%%").join(f"%({name})s" for name in values), values)


def kept(text: str) -> str:
    """The text as a column keeps it: a sentence with its pattern and values, any other text as it is."""
    if not isinstance(text, Sentence):
        return text
    values = {name: kept(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return text.pattern + BETWEEN + json.dumps(values, ensure_ascii=False, default=str)


def recalled(text: str) -> str:
    """What `kept` wrote, a sentence again; any other text as it is, also one that only looks like a sentence."""
    pattern, found, values = text.partition(BETWEEN)
    if isinstance(text, Sentence) or not found:
        return text
    try:
        read = json.loads(values)
        return Sentence(pattern, {name: recalled(one) if isinstance(one, str) else one for name, one in read.items()})
    except (ValueError, KeyError, TypeError, AttributeError):
        return text.replace(BETWEEN, " ")
