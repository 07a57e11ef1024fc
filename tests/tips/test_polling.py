"""Answers that have to be fetched are tied to their appeal, and the cursor never runs ahead of what is stored."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.appeal import Appeal, Approval, Revision
from appeal.models.release import Channel, Copy, Delivery, Release
from appeal.models.tip import Tip
from appeal.rules.errors import Overloaded, TryLater
from appeal.tips import polling
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import PollResult
from tests.tips.conftest import NOW

POST = "1700"


class Platform:
    """Gives the results that it was told to give."""

    def __init__(self) -> None:
        self.results: list[PollResult | Exception] = []
        self.cursors: list[str] = []

    def __call__(self, _settings: object, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
        self.cursors.append(cursor)
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    platform = Platform()
    monkeypatch.setitem(polling.POLLED, "x", platform)
    return platform


@pytest.fixture
def channel(app: Flask, appeal: Appeal) -> Channel:
    """A channel on which a post of the appeal is out."""
    with writing() as session:
        row = Channel(publisher="x", name="X", language="en", created_at=NOW)
        revision = Revision(appeal_id=appeal.id, number=1, author_id=1, created_at=NOW)
        session.add_all([row, revision])
        session.flush()
        texts = dict.fromkeys(
            ("content_sha256", "legal_basis", "necessity", "proportionality", "risk", "statement"), ""
        )
        approval = Approval(
            revision_id=revision.id,
            author_id=1,
            approver_id=2,
            approved_at=NOW,
            review_on=NOW.date(),
            posts={},
            **texts,
        )
        session.add(approval)
        session.flush()
        release = Release(
            appeal_id=appeal.id, revision_id=revision.id, approval_id=approval.id, kind="first", created_at=NOW
        )
        session.add(release)
        session.flush()
        delivery = Delivery(release_id=release.id, channel_id=row.id, kind="publish", created_at=NOW)
        session.add(delivery)
        session.flush()
        session.add(Copy(delivery_id=delivery.id, channel_id=row.id, key="abcd2345", due_at=NOW, external_id=POST))
    return row


def reply(number: int, **facts: str) -> Inbound:
    return Inbound("x", str(number), NOW, f"reply {number}", sender="Ana", facts=facts)


def state(channel_id: int) -> tuple[str, str]:
    with reading() as session:
        row = session.scalars(
            select(Channel).where(Channel.id == channel_id).execution_options(populate_existing=True)
        ).one()
    return row.cursor, row.poll_problem


def appeals() -> list[int | None]:
    with reading() as session:
        return list(session.scalars(select(Tip.appeal_id).order_by(Tip.appeal_id)))


def test_replies_belong_to_the_appeal_of_the_post(channel: Channel, appeal: Appeal, platform: Platform) -> None:
    messages = (reply(1, in_reply_to=POST), reply(2, in_reply_to="9", conversation=POST), reply(3, in_reply_to="9"))
    platform.results = [PollResult(messages, "3")]
    assert polling.channels_to_poll() == [channel.id]
    assert polling.poll(channel.id, now=NOW) == 3
    assert appeals() == [None, appeal.id, appeal.id]
    assert state(channel.id) == ("3", "")


def test_cursor_waits_until_everything_is_stored(
    channel: Channel, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_a: object, **_k: object) -> None:
        raise Overloaded

    platform.results = [PollResult((reply(1), reply(2)), "2")] * 2
    with monkeypatch.context() as patched:
        patched.setattr("appeal.tips.intake.db.write_together", full)
        with pytest.raises(Overloaded):
            polling.poll(channel.id, now=NOW)
    assert state(channel.id) == ("", "")
    assert polling.poll(channel.id, now=NOW) == 2
    assert (platform.cursors, state(channel.id)) == (["", ""], ("2", ""))


def test_platform_that_does_not_answer_is_named_and_asked_again(channel: Channel, platform: Platform) -> None:
    platform.results = [
        TryLater("X has a fault of its own."),
        PollResult((reply(1),), "1"),
        PollResult((reply(1),), "1"),
    ]
    assert polling.poll(channel.id, now=NOW) == 0
    assert state(channel.id) == ("", "X has a fault of its own.")
    assert polling.poll(channel.id, now=NOW) == 1
    assert state(channel.id) == ("1", "")
    assert polling.poll(channel.id, now=NOW) == 0
