"""Somebody was shown by mistake: the whole order of what follows, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Photo, ToldFirst
from appeal.models.picture import BarredPicture
from appeal.models.release import Channel, Copy
from appeal.rules.endings import MISTAKEN
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import appeals, corrections, force, statements, told

CONTROL_ROOM, PERSON = "control_room", "person"


@dataclass(frozen=True)
class Progress:
    """How far the order has come; `control_room` and `person` are None while they were not told."""

    control_room: ToldFirst | None
    person: ToldFirst | None
    statements: Sequence[tuple[Channel, Copy]]
    barred: int


def declare(actor: Actor, *, appeal_id: int, told_name: str, now: datetime) -> None:
    """The control room was told; from here the program keeps the order.

    Everything comes down, the standing correction follows, the pictures are barred.
    """
    require(actor, Permission.END)
    name = told_name.strip()
    if not 0 < len(name) <= told.NAME_LIMIT:
        raise BadInput(fields={"told_name": _("Write who was told in the control room, by name.")})
    with db.writing() as session:
        appeal = session.get(Appeal, appeal_id, populate_existing=True, with_for_update=True)
        if appeal is None:
            raise NotFound(_("There is no such appeal."))
        known = select(ToldFirst.id).where(ToldFirst.appeal_id == appeal_id, ToldFirst.code == CONTROL_ROOM)
        if session.scalar(known) is None:
            row = ToldFirst(appeal_id=appeal_id, code=CONTROL_ROOM, name=name, told_at=now, officer_id=actor.id)
            session.add(row)
        fields = {"who": CONTROL_ROOM, "name": name}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="tell first", target=target, fields=fields)
        appeals.end(actor, appeal_id=appeal_id, ending=MISTAKEN, now=now)


def progress(appeal_id: int) -> Progress:
    """How far the order has come for an appeal that ended as a mistake."""
    ticked = {one.code: one for one in told.listed(appeal_id)}
    with db.reading() as session:
        channels = {one.id: one for one in session.query(Channel)}
        said = [(channels[one.channel_id], one) for one in statements.of(appeal_id, session)]
        return Progress(ticked.get(CONTROL_ROOM), ticked.get(PERSON), said, _barred(session, appeal_id))


def words() -> Sequence[tuple[str, str]]:
    """The standing correction in each language of the force; empty where none is approved."""
    return [(one, corrections.current(one)) for one in force.settings()["languages"].split()]


def _barred(session: Session, appeal_id: int) -> int:
    own = select(Photo.original_sha256).where(Photo.appeal_id == appeal_id)
    wanted = select(func.count()).select_from(BarredPicture).where(BarredPicture.original_sha256.in_(own))
    return session.scalar(wanted) or 0
