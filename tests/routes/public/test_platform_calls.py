"""Facebook's calls: whoever wrote to the page alone at night is thanked once, without a key that opens anything."""

import hashlib
import hmac
import json

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from appeal.db import reading, writing
from appeal.installation import current, install
from appeal.keys import DeskKeys
from appeal.models.release import Channel, Copy
from appeal.services import channels, rota
from appeal.tips import webhook_token
from tests.factories import NIGHT

SECRET = "a-secret-of-the-application"


@pytest.fixture
def page(public: Flask, desk_keys: DeskKeys) -> Channel:
    """A page whose secret the desk has handed over, and hours."""
    held = current()
    install(public, type(held)(held.config, desk_keys, held.files))
    rota.set_default_windows()
    with writing() as session:
        row = Channel(publisher="facebook", name="page", language="en", settings={"page_id": "1"}, created_at=NIGHT)
        row.sealed_secrets = channels._encrypted({"app_secret": SECRET})
        session.add(row)
    webhook_token.hand_over()
    install(public, held)
    return row


def call(client: FlaskClient, channel_id: int, number: str) -> int:
    """Bring one letter of the same person."""
    letter = {"sender": {"id": "77"}, "recipient": {"id": "1"}, "message": {"mid": number, "text": "I saw him"}}
    body = json.dumps({"object": "page", "entry": [{"id": "1", "messaging": [letter]}]}).encode()
    signed = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": signed}
    return client.post(f"/webhooks/facebook/{channel_id}", data=body, headers=headers).status_code


def test_a_letter_at_night_is_thanked_once(client: FlaskClient, page: Channel) -> None:
    with time_machine.travel(NIGHT, tick=False):
        assert [call(client, page.id, number) for number in ("m1", "m1", "m2")] == [200, 200, 200]
    with reading() as session:
        copies = session.scalars(select(Copy)).unique().all()
    assert [(one.channel_id, one.state, one.due_at) for one in copies] == [(page.id, "pending", NIGHT)]
