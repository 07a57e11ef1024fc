"""What a revision says, as pairs of label and value in the officer's language."""

from collections.abc import Mapping
from datetime import datetime

from appeal.models.appeal import Revision
from appeal.pages import moment_in_words, translate
from appeal.routes.desk.gate import language
from appeal.rules import drafting, hours, subjects
from appeal.rules.words import _
from appeal.services import lines

Pairs = list[tuple[str, str]]
SILENT = {("danger", "none"), ("sexual_offence", ""), ("child_alert", "")}


def public(revision: Revision, settings: Mapping[str, str]) -> Pairs:
    """The facts that the public may read, and the level of identification that decides what may be said."""
    names = [name for name in drafting.FACT_LIMITS if name not in drafting.NOT_PUBLIC]
    return _pairs(revision, names, settings)


def inner(revision: Revision, settings: Mapping[str, str]) -> Pairs:
    """The facts for the approver alone, without the author's reasons."""
    names = [name for name in drafting.NOT_PUBLIC if name not in drafting.REASONED]
    return _pairs(revision, names, settings)


def of_subjects(revision: Revision, settings: Mapping[str, str]) -> list[tuple[str, Pairs]]:
    """Each subject: what it is, and everything that is given of it in any language."""
    return [(subjects.TYPES[one["type"]], _of(one, revision, settings)) for one in subjects.subjects_of(revision.facts)]


def _of(one: Mapping[str, str], revision: Revision, settings: Mapping[str, str]) -> Pairs:
    said = [(name, one.get(name, "")) for name in subjects.FACTS[one["type"]]]
    pairs = [(_label(name), _value(name, value, settings, subjects.CHOICES)) for name, value in said if value]
    for name in subjects.TEXTS[one["type"]]:
        kept = subjects.text_name(one, name)
        pairs += [
            (f"{_label(name)} ({row.language})", row.body) for row in revision.texts if row.field == kept and row.body
        ]
    return pairs


def _pairs(revision: Revision, names: list[str], settings: Mapping[str, str]) -> Pairs:
    said = [(name, str(revision.facts.get(name, "") or "")) for name in names]
    given = [(name, value) for name, value in said if value and (name, value) not in SILENT]
    return [(_label(name), _value(name, value, settings, drafting.CHOICES)) for name, value in given]


def _label(name: str) -> str:
    return translate(language(), drafting.label(name))


def _value(name: str, value: str, settings: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> str:
    if name in {"when_at", "seen_at"}:
        moment = hours.instant(settings["zone"], datetime.fromisoformat(value))
        return moment_in_words(moment, settings["zone"], language())
    if name == "danger":
        return lines.dangers(language()).get(value, value)
    words = choices.get(name, {}).get(value)
    return translate(language(), words) if words else value


def differences(before: Revision, after: Revision, settings: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Label, earlier and later value of everything in which two revisions differ, pictures too."""
    first, second = _everything(before, settings), _everything(after, settings)
    labels = dict.fromkeys([*first, *second])
    return [
        (label, first.get(label, ""), second.get(label, ""))
        for label in labels
        if first.get(label, "") != second.get(label, "")
    ]


def _everything(revision: Revision, settings: Mapping[str, str]) -> dict[str, str]:
    found = dict([*public(revision, settings), *inner(revision, settings)])
    found |= {_label(name): str(revision.facts.get(name, "") or "") for name in drafting.REASONED}
    for number, (words, pairs) in enumerate(of_subjects(revision, settings), start=1):
        found |= {f"{translate(language(), words)} {number}: {label}": value for label, value in pairs}
    own = [one for one in revision.texts if one.field in drafting.TEXT_LIMITS]
    found |= {f"{_label(one.field)} ({one.language})": one.body for one in own}
    for number, one in enumerate(revision.pictures, start=1):
        said = "; ".join(words for words in one.alt.values() if words)
        found[translate(language(), _("Picture %(number)s"), number=number)] = (
            f"{one.photo.original_sha256[:12]} {said}"
        )
    return found
