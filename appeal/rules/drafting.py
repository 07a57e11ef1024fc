"""What a draft is made of: facts that hold in every language, texts per language, and what each kind requires."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from appeal.rules import answering, endings, identification, subjects
from appeal.rules.words import _

TEXT_LIMITS: Mapping[str, int] = {
    "title": 120,
    "happened": 2000,
    "place": 200,
    "contact": 400,
    "danger_own": 200,
    **endings.TEXTS,
}

FACT_LIMITS: Mapping[str, int] = {
    "case_reference": 60,
    "area": 120,
    "when_at": 16,
    "level": 20,
    "danger": 20,
    "missing_risk": 8,
    "sexual_offence": 3,
    "child_alert": 3,
    "alert_age": 300,
    "alert_danger": 300,
    "alert_enough": 300,
    "circulation": 12,
    "circulated_on": 10,
    "kin": 12,
    "court_order": 120,
    "may_answer": 8,
    "necessity": 1000,
    "proportionality": 1000,
    "risk": 1000,
}

# codes are stored, the words come from the catalogues
CHOICES: Mapping[str, Mapping[str, str]] = {
    "may_answer": answering.CHOICES,
    "level": {"": _("Choose"), **{code: level.words for code, level in identification.LEVELS.items()}},
    "danger": {
        "none": _("No danger line"),
        "do_not_approach": _("Do not approach. Call {emergency} immediately."),
        "may_be_armed": _("May be armed. Do not approach. Call {emergency} immediately."),
        "may_be_confused": _("May be frightened or confused. Stay nearby and call {emergency}."),
        "own": _("A line of our own, to be dialled by the approver"),
    },
    "missing_risk": {"": _("not assessed"), "low": _("low"), "medium": _("medium"), "high": _("high")},
    "sexual_offence": {"": _("no"), "yes": _("yes")},
    "child_alert": {"": _("no"), "yes": _("yes")},
    "circulation": {
        "": _("not said"),
        "done": _("done"),
        "fast": _("not done, because this cannot wait"),
        "needless": _("not needed: nobody has to be identified"),
    },
    "kin": {
        "": _("not said"),
        "informed": _("informed"),
        "agreed": _("informed and agreed"),
        "refused": _("informed and against it"),
        "not_yet": _("not yet"),
        "nobody": _("nobody to inform"),
    },
}

KIND_WORDS: Mapping[str, str] = {
    "wanted": _("Wanted"),
    "missing": _("Missing"),
    "identify": _("Do you know this person?"),
    "witness": _("Witnesses wanted"),
    "warning": _("Warning"),
}

REASONED = ("necessity", "proportionality", "risk")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "wanted": ("title", "happened", "place", "when_at", "level", "danger", "contact", "case_reference", *REASONED),
    "missing": ("title", "happened", "place", "when_at", "danger", "contact", "case_reference", *REASONED),
    "identify": ("title", "happened", "place", "when_at", "level", "danger", "contact", "case_reference", *REASONED),
    "witness": ("title", "happened", "place", "when_at", "contact", "case_reference", *REASONED),
    "warning": ("title", "happened", "area", "contact", *REASONED),
}
# what a new draft of each kind says already
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "wanted": {"may_answer": answering.DEFAULTS["wanted"], "danger": "do_not_approach"},
    "missing": {
        "may_answer": answering.DEFAULTS["missing"],
        "danger": "may_be_confused",
        "level": identification.DEFAULTS["missing"],
    },
    "identify": {
        "may_answer": answering.DEFAULTS["identify"],
        "danger": "none",
        "level": identification.DEFAULTS["identify"],
    },
    "witness": {
        "may_answer": answering.DEFAULTS["witness"],
        "danger": "none",
        "level": identification.DEFAULTS["witness"],
    },
    "warning": {
        "may_answer": answering.DEFAULTS["warning"],
        "danger": "none",
        "level": identification.DEFAULTS["warning"],
    },
}
ALERT_EVIDENCE = ("alert_age", "alert_danger", "alert_enough")
# facts that only some kinds ask for
ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "missing_risk": ("missing",),
    "child_alert": ("missing",),
    **dict.fromkeys(ALERT_EVIDENCE, ("missing",)),
    "sexual_offence": ("wanted", "identify", "witness", "missing"),
    "kin": ("wanted", "missing", "identify"),
    "level": ("wanted", "identify", "witness"),
}
NOT_PUBLIC = (
    "missing_risk",
    "sexual_offence",
    "child_alert",
    *ALERT_EVIDENCE,
    "circulation",
    "circulated_on",
    "kin",
    "court_order",
    *REASONED,
)

LABELS: Mapping[str, str] = {
    "may_answer": _("Who may answer in public"),
    "title": _("Title"),
    "happened": _("What happened"),
    "place": _("Where"),
    "when_at": _("When"),
    "contact": _("Contact lines"),
    "case_reference": _("Case reference"),
    "area": _("Area"),
    "level": _("How far the person is identified"),
    "danger": _("Danger line"),
    "danger_own": _("Danger line in your own words"),
    "missing_risk": _("Risk to the missing person"),
    "sexual_offence": _("Is it about a sexual offence?"),
    "child_alert": _("Is it a child alert?"),
    "alert_age": _("Evidence that the child is under 18"),
    "alert_danger": _("Evidence of danger to life or of serious harm"),
    "alert_enough": _("Evidence that the public can help"),
    "circulation": _("Shown inside the force first"),
    "circulated_on": _("Shown inside the force on"),
    "kin": _("Next of kin"),
    "court_order": _("Order of the judge: court, number, date"),
    "necessity": _("Why it is necessary"),
    "proportionality": _("Why it is proportionate"),
    "risk": _("Risks to anyone shown or near"),
    **endings.LABELS,
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
        for name in (*REQUIRED[kind], *endings.fields(kind))
        if not str(texts.get(name, facts.get(name, "")) or "").strip()
    ]
    found += _of_subjects(kind, facts, texts)
    found += _of_the_matter(kind, facts, texts)
    found += too_long(facts, texts)
    found += [
        Blocker("pictures", _("Picture %(number)s has no alt text."), {"number": number})
        for number, alt in enumerate(alts, 1)
        if not alt
    ]
    if not channels:
        found.append(Blocker("channels", _("Choose at least one channel.")))
    return found


def answers(kind: str) -> tuple[str, ...]:
    """What an author has to answer on the quick path of a kind: required fields, the subject's name among them."""
    return (*REQUIRED[kind], *(("s1_name",) if kind in subjects.NAMED_KINDS else ()))


