"""The queue, claims that only one person gets, reading, and decisions."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from appeal import sealing
from appeal.db import reading, writing
from appeal.installation import current
from appeal.ledger import words_of
from appeal.models.appeal import Appeal
from appeal.models.ledger import LedgerEntry
from appeal.models.rota import Shift
from appeal.models.tip import MessageContent, Tip
from appeal.rules import urgency
from appeal.rules.errors import BadInput, Changed, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Actor
from appeal.services import desks
from appeal.tips import intake, triage, waiting, work
from appeal.tips.inbound import Inbound, InboundFile
from appeal.tips.ranking import LANES, rank
from appeal.tips.reasons import Reason
from tests.tips.conftest import NOW

Officers = tuple[Actor, Actor]


def tip(
    said: str = "a man at the bridge", *, source: str = "sms", at: datetime = NOW, **more: object
) -> intake.Received:
    external_id = sealing.new_token(current().keys.form_key, NOW)
    return intake.receive(replace(Inbound(source, external_id, at, said), **more))  # type: ignore[arg-type]


def stored(tip_id: int) -> Tip:
    with reading() as session:
        return session.scalars(select(Tip).where(Tip.id == tip_id).execution_options(populate_existing=True)).one()


def entries() -> list[tuple[str, str, str, str]]:
    with reading() as session:
        rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
    return [(row.actor, row.action, row.target, row.reason_code) for row in rows]


def ids(page: waiting.QueuePage) -> list[int]:
    return [row.id for row in page.rows]


def test_lanes_are_those_of_the_judgement() -> None:
    assert sorted(LANES) == sorted(urgency.LANES)


def test_rank_is_lane_then_score_then_age() -> None:
    later = NOW + timedelta(minutes=1)
    right = [("live", 1, NOW), ("about_me", 99, NOW), ("urgent", 99, later), ("urgent", 3, NOW), ("urgent", 3, later)]
    right += [("to_read", 0, NOW)]
    assert sorted(right, key=lambda one: rank(*one)) == right


def test_machine_reads_and_the_live_one_comes_first(app: Flask) -> None:
    calm = tip("I think he used to work somewhere")
    live = tip("He is here right now, at the bus station")
    assert sorted(triage.read_tips(NOW)) == sorted([calm.tip_id, live.tip_id])
    assert ids(triage.queue()) == [live.tip_id, calm.tip_id]
    row = stored(live.tip_id)
    judged = urgency.judge("He is here right now, at the bus station")
    assert (row.lane, row.score, tuple(row.reasons), row.language) == ("live", judged.score, judged.reasons, "en")
    assert (row.rank, row.read_at) == (rank("live", judged.score, row.received_at), NOW)
    assert triage.read_tips(NOW) == []


def test_buttons_and_further_answers_are_read_too(app: Flask) -> None:
    pressed = tip("", is_live=True)
    about_me = tip("hello", is_about_me=True)
    placed = tip("", facts={"where": "he is here right now"})
    triage.read_tips(NOW)
    assert [stored(one.tip_id).lane for one in (pressed, about_me, placed)] == ["live", "about_me", "live"]


def test_what_cannot_be_opened_is_shown_to_a_person_and_stops_nothing(app: Flask) -> None:
    broken, good = tip(), tip("good")
    stranger = sealing.make_identity()
    with writing() as session:
        sealed = sealing.seal(b"{}", [stranger.recipient])
        session.execute(
            update(MessageContent).where(MessageContent.message_id == broken.message_id).values(sealed=sealed)
        )
    assert sorted(triage.read_tips(NOW)) == sorted([broken.tip_id, good.tip_id])
    assert (stored(broken.tip_id).lane, stored(broken.tip_id).reasons) == ("urgent", ["cannot_open"])
    assert stored(good.tip_id).read_at == NOW


def test_reading_is_limited_and_goes_on(app: Flask) -> None:
    wanted = {tip(str(number)).tip_id for number in range(5)}
    first, second, third = (triage.read_tips(NOW, limit=2) for _ in range(3))
    assert [len(first), len(second), len(third)] == [2, 2, 1]
    assert {*first, *second, *third} == wanted


def test_queue_pages_by_key_and_loses_nothing(app: Flask) -> None:
    wanted = [tip(str(number), at=NOW + timedelta(minutes=number)).tip_id for number in range(7)]
    seen: list[int] = []
    cursor = ""
    for _ in range(4):
        page = triage.queue(after=cursor, limit=2)
        seen += ids(page)
        cursor = page.next_cursor
    assert (seen, cursor) == (wanted, "")


def test_queue_is_narrowed_by_appeal_and_lane(app: Flask, appeal: Appeal) -> None:
    tied, free = tip(appeal=appeal.public_id), tip()
    live = tip(is_live=True)
    assert ids(triage.queue(appeal_id=appeal.id)) == [tied.tip_id]
    assert triage.queue(appeal_id=appeal.id).rows[0].appeal == appeal.public_id
    assert ids(triage.queue(lane="live")) == [live.tip_id]
    assert set(ids(triage.queue(lane="to_read"))) == {tied.tip_id, free.tip_id}
    for wrong in ({"lane": "nonsense"}, {"after": "x"}, {"after": "1"}, {"after": "1-" + "9" * 40}):
        with pytest.raises(NotFound):
            triage.queue(**wrong)  # type: ignore[arg-type]


def test_queue_goes_by_its_index(app: Flask) -> None:
    shown = waiting.waiting("5-6", 25, None, "live").compile(
        app.extensions["sqlalchemy"].engine, compile_kwargs={"literal_binds": True}
    )
    with reading() as session:
        plan = " ".join(row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {shown}")))
    assert "ix_tips_queue" in plan
    assert "TEMP B-TREE" not in plan


def test_mark_changes_with_what_is_shown(app: Flask, officers: Officers) -> None:
    one = tip()
    before = triage.queue().mark
    assert triage.queue().mark == before
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    assert triage.queue().mark != before


def test_only_one_of_many_claims(app: Flask, officers: Officers) -> None:
    one = tip()
    won: list[Actor] = []
    lost: list[str] = []

    def take(actor: Actor) -> None:
        with app.app_context():
            try:
                triage.claim(actor, tip_id=one.tip_id, now=NOW)
                won.append(actor)
            except WrongState as error:
                lost.append(error.words)

    threads = [threading.Thread(target=take, args=(actor,)) for actor in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), lost) == (1, [f"{won[0].name} is reading this tip."])
    row = stored(one.tip_id)
    assert (row.state, row.claimed_by_id, row.claim_until) == ("claimed", won[0].id, NOW + timedelta(minutes=15))
    assert triage.queue().rows[0].holder == won[0].name


def test_claim_ends_with_its_time(app: Flask, officers: Officers) -> None:
    first, second = officers
    one, other = tip(), tip()
    for each in (one, other):
        triage.claim(first, tip_id=each.tip_id, now=NOW)
    triage.claim(first, tip_id=other.tip_id, now=NOW + timedelta(minutes=10))
    late = NOW + timedelta(minutes=16)
    assert triage.expire_claims(late) == 1
    assert [stored(each.tip_id).state for each in (one, other)] == ["unread", "claimed"]
    triage.claim(second, tip_id=one.tip_id, now=late)
    triage.claim(second, tip_id=other.tip_id, now=NOW + timedelta(minutes=26))
    assert stored(other.tip_id).claimed_by_id == second.id
    with pytest.raises(NotFound):
        triage.claim(first, tip_id=4711, now=NOW)


def test_claim_ends_with_the_shift_and_its_notes_stay(app: Flask, officers: Officers) -> None:
    first, second = officers
    with writing() as session:
        desk_id = desks.make_default(session)
        over = NOW + timedelta(minutes=5)
        session.add(Shift(desk_id=desk_id, officer_id=first.id, starts_at=NOW - timedelta(hours=8), ends_at=over))
    one = tip()
    triage.claim(first, tip_id=one.tip_id, now=NOW)
    work.note(first, tip_id=one.tip_id, words="Called back, no answer.", is_task=False, now=NOW)
    assert triage.expire_claims(over) == 1
    triage.claim(second, tip_id=one.tip_id, now=over)
    assert [note.words for note in work.notes(one.tip_id)] == ["Called back, no answer."]


def test_claim_is_given_back_by_its_holder_only(app: Flask, officers: Officers) -> None:
    one = tip()
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    with pytest.raises(WrongState):
        triage.release_claim(officers[1], tip_id=one.tip_id, now=NOW)
    triage.release_claim(officers[0], tip_id=one.tip_id, now=NOW)
    assert (stored(one.tip_id).state, stored(one.tip_id).claimed_by_id) == ("unread", None)


def test_view_opens_everything_but_the_sender_and_is_recorded(app: Flask, officers: Officers) -> None:
    picture = InboundFile("a.jpg", "image/jpeg", b"\xff\xd8\xff x")
    facts = {"where": "the bridge", "phone": "+34600111222"}
    one = tip("I saw him", sender="+34600999888", thread="t", facts=facts, files=(picture,))
    tip("and again \ud800", external_id="second", sender="+34600999888", thread="t", at=NOW + timedelta(seconds=9))
    shown = triage.view(officers[0], tip_id=one.tip_id, now=NOW)
    first, second = shown.messages
    assert (first.text, first.facts, first.has_contact) == ("I saw him", {"where": "the bridge"}, True)
    assert second.text == "and again \ufffd"
    assert first.alias == second.alias
    assert len(first.alias) == 6
    assert [(file.position, file.name, file.mime, file.size) for file in first.files] == [(0, "a.jpg", "image/jpeg", 5)]
    assert "+34600" not in str(shown)
    assert entries() == [("officer:1", "view tip", f"tip:{one.tip_id}", "")]
    assert triage.file(officers[0], one.tip_id, first.id, 0) == ("a.jpg", "image/jpeg", b"\xff\xd8\xff x")
    for wrong in ((one.tip_id, first.id, 1), (one.tip_id, second.id, 0), (1, first.id, 0)):
        with pytest.raises(NotFound):
            triage.file(officers[0], *wrong)


def test_sender_is_revealed_for_a_reason_only(app: Flask, officers: Officers) -> None:
    one = tip("a", sender="+34600999888", facts={"name": "Ana"})
    with pytest.raises(BadInput) as caught:
        triage.reveal(officers[0], tip_id=one.tip_id, reason=" ", now=NOW)
    assert list(caught.value.fields) == ["reason"]
    found = triage.reveal(officers[0], tip_id=one.tip_id, reason="to call her back", now=NOW)
    assert found == ({"sender": "+34600999888", "name": "Ana"},)
    with reading() as session:
        entry = session.scalars(select(LedgerEntry)).one()
    assert (entry.action, words_of(entry)) == ("reveal sender", "to call her back")


@pytest.mark.parametrize(
    "reason", [one for one in triage.REASONS if one.decision != "duplicate"], ids=lambda one: str(one.code)
)
def test_every_reason_decides(app: Flask, officers: Officers, reason: Reason) -> None:
    one = tip()
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    triage.assess(
        officers[0], tip_id=one.tip_id, decision=reason.decision, reason=reason.code, words="because", now=NOW
    )
    row = stored(one.tip_id)
    is_done = reason.decision != "escalate"
    assert (row.state, row.done_at) == (("done", NOW) if is_done else ("escalated", None))
    assert (row.claimed_by_id, row.claim_until) == (None, None)
    assert entries()[-1] == ("officer:1", f"assess tip: {reason.decision}", f"tip:{one.tip_id}", reason.code)
    shown = triage.view(officers[1], tip_id=one.tip_id, now=NOW).assessments
    assert [(each.decision, each.reason, each.words, each.officer) for each in shown] == [
        (reason.decision, reason.code, "because", "Officer 1")
    ]
    assert ids(triage.queue()) == ([] if is_done else [one.tip_id])


def test_duplicate_names_the_tip_it_repeats(app: Flask, officers: Officers) -> None:
    one, other = tip(), tip()
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    for wrong in (None, one.tip_id, 4711):
        with pytest.raises(BadInput) as caught:
            decide(officers[0], one.tip_id, "duplicate", "same_event", duplicate_of=wrong)
        assert list(caught.value.fields) == ["duplicate_of"]
    decide(officers[0], one.tip_id, "duplicate", "same_event", duplicate_of=other.tip_id)
    assert triage.view(officers[0], tip_id=one.tip_id, now=NOW).assessments[0].duplicate_of == other.tip_id


def decide(actor: Actor, tip_id: int, decision: str, reason: str, **more: object) -> None:
    triage.assess(actor, tip_id=tip_id, decision=decision, reason=reason, now=NOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("decision", "reason", "fields"),
    [
        ("nonsense", "in_case", ["decision", "reason", "words"]),
        ("actioned", "nonsense", ["reason"]),
        ("actioned", "mockery", ["reason"]),
        ("escalate", "danger", ["words"]),
        ("spam", "mockery", ["words"]),
    ],
)
def test_decision_that_lacks_something_is_refused_at_its_field(
    app: Flask, officers: Officers, decision: str, reason: str, fields: Sequence[str]
) -> None:
    one = tip(is_live=True)
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    with pytest.raises(BadInput) as caught:
        decide(officers[0], one.tip_id, decision, reason)
    assert list(caught.value.fields) == list(fields)
    assert stored(one.tip_id).state == "claimed"


def test_only_the_holder_decides_and_only_what_was_seen(app: Flask, officers: Officers) -> None:
    one = tip(thread="t")
    with pytest.raises(WrongState):
        decide(officers[0], one.tip_id, "actioned", "in_case")
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    with pytest.raises(WrongState):
        decide(officers[1], one.tip_id, "actioned", "in_case")
    tip("more", thread="t")
    with pytest.raises(Changed):
        decide(officers[0], one.tip_id, "actioned", "in_case", seen=1)
    decide(officers[0], one.tip_id, "actioned", "in_case", seen=2)
    assert stored(one.tip_id).state == "done"


def test_words_that_come_after_the_decision_wake_the_tip(app: Flask, officers: Officers) -> None:
    one = tip(thread="t")
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    decide(officers[0], one.tip_id, "actioned", "in_case")
    triage.read_tips(NOW + timedelta(seconds=1))
    assert stored(one.tip_id).state == "done"
    tip("one more thing", thread="t", at=NOW + timedelta(seconds=20))
    triage.read_tips(NOW + timedelta(seconds=21))
    row = stored(one.tip_id)
    assert (row.state, row.done_at, row.reasons[-1]) == ("unread", None, "added")


def test_escalated_stays_escalated_when_it_is_given_back(app: Flask, officers: Officers) -> None:
    one = tip()
    triage.claim(officers[0], tip_id=one.tip_id, now=NOW)
    decide(officers[0], one.tip_id, "escalate", "danger", words="a child")
    triage.claim(officers[1], tip_id=one.tip_id, now=NOW)
    triage.release_claim(officers[1], tip_id=one.tip_id, now=NOW)
    assert stored(one.tip_id).state == "escalated"


def test_who_may_not_read_tips_gets_nothing(app: Flask) -> None:
    one = tip()
    author = Actor(1, "Author", frozenset({"author", "observer", "auditor", "administrator", "approver"}))
    calls = (
        lambda: triage.queue(actor=author),
        lambda: triage.view(author, tip_id=one.tip_id, now=NOW),
        lambda: triage.claim(author, tip_id=one.tip_id, now=NOW),
        lambda: triage.reveal(author, tip_id=one.tip_id, reason="x", now=NOW),
        lambda: triage.file(author, one.tip_id, one.message_id, 0),
        lambda: decide(author, one.tip_id, "actioned", "in_case"),
    )
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert entries() == []
