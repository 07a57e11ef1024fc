"""Who or what an appeal is about: persons, vehicles and items, with what is known of each.

A subject is a flat mapping: `key` (s1, s2 …), `type`, `category`, `regime` and the facts of its type. What is said of
it in a language is a text of the revision, named by key and field (`s1_clothing`). A code stands beside the words that
somebody used: `hair` is a code, `hair_words` the text, and where both are given the text is what the public reads.
"""

import re
from collections.abc import Mapping, Sequence

from appeal.rules.words import _

MOST = 10
KEY = re.compile(r"s[1-9]\d?")
Given = Mapping[str, str]

TYPES: Mapping[str, str] = {"person": _("A person"), "vehicle": _("A vehicle"), "item": _("An item")}
ADD: Mapping[str, str] = {"person": _("Add a person"), "vehicle": _("Add a vehicle"), "item": _("Add an item")}

CATEGORIES: Mapping[str, str] = {
    "suspect": _("suspect"),
    "convicted": _("convicted"),
    "victim": _("victim"),
    "witness": _("witness or other person"),
    "missing": _("missing person"),
}
REGIMES: Mapping[str, str] = {
    "law_enforcement": _("law-enforcement rules"),
    "general": _("general data protection rules"),
}
# kind of appeal: category and legal regime of its subjects unless the author says otherwise
DEFAULTS: Mapping[str, tuple[str, str]] = {
    "wanted": ("suspect", "law_enforcement"),
    "missing": ("missing", "general"),
    "identify": ("witness", "law_enforcement"),
    "witness": ("witness", "law_enforcement"),
    "warning": ("suspect", "law_enforcement"),
}
# kinds that are about somebody from the first minute; the others begin without a subject
BEGINS_WITH: Mapping[str, str] = {"wanted": "person", "missing": "person", "identify": "person"}
NAMED_KINDS = ("wanted", "missing")

_EVERY = {"category": 20, "regime": 20}
FACTS: Mapping[str, Mapping[str, int]] = {
    "person": {
        "name": 120,
        "aliases": 200,
        "age_from": 3,
        "age_to": 3,
        "height_from": 3,
        "height_to": 3,
        "sex": 10,
        "build": 10,
        "hair": 10,
        "eyes": 10,
        "languages": 120,
        "seen_at": 16,
        "ethnicity_reason": 300,
        "health_reason": 300,
        **_EVERY,
    },
    "vehicle": {"plate": 20, "make": 60, "model": 60, "colour": 10, **_EVERY},
    "item": {"make": 60, "serial": 60, **_EVERY},
}
TEXTS: Mapping[str, Mapping[str, int]] = {
    "person": {
        "clothing": 300,
        "marks": 300,
        "hair_words": 120,
        "eyes_words": 120,
        "seen_place": 200,
        "ethnicity": 80,
        "health": 300,
    },
    "vehicle": {"colour_words": 80, "details": 300},
    "item": {"what": 120, "details": 300},
}
NUMBERS = ("age_from", "age_to", "height_from", "height_to")
RANGES = (("age_from", "age_to"), ("height_from", "height_to"))
# what is said only with a reason, and where the reason stands
SENSITIVE: Mapping[str, str] = {"ethnicity": "ethnicity_reason", "health": "health_reason"}
NOT_PUBLIC = ("category", "regime", *SENSITIVE.values())

CHOICES: Mapping[str, Mapping[str, str]] = {
    "category": CATEGORIES,
    "regime": REGIMES,
    "sex": {"": _("not known"), "woman": _("woman"), "man": _("man"), "other": _("other")},
    "build": {
        "": _("not known"),
        "slim": _("slim"),
        "medium": _("medium"),
        "heavy": _("heavy"),
        "athletic": _("athletic"),
    },
    "hair": {
        "": _("not known"),
        "black": _("black hair"),
        "brown": _("brown hair"),
        "blond": _("blond hair"),
        "red": _("red hair"),
        "grey": _("grey hair"),
        "bald": _("bald"),
    },
    "eyes": {
        "": _("not known"),
        "brown": _("brown eyes"),
        "blue": _("blue eyes"),
        "green": _("green eyes"),
        "grey": _("grey eyes"),
    },
    "colour": {
        "": _("not known"),
        "black": _("black"),
        "white": _("white"),
        "grey": _("grey"),
        "blue": _("blue"),
        "red": _("red"),
        "green": _("green"),
        "yellow": _("yellow"),
        "brown": _("brown"),
    },
}
# words beside a code: the field of the text that is shown instead of the code
RAW: Mapping[str, str] = {"hair": "hair_words", "eyes": "eyes_words", "colour": "colour_words"}

