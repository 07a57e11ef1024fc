"""What of an appeal may be said again: everything but the person, the matter and the moment."""

from collections.abc import Mapping

from appeal.rules import endings, subjects
from appeal.rules.drafting import FACT_LIMITS, TEXT_LIMITS
from appeal.rules.urgency import fold

# Facts that belong to one matter; those of the person are in the subjects.
OF_THE_MATTER = frozenset(
    {
        "case_reference",
        "when_at",
        "court_order",
        "circulation",
        "circulated_on",
        "kin",
        "missing_risk",
        "alert_age",
        "alert_danger",
        "alert_enough",
    }
)
# Texts that are the force's and name nobody; the others are kept only where nobody is named in them.
COMMON = frozenset({"contact", "danger_own", *endings.TEXTS})
SHORTEST_NAME = 3


def facts(given: Mapping[str, object]) -> dict[str, object]:
    """The facts that a template keeps; subjects keep what they are, not who."""
    names = person_words(given)
    kept = {
        name: value
        for name, value in given.items()
        if name in FACT_LIMITS and name not in OF_THE_MATTER and not _names_somebody(str(value), names)
    }
    kept |= {"channels": given["channels"]} if "channels" in given else {}
    frames = [
        {name: one.get(name, "") for name in ("key", "type", "category", "regime")}
        for one in subjects.subjects_of(given)
        if one.get("key")
    ]
    return {**kept, "subjects": subjects.cleaned(frames)}


def texts(given: Mapping[str, object], written: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The texts that a template keeps, by language and field: none of the subjects', none that names one of them."""
    names = person_words(given)
    return {
        language: {
            name: body
            for name, body in own.items()
            if name in TEXT_LIMITS and (name in COMMON or not _names_somebody(body, names))
        }
        for language, own in written.items()
    }


def person_words(given: Mapping[str, object]) -> frozenset[str]:
    """Every word of every name, other name, plate and serial number that the subjects have, folded."""
    said = [one.get(name, "") for one in subjects.subjects_of(given) for name in ("name", "aliases", "plate", "serial")]
    return frozenset(word for one in said for word in fold(one).split() if len(word) >= SHORTEST_NAME)


def _names_somebody(body: str, names: frozenset[str]) -> bool:
    return bool(names & set(fold(body).split()))
