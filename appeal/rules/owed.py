"""What an approval still owes after it was given, and until when: a confirmation, reasons, a signature, a review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appeal.rules.signatures import CONFIRM_WITHIN, URGENT_REVIEW
from appeal.rules.words import _

CONFIRMATION, REASONS, FURTHER, REVIEW = "confirmation", "reasons", "further", "review"
WORDS: Mapping[str, str] = {
    CONFIRMATION: _("The approver has to confirm the authority that was given by telephone."),
    REASONS: _("The approver has to give the reasons that the urgent approval left open."),
    FURTHER: _("A further approver has to sign."),
    REVIEW: _("An approver has to look at the urgent approval again: go on without change, or take it down."),
}
# How long before the limit somebody is asked; a confirmation is asked for at once.
ASKED_BEFORE: Mapping[str, tuple[timedelta, ...]] = {
    CONFIRMATION: (CONFIRM_WITHIN, timedelta(hours=2), timedelta(hours=1)),
    REASONS: (timedelta(hours=4), timedelta(hours=1)),
    FURTHER: (timedelta(hours=12), timedelta(hours=4), timedelta(hours=1)),
    REVIEW: (),  # asked as every review is
}


@dataclass(frozen=True)
class Debt:
    """One thing that is owed: a code of `WORDS`, and the moment until which it has to be there."""

    code: str
    until: datetime

    def is_late(self, now: datetime) -> bool:
        """Whether the limit has passed."""
        return self.until <= now


def of(
    approved_at: datetime, *, is_unconfirmed: bool, is_urgent: bool, lacks: Sequence[str], is_reviewed: bool
) -> list[Debt]:
    """What an approval owes; `lacks` says which of `REASONS` and `FURTHER` an urgent one has not got yet."""
    found = [Debt(CONFIRMATION, approved_at + CONFIRM_WITHIN)] if is_unconfirmed else []
    if is_urgent:
        open_ones = [*lacks, *([] if is_reviewed else [REVIEW])]
        found += [Debt(code, approved_at + URGENT_REVIEW) for code in (REASONS, FURTHER, REVIEW) if code in open_ones]
    return found


def to_ask(debts: Sequence[Debt], asked_at: datetime | None, now: datetime) -> list[str]:
    """The codes for which a question is due that was not asked since; each question once."""
    return [
        one.code
        for one in debts
        if any(_is_due(one.until - before, asked_at, now) for before in ASKED_BEFORE[one.code])
    ]


def are_to_tell(debts: Sequence[Debt], told_at: datetime | None, now: datetime) -> bool:
    """Whether a limit has passed of which nobody was told yet."""
    return any(_is_due(one.until, told_at, now) for one in debts)


def _is_due(moment: datetime, done_at: datetime | None, now: datetime) -> bool:
    return moment <= now and (done_at is None or done_at < moment)
