"""Overrides as cover: who reads for one appeal outside the hours, paged until somebody accepts.

From the moment of accepting it is a staffed window: the appeal's deliveries go, and the public is told that somebody
reads. Nobody accepted, an approver may still let the appeal go; then nobody is said to read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal
from appeal.models.people import User
from appeal.models.rota import Override
from appeal.rules import hours
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.paging import COVER
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import desks, officers, paging
from appeal.services.paging import Status

LONGEST_OVERRIDE = timedelta(hours=24)
LONGEST_REASON = 300
NOBODY_ACCEPTED = _("Nobody has accepted to read.")


@dataclass(frozen=True)
class Shown:
    """One override as the appeal's page shows it; `reading_since` is None while nobody has accepted."""

    override: Override
    reader: str
    reading_since: datetime | None
    asked: Status | None


def readers_to_choose() -> Sequence[User]:
    """Officers who may read answers, by name."""
    with db.reading() as session:
        return officers.with_permission(session, Permission.READ_TIPS)


def override(actor: Actor, *, appeal_id: int, reader_id: int, reason: str, ends_at: datetime, now: datetime) -> int:
    """Ask a named officer to read for one appeal until then; returns the override's id.

    Whoever names themselves has accepted; everybody else is paged, and the next ones after five minutes.
    """
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        may_read = {one.id: one.name for one in officers.with_permission(session, Permission.READ_TIPS)}
        _check(reader_id in may_read, reason, ends_at, now)
        if session.get(Appeal, appeal_id) is None:
            raise NotFound("There is no such appeal.")
        row = Override(
            appeal_id=appeal_id,
            officer_id=actor.id,
            reader=may_read[reader_id],
            reader_id=reader_id,
            reason=reason,
            starts_at=now,
            ends_at=ends_at,
            created_at=now,
            accepted_at=now if reader_id == actor.id else None,
        )
        session.add(row)
        session.flush()
        _note(session, actor, row, now)
        if row.accepted_at is None:
            row.page_id = _ask(session, row, now)
        return row.id


def release_uncovered(actor: Actor, *, override_id: int, now: datetime) -> None:
    """Let the appeal go although nobody has accepted to read; who decided so stands in the ledger."""
    require(actor, Permission.APPROVE)
    with db.writing() as session:
        row = session.get(Override, override_id, populate_existing=True, with_for_update={"of": Override})
        if row is None:
            raise NotFound("There is no such override.")
        if reading_since(row) is not None or row.released_at is not None or row.ends_at <= now:
            raise WrongState(_("This override needs no decision any more."))
        row.released_at = now
        ledger.record(
            session,
            at=now,
            actor=actor.label,
            action="release without reader",
            target=f"appeal:{row.appeal_id}",
            words=NOBODY_ACCEPTED,
        )


def shown(appeal_id: int, *, now: datetime) -> list[Shown]:
    """The overrides of an appeal that are not over, newest first."""
    with db.reading() as session:
        wanted = select(Override).where(Override.appeal_id == appeal_id, Override.ends_at > now)
        rows = session.scalars(wanted.order_by(Override.id.desc()).execution_options(populate_existing=True)).all()
    return [_shown(row) for row in rows]


def covers(session: Session, appeal_id: int) -> Iterator[hours.Cover]:
    """When this appeal may go outside the hours: somebody accepted to read, or an approver decided without."""
    for row in _rows(session, appeal_id):
        since = reading_since(row) or row.released_at
        if since is not None and since < row.ends_at:
            yield hours.Cover(max(row.starts_at, since), row.ends_at)


def readers(session: Session) -> Iterator[hours.Cover]:
    """When somebody reads outside the hours, for whichever appeal."""
    for row in _rows(session, None):
        since = reading_since(row)
        if since is not None and since < row.ends_at:
            yield hours.Cover(max(row.starts_at, since), row.ends_at)


def covered_appeals(session: Session) -> Sequence[int]:
    """Every appeal that ever had an override."""
    return session.scalars(select(Override.appeal_id).distinct().order_by(Override.appeal_id)).all()


def reading_since(row: Override) -> datetime | None:
    """When somebody accepted to read; None while nobody has."""
    if row.accepted_at is not None:
        return row.accepted_at
    return row.page.answered_at if row.page else None


def _rows(session: Session, appeal_id: int | None) -> Sequence[Override]:
    wanted = select(Override).order_by(Override.id).execution_options(populate_existing=True)
    if appeal_id is not None:
        wanted = wanted.where(Override.appeal_id == appeal_id)
    return session.scalars(wanted).all()


def _ask(session: Session, row: Override, now: datetime) -> int:
    return paging.page(
        session,
        kind=COVER,
        target=f"override:{row.id}",
        path=f"/appeals/{row.appeal_id}",
        now=now,
        first=[row.reader_id or 0],
        desk_id=desks.of_appeal(session, row.appeal_id, ""),
    )


def _note(session: Session, actor: Actor, row: Override, now: datetime) -> None:
    ledger.record(
        session,
        at=now,
        actor=actor.label,
        action="override hours",
        target=f"appeal:{row.appeal_id}",
        fields={"ends_at": row.ends_at.isoformat(), "reader": str(row.reader_id)},
        words=f"{row.reader}: {row.reason}",
    )


def _shown(row: Override) -> Shown:
    since = reading_since(row)
    taken_by = row.page.answered_by.name if row.page and row.page.answered_by else row.reader
    return Shown(row, taken_by if since else row.reader, since, paging.status(row.page_id) if row.page_id else None)


def _check(is_reader: bool, reason: str, ends_at: datetime, now: datetime) -> None:
    wrong = {
        name: words
        for name, is_wrong, words in (
            ("reader", not is_reader, _("Choose who reads the answers.")),
            ("reason", not 0 < len(reason.strip()) <= LONGEST_REASON, _("Say why this cannot wait.")),
            ("ends_at", not now < ends_at <= now + LONGEST_OVERRIDE, _("Cover ends within the next 24 hours.")),
        )
        if is_wrong
    }
    if wrong:
        raise BadInput(fields=wrong)
