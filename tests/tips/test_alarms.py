"""Alarms: one for each place and ten minutes, counting up, ended by a press; a checked place wakes nobody twice."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.alarm import Alarm, AlarmTip
from appeal.models.lead import Lead
from appeal.models.paging import Page
from appeal.models.tip import Tip
from appeal.rules.errors import NotAllowed, NotFound
from appeal.rules.permissions import Actor
from appeal.services import paging
from appeal.tips import alarm_pages, alarms, membership, traces, triage
from appeal.tips import leads as lead_acts
from tests.tips.conftest import NOW
from tests.tips.test_triage import tip

Officers = tuple[Actor, Actor]
MINUTE = timedelta(minutes=1)


def live(where: str = "Plaza de España", *, at: datetime = NOW, said: str = "", **more: object) -> int:
    given = {"source": "webform", "is_live": True, "facts": {"where": where} if where else {}, "at": at}
    received = tip(said, **given | more)  # type: ignore[arg-type]
    triage.read_tips(at)
    alarms.raise_due(now=at)
    return received.tip_id


def rows() -> list[Alarm]:
    with reading() as session:
        return list(session.scalars(select(Alarm).order_by(Alarm.id), execution_options={"populate_existing": True}))


def counts() -> list[tuple[int, int]]:
    return [(row.tip_count, row.independent_count) for row in rows()]


def open_pages() -> list[tuple[str, str, str]]:
    with reading() as session:
        found = session.scalars(select(Page).where(Page.ended_at.is_(None)).order_by(Page.id))
        return [(page.kind, page.target, page.path) for page in found]


def test_reports_of_one_place_are_one_alarm_that_counts_up(app: Flask, officers: Officers) -> None:
    tip("a calm word about somebody", at=NOW)
    live(said="he sits on the bench by the fountain with a red hat")
    live(at=NOW + MINUTE, said="Sits on the bench by the fountain with a red hat!!")
    live("", at=NOW + 2 * MINUTE, said="I see him now in the plaza de españa", source="sms", is_live=False)
    live("Mill bridge", at=NOW + 2 * MINUTE)
    assert counts() == [(3, 2), (1, 1)]
    assert open_pages() == [("live", "alarm:1", "/alarms/1"), ("live", "alarm:2", "/alarms/2")]
    first, second = reversed(alarm_pages.standing(officers[0]))
    assert (first.place, first.tip_count, second.place) == ("Plaza de España", 3, "Mill bridge")


def test_it_ends_when_somebody_has_it_and_the_next_ten_minutes_begin_another(app: Flask, officers: Officers) -> None:
    live()
    page_id = rows()[0].page_id
    assert page_id is not None
    alarm_pages.view(officers[0], alarm_id=1)
    assert len(alarm_pages.standing(officers[0])) == 1
    paging.take_here(officers[0], page_id=page_id, now=NOW + MINUTE)
    assert alarm_pages.standing(officers[0]) == []
    live(at=NOW + 9 * MINUTE)
    assert (counts(), open_pages()) == ([(2, 2)], [])
    live(at=NOW + 10 * MINUTE)
    assert counts() == [(2, 2), (1, 1)]
    assert [line.taken_by for line in alarm_pages.latest(officers[0], now=NOW + 10 * MINUTE)] == ["", "Officer 1"]


def test_words_that_follow_give_the_place_and_are_no_further_report(app: Flask, officers: Officers) -> None:
    first = live("", said="I see him right now", source="sms", sender="+34600555901", thread="a")
    more = {"source": "sms", "sender": "+34600555901", "thread": "a", "is_live": False}
    again = live("", at=NOW + MINUTE, said="it is the Mill bridge", **more)
    assert first == again
    assert counts() == [(1, 1)]
    assert alarm_pages.standing(officers[0])[0].place == "it is the Mill bridge"
    live("Mill bridge", at=NOW + MINUTE)
    assert counts() == [(2, 2)]
    live("", at=NOW + 2 * MINUTE, said="I see him now at the Tower bridge", **more)
    assert counts() == [(2, 2), (1, 1)]


def test_who_says_that_is_me_alarms_once_for_each_appeal(app: Flask, officers: Officers, appeal: object) -> None:
    for number in range(3):
        live(f"Somewhere {number}", said="that is me", is_live=False, is_about_me=True, appeal="k3v9q2mx7d")
    live(said="that is me", is_live=False, is_about_me=True)
    assert counts() == [(3, 3), (1, 1)]
    assert {kind for kind, _target, _path in open_pages()} == {"about_me"}


def test_300_sightings_of_40_places_in_ten_minutes_are_at_most_40_alarms(app: Flask, officers: Officers) -> None:
    streets = [f"{first}{second}" for first in ("Mar", "Pin", "Sol", "Lun", "Rob") for second in ("ta", "go", "lin")]
    places = [f"Calle {street} {kind}" for kind in ("Alta", "Ruiz", "Cid") for street in streets][:40]
    at = NOW
    for number in range(300):
        at = NOW + number * timedelta(seconds=1.9)
        tip("", source="webform", is_live=True, facts={"where": places[number * 7 % 40]}, at=at)
        if number % 25 == 24:
            triage.read_tips(at, limit=400)
            alarms.raise_due(now=at)
    assert len(rows()) <= 40
    assert sum(row.tip_count for row in rows()) == 300
    with reading() as session:
        assert len(set(session.scalars(select(AlarmTip.tip_id)))) == 300


def test_more_places_than_anybody_can_take_are_counted_by_one_more(app: Flask, officers: Officers) -> None:
    for number in range(45):
        tip("", source="webform", is_live=True, facts={"position": f"{40 + number / 10:.4f}, -3.7000"})
    triage.read_tips(NOW)
    alarms.raise_due(now=NOW)
    assert [row.tip_count for row in rows()] == [1] * 39 + [6]
    assert alarm_pages.standing(officers[0])[0].is_overflow


def gathered(officer: Actor, tip_id: int) -> int:
    with writing() as session:
        lead = Lead(state="gathered", created_at=NOW, changed_at=NOW)
        session.add(lead)
        session.flush()
        membership.join(session, lead.id, tip_id, now=NOW)
        lead_id = lead.id
    lead_acts.check(officer, lead_id=lead_id, finding="not_him", words="unit 7", hours=6, now=NOW)
    return lead_id


def test_a_checked_place_wakes_nobody_again_and_a_new_detail_does(app: Flask, officers: Officers) -> None:
    first = live(said="a man with a red hat")
    lead_id = gathered(officers[0], first)
    paging.take_here(officers[0], page_id=rows()[0].page_id or 0, now=NOW)
    later = NOW + timedelta(minutes=30)
    live(at=later, said="the man with the red hat again")
    assert open_pages() == []
    muted = alarm_pages.latest(officers[0], now=later)[0]
    assert muted.check is not None
    assert (muted.lead_id, muted.check[0], muted.check[1]) == (lead_id, "not_him", "unit 7")
    live(at=later, said="a man with a red hat, and he has a knife")
    assert open_pages() == [("live", "alarm:3", "/alarms/3")]
    live("Mill bridge", at=later, said="a man with a red hat")
    assert len(open_pages()) == 2
    live(at=NOW + timedelta(hours=7), said="a man with a red hat")
    assert len(open_pages()) == 3


def test_alarms_are_for_who_reads_tips_or_approves(app: Flask, officers: Officers) -> None:
    live()
    author, approver = (Actor(9, "Author", frozenset({role})) for role in ("author", "approver"))
    assert alarm_pages.standing(author) == []
    with pytest.raises(NotAllowed):
        alarm_pages.view(author, alarm_id=1)
    assert alarm_pages.view(approver, alarm_id=1).tips == []
    assert len(alarm_pages.view(officers[0], alarm_id=1).tips) == 1
    with pytest.raises(NotFound):
        alarm_pages.view(approver, alarm_id=7)


def test_an_erased_tip_leaves_the_count_and_no_word(app: Flask, officers: Officers) -> None:
    first = live(said="he sits on the bench by the fountain with a red hat")
    with writing() as session:
        traces.remove(session, session.get_one(Tip, first), cause="time", now=NOW)
    assert counts() == [(1, 1)]
    assert [line.place for line in alarm_pages.standing(officers[0])] == [""]
    live(at=NOW + MINUTE)
    assert counts() == [(1, 1), (1, 1)]
