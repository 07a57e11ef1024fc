"""Desks with their people: who reads there, in which languages and zone, who is on call and how each is reached."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.appeal import Appeal
from appeal.models.paging import OfficerContact
from appeal.models.people import User
from appeal.models.rota import Desk, DeskMember
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.hours import is_zone
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import force

FIRST_NAME = "Desk"
LONGEST_NAME = 80
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
SPACES = re.compile(r"[\s().\-]")


@dataclass(frozen=True)
class Contact:
    """How an officer wants to be paged; the number is empty when none was given."""

    number: str = ""
    by_sms: bool = False
    by_email: bool = True


@dataclass(frozen=True)
class Member:
    """An officer of a desk; `on_call` is the place on its list, 0 for not on it."""

    officer: User
    on_call: int


def every() -> Sequence[Desk]:
    """All desks, the default one first."""
    with db.reading() as session:
        return session.scalars(select(Desk).order_by(Desk.id)).all()


def desk(desk_id: int) -> Desk:
    """One desk; `NotFound` if there is none."""
    with db.reading() as session:
        return _row(session, desk_id)


def default_id(session: Session) -> int | None:
    """The oldest desk, which reads whatever no other does; None before the first rota was made."""
    return session.scalar(select(Desk.id).order_by(Desk.id).limit(1))


def make_default(session: Session) -> int:
    """The default desk's id; the desk is made where there is none yet."""
    known = default_id(session)
    if known is not None:
        return known
    row = Desk(name=FIRST_NAME)
    session.add(row)
    session.flush()
    return row.id


def reading(session: Session, language: str) -> int | None:
    """The desk that reads this language: the first that names it, else the default desk."""
    found = [row for row in session.scalars(select(Desk).order_by(Desk.id)) if language in row.languages.split()]
    return found[0].id if found else default_id(session)


def of_appeal(session: Session, appeal_id: int | None, language: str) -> int | None:
    """The desk that was chosen for an appeal, else the one that reads the language."""
    chosen = session.scalar(select(Appeal.desk_id).where(Appeal.id == appeal_id)) if appeal_id else None
    return chosen or reading(session, language)


def zone(session: Session, desk_id: int | None) -> str:
    """The zone in which a desk's hours are: its own, else the force's."""
    row = session.get(Desk, desk_id) if desk_id else None
    return (row.zone if row else "") or force.settings()["zone"]


def save(
    actor: Actor,
    *,
    desk_id: int | None,
    name: str,
    languages: Sequence[str],
    zone: str,
    expected_version: int,
    now: datetime,
) -> int:
    """Make a desk or change one; returns its id. An empty zone is the force's; `BadInput` names every wrong field."""
    require(actor, Permission.ADMINISTER)
    name = name.strip()
    with db.writing() as session:
        _check(session, desk_id, name, languages, zone)
        row = _row(session, desk_id) if desk_id else Desk(name=name)
        if desk_id and row.version != expected_version:
            raise WrongState(_("Somebody else changed this desk meanwhile. Look at it again."))
        row.name, row.languages, row.zone = name, " ".join(languages), zone
        row.version = (row.version or 0) + 1
        session.add(row)
        session.flush()
        fields = {"name": name, "languages": row.languages, "zone": zone}
        _record(session, actor, "save desk", row.id, now, fields)
        return row.id


def members(desk_id: int) -> Sequence[Member]:
    """Who reads at a desk: those on call in their order, then the others by name; nobody who was let go."""
    with db.reading() as session:
        rows = session.execute(
            select(User, DeskMember.on_call)
            .join(DeskMember, DeskMember.officer_id == User.id)
            .where(DeskMember.desk_id == desk_id, User.active)
            .order_by(DeskMember.on_call == 0, DeskMember.on_call, User.name, User.id)
        )
        return [Member(officer, place) for officer, place in rows]


