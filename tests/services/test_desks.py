"""Desks have names, languages, zones and people; how an officer is reached is sealed."""

import pytest
from sqlalchemy import select

from appeal.db import reading
from appeal.models.ledger import LedgerEntry
from appeal.models.paging import OfficerContact
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.services import desks, officers, rota
from tests.factories import NOON, Force

NUMBER = "+34 600 555 201"


def save(force: Force, **changed: object) -> int:
    given = {"desk_id": None, "name": "Night desk", "languages": ["es"], "zone": "", "expected_version": 0, "now": NOON}
    return desks.save(force.people.administrator, **given | changed)  # type: ignore[arg-type]


def test_the_first_rota_makes_the_default_desk(force: Force) -> None:
    assert [(one.name, one.languages, one.zone) for one in desks.every()] == [("Desk", "", "")]


def test_a_language_is_read_by_the_desk_that_names_it_and_the_rest_by_the_default_one(force: Force) -> None:
    first = desks.every()[0].id
    spanish = save(force)
    with reading() as session:
        assert [desks.reading(session, code) for code in ("es", "en", "")] == [spanish, first, first]


def test_a_desk_has_hours_in_a_zone_of_its_own(force: Force) -> None:
    canary = save(force, zone="Atlantic/Canary")
    rota.set_windows(force.people.administrator, windows=list(rota.WEEK), now=NOON, desk_id=canary)
    assert (rota.rota(desk_id=canary).zone, rota.rota().zone) == ("Atlantic/Canary", "Europe/Madrid")
    assert "Atlantic/Canary" in rota.hours_words("es")
    assert "Europe/Madrid" in rota.hours_words("en")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Desk"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"languages": ["xx"]}, "languages"),
    ],
)
def test_what_does_not_add_up_is_refused_at_its_field(force: Force, changed: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        save(force, **changed)
    assert list(caught.value.fields) == [field]
    assert len(desks.every()) == 1


def test_two_administrators_do_not_overwrite_each_other(force: Force) -> None:
    made = save(force)
    save(force, desk_id=made, name="Day desk", expected_version=1)
    with pytest.raises(WrongState):
        save(force, desk_id=made, name="Other desk", expected_version=1)
    assert [one.name for one in desks.every()] == ["Desk", "Day desk"]


def test_people_stand_in_the_order_in_which_they_are_paged(force: Force) -> None:
    people, desk_id = force.people, desks.every()[0].id
    desks.set_members(
        people.administrator,
        desk_id=desk_id,
        officer_ids=[people.author.id],
        on_call=[people.triager.id, people.approver.id, people.triager.id],
        now=NOON,
    )
    assert [(one.officer.name, one.on_call) for one in desks.members(desk_id)] == [
        ("Triager", 1),
        ("Approver", 2),
        ("Author", 0),
    ]
    officers.deactivate(people.administrator, officer_id=people.triager.id, now=NOON)
    with reading() as session:
        assert list(desks.on_call(session, desk_id)) == [people.approver.id]
    with pytest.raises(BadInput):
        desks.set_members(people.administrator, desk_id=desk_id, officer_ids=[people.triager.id], on_call=[], now=NOON)


def test_only_administrators_change_desks(force: Force) -> None:
    with pytest.raises(NotAllowed):
        desks.save(force.people.author, desk_id=None, name="Mine", languages=[], zone="", expected_version=0, now=NOON)
    with pytest.raises(NotAllowed):
        desks.set_members(force.people.approver, desk_id=1, officer_ids=[], on_call=[], now=NOON)
    with pytest.raises(NotFound):
        desks.desk(99)


def test_a_number_is_kept_sealed_and_stands_in_no_record(force: Force) -> None:
    triager = force.people.triager
    assert desks.contact(triager.id) == desks.Contact("", by_sms=False, by_email=True)
    desks.set_contact(triager, number=NUMBER, by_sms=True, by_email=False, now=NOON)
    assert desks.contact(triager.id) == desks.Contact("+34600555201", by_sms=True, by_email=False)
    with reading() as session:
        sealed = session.scalars(select(OfficerContact.sealed_number)).one()
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.action == "set contact")).one()
    assert b"600555201" not in sealed
    assert "600555201" not in str(entry.fields)


@pytest.mark.parametrize(
    ("number", "by_sms", "by_email", "field"),
    [("600", False, True, "number"), ("", True, False, "number"), (NUMBER, False, False, "by_email")],
)
def test_a_contact_that_reaches_nobody_is_refused(
    force: Force, number: str, by_sms: bool, by_email: bool, field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        desks.set_contact(force.people.triager, number=number, by_sms=by_sms, by_email=by_email, now=NOON)
    assert list(caught.value.fields) == [field]