LABELS: Mapping[str, str] = {
    "name": _("Name of the person"),
    "aliases": _("Other names"),
    "age_from": _("Age from"),
    "age_to": _("Age to"),
    "height_from": _("Height from, in cm"),
    "height_to": _("Height to, in cm"),
    "sex": _("Sex"),
    "build": _("Build"),
    "hair": _("Hair"),
    "hair_words": _("Hair, in words"),
    "eyes": _("Eyes"),
    "eyes_words": _("Eyes, in words"),
    "clothing": _("Clothing"),
    "marks": _("Distinguishing marks"),
    "languages": _("Languages spoken"),
    "seen_at": _("Last seen"),
    "seen_place": _("Where last seen"),
    "ethnicity": _("Ethnicity"),
    "ethnicity_reason": _("Why ethnicity has to be said"),
    "health": _("Health"),
    "health_reason": _("Why health has to be said"),
    "plate": _("Number plate"),
    "make": _("Make"),
    "model": _("Model"),
    "colour": _("Colour"),
    "colour_words": _("Colour, in words"),
    "details": _("Anything else that shows which one it is"),
    "serial": _("Serial number"),
    "what": _("What it is"),
    "category": _("Data of whom"),
    "regime": _("Legal regime"),
}
# the fields that flat facts of one person had before there could be several
_EARLIER = ("age_from", "age_to", "height_from", "height_to", "sex", "build", "hair", "eyes")


def subjects_of(facts: Mapping[str, object]) -> list[dict[str, str]]:
    """The subjects of a revision in their order; one without key where it is flat facts."""
    given = facts.get("subjects")
    if isinstance(given, list | tuple):
        return [{name: str(value) for name, value in one.items()} for one in given if isinstance(one, Mapping)]
    flat = {name: str(facts[name]) for name in _EARLIER if facts.get(name)}
    name = str(facts.get("subject_name", "") or "")
    return [{"key": "", "type": "person", "name": name, **flat}] if name or flat else []


def text_name(subject: Given, field: str) -> str:
    """Under which name a text of a subject is kept among the texts of the revision."""
    return f"{subject['key']}_{field}" if subject.get("key") else field


def cleaned(given: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    """Subjects as they are kept: known types and fields only, at most ten, each key once."""
    kept: dict[str, dict[str, str]] = {}
    for one in given:
        key, what = str(one.get("key", "")), str(one.get("type", ""))
        if KEY.fullmatch(key) and what in TYPES:
            said = {name: str(one.get(name) or "").strip() for name in FACTS[what]}
            kept[key] = {"key": key, "type": what, **said, **_codes(said)}
    return list(kept.values())[:MOST]


def begun(kind: str, what: str, others: Sequence[Given]) -> dict[str, str]:
    """A new subject of a kind of appeal, with the next free key and the category and regime of the kind."""
    taken = {one["key"] for one in others}
    key = next(name for number in range(1, 100) if (name := f"s{number}") not in taken)
    category, regime = DEFAULTS[kind]
    return cleaned([{"key": key, "type": what, "category": category, "regime": regime}])[0]


def limits(facts: Mapping[str, object]) -> dict[str, int]:
    """How long each text of each subject may be, by the name it is kept under."""
    return {text_name(one, field): most for one in subjects_of(facts) for field, most in TEXTS[one["type"]].items()}


def is_under_18(subject: Given) -> bool:
    """Whether a person may be a child: the lower end of the age decides."""
    low = subject.get("age_from") or subject.get("age_to") or ""
    return low.isdigit() and int(low) < 18


def _codes(said: Given) -> dict[str, str]:
    """Normalised codes beside what was typed: a plate is compared without spaces and in capitals."""
    plate = re.sub(r"[^0-9A-Z]", "", said.get("plate", "").upper())
    return {"plate_code": plate} if plate else {}
