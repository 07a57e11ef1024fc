"""The desk's decisions teach the machine, and undoing them takes it back; it only sorts."""

import pytest
from flask import Flask

from appeal.db import reading
from appeal.models.tip import Tip
from appeal.rules import spam
from appeal.rules.permissions import Actor
from appeal.tips import bulk, machine, triage
from tests.tips.conftest import NOW
from tests.tips.test_triage import tip

Officers = tuple[Actor, Actor]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spam, "LEAST", 3)


def row(text: str) -> Tip:
    made = tip(text)
    triage.read_tips(NOW)
    with reading() as session:
        return session.get_one(Tip, made.tip_id, populate_existing=True)


def teach(actor: Actor) -> int:
    """Three messages closed as advertising, three as nothing; the act of the former."""
    bad = [row(f"cheap roof tiles and gutters offer number {number}").id for number in range(3)]
    good = [row(f"somebody with a cap stood behind the school {number}").id for number in range(3)]
    bulk.decide(actor, choices=dict.fromkeys(good, "too_vague"), kind="chosen", now=NOW)
    return bulk.decide(actor, choices=dict.fromkeys(bad, "advertising"), kind="chosen", now=NOW).act_id


def test_what_reads_like_closed_spam_is_set_back_with_its_reason(app: Flask, officers: Officers) -> None:
    before = row("cheap roof tiles and gutters for you").score
    teach(officers[0])
    after, other = row("cheap roof tiles and gutters for everybody"), row("a cap lay behind the school")
    assert machine.LIKE_SPAM in after.reasons
    assert (after.state, after.lane) == ("unread", "to_read")
    assert after.score == max(0, before - machine.LIKE_SPAM_POINTS)
    assert machine.LIKE_SPAM not in other.reasons


def test_a_live_sighting_is_never_set_back(app: Flask, officers: Officers) -> None:
    teach(officers[0])
    live = row("cheap roof tiles and gutters: I can see him right now")
    assert live.lane == "live"
    assert machine.LIKE_SPAM not in live.reasons


def test_undoing_a_decision_takes_back_what_it_taught(app: Flask, officers: Officers) -> None:
    act_id = teach(officers[0])
    assert machine.LIKE_SPAM in row("cheap roof tiles and gutters for everybody").reasons
    bulk.undo(officers[0], act_id=act_id, now=NOW)
    assert machine.LIKE_SPAM not in row("cheap roof tiles and gutters for nobody").reasons
