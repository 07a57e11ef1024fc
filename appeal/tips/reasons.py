"""How a tip can be decided, and why: one table for the page, its keys and the check."""

from collections.abc import Mapping
from dataclasses import dataclass

from appeal.rules.lifecycle import TipState
from appeal.rules.words import _
from appeal.tips.ranking import ABOUT_ME, LIVE, URGENT

DECISIONS: Mapping[str, TipState] = {
    "actioned": TipState.DONE,
    "no_further_action": TipState.DONE,
    "duplicate": TipState.DONE,
    "spam": TipState.DONE,
    "escalate": TipState.ESCALATED,
}


@dataclass(frozen=True)
class Reason:
    """Why a tip was decided so; `key` is the one key that chooses it."""

    code: str
    decision: str
    key: str
    words: str


REASONS: tuple[Reason, ...] = (
    Reason("passed_on", "actioned", "p", _("Passed to officers")),
    Reason("in_case", "actioned", "c", _("Added to the case")),
    Reason("spoken_to", "actioned", "k", _("The person was spoken to")),
    Reason("checked_not", "no_further_action", "n", _("Checked: not the person sought")),
    Reason("too_vague", "no_further_action", "v", _("Too vague to act on")),
    Reason("nothing_said", "no_further_action", "i", _("Says nothing about the appeal")),
    Reason("known_already", "no_further_action", "w", _("Known already")),
    Reason("same_event", "duplicate", "d", _("Tells the same as another tip")),
    Reason("advertising", "spam", "s", _("Advertising")),
    Reason("mockery", "spam", "m", _("A joke or abuse")),
    Reason("danger", "escalate", "e", _("Danger to life")),
    Reason("wrong_person", "escalate", "o", _("Says that the wrong person is shown")),
    Reason("supervisor", "escalate", "x", _("Needs a supervisor")),
)
REASON_CODES: Mapping[str, Reason] = {reason.code: reason for reason in REASONS}

# The 3x5x2 grading: source, information, handling; one sign each.
GRADES: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("source", {"1": _("1 – reliable"), "2": _("2 – untested"), "3": _("3 – not reliable")}),
    (
        "information",
        {
            "A": _("A – known directly to the source"),
            "B": _("B – known indirectly but corroborated"),
            "C": _("C – known indirectly to the source"),
            "D": _("D – not known"),
            "E": _("E – suspected to be false"),
        },
    ),
    ("handling", {"P": _("P – lawful sharing permitted"), "C": _("C – sharing with conditions")}),
)

# A tip in one of these lanes is closed without action only with a sentence that says why.
HIGH_LANES = (LIVE, ABOUT_ME, URGENT)


def is_grade(grade: str) -> bool:
    """Whether it is empty or has one sign of each part."""
    parts = len(grade) == len(GRADES) and all(sign in signs for sign, (_name, signs) in zip(grade, GRADES, strict=True))
    return not grade or parts


def problems(
    decision: str,
    reason: str,
    words: str,
    lane: str,
    duplicate_of: int | None,
    *,
    known: Mapping[str, Reason] = REASON_CODES,
    is_restricted: bool = False,
) -> dict[str, str]:
    """What is wrong with a decision, one sentence for each field; empty if nothing."""
    chosen = known.get(reason)
    is_closing = decision not in {"actioned", "escalate"}
    checks = (
        ("decision", decision not in DECISIONS, _("Choose what to do with this tip.")),
        ("reason", chosen is None or chosen.decision != decision, _("Choose a reason that fits the decision.")),
        ("words", decision == "escalate" and not words, _("Say in one sentence why you escalate.")),
        ("words", is_closing and lane in HIGH_LANES and not words, _("This tip is urgent: say why it needs nothing.")),
        ("words", is_restricted and not words, _("This tip is restricted: say why you decide so.")),
        ("duplicate_of", (decision == "duplicate") != (duplicate_of is not None), _("Name the tip that it repeats.")),
    )
    return {name: sentence for name, is_wrong, sentence in checks if is_wrong}