def on_call(session: Session, desk_id: int) -> Sequence[int]:
    """The officers to page for a desk, in order; nobody who was let go."""
    return session.scalars(
        select(DeskMember.officer_id)
        .join(User, User.id == DeskMember.officer_id)
        .where(DeskMember.desk_id == desk_id, DeskMember.on_call > 0, User.active)
        .order_by(DeskMember.on_call, DeskMember.officer_id)
    ).all()


def set_members(
    actor: Actor, *, desk_id: int, officer_ids: Sequence[int], on_call: Sequence[int], now: datetime
) -> None:
    """Who reads at a desk, and who of them is paged in which order; both lists replace what was there."""
    require(actor, Permission.ADMINISTER)
    order = {officer_id: place for place, officer_id in enumerate(dict.fromkeys(on_call), start=1)}
    with db.writing() as session:
        _row(session, desk_id)
        known = set(session.scalars(select(User.id).where(User.active)))
        if not {*officer_ids, *order} <= known:
            raise BadInput(fields={"members": _("Choose officers who can sign in.")})
        session.query(DeskMember).filter_by(desk_id=desk_id).delete()
        ids = sorted({*officer_ids, *order})
        session.add_all(DeskMember(desk_id=desk_id, officer_id=one, on_call=order.get(one, 0)) for one in ids)
        fields = {"members": " ".join(map(str, ids)), "on_call": " ".join(map(str, order))}
        _record(session, actor, "set desk members", desk_id, now, fields)


def contact(officer_id: int) -> Contact:
    """How an officer wants to be paged, the number opened; only at the desk."""
    with db.reading() as session:
        row = session.get(OfficerContact, officer_id)
    if row is None:
        return Contact()
    number = installation.current().desk_keys.open(row.sealed_number).decode() if row.sealed_number else ""
    return Contact(number, row.by_sms, row.by_email)


def set_contact(actor: Actor, *, number: str, by_sms: bool, by_email: bool, now: datetime) -> None:
    """How the officer who asks wants to be paged; the number is sealed and stands in no record."""
    tidy = SPACES.sub("", number)
    wrong = {}
    if tidy and not NUMBER.fullmatch(tidy):
        wrong["number"] = _("Enter the number with its country, such as +34 600 555 001.")
    elif by_sms and not tidy:
        wrong["number"] = _("A text message needs a number.")
    if not (by_sms or by_email):
        wrong["by_email"] = _("Choose at least one way: nobody could be asked otherwise.")
    if wrong:
        raise BadInput(fields=wrong)
    sealed = installation.current().keys.seal(tidy.encode()) if tidy else b""
    with db.writing() as session:
        session.merge(OfficerContact(officer_id=actor.id, sealed_number=sealed, by_sms=by_sms, by_email=by_email))
        ways = " ".join(name for name, is_chosen in (("sms", by_sms), ("email", by_email)) if is_chosen)
        target = f"officer:{actor.id}"
        ledger.record(session, at=now, actor=actor.label, action="set contact", target=target, fields={"ways": ways})


def _check(session: Session, desk_id: int | None, name: str, languages: Sequence[str], zone: str) -> None:
    wrong = {}
    taken = select(Desk.id).where(Desk.name == name, Desk.id != (desk_id or 0))
    if not 0 < len(name) <= LONGEST_NAME:
        wrong["name"] = _("Give the desk a name of up to 80 characters.")
    elif session.scalar(taken) is not None:
        wrong["name"] = _("There is a desk with this name already.")
    if zone and not is_zone(zone):
        wrong["zone"] = _("There is no such time zone; one looks like Europe/Madrid.")
    if not set(languages) <= set(force.settings()["languages"].split()):
        wrong["languages"] = _("Choose from the languages of the force.")
    if wrong:
        raise BadInput(fields=wrong)


def _row(session: Session, desk_id: int) -> Desk:
    row = session.get(Desk, desk_id)
    if row is None:
        raise NotFound(_("There is no such desk."))
    return row


def _record(session: Session, actor: Actor, action: str, desk_id: int, now: datetime, fields: dict[str, str]) -> None:
    ledger.record(session, at=now, actor=actor.label, action=action, target=f"desk:{desk_id}", fields=fields)
