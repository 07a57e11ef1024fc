"""What a draft is made of: facts that hold in every language, texts per language, and what each kind requires."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appeal.rules.words import _

TEXT_LIMITS: Mapping[str, int] = {
    "title": 120,
    "happened": 2000,
    "place": 200,
    "clothing": 300,
    "marks": 300,
    "contact": 400,
}

FACT_LIMITS: Mapping[str, int] = {
    "case_reference": 60,
    "area": 120,
    "when_at": 16,
    "subject_name": 120,
    "age_from": 3,
    "age_to": 3,
    "height_from": 3,
    "height_to": 3,
    "sex": 10,
    "build": 10,
    "hair": 10,
    "eyes": 10,
    "danger": 20,
    "necessity": 1000,
    "proportionality": 1000,
    "risk": 1000,
}

NUMBERS = ("age_from", "age_to", "height_from", "height_to")

# codes are stored, the words come from the catalogues
CHOICES: Mapping[str, Mapping[str, str]] = {
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
    "danger": {
        "none": _("No danger line"),
        "do_not_approach": _("Do not approach. Call {emergency} immediately."),
        "may_be_armed": _("May be armed. Do not approach. Call {emergency} immediately."),
        "may_be_confused": _("May be frightened or confused. Stay nearby and call {emergency}."),
    },
}

KIND_WORDS: Mapping[str, str] = {
    "wanted": _("Wanted"),
    "missing": _("Missing"),
    "identify": _("Do you know this person?"),
    "witness": _("Witnesses wanted"),
    "warning": _("Warning"),
}

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "wanted": (
        "title",
        "happened",
        "place",
        "when_at",
        "subject_name",
        "danger",
        "contact",
        "case_reference",
        "necessity",
        "proportionality",
    ),
    "missing": (
        "title",
        "happened",
        "place",
        "when_at",
        "subject_name",
        "danger",
        "contact",
        "case_reference",
        "necessity",
        "proportionality",
    ),
    "identify": (
        "title",
        "happened",
        "place",
        "when_at",
        "danger",
        "contact",
        "case_reference",
        "necessity",
        "proportionality",
    ),
    "witness": ("title", "happened", "place", "when_at", "contact", "case_reference", "necessity", "proportionality"),
    "warning": ("title", "happened", "area", "contact", "necessity", "proportionality"),
}

LABELS: Mapping[str, str] = {
    "title": _("Title"),
    "happened": _("What happened"),
    "place": _("Where"),
    "when_at": _("When"),
    "subject_name": _("Name of the person"),
    "clothing": _("Clothing"),
    "marks": _("Distinguishing marks"),
    "contact": _("Contact lines"),
    "case_reference": _("Case reference"),
    "area": _("Area"),
    "danger": _("Danger line"),
    "necessity": _("Why it is necessary"),
    "proportionality": _("Why it is proportionate"),
    "risk": _("Risks to anyone shown or near"),
}


@dataclass(frozen=True)
class Blocker:
    """One thing that still stops submitting: its field and a sentence whose %(names)s stand in `values`."""

    field: str
    words: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.words % self.values if self.values else self.words


def blockers(
    kind: str, facts: Mapping[str, object], texts: Mapping[str, str], alts: Sequence[str], channels: Sequence[int]
) -> list[Blocker]:
    """What still blocks a draft in the main language; empty when it can be submitted."""
    found = [
        Blocker(name, _("%(label)s is missing."), {"label": LABELS[name]})
        for name in REQUIRED[kind]
        if not str(texts.get(name, facts.get(name, "")) or "").strip()
    ]
    found += too_long(facts, texts)
    found += [
        Blocker("pictures", _("Picture %(number)s has no alt text."), {"number": number})
        for number, alt in enumerate(alts, 1)
        if not alt
    ]
    if not channels:
        found.append(Blocker("channels", _("Choose at least one channel.")))
    return found


def too_long(facts: Mapping[str, object], texts: Mapping[str, str]) -> list[Blocker]:
    """Everything that is longer than it may be, or no number where one belongs."""
    limits = {**FACT_LIMITS, **TEXT_LIMITS}
    given = {**{name: str(value or "") for name, value in facts.items()}, **texts}
    found = [
        Blocker(
            name,
            _("%(label)s has %(count)s characters; %(limit)s is the most."),
            {"label": LABELS.get(name, name), "count": len(value), "limit": limits[name]},
        )
        for name, value in given.items()
        if name in limits and len(value) > limits[name]
    ]
    wrong = [name for name in NUMBERS if given.get(name) and not given[name].isdigit()]
    return found + [Blocker(name, _("This must be a whole number.")) for name in wrong]
