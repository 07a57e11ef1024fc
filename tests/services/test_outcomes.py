"""What is out, coming down and gone follows from the copies alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from appeal.db import dispose_engines
from appeal.services import appeals, copies, outcomes, releases
from appeal.services.lookups import STILL_THERE
from tests import appeals_desk as desk
from tests.appeals_desk import APPROVER, AUTHOR, NIGHT, NOON, OBSERVER

pytestmark = pytest.mark.slow


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    found = desk.create(tmp_path)
    with found.app_context():
        yield found
    dispose_engines()


def states(appeal_id: int = 1) -> dict[str, str]:
    return {one.channel.publisher: one.state for one in outcomes.overview(appeal_id)}


def state(appeal_id: int = 1) -> str:
    return outcomes.appeal_state(appeals.view(appeal_id))


def take_down(appeal_id: int = 1) -> None:
    appeals.take_down(desk.actor(AUTHOR), appeal_id=appeal_id, reason="found", now=NOON)


def test_before_a_release_the_revision_says_how_the_appeal_stands(app: Flask) -> None:
    appeal_id = desk.whole_draft()
    assert state(appeal_id) == "draft"
    assert desk.submitted() == 2
    assert state(2) == "submitted"
    assert (states(1), states(2)) == ({}, {})


def test_planned_copies_wait_each_for_their_moment(app: Flask) -> None:
    desk.launched(NIGHT)
    assert state() == "waiting"
    assert states() == {"site": "waiting", "x": "waiting", "sms": "waiting"}
    assert [one.counts for one in outcomes.overview(1)] == [{"waiting": 1}, {"waiting": 1}, {"waiting": 3}]
    assert {one.next_at.hour for one in outcomes.overview(1) if one.next_at} == {7}
    assert [one.reason for one in outcomes.overview(1)] == ["", "waits for the site", "waits for the site"]


def test_what_was_sent_is_out_with_its_address_and_moment(app: Flask) -> None:
    desk.launched()
    desk.launched()
    desk.set_copies("site", state="sent", sent_at=NOON, permalink="https://site.example/1")
    assert state() == "partly_out"
    desk.all_out()
    assert state() == "out"
    site, _x, sms = outcomes.overview(1)
    assert (site.state, site.since, site.links) == ("out", NOON, ("https://site.example/1",))
    assert (sms.counts, sms.links, sms.is_list) == ({"out": 3}, (), True)


@pytest.mark.parametrize(
    ("copy_state", "channel", "appeal"),
    [
        ("unknown", "unknown", "partly_out"),
        ("asked", "asked", "partly_out"),
        ("failed", "failed", "partly_out"),
        ("sending", "moving", "partly_out"),
        ("held", "waiting", "partly_out"),
        ("cancelled", "cancelled", "out"),
    ],
)
def test_one_channel_that_is_not_out_makes_it_partly_out(
    app: Flask, copy_state: str, channel: str, appeal: str
) -> None:
    desk.launched()
    desk.all_out()
    desk.set_copies("x", state=copy_state)
    assert states()["x"] == channel
    assert state() == appeal


def test_taking_down_is_coming_down_until_each_is_gone(app: Flask) -> None:
    desk.launched()
    desk.all_out()
    take_down()
    assert states() == {"site": "coming_down", "x": "coming_down", "sms": "coming_down"}
    assert state() == "coming_down"
    desk.set_copies("site", "retract", state="sent", sent_at=NOON, gone_at=NOON)
    assert outcomes.overview(1)[0].links == ()
    assert (states()["site"], outcomes.overview(1)[0].gone_at) == ("gone", NOON)
    assert state() == "coming_down"
    desk.set_copies("x", "retract", state="sent", sent_at=NOON)
    assert states()["x"] == "coming_down"
    desk.set_copies("x", "retract", gone_at=NOON)
    desk.set_copies("sms", "retract", state="sent", sent_at=NOON)
    assert states() == {"site": "gone", "x": "gone", "sms": "told"}
    assert state() == "gone"


def test_unknown_outing_keeps_the_appeal_coming_down(app: Flask) -> None:
    desk.launched()
    desk.all_out()
    desk.set_copies("x", state="unknown")
    take_down()
    for channel in ("site", "sms"):
        desk.set_copies(channel, "retract", state="sent", gone_at=NOON)
    desk.set_copies("x", "retract", state="cancelled")
    assert state() == "coming_down"


def test_what_a_platform_leaves_there_is_for_a_person(app: Flask) -> None:
    desk.launched()
    desk.all_out()
    take_down()
    desk.set_copies("x", "retract", state="sent", reason=STILL_THERE)
    assert states()["x"] == "by_hand"
    assert [one.copy.delivery.channel.publisher for one in copies.to_look_at(1)] == ["x"]


def test_release_again_is_out_beside_what_is_gone(app: Flask) -> None:
    desk.launched()
    desk.all_out()
    take_down()
    for channel in ("site", "x", "sms"):
        desk.set_copies(channel, "retract", state="sent", sent_at=NOON, gone_at=NOON)
    releases.release_again(desk.actor(APPROVER), appeal_id=1, now=NOON)
    desk.all_out()
    assert state() == "out"
    assert outcomes.overview(1)[1].counts == {"out": 1, "gone": 1}
    take_down()
    assert outcomes.overview(1)[1].counts == {"coming_down": 1, "gone": 1}


def test_ending_is_said_when_everything_is_gone(app: Flask) -> None:
    desk.launched()
    desk.all_out()
    appeals.end(desk.actor(APPROVER), appeal_id=1, ending="arrested", now=NOON)
    assert state() == "coming_down"
    for channel in ("site", "x", "sms"):
        desk.set_copies(channel, "retract", state="sent", sent_at=NOON, gone_at=NOON)
    assert state() == "ended"


def test_failed_everywhere_is_failed(app: Flask) -> None:
    desk.launched()
    for channel in ("site", "x", "sms"):
        desk.set_copies(channel, state="failed")
    assert state() == "failed"


def test_version_changes_with_the_overview_only(app: Flask) -> None:
    desk.launched()
    before = outcomes.version(outcomes.overview(1))
    desk.launched()
    assert outcomes.version(outcomes.overview(1)) == before
    desk.set_copies("site", state="sent", sent_at=NOON)
    assert outcomes.version(outcomes.overview(1)) != before


def test_what_waits_is_only_what_this_officer_can_do(app: Flask) -> None:
    desk.submitted()
    desk.launched()
    desk.all_out()
    desk.set_copies("x", state="asked")
    found = {email: outcomes.waiting_for(desk.actor(email)) for email in (AUTHOR, APPROVER, OBSERVER)}
    ids = {
        email: [[one.id for one in part] for part in (own.approvals, own.asked, own.returned)]
        for email, own in found.items()
    }
    assert ids == {AUTHOR: [[], [2], []], APPROVER: [[1], [2], []], OBSERVER: [[], [], []]}
