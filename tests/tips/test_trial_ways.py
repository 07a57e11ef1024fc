"""Trial messages by mail, partner and text message come the whole way, leave nothing, and are missed when lost."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.models.erased import ErasedTip
from appeal.models.notice import Notice
from appeal.models.people import Role, User
from appeal.models.tip import Message, Tip
from appeal.publishers.base import Settings
from appeal.rules.permissions import SYSTEM
from appeal.services import beats, channels
from appeal.tips import arrivals, intake, polling, triage, trial, trial_ways
from appeal.tips.inbound import Inbound
from appeal.tips.sources import email, sms
from appeal.wire.imap import Letter
from tests.tips.conftest import NOW
from tests.tips.test_comparing import count

KEY = "way: channel 1"


@pytest.fixture
def sent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the trial messages that left on a channel with a mailbox."""
    names: list[str] = []
    monkeypatch.setitem(
        trial_ways.SENDERS, "email", (("imap_host",), lambda _number, _settings, name: names.append(name))
    )
    with writing() as session:
        boss = User(id=9, name="Boss", email="boss@force.example", fs_uniquifier="9")
        boss.roles = [Role(name="administrator")]
        session.add(boss)
    channels.connect(
        SYSTEM,
        publisher="email",
        name="Mailbox",
        language="en",
        settings={"imap_host": "mail.example", "sender": "press@force.example"},
        secrets={},
        now=NOW,
    )
    return names


def mail(claim: str, sender: str = "desk@force.example") -> Inbound | None:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = sender, "tips@force.example", "<1@a>"
    message[email.TRIAL_HEADER] = claim
    message.set_content("x")
    settings = Settings(values={"sender": "press@force.example"})
    return email.parse(Letter(1, bytes(message)), settings, channel_id=1, now=NOW)


def store(message: Inbound | None) -> None:
    assert message
    for one in polling.unknown([message]):
        intake.receive(one)


def test_mail_comes_the_whole_way_leaves_nothing_and_is_not_stored_again(sent: list[str]) -> None:
    trial_ways.beat_if_due(NOW)
    (name,) = sent
    store(mail(trial.named(name)))
    triage.read_tips(NOW)
    arrivals.take_in(NOW)
    assert triage.queue().rows == ()
    trial_ways.beat_if_due(NOW + timedelta(minutes=1))
    assert beats.last(KEY) == NOW + timedelta(minutes=1)
    store(mail(trial.named(name)))
    assert (count(Tip), count(Message), count(ErasedTip), len(sent)) == (0, 0, 0, 1)


def test_one_is_sent_every_hour(sent: list[str]) -> None:
    for minutes in range(0, 125, 5):
        now = NOW + timedelta(minutes=minutes)
        trial_ways.beat_if_due(now)
        store(mail(trial.named(sent[-1])))
    assert len(sent) == 2
    assert len(set(sent)) == 2


def test_lost_one_is_told_once(sent: list[str]) -> None:
    for minutes in range(0, 60, 5):
        trial_ways.beat_if_due(NOW + timedelta(minutes=minutes))
    assert (beats.last(KEY), count(Notice), len(sent)) == (None, 1, 4)
    life = trial_ways.lives(SYSTEM, now=NOW)[1]
    assert (life.name, life.came_at, life.is_late) == ("Mailbox", None, True)


def test_way_on_which_none_has_come_yet_is_not_late_at_once(sent: list[str]) -> None:
    trial_ways.beat_if_due(NOW)
    form, mailbox = trial_ways.lives(SYSTEM, now=NOW)
    assert [(form.name, form.is_late), (mailbox.name, mailbox.is_late)] == [("Web form", False), ("Mailbox", False)]
    assert trial_ways.lives(SYSTEM, now=NOW)[1].came_at is None


def test_nobody_else_passes_the_queue_with_a_claim(sent: list[str]) -> None:
    store(mail("way: channel 1 2026-03-01T12 " + "f" * 64, sender="stranger@example.org"))
    text = sms.parse({"MessageSid": "SM1", "From": "+34600", "Body": f"{sms.TRIAL_WORD} x y"}, channel_id=1, now=NOW)
    store(text)
    with reading() as session:
        tips = session.scalars(select(Tip).order_by(Tip.source)).all()
    assert [(tip.source, tip.state) for tip in tips] == [("email", "unread"), ("sms", "unread")]
    assert trial.marked(replace(text, facts={})) == replace(text, facts={})


def test_text_message_is_known_by_its_first_word(sent: list[str]) -> None:
    body = f"{sms.TRIAL_WORD} {trial.named('way: channel 3 2026-03-01T12')}"
    found = trial.marked(sms.parse({"MessageSid": "SM1", "From": "+34600", "Body": body}, channel_id=3, now=NOW))
    assert (found.source, found.text, found.is_trial) == (trial.SOURCE, "way: channel 3 2026-03-01T12", True)
    assert len(body) <= 160
