"""Officers: made and invited by an administrator, enrolled by their invitation and by nothing else."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeal import installation, ledger
from appeal.db import reading, writing
from appeal.models.people import Role, User
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import ROLES, Actor, Permission, permissions, require
from appeal.rules.words import _
from appeal.services import factors


def ensure_roles(session: Session) -> None:
    """Store the fixed roles that are not there yet."""
    there = set(session.scalars(select(Role.name)))
    session.add_all(Role(name=name) for name in ROLES if name not in there)
    session.flush()


def create(actor: Actor, *, name: str, email: str, roles: Collection[str], password: str | None, now: datetime) -> int:
    """Make an officer, without a password unless one is given; returns the id. `BadInput` names every wrong field."""
    require(actor, Permission.ADMINISTER)
    name, address = name.strip(), _address(email)
    stored = hashed(password) if password else None
    with writing() as session:
        ensure_roles(session)
        _check(session, name, address, roles, password)
        officer = User(name=name, email=address, password=stored, fs_uniquifier=uuid4().hex)
        officer.roles = _roles(session, roles)
        session.add(officer)
        session.flush()
        fields = {"name": name, "email": address, "roles": " ".join(sorted(roles))}
        record(session, actor, "create officer", officer.id, now, fields)
    return officer.id


def invite(actor: Actor, *, officer_id: int, now: datetime) -> str:
    """A link token, good once and for 72 hours; an earlier one stops working, sign-in stays as it is until then."""
    require(actor, Permission.ADMINISTER)
    with writing() as session:
        officer = officer_row(session, officer_id)
        if not officer.active:
            raise WrongState("This officer was deactivated. Activate the account first.")
        officer.invited_at = now
        record(session, actor, "invite officer", officer_id, now)
    return factors.sign_invitation(key(), officer_id, now)


def set_roles(actor: Actor, *, officer_id: int, roles: Collection[str], now: datetime) -> None:
    """Give an officer exactly these roles; somebody must stay administrator."""
    require(actor, Permission.ADMINISTER)
    refuse({"roles": _roles_problem(roles)})
    with writing() as session:
        officer = officer_row(session, officer_id)
        officer.roles = _roles(session, roles)
        session.flush()
        _keep_an_administrator(session)
        record(session, actor, "set roles", officer_id, now, {"roles": " ".join(sorted(roles))})


def deactivate(actor: Actor, *, officer_id: int, now: datetime) -> None:
    """End every session of an officer and let nobody sign in as them; an open invitation dies as well."""
    require(actor, Permission.ADMINISTER)
    with writing() as session:
        officer = officer_row(session, officer_id)
        officer.active, officer.invited_at, officer.fs_uniquifier = False, None, uuid4().hex
        session.flush()
        _keep_an_administrator(session)
        record(session, actor, "deactivate officer", officer_id, now)


def activate(actor: Actor, *, officer_id: int, now: datetime) -> None:
    """Let a deactivated officer sign in again."""
    require(actor, Permission.ADMINISTER)
    with writing() as session:
        officer_row(session, officer_id).active = True
        record(session, actor, "activate officer", officer_id, now)


def set_language(actor: Actor, *, language: str, now: datetime) -> None:
    """In which language an officer sees the desk."""
    with writing() as session:
        officer_row(session, actor.id).language = language
        record(session, actor, "set language", actor.id, now, {"language": language})


def actor_of(user: User) -> Actor:
    """The officer as services know who acts."""
    return Actor(id=user.id, name=user.name, roles=frozenset(user.role_names))


def with_permission(session: Session, permission: Permission) -> list[User]:
    """Every active officer whose roles carry the permission, by name."""
    found = session.scalars(select(User).where(User.active).order_by(User.name, User.id))
    return [officer for officer in found if permission in permissions(officer.role_names)]


def everyone() -> Sequence[User]:
    """All officers, active ones first, by name."""
    with reading() as session:
        return session.scalars(select(User).order_by(User.active.desc(), User.name, User.id)).all()


def key() -> bytes:
    """The key that passwords, codes and invitations hang on."""
    return installation.current().desk_keys.session_key


def hashed(password: str) -> str:
    """What is stored of a password."""
    return factors.hash_password(key(), password)


def password_problem(password: str) -> str:
    """What is wrong with a new password, in a sentence."""
    if len(password) < factors.MIN_PASSWORD_LENGTH:
        return _("The password must have at least 12 characters.")
    if len(password) > factors.MAX_PASSWORD_LENGTH:
        return _("The password must have at most 128 characters.")
    return ""


def refuse(problems: dict[str, str]) -> None:
    """Raise `BadInput` with every field that has a sentence."""
    wrong = {name: words for name, words in problems.items() if words}
    if wrong:
        raise BadInput(fields=wrong)


def officer_row(session: Session, officer_id: int) -> User:
    """The officer as kept; `NotFound` if there is none."""
    officer = session.get(User, officer_id)
    if officer is None:
        raise NotFound("There is no such officer.")
    return officer


def record(
    session: Session, actor: Actor, action: str, officer_id: int, now: datetime, fields: dict[str, str] | None = None
) -> None:
    """One ledger entry about an officer."""
    ledger.record(
        session, at=now, actor=actor.label, action=action, target=f"officer:{officer_id}", fields=fields or {}
    )


def _address(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return ""


def _check(session: Session, name: str, address: str, roles: Collection[str], password: str | None) -> None:
    is_taken = bool(address) and session.scalar(select(User.id).where(func.lower(User.email) == address)) is not None
    refuse(
        {
            "name": "" if 0 < len(name) <= 120 else _("Enter the officer's name, up to 120 characters."),
            "email": _address_problem(address, is_taken),
            "roles": _roles_problem(roles),
            "password": password_problem(password) if password is not None else "",
        }
    )


def _address_problem(address: str, is_taken: bool) -> str:
    if is_taken:
        return _("Another officer has this address.")
    return "" if address else _("Enter an e-mail address.")


def _roles_problem(roles: Collection[str]) -> str:
    return "" if roles and set(roles) <= ROLES.keys() else _("Choose at least one of the roles.")


def _roles(session: Session, names: Collection[str]) -> list[Role]:
    return list(session.scalars(select(Role).where(Role.name.in_(names)).order_by(Role.name)))


def _keep_an_administrator(session: Session) -> None:
    if not with_permission(session, Permission.ADMINISTER):
        raise WrongState("Nobody would be left to administer. Make somebody else an administrator first.")
