"""The force's list of reasons: those of the house that it uses and those that it has added, each with its key."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from appeal import db, ledger
from appeal.models.closing import ClosingReason
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import reasons
from appeal.tips.reasons import Reason

MOST, MOST_LETTERS = 30, 80
OWN = "own_"
# Without these a tip could not be escalated, or called a repetition or spam.
ALWAYS = frozenset({"supervisor", "same_event", "advertising"})


def known() -> Mapping[str, Reason]:
    """Every reason that a tip can ever have had, by code: also those that are not used any more."""
    return {**reasons.REASON_CODES, **{row.code: _reason(row) for row in _rows() if row.words}}


def current() -> Sequence[Reason]:
    """The reasons in use, in the order of the decisions they belong to."""
    rows = _rows()
    off = {row.code for row in rows if row.is_off}
    whole = [*reasons.REASONS, *(_reason(row) for row in rows if row.words)]
    order = list(reasons.DECISIONS)
    return sorted((one for one in whole if one.code not in off), key=lambda one: order.index(one.decision))


def add(actor: Actor, *, decision: str, key: str, words: str, now: datetime) -> str:
    """Add a reason in the force's own words; its key may not be that of another. Returns the code."""
    require(actor, Permission.ADMINISTER)
    plain, sign = " ".join(words.split()), key.strip().lower()
    used = {one.key for one in known().values()}
    wrong = {
        name: sentence
        for name, is_wrong, sentence in (
            ("decision", decision not in reasons.DECISIONS, _("Choose what to do with this tip.")),
            ("words", not plain or len(plain) > MOST_LETTERS, _("Write the reason, 80 characters at most.")),
            ("key", len(sign) != 1 or not sign.isprintable(), _("One letter, figure or sign.")),
            ("key", sign in used, _("Another reason has this key.")),
        )
        if is_wrong
    }
    if wrong:
        raise BadInput(fields=wrong)
    with db.writing() as session:
        numbers = [int(code.removeprefix(OWN)) for code in session.scalars(select(ClosingReason.code)) if OWN in code]
        if len(numbers) >= MOST:
            raise BadInput(fields={"words": _("These are many reasons already: switch some off first.")})
        code = f"{OWN}{max(numbers, default=0) + 1}"
        session.add(ClosingReason(code=code, decision=decision, key=sign, words=plain))
        ledger.record(session, at=now, actor=actor.label, action="add closing reason", target="force", words=plain)
    return code


def switch(actor: Actor, *, code: str, is_off: bool, now: datetime) -> None:
    """Use a reason no more, or again; what was decided with it keeps its words."""
    require(actor, Permission.ADMINISTER)
    one = known().get(code)
    if one is None:
        raise NotFound(_("There is no such reason."))
    if is_off and code in ALWAYS:
        raise BadInput(_("The desk cannot work without this reason."))
    with db.writing() as session:
        row = session.get(ClosingReason, code) or ClosingReason(code=code, decision=one.decision, key=one.key, words="")
        row.is_off = is_off
        session.add(row)
        action = "switch reason off" if is_off else "switch reason on"
        ledger.record(session, at=now, actor=actor.label, action=action, target="force", reason_code=code)


def listed() -> Sequence[tuple[Reason, bool, bool]]:
    """All reasons with whether each is in use and whether it can be switched off, in the order of the decisions."""
    used = {one.code for one in current()}
    order = list(reasons.DECISIONS)
    whole = sorted(known().values(), key=lambda one: order.index(one.decision))
    return [(one, one.code in used, one.code not in ALWAYS) for one in whole]


def _rows() -> Sequence[ClosingReason]:
    with db.reading() as session:
        return session.scalars(
            select(ClosingReason).order_by(ClosingReason.code), execution_options={"populate_existing": True}
        ).all()


def _reason(row: ClosingReason) -> Reason:
    return Reason(row.code, row.decision, row.key, row.words)
