"""Several tips with one press: decided or closed unread, and all of it undone with another press."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.desk import BulkAct, Rereading
from appeal.models.tip import Assessment, Tip
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.tips import names, own_reasons, readings, rereading, visible
from appeal.tips.ranking import URGENT, URGENT_FLOOR
from appeal.tips.reasons import HIGH_LANES, Reason

MOST = 500
KEEP, LIFT, UNDONE = "keep", "lift", "undone"
# The decisions that several tips may get together.
CLOSING = ("actioned", "no_further_action", "spam")
# What a skimmed or chosen tip can become beside the reasons that close it.
_FREE = {"claimed_by_id": None, "claim_until": None}
_PLAIN = {"synchronize_session": False}
# What undoing puts back.
_KEPT = ("state", "lane", "score", "rank", "reasons", "is_closed_unread", "lead_id")


@dataclass(frozen=True)
class Outcome:
    """The act by which it can be undone, how many tips were decided, and which were left, each with a sentence."""

    act_id: int
    done: int
    left: Mapping[int, str]


def decide(actor: Actor, *, choices: Mapping[int, str], kind: str, now: datetime) -> Outcome:
    """Decide tips that the actor holds or nobody holds: `keep`, `lift` or a closing reason for each.

    A tip of a high lane, one that points away and one that somebody else holds are left as they are.
    """
    require(actor, Permission.ASSESS)
    if len(choices) > MOST:
        raise BadInput(_("These are too many at once: 500 at most."))
    left: dict[int, str] = {}
    with db.writing() as session:
        act = BulkAct(officer_id=actor.id, kind=kind, before=[], done_at=now)
        session.add(act)
        session.flush()
        before = []
        for tip in _tips(session, actor, choices):
            kept = {name: getattr(tip, name) for name in _KEPT}
            sentence = _carry_out(session, actor, tip, choices[tip.id], act.id, now)
            if sentence:
                left[tip.id] = sentence
            else:
                before.append({"id": tip.id, **kept})
        act.before = before
        fields = {"tips": " ".join(str(one["id"]) for one in before)}
        ledger.record(
            session,
            at=now,
            actor=actor.label,
            action=f"decide together: {kind}",
            target=f"bulk:{act.id}",
            fields=fields,
        )
        return Outcome(act.id, len(before), left)


def undo(actor: Actor, *, act_id: int, now: datetime) -> int:
    """Put back every tip of the act that nobody touched since; how many. That its decisions do not hold is kept."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        act = session.get(BulkAct, act_id)
        if act is None or act.officer_id != actor.id:
            raise NotFound(_("There is nothing of yours to undo."))
        if act.undone_at is not None:
            raise WrongState(_("This was undone already."))
        act.undone_at = now
        count = sum(_put_back(session, one, act_id, now) for one in act.before)
        ledger.record(session, at=now, actor=actor.label, action="undo together", target=f"bulk:{act_id}")
        return count


def latest(actor: Actor) -> BulkAct | None:
    """The officer's newest act that can be undone."""
    wanted = select(BulkAct).where(BulkAct.officer_id == actor.id, BulkAct.undone_at.is_(None))
    with db.reading() as session:
        return session.scalar(wanted.order_by(BulkAct.id.desc()).limit(1))


def _tips(session: Session, actor: Actor, choices: Mapping[int, str]) -> Sequence[Tip]:
    seen = select(Tip).where(Tip.id.in_(choices), visible.condition(actor)).order_by(Tip.rank, Tip.id)
    return session.scalars(seen.execution_options(populate_existing=True)).all()


def _carry_out(session: Session, actor: Actor, tip: Tip, choice: str, act_id: int, now: datetime) -> str:
    """Do it, or say why not."""
    is_mine = tip.state == TipState.CLAIMED and tip.claimed_by_id == actor.id
    if tip.state == TipState.DONE or not (is_mine or tip.state == TipState.UNREAD):
        return _("Somebody else has it, or it is done already.")
    if choice == KEEP:
        return "" if not is_mine or _change(session, tip, {"state": TipState.UNREAD}) else _("It changed meanwhile.")
    if choice == LIFT:
        _lift(session, tip)
        return ""
    reason = own_reasons.known().get(choice)
    if reason is None or reason.decision not in CLOSING:
        return _("This cannot be decided together with others.")
    if tip.lane in HIGH_LANES or tip.points_away or tip.is_restricted:
        return _("This one is urgent, restricted or points away from the person sought: open it to decide.")
    _close(session, actor, tip, reason, act_id, now)
    return ""


def _close(session: Session, actor: Actor, tip: Tip, reason: Reason, act_id: int, now: datetime) -> None:
    is_unread = not readings.is_opened(session, tip.id)
    decision, code = reason.decision, reason.code
    _change(session, tip, {"state": TipState.DONE, "done_at": now, "is_closed_unread": is_unread})
    about = {"tip_id": tip.id, "officer_id": actor.id, "decision": decision, "reason": code, "decided_at": now}
    session.add(Assessment(**about, is_unread=is_unread, bulk_id=act_id))
    rereading.ask(session, tip, actor, decision, now)


def _lift(session: Session, tip: Tip) -> None:
    lane = tip.lane if tip.lane in HIGH_LANES else URGENT
    reasons = tip.reasons if "lifted" in tip.reasons else [*tip.reasons, "lifted"]
    if tip.state == TipState.CLAIMED:
        _change(session, tip, {"state": TipState.UNREAD})
    names.lift(session, tip.id, lane, max(tip.score, URGENT_FLOOR), tip.received_at, reasons)


def _change(session: Session, tip: Tip, values: Mapping[str, Any]) -> bool:
    same = (Tip.id == tip.id, Tip.state == tip.state, Tip.claimed_by_id.is_not_distinct_from(tip.claimed_by_id))
    order = update(Tip).where(*same).values(_FREE | dict(values)).returning(Tip.id)
    return session.scalar(order, execution_options=_PLAIN) is not None


def _put_back(session: Session, kept: Mapping[str, Any], act_id: int, now: datetime) -> bool:
    """Whether it could be put back: nobody holds it and no later decision was taken on it."""
    tip = session.get(Tip, int(kept["id"]), populate_existing=True)
    own = select(Assessment).where(Assessment.tip_id == kept["id"]).order_by(Assessment.id.desc()).limit(1)
    last = session.scalar(own)
    if (
        tip is None
        or tip.state == TipState.CLAIMED
        or (tip.state == TipState.DONE and (last is None or last.bulk_id != act_id))
    ):
        return False
    values = {name: kept[name] for name in _KEPT if name != "lead_id"}
    values["state"] = TipState.UNREAD if values["state"] == TipState.CLAIMED else values["state"]
    session.execute(
        update(Tip).where(Tip.id == tip.id).values(values | _FREE | {"done_at": None}), execution_options=_PLAIN
    )
    if last is not None and last.bulk_id == act_id:
        about = {"tip_id": tip.id, "officer_id": last.officer_id, "decision": UNDONE, "reason": UNDONE}
        session.add(Assessment(**about, decided_at=now, bulk_id=act_id))
        session.execute(delete(Rereading).where(Rereading.tip_id == tip.id, Rereading.read_at.is_(None)))
    return True
