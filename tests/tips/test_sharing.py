"""Need to know: restricted tips are opened with a reason, information goes on without the person."""

import pytest
from flask import Flask

from appeal.db import writing
from appeal.installation import current
from appeal.models.people import User
from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.rules.permissions import Actor
from appeal.tips import arrivals, board, handing, names, search, sharing, skim, triage, visible
from tests.tips.conftest import NOW
from tests.tips.test_triage import entries, stored, tip

Officers = tuple[Actor, Actor]
AUTHOR = Actor(3, "Officer 3", frozenset({"author"}))


def take_in() -> None:
    triage.read_tips(NOW)
    arrivals.take_in(NOW)


@pytest.fixture
def author(officers: Officers) -> Actor:
    with writing() as session:
        session.add(User(id=3, name="Officer 3", email="3@force.example", fs_uniquifier="3"))
    return AUTHOR


def restricted(actor: Actor, text: str = "Inspector Quillfeather sells the files") -> int:
    one = tip(text).tip_id
    take_in()
    visible.restrict(actor, tip_id=one, reader_ids=[actor.id], why="an officer is named", now=NOW)
    return one


def test_a_restricted_tip_is_claimed_with_a_reason_only(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one = restricted(ana)
    with pytest.raises(BadInput):
        triage.claim(ana, tip_id=one, now=NOW)
    with pytest.raises(NotFound):
        triage.claim(ben, tip_id=one, why="curious", now=NOW)
    triage.claim(ana, tip_id=one, why="I am the reader named", now=NOW)
    assert board.head(ana, one).holder_id == 1


def test_a_restricted_tip_is_never_handed_out_or_skimmed(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    restricted(ana)
    assert handing.claim_next(ana, now=NOW) is None
    assert skim.block(ana, now=NOW).lines == ()


def test_a_restricted_tip_that_is_done_is_read_with_a_reason(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one = restricted(ana)
    with pytest.raises(BadInput):
        triage.read_restricted(ana, tip_id=one, why=" ", now=NOW)
    shown = triage.read_restricted(ana, tip_id=one, why="asked by the court", now=NOW)
    assert "Quillfeather" in shown.messages[0].text
    assert [entry[1] for entry in entries()][-2:] == ["open restricted tip", "view tip"]


def test_its_words_and_names_stand_nowhere_else(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    restricted(ana, "his name is Pedro Quillfeather")
    assert names.given(ana) == []
    (found,) = search.search(ana, search.Asked(words="quillfeather"), now=NOW).found
    assert found.excerpt == ()


def test_who_is_not_named_lets_go_of_a_tip_that_is_restricted(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one = tip("words").tip_id
    triage.claim(ben, tip_id=one, now=NOW)
    visible.restrict(ana, tip_id=one, reader_ids=[ana.id], why="it concerns ben", now=NOW)
    assert (stored(one).state, stored(one).claimed_by_id) == ("unread", None)
    assert visible.readers(ana, tip_id=one).named == ("Officer 1",)
    visible.restrict(ana, tip_id=one, reader_ids=[], why="cleared up", now=NOW)
    assert board.head(ben, one).row.is_restricted is False


def test_information_goes_on_without_the_person(app: Flask, officers: Officers, author: Actor) -> None:
    ana = officers[0]
    one = tip("I am Pedro Gomez, +34 600 111 222. A red van at Mill Bridge.", sender="+34600111222").tip_id
    with pytest.raises(NotAllowed):
        sharing.proposal(ana, tip_id=one)
    triage.claim(ana, tip_id=one, now=NOW)
    proposal = sharing.proposal(ana, tip_id=one)
    assert "A red van at Mill Bridge." in proposal
    assert not [secret for secret in ("600", "Gomez") if secret in proposal]

    made = sharing.write(ana, tip_id=one, for_id=3, words="A red van at Mill Bridge.", why="unit is there", now=NOW)

    assert [row[0] for row in sharing.received(author)] == [made]
    shown = sharing.read(author, share_id=made, now=NOW)
    assert (shown.words, shown.written_by) == ("A red van at Mill Bridge.", "Officer 1")
    assert [entry[1] for entry in entries()][-2:] == ["write out information", "view information"]
    assert sharing.given(ana, tip_id=one) == [("Officer 3", NOW, NOW)]
    stored_bytes = b"".join(path.read_bytes() for path in current().config.instance.glob("appeal.sqlite3*"))
    assert b"red van" not in stored_bytes


def test_information_is_read_by_its_receiver_alone(app: Flask, officers: Officers, author: Actor) -> None:
    ana, ben = officers
    one = tip("words").tip_id
    triage.claim(ana, tip_id=one, now=NOW)
    made = sharing.write(ana, tip_id=one, for_id=3, words="a red van", why="unit is there", now=NOW)
    for actor in (ana, ben):
        with pytest.raises(NotFound):
            sharing.read(actor, share_id=made, now=NOW)


def test_information_that_says_nothing_or_goes_to_nobody_is_refused(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    one = tip("words").tip_id
    triage.claim(ana, tip_id=one, now=NOW)
    for wrong in ({"words": " "}, {"words": "x" * 4_001}, {"why": ""}, {"for_id": 99}):
        given = {"for_id": 2, "words": "a red van", "why": "unit is there"} | wrong
        with pytest.raises(BadInput) as refused:
            sharing.write(ana, tip_id=one, now=NOW, **given)  # type: ignore[arg-type]
        assert list(refused.value.fields) == list(wrong)
