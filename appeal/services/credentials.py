"""How officers prove who they are: invitation, password, recovery codes, and the lock after too many failures."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session, object_session

from appeal import installation
from appeal.db import db, reading, writing
from appeal.models.people import User
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import SYSTEM, Actor
from appeal.rules.words import _
from appeal.services import factors
from appeal.services.officers import actor_of, hashed, key, officer_row, password_problem, record, refuse

INVITATION_HOURS = 72
LOCK_AFTER_FAILURES = 10
LOCK_MINUTES = 15

PASSWORD_IS_WRONG = _("This is not your password, or there were too many attempts.")
CODE_IS_WRONG = _("This code is wrong or was used before. Wait for the next one in your app.")


def invited(token: str, now: datetime) -> User:
    """The officer whom a token invites; `NotFound` if it is used up, replaced, too old or not ours."""
    opened = factors.read_invitation(key(), token)
    if opened is not None and now - opened[1] <= timedelta(hours=INVITATION_HOURS):
        with reading() as session:
            officer = session.get(User, opened[0])
        if officer is not None and officer.active and officer.invited_at == opened[1]:
            return officer
    raise NotFound("This invitation does not work any more. Ask an administrator for a new one.")


def accept(token: str, *, password: str, secret: str = "", code: str = "", now: datetime) -> list[str]:
    """Set the password and, outside an exercise, enrol the second factor; returns the recovery codes to show once."""
    with writing() as session:
        officer = hold(invited(token, now).id)
        invited(token, now)  # again: it may have been used while we waited for the row
        counter = factors.counter_of(key(), secret, code, 0, now) if needs_factor() else 0
        wrong = {"password": password_problem(password)} | ({"code": CODE_IS_WRONG} if counter is None else {})
        refuse(wrong)
        _renew(officer, password)
        codes = _enrol(officer, secret, counter or 0) if needs_factor() else []
        record(session, actor_of(officer), "accept invitation", officer.id, now)
    return codes


def change_password(actor: Actor, *, current: str, new: str, now: datetime) -> None:
    """Set a new password and end every session; a wrong present one counts as a failed attempt."""
    with reading() as session:
        officer = officer_row(session, actor.id)
    if is_locked(officer, now) or not factors.is_password(key(), current, officer.password):
        note_failure(actor.id, now)
        raise BadInput(fields={"current": PASSWORD_IS_WRONG})
    refuse({"new": password_problem(new)})
    with writing() as session:
        officer = officer_row(session, actor.id)
        _renew(officer, new)
        record(session, actor, "change password", actor.id, now)


def renew_recovery_codes(actor: Actor, *, code: str, now: datetime) -> list[str]:
    """Replace the recovery codes of an officer who shows a fresh one-time code; returns them to show once."""
    with writing() as session:
        officer = hold(actor.id)
        counter = None if is_locked(officer, now) else _counter(officer, code, now)
        if counter is not None:
            officer.last_totp_counter = counter
            codes = _fresh_codes(officer)
            record(session, actor, "renew recovery codes", actor.id, now)
            return codes
        _count_failure(officer, now)
    raise BadInput(fields={"code": CODE_IS_WRONG})


def is_locked(officer: User, now: datetime) -> bool:
    """Whether too many attempts failed a short while ago."""
    return officer.locked_until is not None and officer.locked_until > now


def note_failure(officer_id: int, now: datetime) -> None:
    """Count a wrong password or code; the tenth locks the account for 15 minutes and is recorded."""
    with writing():
        _count_failure(hold(officer_id), now)


def note_success(officer: User, now: datetime) -> None:
    """Forget earlier failures and record the sign-in, inside the transaction in which the officer was held."""
    officer.failed_attempts, officer.locked_until = 0, None
    record(_session_of(officer), actor_of(officer), "sign in", officer.id, now)


def sign_in_without_factor(officer_id: int, now: datetime) -> None:
    """What an exercise does instead of asking for a code."""
    with writing():
        note_success(hold(officer_id), now)


def hold(officer_id: int) -> User:
    """The officer as kept this moment, held until the open transaction ends: nobody else counts or uses a code."""
    officer = officer_row(db.session(), officer_id)
    db.session().refresh(officer, with_for_update={"of": User})
    return officer


def may_go_on(officer: User, now: datetime) -> bool:
    """Whether a right password helps: the account is not locked, and has its second factor where one is needed."""
    has_factor = bool(officer.tf_primary_method and officer.tf_totp_secret)
    return not is_locked(officer, now) and (has_factor or not needs_factor())


def needs_factor() -> bool:
    """An exercise has no second factor and listens to this machine only."""
    return not installation.current().config.is_exercise


def _renew(officer: User, password: str) -> None:
    """A new password ends every session and every lock, and uses up the invitation."""
    officer.password, officer.fs_uniquifier = hashed(password), uuid4().hex
    officer.invited_at = officer.locked_until = None
    officer.failed_attempts = 0


def _enrol(officer: User, secret: str, counter: int) -> list[str]:
    officer.tf_primary_method, officer.tf_totp_secret = "authenticator", secret
    officer.last_totp_counter = counter
    return _fresh_codes(officer)


def _fresh_codes(officer: User) -> list[str]:
    codes = factors.new_recovery_codes()
    officer.mf_recovery_codes = factors.encrypted_codes(key(), codes)
    return codes


def _counter(officer: User, code: str, now: datetime) -> int | None:
    if not officer.tf_totp_secret:
        return None
    return factors.counter_of(key(), officer.tf_totp_secret, code, officer.last_totp_counter, now)


def _count_failure(officer: User, now: datetime) -> None:
    """Failures while locked do not make the lock longer: nobody could be kept out for ever."""
    if is_locked(officer, now):
        return
    officer.failed_attempts += 1
    if officer.failed_attempts >= LOCK_AFTER_FAILURES:
        officer.failed_attempts, officer.locked_until = 0, now + timedelta(minutes=LOCK_MINUTES)
        record(_session_of(officer), SYSTEM, "lock officer", officer.id, now)


def _session_of(officer: User) -> Session:
    session = object_session(officer)
    if session is None:
        raise RuntimeError("an officer of no transaction")
    return session
