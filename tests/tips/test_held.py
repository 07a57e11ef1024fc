"""Everything held on one name: appeals in every revision, tips, restricted ones too; for one named officer."""

from dataclasses import replace

import pytest
from flask import Flask

from appeal import ledger
from appeal.db import reading, writing
from appeal.models.appeal import Appeal, Revision, RevisionText
from appeal.models.ledger import LedgerEntry
from appeal.rules.errors import BadInput, NotAllowed
from appeal.rules.permissions import SYSTEM, Actor
from appeal.services import force
from appeal.tips import arrivals, held, intake, mistaken, triage
from tests.tips.conftest import NOW
from tests.tips.test_intake import words

Two = tuple[Actor, Actor]
AUDITOR = Actor(2, "Officer 2", frozenset({"auditor"}))


def told(text: str, appeal: Appeal) -> int:
    one = replace(words(text), appeal=appeal.public_id)
    return intake.receive(one, token=one.external_id).tip_id


def revision(appeal: Appeal, number: int, name: str, title: str) -> None:
    person = {"key": "s1", "type": "person", "name": name}
    with writing() as session:
        row = Revision(appeal_id=appeal.id, number=number, author_id=1, facts={"subjects": [person]}, created_at=NOW)
        row.texts = [RevisionText(language="en", field="title", body=title)]
        session.add(row)


def find(name: str, actor: Actor = AUDITOR) -> held.Held:
    return held.find(actor, name=name, reference="DSR 7", now=NOW)


def test_a_name_is_found_in_appeals_and_tips_and_restricted_ones(app: Flask, officers: Two, appeal: Appeal) -> None:
    revision(appeal, 1, "Ana Müller", "Woman missing")
    revision(appeal, 2, "", "Ana Muller was seen")
    with writing() as session:
        other = Appeal(public_id="other", kind="wanted", author_id=1, created_at=NOW)
        session.add(other)
    ids = [told("I saw Ana Müller at the quay", other), told("Muller, Ana works with me", appeal)]
    told("Ana was there, and so was Peter", other)
    triage.read_tips(NOW)
    arrivals.take_in(NOW)
    with writing() as session:
        session.get_one(Appeal, appeal.id).ending = "mistaken"
    mistaken.restrict(NOW)
    found = find("müller ANA")
    assert [(one.how, list(one.revisions)) for one in found.appeals] == [("subject", [1]), ("mentioned", [2])]
    assert [(one.tip_id, one.is_restricted) for one in found.tips] == [(ids[0], False), (ids[1], True)]
    assert (found.opened >= 2, found.is_whole) == (True, True)
    assert held.printed(found, name="Ana", reference="DSR 7", language="es", now=NOW).startswith(b"%PDF")
    with reading() as session:
        entry = session.query(LedgerEntry).filter_by(action="data subject request").one()
    assert (entry.actor, ledger.words_of(entry)) == ("officer:2", "DSR 7: müller ANA")


def test_only_the_named_officer_asks_with_a_name_and_a_reference(app: Flask, officers: Two, appeal: Appeal) -> None:
    with pytest.raises(BadInput):
        held.find(AUDITOR, name=" ", reference="", now=NOW)
    with pytest.raises(NotAllowed):
        find("Ana", replace(AUDITOR, roles=frozenset({"triager"})))
    force.change(SYSTEM, values={"subject_officer": "Officer 1"}, now=NOW)
    with pytest.raises(NotAllowed):
        find("Ana")
    force.change(SYSTEM, values={"subject_officer": "officer 2"}, now=NOW)
    assert find("Ana") == held.Held([], [], 0, True)
