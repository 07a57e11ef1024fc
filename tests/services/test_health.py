"""Channels are asked how they do; what is wrong is told once, and a stopped one that is well goes on."""

from datetime import timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.notice import Notice
from appeal.models.release import Channel
from appeal.publishers.base import Health
from appeal.rules.paging import CHANNEL
from appeal.services import health, paging
from appeal.services.health import CHECK_EVERY, CHECK_STOPPED_EVERY
from tests.factories import NOON, Force

WELL, ILL = Health(True, "well"), Health(False, "locked")
DAY = timedelta(days=1)


def told() -> list[str]:
    with reading() as session:
        return [
            one.subject for one in session.query(Notice).filter(Notice.kind == "channel health").order_by(Notice.id)
        ]


def standing(channel_id: int) -> str:
    with reading() as session:
        channel = session.get_one(Channel, channel_id)
    return health.standing(channel, health.kept().get(channel_id), NOON)


def test_every_active_channel_is_asked_now_and_then(force: Force) -> None:
    first = health.due(now=NOON, limit=10)
    assert [one.name for one in first] == ["site", "x", "sms", "email"]
    for one in first:
        health.note(one.id, WELL, now=NOON)
    assert health.due(now=NOON + CHECK_EVERY / 2) == []
    assert len(health.due(now=NOON + CHECK_EVERY, limit=10)) == 4


def test_a_stopped_channel_is_asked_sooner_and_goes_on_when_it_is_well(force: Force) -> None:
    channel_id = force.channels["x"]
    with writing() as session:
        session.get_one(Channel, channel_id).stopped_reason = "The account is locked."
    for one in health.due(now=NOON, limit=10):
        health.note(one.id, ILL if one.id == channel_id else WELL, now=NOON)
    assert standing(channel_id) == "stopped"
    assert [one.id for one in health.due(now=NOON + CHECK_STOPPED_EVERY)] == [channel_id]
    health.note(channel_id, WELL, now=NOON)
    assert standing(channel_id) == ""


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (WELL, ""),
        (ILL, "ill"),
        (Health(True, "well", expires_at=NOON + 15 * DAY), ""),
        (Health(True, "well", expires_at=NOON + 13 * DAY), "expires"),
        (Health(True, "well", expires_at=NOON), "expired"),
        (Health(True, "well", warning="Two posts are left this month."), "warning"),
    ],
)
def test_what_is_wrong_is_told_once_to_administrators(force: Force, found: Health, code: str) -> None:
    for _number in range(3):
        assert health.note(force.channels["x"], found, now=NOON) == code
    assert standing(force.channels["x"]) == code
    assert len(told()) == (1 if code else 0)


def test_what_is_wrong_again_is_told_again(force: Force) -> None:
    for found in (ILL, WELL, ILL):
        health.note(force.channels["x"], found, now=NOON)
    assert told() == ["x does not work and needs you"] * 2


def test_a_channel_that_was_never_asked_or_is_off_says_so(force: Force) -> None:
    assert (standing(force.channels["x"]), standing(force.channels["usual"])) == ("unknown", "off")


def test_administrators_are_paged_once_when_nothing_goes_out_any_more(force: Force) -> None:
    channel_id = force.channels["x"]
    target = f"channel:{channel_id}"
    health.note(channel_id, Health(True, "well", warning="Little credit is left."), now=NOON)
    assert paging.latest(kind=CHANNEL, target=target) is None
    health.note(channel_id, ILL, now=NOON)
    health.note(channel_id, ILL, now=NOON)
    page = paging.latest(kind=CHANNEL, target=target)
    assert page is not None
    assert (page.is_open, [one.officer.name for one in page.asked]) == (True, ["Administrator"])
    health.note(channel_id, WELL, now=NOON)
    page = paging.latest(kind=CHANNEL, target=target)
    assert page is not None
    assert not page.is_open
