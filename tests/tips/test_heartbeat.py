"""A trial message goes through the form and leaves nothing; silence is told once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from appeal.db import reading, writing
from appeal.models.notice import Notice
from appeal.models.people import Role, User
from appeal.models.release import Channel
from appeal.models.tip import Message, MessageContent, Tip
from appeal.routes.public import tell
from appeal.rules.clock import now
from appeal.services import beats
from appeal.tips import heartbeat
from tests.tips.conftest import NOW


class ThroughClient:
    """The wire's session, on the application itself."""

    client: FlaskClient

    def __init__(self, base: str) -> None:
        self.base = base

    def __enter__(self) -> "ThroughClient":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get(self, address: str) -> Any:
        return self.client.get(address.removeprefix(self.base))

    def post(self, address: str, data: dict[str, str]) -> Any:
        return self.client.post(address.removeprefix(self.base), data=data)


@pytest.fixture
def way(app: Flask, monkeypatch: pytest.MonkeyPatch) -> type[ThroughClient]:
    app.register_blueprint(tell.pages)
    ThroughClient.client = app.test_client()
    monkeypatch.setattr(heartbeat, "Session", ThroughClient)
    with writing() as session:
        boss = User(id=9, name="Boss", email="boss@force.example", fs_uniquifier="9")
        boss.roles = [Role(name="administrator")]
        session.add(boss)
    return ThroughClient


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_trial_message_comes_through_and_leaves_nothing(way: type[ThroughClient]) -> None:
    heartbeat.beat_if_due(NOW)
    assert beats.last(heartbeat.FORM) == NOW
    assert [count(model) for model in (Tip, Message, MessageContent, Notice)] == [0, 0, 0, 0]


def test_it_is_sent_once_an_hour(way: type[ThroughClient]) -> None:
    for minutes in (0, 30, 59, 60):
        heartbeat.beat_if_due(NOW + timedelta(minutes=minutes))
    assert beats.last(heartbeat.FORM) == NOW + timedelta(minutes=60)


def test_silence_is_told_once_and_again_after_something_came_through(
    way: type[ThroughClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(heartbeat, "CODE", heartbeat.re.compile("never"))
        for minutes in (0, 5, 10, 15):
            heartbeat.beat_if_due(NOW + timedelta(minutes=minutes))
    assert (beats.last(heartbeat.FORM), count(Notice)) == (None, 1)
    heartbeat.beat_if_due(NOW + timedelta(minutes=20))
    monkeypatch.setattr(heartbeat, "TOKEN", heartbeat.re.compile("never"))
    for minutes in (90, 95):
        heartbeat.beat_if_due(NOW + timedelta(minutes=minutes))
    assert count(Notice) == 2


def test_nobody_else_can_send_a_message_past_the_queue(way: type[ThroughClient]) -> None:
    page = way.client.get("/en/tell").text
    token = heartbeat.TOKEN.search(page)
    assert token
    way.client.post("/en/tell/words", data={"token": token[1], "words": "I saw him", "beat": "f" * 64})
    with reading() as session:
        tip = session.scalars(select(Tip)).one()
    assert (tip.source, tip.state) == ("webform", "unread")


def test_silent_source_is_told_once(way: type[ThroughClient]) -> None:
    moment = now()
    with writing() as session:
        session.add(
            Channel(id=1, publisher="x", name="Our X", language="en", settings={}, created_at=NOW, polled_at=moment)
        )
    heartbeat.watch_sources(moment)
    assert count(Notice) == 0
    with writing() as session:
        session.get_one(Channel, 1).poll_problem = "X does not answer"
    for minutes in (9, 11, 12):
        heartbeat.watch_sources(moment + timedelta(minutes=minutes))
    assert count(Notice) == 1
