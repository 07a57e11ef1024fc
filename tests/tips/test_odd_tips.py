"""Tips that are larger, shorter or stranger than usual: each is read, shown and counted, and nothing is lost."""

from datetime import timedelta

import pytest
from flask import Flask

from appeal.db import writing
from appeal.models.lead import Lead, LeadMember, LeadState
from appeal.models.tip import Message, MessageContent, Tip
from appeal.rules.errors import BadInput, Changed, WrongState
from appeal.rules.permissions import Actor
from appeal.tips import alike, arrivals, lead_closing, lead_pages, leads, search, triage
from appeal.tips.inbound import InboundFile
from tests.factories import jpeg
from tests.tips.conftest import NOW
from tests.tips.test_triage import stored, tip

Officers = tuple[Actor, Actor]


def read(actor: Actor, tip_id: int) -> triage.TipView:
    triage.read_tips(NOW)
    arrivals.take_in(NOW)
    triage.claim(actor, tip_id=tip_id, now=NOW)
    alike.beside(actor, tip_id)
    return triage.view(actor, tip_id=tip_id, now=NOW)


def test_a_tip_with_200_pictures_keeps_every_one(app: Flask, officers: Officers) -> None:
    about = {"source": "sms", "sender": "+34600999888", "thread": "a"}
    for ten in range(20):
        files = tuple(InboundFile(f"{ten}-{one}.jpg", "image/jpeg", jpeg(side=16)) for one in range(10))
        sent = tip("look", files=files, external_id=str(ten), **about)
    shown = read(officers[0], sent.tip_id)
    assert sum(len(message.files) for message in shown.messages) == shown.row.file_count == 200


@pytest.mark.parametrize("text", ["Quillfeather", "él 他在这里 он здесь هو هنا", "\u202eright to left\u202c", "🙂"])
def test_a_short_or_mixed_tip_is_read_and_shown_as_it_came(app: Flask, officers: Officers, text: str) -> None:
    assert read(officers[0], tip(text).tip_id).messages[0].text == text


def test_fifty_thousand_words_are_refused_with_what_to_do_and_what_fits_is_shown_whole(
    app: Flask, officers: Officers
) -> None:
    with pytest.raises(BadInput, match="Send it in two parts"):
        tip(" ".join(["word"] * 50_000))
    text = " ".join(f"w{number}" for number in range(6_500)) + " Quillfeather"
    one = tip(text).tip_id
    assert read(officers[0], one).messages[0].text == text
    found = search.search(officers[0], search.Asked(words="quillfeather"), now=NOW).found
    assert [each.row.id for each in found] == [one]


def test_a_lead_of_5000_tips_is_counted_whole_and_opened_in_part(app: Flask, officers: Officers) -> None:
    ana = officers[0]
    few = [tip(f"the parrot man {number % 3}").tip_id for number in range(3)]
    triage.read_tips(NOW)
    lead_id = leads.gather(ana, tip_ids=few, title="", now=NOW)
    _fill(lead_id, few[0], 4_997)
    shown = lead_pages.view(ana, lead_id=lead_id, now=NOW)
    assert (shown.line.tip_count, len(shown.members)) == (5_000, lead_pages.MOST_OPENED)
    assert shown.more == 5_000 - lead_pages.MOST_OPENED
    assert lead_closing.close(ana, lead_id=lead_id, reason="known_already", now=NOW).done == 500
    assert leads.undo(ana, lead_id=lead_id, expected_version=shown.version, now=NOW) == 5_000
    assert leads.bring_back(ana, lead_id=lead_id, now=NOW) == (5_000, 0)


def _fill(lead_id: int, like: int, count: int) -> None:
    """So many further tips that say what one says, straight into the tables."""
    with writing() as session:
        first = session.get_one(Tip, like)
        sealed = first.messages[0].content.sealed
        columns = {column.name: getattr(first, column.name) for column in Tip.__table__.columns}
        own = [{**columns, "id": 10_000 + n, "code_hash": None, "lead_id": lead_id} for n in range(count)]
        session.execute(Tip.__table__.insert(), own)
        about = {"received_at": first.received_at, "channel_id": None}
        rows = [{"id": one["id"], "tip_id": one["id"], "intake_hash": f"{one['id']}", **about} for one in own]
        session.execute(Message.__table__.insert(), rows)
        session.execute(MessageContent.__table__.insert(), [{"message_id": one["id"], "sealed": sealed} for one in own])
        inside = {"lead_id": lead_id, "reasons": [], "score": 0, "added_at": NOW}
        session.execute(
            LeadMember.__table__.insert(),
            [{**inside, "tip_id": one["id"], "position": 10 + n} for n, one in enumerate(own)],
        )
        session.get_one(Lead, lead_id).tip_count = count + 3


def test_ungathering_after_others_have_added_says_so_and_loses_nothing(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one, other, third = (tip(text).tip_id for text in ("one", "two", "three"))
    lead_id = leads.gather(ana, tip_ids=[one, other], title="", now=NOW)
    seen = lead_pages.view(ana, lead_id=lead_id, now=NOW).version
    leads.gather(ben, tip_ids=[third], title="", now=NOW + timedelta(minutes=1), lead_id=lead_id)
    with pytest.raises(Changed, match="it has 3 tips now"):
        leads.undo(ana, lead_id=lead_id, expected_version=seen, now=NOW)
    assert lead_pages.view(ana, lead_id=lead_id, now=NOW).line.state == LeadState.GATHERED


def test_an_assessment_of_a_tip_that_somebody_else_claimed_says_so(app: Flask, officers: Officers) -> None:
    ana, ben = officers
    one = tip("words").tip_id
    triage.claim(ana, tip_id=one, now=NOW)
    later = NOW + timedelta(minutes=16)
    triage.expire_claims(later)
    triage.claim(ben, tip_id=one, now=later)
    with pytest.raises(WrongState, match="You do not hold this tip any more"):
        triage.assess(ana, tip_id=one, decision="spam", reason="advertising", now=later)
    assert stored(one).claimed_by_id == 2
