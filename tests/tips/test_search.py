"""The blind index and the search that stands on it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from appeal import sealing
from appeal.db import reading, writing
from appeal.installation import current
from appeal.ledger import words_of
from appeal.models.appeal import Appeal
from appeal.models.desk import NameGiven
from appeal.models.ledger import LedgerEntry
from appeal.models.search import TipIndex
from appeal.models.tip import MessageContent, Tip
from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.rules.permissions import Actor
from appeal.tips import blind, indexing, search, triage, visible
from appeal.tips.inbound import InboundFile
from appeal.tips.search import Asked
from tests.factories import jpeg
from tests.tips.conftest import NOW
from tests.tips.test_triage import tip

Officers = tuple[Actor, Actor]


def read() -> None:
    triage.read_tips(NOW)
    indexing.index_tips(NOW)


def found(actor: Actor, words: str, **more: object) -> list[int]:
    results = search.search(actor, replace(Asked(words), **more), now=NOW)  # type: ignore[arg-type]
    return [one.row.id for one in results.found]


def test_words_starts_and_phrases_find_their_tips(app: Flask, officers: Officers) -> None:
    van = tip("Vi una furgoneta roja en la estación de Atocha")
    other = tip("A red car left the station")
    tip("nothing of the kind")
    read()
    ana = officers[0]
    assert found(ana, "furgo") == [van.tip_id]
    assert found(ana, "ESTACION") == [van.tip_id]
    assert set(found(ana, "est")) == {van.tip_id}
    assert found(ana, '"red car"') == [other.tip_id]
    assert found(ana, '"car red"') == []
    assert found(ana, "station furgoneta") == []
    assert found(ana, "furgonetas") == []


def test_excerpt_marks_what_was_looked_for(app: Flask, officers: Officers) -> None:
    tip("He wore a Jacket, red as blood")
    read()
    (one,) = search.search(officers[0], Asked("jack red"), now=NOW).found
    assert [part for part, is_match in one.excerpt if is_match] == ["Jacket", "red"]
    assert "".join(part for part, _ in one.excerpt) == "He wore a Jacket, red as blood"


def test_filters_narrow_and_unknown_appeals_are_said(app: Flask, officers: Officers, appeal: Appeal) -> None:
    tied = tip("a bridge", appeal=appeal.public_id)
    free = tip("a bridge", source="webform")
    read()
    assert found(officers[0], "bridge", appeal=appeal.public_id) == [tied.tip_id]
    assert found(officers[0], "bridge", source="webform") == [free.tip_id]
    assert set(found(officers[0], "bridge")) == {tied.tip_id, free.tip_id}
    with pytest.raises(NotFound):
        found(officers[0], "bridge", appeal="nothing")


def test_a_further_message_is_found_and_the_old_words_still_are(app: Flask, officers: Officers) -> None:
    one = tip("a bridge", thread="t")
    read()
    tip("a lighthouse", thread="t", at=NOW + timedelta(minutes=1))
    read()
    assert found(officers[0], "lighthouse") == found(officers[0], "bridge") == [one.tip_id]
    with reading() as session:
        assert len(session.scalars(select(TipIndex)).all()) == 1


def test_a_removed_tip_is_found_no_more_and_leaves_no_token(app: Flask, officers: Officers) -> None:
    one, other = tip("a bridge"), tip("a bridge")
    read()
    with writing() as session:
        assert blind.remove(session, one.tip_id)
        assert not blind.remove(session, one.tip_id)
    assert found(officers[0], "bridge") == [other.tip_id]
    with writing() as session:
        session.execute(text("INSERT INTO tip_tokens (tip_tokens) VALUES ('integrity-check')"))


def test_nothing_that_was_said_stands_in_the_index(app: Flask, officers: Officers) -> None:
    tip("Zanzibar bridge, his name is Pedro Quillfeather", sender="+34600999888")
    read()
    with writing() as session:
        session.connection().exec_driver_sql("CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'tip_tokens', 'row')")
        kept = {row[0] for row in session.execute(text("SELECT term FROM temp.v"))}
        (name,) = session.scalars(select(NameGiven))
    assert kept
    assert all(len(term) == 2 * blind.TOKEN_BYTES and int(term, 16) >= 0 for term in kept)
    assert current().desk_keys.open(name.sealed_name) == b"Pedro Quillfeather"


def test_contact_of_a_person_cannot_be_looked_for(app: Flask, officers: Officers) -> None:
    tip("hello there", sender="+34600999888", facts={"name": "Quillfeather", "where": "Harbour road"})
    read()
    assert found(officers[0], "quillfeather") == []
    assert found(officers[0], "harbour") != []


def test_restricted_and_barred_tips_are_not_found(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one, other = tip("a bridge"), tip("a bridge")
    read()
    visible.restrict(ana, tip_id=one.tip_id, reader_ids=[ana.id], why="names an officer", now=NOW)
    visible.bar(ana, tip_id=other.tip_id, officer_id=ben.id, why="his brother", now=NOW)
    assert set(found(ana, "bridge")) == {one.tip_id, other.tip_id}
    assert found(ben, "bridge") == []
    visible.restrict(ana, tip_id=one.tip_id, reader_ids=[], why="settled", now=NOW)
    assert found(ben, "bridge") == [one.tip_id]
    with pytest.raises(NotFound):
        visible.check(ben, other.tip_id)
    with pytest.raises(BadInput):
        visible.bar(ana, tip_id=other.tip_id, officer_id=4711, why="nobody", now=NOW)


def test_what_was_asked_is_sealed_in_the_ledger(app: Flask, officers: Officers) -> None:
    read()
    found(officers[0], "Quillfeather")
    with reading() as session:
        entry = session.scalars(select(LedgerEntry)).one()
    assert (entry.action, words_of(entry)) == ("search tips", "Quillfeather")
    assert "Quillfeather" not in str(entry.fields)


def test_a_question_that_says_nothing_is_answered_with_a_sentence(app: Flask, officers: Officers) -> None:
    with pytest.raises(BadInput):
        found(officers[0], ' "" ')
    with pytest.raises(NotAllowed):
        found(Actor(9, "Author", frozenset({"author"})), "bridge")


def test_candidates_are_bounded_and_older_ones_can_be_asked_for(
    app: Flask, officers: Officers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STEP", 3)
    monkeypatch.setattr(search, "MOST_OPENED", 3)
    wanted = {tip(f"bridge {number}").tip_id for number in range(5)}
    read()
    first = search.search(officers[0], Asked("bridge"), now=NOW)
    second = search.search(officers[0], Asked("bridge", before=first.before), now=NOW)
    assert (first.opened, len(first.found), len(second.found), second.before) == (3, 3, 2, None)
    assert {one.row.id for one in (*first.found, *second.found)} == wanted


def test_tips_are_indexed_again_under_a_new_key(app: Flask, officers: Officers) -> None:
    one = tip("a bridge")
    read()
    held = current()
    changed = replace(held.desk_keys, search_key=b"another key" * 3)
    app.extensions["installation"] = replace(held, keys=changed)
    assert found(officers[0], "bridge") == []
    indexing.index_tips(NOW)
    assert found(officers[0], "bridge") == [one.tip_id]
    assert indexing.index_tips(NOW) == []


def test_what_cannot_be_opened_and_what_is_no_picture_stop_nothing(app: Flask, officers: Officers) -> None:
    broken, good = tip("a bridge"), tip("a bridge", files=(InboundFile("a.jpg", "image/jpeg", b"\xff\xd8\xff x"),))
    shown = tip("a bridge", files=(InboundFile("b.jpg", "image/jpeg", jpeg()),))
    with writing() as session:
        sealed = sealing.seal(b"{}", [sealing.make_identity().recipient])
        spoilt = MessageContent.message_id == broken.message_id
        session.execute(update(MessageContent).where(spoilt).values(sealed=sealed))
    triage.read_tips(NOW)
    prints = {one.tip_id: one.prints for one in indexing.index_tips(NOW)}
    assert set(prints) == {good.tip_id, shown.tip_id}
    assert (prints[good.tip_id], len(prints[shown.tip_id])) == ((), 1)
    with reading() as session:
        assert set(session.scalars(select(Tip.indexed_count))) == {1}


def test_fifty_thousand_letters_and_mixed_scripts_are_indexed(app: Flask, officers: Officers) -> None:
    long = tip("bridge " + " ".join(f"word{number}" for number in range(6_000))[:49_000])
    mixed = tip("Привет 東京 مرحبا bridge")
    read()
    assert found(officers[0], "word5") == [long.tip_id]
    assert found(officers[0], "привет") == found(officers[0], "東京") == [mixed.tip_id]
