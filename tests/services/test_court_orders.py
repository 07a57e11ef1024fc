"""A judge's order as a file: sealed, opened by a recorded act, wanted where the force's law wants it."""

import pytest

from appeal.db import reading
from appeal.installation import current
from appeal.models.appeal import Approval
from appeal.models.court_order import CourtOrder
from appeal.models.ledger import LedgerEntry
from appeal.rules.errors import BadInput, NotAllowed
from appeal.services import appeals, court_orders
from appeal.services import force as settings
from tests import factories
from tests.factories import NOON, Force

PDF = b"%PDF-1.7 of a court"


def attach(force: Force, appeal_id: int, data: bytes = PDF, name: str = "Auto 17 Juan Prueba.pdf") -> int:
    return court_orders.attach(force.people.author, appeal_id=appeal_id, data=data, name=name, now=NOON)


def test_it_is_sealed_and_opened_by_a_recorded_act(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    made = attach(force, appeal_id)
    (one,) = court_orders.of(appeal_id)
    assert (one.id, one.name, one.size) == (made, "Auto 17 Juan Prueba.pdf", len(PDF))
    with reading() as session:
        row = session.get_one(CourtOrder, made)
        assert PDF not in current().files.open(row.file)
        assert b"Juan" not in row.sealed_name
    assert court_orders.opened(force.people.approver, order_id=made, now=NOON) == (PDF, f"order-{made}.pdf")
    with pytest.raises(NotAllowed):
        court_orders.opened(force.people.observer, order_id=made, now=NOON)
    with reading() as session:
        acts = [one.actor for one in session.query(LedgerEntry).filter_by(action="open order")]
    assert acts == [force.people.approver.label]


def test_only_pdf_jpeg_and_png_are_taken(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    for data in (b"", b"<html>", b"PK\x03\x04"):
        with pytest.raises(BadInput):
            attach(force, appeal_id, data)


def test_where_the_law_wants_the_order_itself_nothing_is_approved_without_it(force: Force) -> None:
    wanted = {"order_kinds": "wanted", "order_needs_file": "yes"}
    settings.change(force.people.administrator, values=wanted, now=NOON)
    revision_id = factories.draft(force.people)
    version = appeals.revision(revision_id).version
    given = {"court_order": "Court 3, 17/2026"}
    appeals.save(
        force.people.author, revision_id=revision_id, expected_version=version, facts=given, texts={}, now=NOON
    )
    factories.submit(force.people, revision_id)
    with pytest.raises(BadInput) as refused:
        factories.launch(force.people, revision_id)
    assert list(refused.value.fields) == ["legal_basis"]
    attach(force, appeals.revision(revision_id).appeal_id)
    factories.launch(force.people, revision_id)
    with reading() as session:
        approval = session.query(Approval).one()
    assert approval.checks["orders"] == court_orders.of(appeals.revision(revision_id).appeal_id)[0].sha256
