"""States and the one table of transitions for each thing that has them."""

from collections.abc import Mapping
from enum import StrEnum

from appeal.rules.errors import WrongState
from appeal.rules.words import _, say


class RevisionState(StrEnum):
    """A revision is frozen from `submitted` on."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class CopyState(StrEnum):
    """A delivery to one address; a delivery's own state is computed from its copies."""

    PENDING = "pending"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ASKED = "asked"
    CANCELLED = "cancelled"


class TipState(StrEnum):
    """Where a tip stands in the queue."""

    UNREAD = "unread"
    CLAIMED = "claimed"
    ESCALATED = "escalated"
    DONE = "done"


Transitions = Mapping[StrEnum, frozenset[StrEnum]]

REVISION: Transitions = {
    RevisionState.DRAFT: frozenset({RevisionState.SUBMITTED}),
    RevisionState.SUBMITTED: frozenset({RevisionState.APPROVED, RevisionState.RETURNED}),
    RevisionState.RETURNED: frozenset({RevisionState.SUBMITTED}),
    RevisionState.APPROVED: frozenset({RevisionState.SUPERSEDED}),
    RevisionState.SUPERSEDED: frozenset(),
}

COPY: Transitions = {
    CopyState.PENDING: frozenset({CopyState.HELD, CopyState.QUEUED, CopyState.CANCELLED}),
    CopyState.HELD: frozenset({CopyState.PENDING, CopyState.CANCELLED}),
    CopyState.QUEUED: frozenset({CopyState.SENDING, CopyState.PENDING, CopyState.HELD, CopyState.CANCELLED}),
    CopyState.SENDING: frozenset({CopyState.SENT, CopyState.FAILED, CopyState.UNKNOWN, CopyState.PENDING}),
    CopyState.UNKNOWN: frozenset({CopyState.SENT, CopyState.PENDING, CopyState.ASKED}),
    CopyState.ASKED: frozenset({CopyState.SENT, CopyState.CANCELLED}),
    CopyState.SENT: frozenset(),
    CopyState.FAILED: frozenset(),
    CopyState.CANCELLED: frozenset(),
}

TIP: Transitions = {
    TipState.UNREAD: frozenset({TipState.CLAIMED}),
    TipState.CLAIMED: frozenset({TipState.UNREAD, TipState.ESCALATED, TipState.DONE}),
    TipState.ESCALATED: frozenset({TipState.CLAIMED}),
    TipState.DONE: frozenset({TipState.CLAIMED, TipState.UNREAD}),
}

NOT_YET_OUT = (CopyState.PENDING, CopyState.HELD, CopyState.QUEUED)
MAY_BE_OUT = (CopyState.SENDING, CopyState.SENT, CopyState.UNKNOWN, CopyState.ASKED)

WORDS: Mapping[str, str] = {
    CopyState.PENDING: _("waiting"),
    CopyState.HELD: _("held"),
    CopyState.QUEUED: _("about to go out"),
    CopyState.SENDING: _("going out"),
    CopyState.SENT: _("out"),
    CopyState.FAILED: _("failed"),
    CopyState.UNKNOWN: _("not known yet"),
    CopyState.ASKED: _("waiting for your answer"),
    CopyState.CANCELLED: _("cancelled"),
}


def check(table: Transitions, before: StrEnum, after: StrEnum) -> None:
    """Raise `WrongState` unless the table allows to go from one state to the other."""
    if after not in table[before]:
        raise WrongState(_cannot_become(before, after), detail=f"{before} -> {after}")


def _cannot_become(before: StrEnum, after: StrEnum) -> str:
    names = {"before": WORDS.get(before, str(before)), "after": WORDS.get(after, str(after))}
    return say("This is “%(before)s”; it cannot become “%(after)s”.", **names)


def sources(table: Transitions, after: StrEnum) -> tuple[StrEnum, ...]:
    """All states from which `after` may be reached, for conditional updates."""
    return tuple(before for before, afters in table.items() if after in afters)


def delivery_state(states: Mapping[str, int]) -> str:
    """One word for a delivery from the counts of its copies by state."""
    present = {state for state, count in states.items() if count}
    if not present:
        return "empty"
    for state in (
        CopyState.ASKED,
        CopyState.UNKNOWN,
        CopyState.SENDING,
        CopyState.QUEUED,
        CopyState.HELD,
        CopyState.PENDING,
    ):
        if state in present:
            return state.value
    if CopyState.SENT in present:
        return "sent" if not present & {CopyState.FAILED} else "partly sent"
    return "failed" if CopyState.FAILED in present else "cancelled"
