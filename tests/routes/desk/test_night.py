"""A night with a closed desk, from the override to the child that was found, with the links as people get them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from appeal.app import create_public_app
from appeal.config import Config
from appeal.services import appeals, channels, desks, interlocks, overrides, paging, rota
from appeal.tips import intake, outside_hours
from appeal.tips.inbound import Inbound
from tests import factories, fakes
from tests.factories import Force

TWO = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MORNING = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
NUMBER = "+34600555201"


@pytest.fixture
def night(force: Force) -> Iterator[time_machine.Traveller]:
    """It is two o'clock, the triager is on call and reached by text message."""
    people = force.people
    channels.connect(
        people.administrator,
        publisher="sms",
        name="Pages",
        language="en",
        settings={},
        secrets={},
        now=TWO,
        purpose=channels.PAGES,
    )
    desks.set_contact(people.triager, number=NUMBER, by_sms=True, by_email=False, now=TWO)
    with time_machine.travel(TWO, tick=False) as traveller:
        yield traveller


def turn(now: datetime) -> None:
    """What the clock does."""
    interlocks.plan_again(now=now)
    paging.escalate(now=now)
    factories.tick(now=now)


def test_two_at_night(
    force: Force, night: time_machine.Traveller, platforms: fakes.Platforms, desk_app: Flask, config: Config
) -> None:
    people = force.people
    appeal_id = factories.launched(people, now=TWO, on=[force.channels["x"], force.channels["sms"]])
    turn(TWO)
    assert platforms.texts("x") == []
    assert rota.next_release(TWO, appeal_id) == MORNING

    factories.override(people, appeal_id, now=TWO)
    turn(TWO)
    assert platforms.sent_to("sms") == [NUMBER]
    link = re.search(r"/p/\S+", platforms.texts("sms")[0])
    assert link is not None
    phone = desk_app.test_client()
    shown = phone.get(link[0])
    assert "Can you read now?" in shown.text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', shown.text)
    assert token is not None
    night.move_to(TWO + 5 * MINUTE)
    assert "this counts as staffed hours" in phone.post(link[0], data={"csrf_token": token[1]}).text

    turn(TWO + 5 * MINUTE)
    assert len(platforms.texts("x")) == 1
    assert sorted(platforms.sent_to("sms")) == sorted([NUMBER, *factories.NUMBERS])
    form = create_public_app(config).test_client().get("/en/tell")
    assert "Somebody is here to read your message until 05:00." in form.text

    mother = Inbound(
        source="sms", external_id="SM1", received_at=TWO + 12 * MINUTE, text="My daughter.", thread="a", sender="+346"
    )
    assert outside_hours.words(intake.receive(mother), "en", now=TWO + 12 * MINUTE) == ""

    factories.corrected(people, appeal_id, title="The jacket is red", now=TWO + 20 * MINUTE)
    turn(TWO + 20 * MINUTE)
    assert any("The jacket is red" in one for one in platforms.texts("x"))
    assert len(platforms.sent_to("sms")) == 7

    found = TWO + 65 * MINUTE
    appeals.take_down(people.triager, appeal_id=appeal_id, reason="found", now=found)
    turn(found)
    assert platforms.texts("x") == []
    assert len(platforms.sent_to("sms")) == 13
    assert overrides.shown(appeal_id, now=found + timedelta(hours=3)) == []


def test_nobody_answers_and_everybody_who_may_is_asked(
    force: Force, night: time_machine.Traveller, platforms: fakes.Platforms
) -> None:
    appeal_id = factories.launched(force.people, now=TWO, on=[force.channels["x"]])
    made = factories.override(force.people, appeal_id, now=TWO)
    for minutes in (0, 5, 10, 15):
        turn(TWO + minutes * MINUTE)
    (shown,) = overrides.shown(appeal_id, now=TWO + 15 * MINUTE)
    assert shown.asked is not None
    assert (shown.asked.is_open, shown.asked.page.next_at) == (True, None)
    overrides.release_uncovered(force.people.approver, override_id=made, now=TWO + 15 * MINUTE)
    turn(TWO + 15 * MINUTE)
    assert len(platforms.texts("x")) == 1