def too_long(facts: Mapping[str, object], texts: Mapping[str, str]) -> list[Blocker]:
    """Everything that is longer than it may be, or no number where one belongs."""
    limits = {**FACT_LIMITS, **TEXT_LIMITS, **subjects.limits(facts)}
    given = {**{name: str(value or "") for name, value in facts.items() if name in limits}, **texts}
    found = [_length(name, given[name], limits[name]) for name in given if len(given[name]) > limits.get(name, 10**6)]
    for one in subjects.subjects_of(facts):
        for name, most in subjects.FACTS[one["type"]].items():
            field, value = subjects.text_name(one, name), one.get(name, "")
            found += [_length(field, value, most)] if len(value) > most else []
            if name in subjects.NUMBERS and value and not value.isdecimal():
                found.append(Blocker(field, _("This must be a whole number.")))
    return found


def label(name: str) -> str:
    """The label of any field of a draft, a subject's too."""
    _key, _between, field = name.partition("_")
    return LABELS.get(name) or subjects.LABELS.get(name) or subjects.LABELS.get(field, name)


def _length(name: str, value: str, most: int) -> Blocker:
    words = _("%(label)s has %(count)s characters; %(limit)s is the most.")
    return Blocker(name, words, {"label": label(name), "count": len(value), "limit": most})


def _of_subjects(kind: str, facts: Mapping[str, object], texts: Mapping[str, str]) -> Iterator[Blocker]:
    given = subjects.subjects_of(facts)
    if kind in subjects.BEGINS_WITH and not any(one["type"] == "person" for one in given):
        yield Blocker("subjects", _("Nobody is named or described. Add a person."))
    for one in given:
        wanted = [name for name in ("category", "regime") if one.get("key")]
        wanted += ["name"] if one["type"] == "person" and kind in subjects.NAMED_KINDS else []
        for name in wanted:
            if not one.get(name):
                field = subjects.text_name(one, name)
                yield Blocker(field, _("%(label)s is missing."), {"label": subjects.LABELS[name]})
        for low, high in subjects.RANGES:
            if _is_reversed(one.get(low, ""), one.get(high, "")):
                yield Blocker(subjects.text_name(one, low), _("The first number of a range must not be the larger."))
        for name, reason in subjects.SENSITIVE.items():
            if texts.get(subjects.text_name(one, name)) and not one.get(reason):
                field = subjects.text_name(one, reason)
                yield Blocker(field, _("%(label)s is missing."), {"label": subjects.LABELS[reason]})


def _of_the_matter(kind: str, facts: Mapping[str, object], texts: Mapping[str, str]) -> Iterator[Blocker]:
    level = identification.LEVELS.get(str(facts.get("level", "")))
    if level and kind not in level.kinds:
        yield Blocker("level", _("An appeal of this kind cannot be at this level of identification."))
    if level and level.is_closed:
        yield Blocker("level", _("After an arrest or a charge there is no appeal and no picture. Set the ending."))
    if facts.get("danger") == "own" and not texts.get("danger_own", "").strip():
        yield Blocker("danger_own", _("%(label)s is missing."), {"label": LABELS["danger_own"]})
    if facts.get("child_alert") == "yes":
        for name in ALERT_EVIDENCE:
            if not facts.get(name):
                yield Blocker(name, _("A child alert needs this: %(label)s."), {"label": LABELS[name]})


def _is_reversed(low: str, high: str) -> bool:
    return low.isdecimal() and high.isdecimal() and int(low) > int(high)
