"""What an approval has to hold beside the second officer's signature, and what may be owed for a day."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta

from appeal.rules import identification, subjects
from appeal.rules.drafting import ALERT_EVIDENCE, REASONED
from appeal.rules.words import _

# Why a further approver has to sign before the second one does.
FURTHER: Mapping[str, str] = {
    "child": _("Somebody in it may be under 18."),
    "custody": _("It shows a custody picture of a missing person."),
    "naming": _("It names somebody who is suspected and not charged."),
    "sexual": _("It is about a sexual offence: nobody who may be a victim must be recognisable."),
    "alert": _("It is a child alert."),
}
URGENT_HOURS, CHILD_HOURS = 24, 24
TELEPHONE_HOURS = 4
URGENT_REVIEW = timedelta(hours=URGENT_HOURS)
CONFIRM_WITHIN = timedelta(hours=TELEPHONE_HOURS)
PROOF = ALERT_EVIDENCE


def further(kind: str, facts: Mapping[str, object], picture_kinds: Sequence[str]) -> list[str]:
    """The codes of `FURTHER` that hold for a revision, in the order of the table."""
    given = subjects.subjects_of(facts)
    level = identification.LEVELS.get(str(facts.get("level", "")))
    named = any(one.get("name") for one in given)
    holds = {
        "child": any(subjects.is_under_18(one) for one in given),
        "custody": kind == "missing" and "custody" in picture_kinds,
        "naming": bool(level and level.name_needs_decision and named),
        "sexual": facts.get("sexual_offence") == "yes",
        "alert": facts.get("child_alert") == "yes",
    }
    return [code for code in FURTHER if holds[code]]


def may_be_urgent(kind: str, facts: Mapping[str, object]) -> bool:
    """Whether somebody's life may be in danger: a missing person, a child alert, or somebody dangerous at large."""
    return kind == "missing" or str(facts.get("danger", "none")) not in {"none", ""}


def latest_review_hours(codes: Sequence[str], *, is_urgent: bool) -> int | None:
    """Within how many hours the approval has to be looked at again; None when the approver decides."""
    return min([URGENT_HOURS] * is_urgent + [CHILD_HOURS] * ("child" in codes), default=None)


def owed(answers: Mapping[str, str], codes: Sequence[str], *, is_signed_further: bool) -> list[str]:
    """What an urgent approval still owes: the names of reasons that are empty, and the further signature."""
    empty = [name for name in REASONED if not answers.get(name, "").strip()]
    return empty + (["further"] if codes and not is_signed_further else [])


def same_name(first: str, second: str) -> bool:
    """Whether two names may be of one person: the same words in any order, without accents and case."""
    return bool(_folded(first)) and _folded(first) == _folded(second)


def same_words(first: str, second: str) -> bool:
    """Whether two reasons say the same, whatever their spaces and capitals."""
    return bool(first.strip()) and first.casefold().split() == second.casefold().split()


def _folded(name: str) -> frozenset[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return frozenset(plain.casefold().replace(",", " ").split())
