"""The record of one appeal for data protection."""

import io

import pytest
from pypdf import PdfReader

from appeal.rules.errors import NotAllowed, NotFound
from appeal.services import appeals, dossiers, kits
from tests import factories
from tests.factories import NOON, Force


def test_it_says_purpose_basis_categories_recipients_periods_and_who_did_what(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    factories.tick()
    kits.give(force.people.author, appeal_id=appeal_id, language="en", now=NOON)
    appeals.end(force.people.approver, appeal_id=appeal_id, ending="closed", now=NOON)
    found = dossiers.of(force.people.auditor, appeal_id=appeal_id, language="en", now=NOON)
    said = {one.heading: dict(one.pairs) for one in found.sections}
    assert list(said) == ["Purpose", "Basis", "Categories of persons and data", "Recipients", "Periods"]
    assert said["Purpose"]["Case reference"] == "2026/17"
    assert said["Basis"]["Legal basis"] == "Warrant or court order"
    assert said["Basis"]["Written by"] == "Author"
    assert said["Categories of persons and data"]["1. A person: Juan Prueba"].startswith("suspect, law-enforcement")
    assert {"site", "x", "sms", "email", "Kit for the press"} == set(said["Recipients"])
    assert "3 addresses" in said["Recipients"]["sms"]
    assert "Ending" in said["Periods"]
    acts = {(one.officer, one.action) for one in found.seen}
    assert {("Approver", "approve"), ("Author", "submit"), ("Auditor", "print record")} <= acts


def test_it_is_printed_for_whoever_reads_the_ledger(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    made = dossiers.printed(force.people.auditor, appeal_id=appeal_id, language="es", now=NOON)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "2026/17" in text
    with pytest.raises(NotAllowed):
        dossiers.of(force.people.author, appeal_id=appeal_id, language="en", now=NOON)
    with pytest.raises(NotFound):
        dossiers.of(force.people.auditor, appeal_id=99, language="en", now=NOON)
