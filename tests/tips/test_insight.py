"""How an appeal does: counted by the hour, measured from the desk's decisions."""

from datetime import timedelta

import pytest
from flask import Flask

from appeal.models.appeal import Appeal
from appeal.rules.errors import NotAllowed
from appeal.rules.permissions import Actor
from appeal.tips import briefing, indexing, insight, insight_chart, intake, leads, triage, visible
from appeal.tips.inbound import Inbound
from tests.tips.conftest import NOW

Officers = tuple[Actor, Actor]
OBSERVER = Actor(9, "Observer", frozenset({"observer"}))


def came(appeal: Appeal, words: str, source: str = "webform", hours_ago: float = 0) -> int:
    at = NOW - timedelta(hours=hours_ago)
    tip_id = intake.receive(Inbound(source, words, at, words, appeal=appeal.public_id)).tip_id
    triage.read_tips(NOW)
    indexing.index_tips(NOW)
    return tip_id


def test_tips_are_counted_by_hour_and_source(app: Flask, officers: Officers, appeal: Appeal) -> None:
    for words, source, hours in (("one", "webform", 0), ("two", "sms", 0), ("three", "sms", 0), ("four", "x", 5)):
        came(appeal, words, source, hours)
    found = insight.look(OBSERVER, appeal_id=appeal.id, hours=24, now=NOW)
    assert len(found.hours) == 24
    assert found.hours[-1].came == {"webform": 1, "sms": 2}
    assert found.hours[-6].came == {"x": 1}
    assert sum(one.total for one in found.hours) == 4
    assert found.sources == ("sms", "webform", "x")
    assert insight.look(OBSERVER, appeal_id=appeal.id + 1, hours=24, now=NOW).sources == ()


def test_reading_time_use_and_action_come_from_decisions(app: Flask, officers: Officers, appeal: Appeal) -> None:
    ana = officers[0]
    useful, vague = came(appeal, "useful", hours_ago=2), came(appeal, "vague", hours_ago=2)
    came(appeal, "waits")
    for tip_id, decision, reason in (
        (useful, "actioned", "passed_on"),
        (vague, "no_further_action", "too_vague"),
    ):
        at = NOW - timedelta(minutes=30)
        triage.claim(ana, tip_id=tip_id, now=at)
        triage.view(ana, tip_id=tip_id, now=at)
        triage.assess(ana, tip_id=tip_id, decision=decision, reason=reason, now=at + timedelta(minutes=4))
    found = insight.look(ana, appeal_id=appeal.id, hours=24, now=NOW)
    assert (found.waiting, found.decided, found.useful, found.share_useful) == (1, 2, 1, 0.5)
    assert found.reading == timedelta(minutes=4)
    assert found.to_action == found.first_action == timedelta(minutes=94, seconds=31)
    assert sum(one.decided for one in found.hours) == 2
    table = insight.as_csv(found).splitlines()
    assert table[0] == "hour_utc,webform,all,decided,went_out"
    assert len(table) == 25
    drawn = insight_chart.chart(found, "Europe/Madrid")
    assert sum(part.high for part in drawn.parts) > 0
    assert [value for value, _y in drawn.lines] == [0, 1, 2]


def test_the_briefing_shows_numbers_and_no_restricted_lead(app: Flask, officers: Officers, appeal: Appeal) -> None:
    ana = officers[0]
    ids = [came(appeal, f"tip {number}", hours_ago=number) for number in range(4)]
    first = leads.gather(ana, tip_ids=ids[:2], title="a word of a tip", now=NOW)
    leads.gather(ana, tip_ids=ids[2:], title="", now=NOW)
    leads.check(ana, lead_id=first, finding="not_him", words="unit 7", hours=2, now=NOW)
    visible.restrict(ana, tip_id=ids[3], reader_ids=[ana.id], why="names an officer", now=NOW)
    found = briefing.look(OBSERVER, appeal_id=appeal.id, now=NOW)
    assert (found.came, found.unread) == (4, 4)
    assert found.oldest_at == (NOW - timedelta(hours=3)).replace(second=0)
    assert [(one.id, one.tip_count, one.check.finding if one.check else "") for one in found.leads] == [
        (first, 2, "not_him")
    ]
    assert [one.lead_id for one in found.checks] == [first]
    assert "word" not in repr(found)
    later = briefing.look(OBSERVER, appeal_id=appeal.id, now=NOW + timedelta(hours=3))
    assert later.checks == ()
    with pytest.raises(NotAllowed):
        briefing.look(Actor(8, "Nobody", frozenset()), appeal_id=appeal.id, now=NOW)
