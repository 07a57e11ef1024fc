"""The endpoint for partners: described, keyed, durable, and it repeats nothing that it was sent."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import select

from appeal.db import reading
from appeal.models.tip import Message, Tip
from appeal.rules.errors import Overloaded
from appeal.tips.sources import partner
from tests.contracts.test_sources import FromPartner

KEY = FromPartner.key
GOOD = {"words": "I saw him", "where": "By the bridge", "language": "en", "is_live": True}


@pytest.fixture
def channel_id(public: Flask, desk_keys: object) -> int:
    from dataclasses import replace

    from appeal.installation import current, install

    install(public, replace(current(), keys=desk_keys))  # type: ignore[arg-type]
    return FromPartner(public, None).channel_id  # type: ignore[arg-type]


def bring(client: FlaskClient, channel_id: int, body: object, message_key: str = "m-1") -> tuple[int, object]:
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": message_key, "Content-Type": "application/json"}
    data = body if isinstance(body, bytes) else json.dumps(body)
    answer = client.post(f"/partners/v1/{channel_id}/messages", data=data, headers=headers)
    return answer.status_code, answer.get_json()


def test_message_is_stored_once_and_its_facts_with_it(channel_id: int, client: FlaskClient) -> None:
    assert bring(client, channel_id, GOOD) == (201, {"received": True})
    assert bring(client, channel_id, GOOD) == (200, {"received": True})
    assert bring(client, channel_id, GOOD, "m-2")[0] == 201
    with reading() as session:
        assert len(session.scalars(select(Message)).all()) == 2
        assert {tip.is_live for tip in session.scalars(select(Tip))} == {True}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
        ({"words": "secret words", "where": 7}, "where"),
        ({"words": "secret words", "language": "english"}, "language"),
        ({"words": "secret words", "secret name": "secret value"}, ""),
        ({"words": "secret words", "is_live": "yes"}, "is_live"),
    ],
)
def test_what_is_not_as_described_names_the_field_and_repeats_nothing(
    channel_id: int, client: FlaskClient, body: object, field: str
) -> None:
    status, told = bring(client, channel_id, body)
    assert status == 400
    assert isinstance(told, dict)
    assert list(told["fields"]) == [field]
    assert "secret" not in json.dumps(told)


def test_too_large_is_said_before_it_is_read(channel_id: int, client: FlaskClient) -> None:
    assert bring(client, channel_id, b" " * 300_001)[0] == 413


def test_full_house_asks_to_come_back(channel_id: int, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_a: object, **_k: object) -> None:
        raise Overloaded

    monkeypatch.setattr("appeal.routes.public.partner_api.intake.receive", full)
    assert bring(client, channel_id, GOOD)[0] == 503


def test_description_is_a_schema_that_takes_what_the_endpoint_takes(client: FlaskClient) -> None:
    told = client.get("/partners/v1/openapi.json").get_json()
    [(path, operations)] = told["paths"].items()
    schema = operations["post"]["requestBody"]["content"]["application/json"]["schema"]
    Draft202012Validator.check_schema(schema)
    assert path == "/partners/v1/{channel}/messages"
    assert Draft202012Validator(schema).is_valid(GOOD)
    assert partner.mistakes(GOOD) == {}
    assert told["openapi"].startswith("3.1")
