"""Officers: made, invited, enrolled, locked out and let go."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import dispose_engines, reading
from appeal.models.ledger import LedgerEntry
from appeal.models.people import Role, User
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import ROLES, SYSTEM, Actor, Permission
from appeal.services import credentials, factors, officers
from tests.desk import LIVE, NOW, PASSWORD, code_at, enrolled, installation_app, officer


@pytest.fixture
def exercise(tmp_path: Path) -> Iterator[Flask]:
    app = installation_app(tmp_path)
    with app.app_context():
        yield app
    dispose_engines()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Flask]:
    app = installation_app(tmp_path, LIVE)
    with app.app_context():
        yield app
    dispose_engines()


def kept(officer_id: int) -> User:
    with reading() as session:
        found = session.get(User, officer_id, populate_existing=True)
        assert found is not None
        return found


def acts() -> list[tuple[str, str, str]]:
    with reading() as session:
        return [(e.actor, e.action, e.target) for e in session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))]


def test_create_keeps_a_hash_that_only_the_right_password_fits(exercise: Flask) -> None:
    made = kept(officer(roles=("triager", "author")))

    assert made.password is not None
    assert made.password.startswith("$argon2id$")
    assert factors.is_password(officers.key(), PASSWORD, made.password)
    assert not factors.is_password(officers.key(), PASSWORD + "s", made.password)
    assert not factors.is_password(bytes(48), PASSWORD, made.password)
    assert not factors.is_password(officers.key(), PASSWORD, None)
    assert officers.actor_of(made) == Actor(made.id, "Triager", frozenset({"triager", "author"}))
    assert acts() == [("system", "create officer", f"officer:{made.id}")]


def test_create_names_every_wrong_field(exercise: Flask) -> None:
    officer("taken@force.example")

    def wrong(**given: object) -> dict[str, str]:
        values = {"name": "A", "email": "a@force.example", "roles": ("author",), "password": PASSWORD} | given
        with pytest.raises(BadInput) as caught:
            officers.create(SYSTEM, now=NOW, **values)  # type: ignore[arg-type]
        return caught.value.fields

    assert set(wrong(name=" ", email="nobody", roles=(), password="short")) == {"name", "email", "roles", "password"}
    assert wrong(email="Taken@Force.example") == {"email": "Another officer has this address."}
    assert set(wrong(roles=("author", "king"))) == {"roles"}
    assert set(wrong(password="eleven char")) == {"password"}
    assert len(acts()) == 1


def test_only_administrators_manage_officers(exercise: Flask) -> None:
    other = officer("other@force.example")
    author = Actor(7, "Author", frozenset({"author", "approver", "triager", "auditor", "observer"}))

    with pytest.raises(NotAllowed):
        officers.create(author, name="A", email="a@force.example", roles=("author",), password=None, now=NOW)
    with pytest.raises(NotAllowed):
        officers.invite(author, officer_id=other, now=NOW)
    with pytest.raises(NotAllowed):
        officers.set_roles(author, officer_id=other, roles=("author",), now=NOW)
    with pytest.raises(NotAllowed):
        officers.deactivate(author, officer_id=other, now=NOW)


def test_with_permission_finds_active_officers_by_name(exercise: Flask) -> None:
    officer("zoe@force.example", roles=("approver",))
    officer("ana@force.example", roles=("approver", "author"))
    officer("author@force.example", roles=("author",))
    gone = officer("gone@force.example", roles=("approver",))
    officer("admin@force.example", roles=("administrator",))
    officers.deactivate(SYSTEM, officer_id=gone, now=NOW)

    with reading() as session:
        found = [one.name for one in officers.with_permission(session, Permission.APPROVE)]

    assert found == ["Ana", "Zoe"]
    assert [one.name for one in officers.everyone()] == ["Admin", "Ana", "Author", "Zoe", "Gone"]


def test_ensure_roles_stores_each_role_once(exercise: Flask) -> None:
    officer("one@force.example")
    officer("two@force.example")

    with reading() as session:
        assert sorted(session.scalars(select(Role.name))) == sorted(ROLES)


def test_the_last_administrator_cannot_be_lost(exercise: Flask) -> None:
    only = officer("admin@force.example", roles=("administrator",))

    with pytest.raises(WrongState):
        officers.set_roles(SYSTEM, officer_id=only, roles=("author",), now=NOW)
    with pytest.raises(WrongState):
        officers.deactivate(SYSTEM, officer_id=only, now=NOW)

    assert kept(only).role_names == ("administrator",)
    assert kept(only).active
    officer("second@force.example", roles=("administrator",))
    officers.set_roles(SYSTEM, officer_id=only, roles=("author",), now=NOW)
    assert kept(only).role_names == ("author",)


def test_deactivate_ends_sessions_and_invitations(exercise: Flask) -> None:
    officer("admin@force.example", roles=("administrator",))
    one = officer()
    token = officers.invite(SYSTEM, officer_id=one, now=NOW)
    before = kept(one).fs_uniquifier

    officers.deactivate(SYSTEM, officer_id=one, now=NOW)

    assert kept(one).fs_uniquifier != before
    with pytest.raises(NotFound):
        credentials.invited(token, NOW)
    with pytest.raises(WrongState):
        officers.invite(SYSTEM, officer_id=one, now=NOW)


def test_an_invitation_works_once_and_for_72_hours(exercise: Flask) -> None:
    one = officers.create(SYSTEM, name="A", email="a@force.example", roles=("author",), password=None, now=NOW)
    first = officers.invite(SYSTEM, officer_id=one, now=NOW)
    second = officers.invite(SYSTEM, officer_id=one, now=NOW + timedelta(hours=1))
    last = NOW + timedelta(hours=73)

    with pytest.raises(NotFound):
        credentials.invited(first, NOW + timedelta(hours=1))
    with pytest.raises(NotFound):
        credentials.invited(second, last + timedelta(seconds=1))
    with pytest.raises(NotFound):
        credentials.invited(second[:-2] + "xx", NOW)
    assert credentials.accept(second, password=PASSWORD, now=last) == []
    with pytest.raises(NotFound):
        credentials.accept(second, password=PASSWORD, now=last)
    assert factors.is_password(officers.key(), PASSWORD, kept(one).password)


def test_accept_refuses_a_short_password_and_keeps_the_invitation(exercise: Flask) -> None:
    one = officers.create(SYSTEM, name="A", email="a@force.example", roles=("author",), password=None, now=NOW)
    token = officers.invite(SYSTEM, officer_id=one, now=NOW)

    with pytest.raises(BadInput) as caught:
        credentials.accept(token, password="short", now=NOW)

    assert set(caught.value.fields) == {"password"}
    assert credentials.invited(token, NOW).id == one


def test_accept_enrols_only_with_a_right_code_outside_an_exercise(live: Flask) -> None:
    one = officers.create(SYSTEM, name="A", email="a@force.example", roles=("author",), password=None, now=NOW)
    token = officers.invite(SYSTEM, officer_id=one, now=NOW)
    secret = factors.new_secret(officers.key())
    right = code_at(factors.readable_secret(officers.key(), secret), NOW)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    for code, given in ((wrong, secret), ("", secret), (right, factors.new_secret(officers.key()))):
        with pytest.raises(BadInput) as caught:
            credentials.accept(token, password=PASSWORD, secret=given, code=code, now=NOW)
        assert set(caught.value.fields) == {"code"}
    codes = credentials.accept(token, password=PASSWORD, secret=secret, code=right, now=NOW)

    enrolled_officer = kept(one)
    assert len(set(codes)) == factors.RECOVERY_CODES
    assert not any(code in str(enrolled_officer.mf_recovery_codes) for code in codes)
    assert credentials.may_go_on(enrolled_officer, NOW)
    assert enrolled_officer.last_totp_counter == int(NOW.timestamp()) // 30


def test_a_code_is_good_once(live: Flask) -> None:
    readable, _ = enrolled()
    me = Actor(1, "Triager", frozenset({"triager"}))
    later = NOW + timedelta(minutes=2)

    with pytest.raises(BadInput):
        credentials.renew_recovery_codes(me, code=code_at(readable, NOW), now=NOW)
    credentials.renew_recovery_codes(me, code=code_at(readable, later), now=later)
    with pytest.raises(BadInput):
        credentials.renew_recovery_codes(me, code=code_at(readable, later), now=later)


def test_ten_failures_lock_for_15_minutes_and_no_longer(exercise: Flask) -> None:
    one, other = officer(), officer("other@force.example")
    for _ in range(9):
        credentials.note_failure(one, NOW)
    assert not credentials.is_locked(kept(one), NOW)

    credentials.note_failure(one, NOW)
    for _ in range(20):
        credentials.note_failure(one, NOW + timedelta(minutes=10))

    assert credentials.is_locked(kept(one), NOW + timedelta(minutes=14, seconds=59))
    assert not credentials.is_locked(kept(one), NOW + timedelta(minutes=15))
    assert not credentials.is_locked(kept(other), NOW)
    assert acts()[-1] == ("system", "lock officer", f"officer:{one}")


def test_change_password_needs_the_present_one_and_ends_sessions(exercise: Flask) -> None:
    one = officer()
    me = officers.actor_of(kept(one))
    before = kept(one).fs_uniquifier

    with pytest.raises(BadInput) as caught:
        credentials.change_password(me, current="something else", new="another good password", now=NOW)
    assert set(caught.value.fields) == {"current"}
    assert kept(one).failed_attempts == 1
    with pytest.raises(BadInput) as caught:
        credentials.change_password(me, current=PASSWORD, new="short", now=NOW)
    assert set(caught.value.fields) == {"new"}

    credentials.change_password(me, current=PASSWORD, new="another good password", now=NOW)

    assert factors.is_password(officers.key(), "another good password", kept(one).password)
    assert kept(one).fs_uniquifier != before
    assert kept(one).failed_attempts == 0
