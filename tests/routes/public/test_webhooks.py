"""Twilio's calls: signed or refused, stored once, answered neutrally."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from appeal.db import reading, writing
from appeal.installation import current, install
from appeal.keys import DeskKeys
from appeal.models.release import Channel, ChannelAddress
from appeal.models.tip import Message, Tip
from appeal.rules.errors import Overloaded
from appeal.services import channels
from appeal.tips import spool, webhook_token
from tests.routes.public.conftest import PUBLIC_URL

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AUTH_TOKEN = "a-secret-of-the-account"
FIELDS = {
    "MessageSid": "SM1",
    "AccountSid": "AC1",
    "From": "+34600999888",
    "To": "+34600555001",
    "Body": "He is at the market",
    "NumMedia": "0",
    "ANewOne": "ñ €",
}
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@pytest.fixture
def channel(public: Flask, desk_keys: DeskKeys) -> Channel:
    """A channel for text messages whose token the desk has handed over."""
    held = current()
    desk = type(held)(held.config, desk_keys, held.files)
    install(public, desk)
    with writing() as session:
        row = Channel(publisher="sms", name="texts", language="es", settings={}, created_at=NOW)
        row.sealed_secrets = channels._encrypted({"auth_token": AUTH_TOKEN})
        session.add(row)
    assert (webhook_token.hand_over(), webhook_token.hand_over()) == (1, 0)
    install(public, held)
    return row


def call(
    client: FlaskClient, channel_id: int, fields: dict[str, str], *, token: str = AUTH_TOKEN, query: str = ""
) -> TestResponse:
    path = f"/webhooks/sms/{channel_id}{query}"
    signed = PUBLIC_URL + path + "".join(name + fields[name] for name in sorted(fields))
    made = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return client.post(path, data=fields, headers={"X-Twilio-Signature": made})


def counts() -> tuple[int, int]:
    with reading() as session:
        one, other = (session.scalar(select(func.count()).select_from(model)) or 0 for model in (Tip, Message))
    return one, other


def test_signed_message_is_stored_and_answered_in_the_channels_language(client: FlaskClient, channel: Channel) -> None:
    answer = call(client, channel.id, FIELDS)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?><Response><Message>')
    assert "market" not in answer.text
    with reading() as session:
        tip, message = session.scalars(select(Tip)).one(), session.scalars(select(Message)).one()
    assert (tip.source, message.channel_id, message.tip_id) == ("sms", channel.id, tip.id)


def test_repeated_call_is_one_message_with_the_same_answer(client: FlaskClient, channel: Channel) -> None:
    first, again = (call(client, channel.id, FIELDS) for _ in range(2))
    assert first.data == again.data
    assert counts() == (1, 1)


def test_query_is_part_of_what_is_signed(client: FlaskClient, channel: Channel) -> None:
    assert call(client, channel.id, FIELDS, query="?a=%C3%A9&b=1").status_code == 200


@pytest.mark.parametrize("token", ["other", ""])
def test_wrong_signature_is_refused_and_leaves_no_row(client: FlaskClient, channel: Channel, token: str) -> None:
    assert call(client, channel.id, FIELDS, token=token).status_code == 403
    assert client.post(f"/webhooks/sms/{channel.id}", data=FIELDS).status_code == 403
    assert counts() == (0, 0)


def test_changed_field_is_refused(client: FlaskClient, channel: Channel) -> None:
    path = f"/webhooks/sms/{channel.id}"
    signed = PUBLIC_URL + path + "".join(name + FIELDS[name] for name in sorted(FIELDS))
    made = base64.b64encode(hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    answer = client.post(path, data=FIELDS | {"Body": "other"}, headers={"X-Twilio-Signature": made})
    assert (answer.status_code, counts()) == (403, (0, 0))


def test_channel_that_is_none_of_these_is_refused(client: FlaskClient, channel: Channel) -> None:
    assert call(client, channel.id + 1, FIELDS).status_code == 403
    with writing() as session:
        session.get_one(Channel, channel.id).is_active = False
    assert call(client, channel.id, FIELDS).status_code == 403


def test_channel_without_a_token_trusts_nobody(client: FlaskClient, channel: Channel) -> None:
    with writing() as session:
        session.get_one(Channel, channel.id).settings = {}
    assert call(client, channel.id, FIELDS, token="").status_code == 403
    assert counts() == (0, 0)


def test_call_that_is_no_message_is_refused_in_words(client: FlaskClient, channel: Channel) -> None:
    answer = call(client, channel.id, {"SmsStatus": "delivered"})
    assert (answer.status_code, counts()) == (400, (0, 0))


def test_with_the_database_away_the_message_waits_on_the_disk(
    client: FlaskClient, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_a: Any, **_k: Any) -> None:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr("appeal.db.write_together", fails)
    assert call(client, channel.id, FIELDS).status_code == 200
    monkeypatch.undo()
    assert (spool.take_in(), counts()) == (1, (1, 1))


def test_what_cannot_be_stored_is_not_thanked_for(
    client: FlaskClient, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_a: Any, **_k: Any) -> None:
        raise Overloaded

    monkeypatch.setattr("appeal.tips.intake.db.write_together", fails)
    answer = call(client, channel.id, FIELDS)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"Message" not in answer.data


def opted_out(channel_id: int) -> datetime | None:
    with reading() as session:
        wanted = select(ChannelAddress.opted_out_at).where(ChannelAddress.channel_id == channel_id)
        return session.scalars(wanted).one()


def test_stop_and_start_are_kept_and_never_answered(client: FlaskClient, channel: Channel) -> None:
    with writing() as session:
        hashed = channels.address_hash(FIELDS["From"])
        session.add(ChannelAddress(channel_id=channel.id, sealed_address=b"", address_hash=hashed, added_at=NOW))
    stop = call(client, channel.id, FIELDS | {"Body": " Stop "})
    assert (stop.status_code, stop.text) == (200, EMPTY)
    assert opted_out(channel.id) is not None
    start = call(client, channel.id, FIELDS | {"Body": "whatever", "OptOutType": "START", "MessageSid": "SM2"})
    assert (start.text, opted_out(channel.id)) == (EMPTY, None)
    assert call(client, channel.id, FIELDS | {"Body": "HELP", "MessageSid": "SM3"}).text == EMPTY
    assert call(client, channel.id, FIELDS | {"Body": "stop him", "MessageSid": "SM4"}).text != EMPTY
    assert counts()[1] == 4
