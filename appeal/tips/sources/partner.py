"""What a partner sends us: one message as JSON, described by a schema that is published, under a key of its own."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator

from appeal.rules.errors import BadInput
from appeal.tips.inbound import Inbound

NAME = "partner"
TRIAL_HEADER = "X-Appeal-Trial"
SHORTEST_KEY, LONGEST_ID = 32, 100
FACTS = ("where", "when", "name", "phone", "email")
VERSION = "1"

MESSAGE: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["words"],
    "properties": {
        "words": {"type": "string", "minLength": 1, "maxLength": 50_000, "description": "What the person said."},
        "appeal": {"type": "string", "maxLength": 40, "description": "The appeal's id, as in our events."},
        "language": {"type": "string", "pattern": "^[a-z]{2}$", "description": "Language of the words."},
        "is_live": {"type": "boolean", "description": "The person is seen at this moment."},
        "where": {"type": "string", "maxLength": 2_000},
        "when": {"type": "string", "maxLength": 2_000},
        "name": {"type": "string", "maxLength": 2_000, "description": "Only with the person's consent."},
        "phone": {"type": "string", "maxLength": 2_000},
        "email": {"type": "string", "maxLength": 2_000},
    },
}
VALIDATOR = Draft202012Validator(MESSAGE)


def verify(api_key: str, authorization: str) -> bool:
    """Whether the call carries the partner's key, compared in constant time. A short key opens nothing."""
    scheme, _space, given = authorization.partition(" ")
    if len(api_key) < SHORTEST_KEY or scheme.lower() != "bearer":
        return False
    digests = [hashlib.sha256(one.encode("utf-8", "replace")).digest() for one in (api_key, given)]
    return hmac.compare_digest(*digests)


def parse(body: bytes, idempotency_key: str, *, channel_id: int, now: datetime) -> Inbound:
    """The message; its Idempotency-Key makes it one. `BadInput` names each wrong field, never what was in it."""
    if not 1 <= len(idempotency_key) <= LONGEST_ID or not idempotency_key.isprintable():
        raise BadInput(fields={"Idempotency-Key": "Give each message a key of its own: 1 to 100 characters."})
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise BadInput(fields={"": "The body is not JSON."}) from None
    if wrong := mistakes(told):
        raise BadInput(fields=wrong)
    return Inbound(
        source=NAME,
        external_id=f"{channel_id}/{idempotency_key}",
        received_at=now,
        text=told["words"],
        appeal=told.get("appeal", ""),
        channel_id=channel_id,
        language=told.get("language", ""),
        facts={name: told[name] for name in FACTS if told.get(name)},
        is_live=told.get("is_live", False),
    )


def mistakes(told: object) -> dict[str, str]:
    """Field to rule that it breaks; the words of the validator would repeat what was sent."""
    found: dict[str, str] = {}
    for error in VALIDATOR.iter_errors(told):
        name = str(error.absolute_path[0]) if error.absolute_path else ""
        rule = f"{error.validator}: {json.dumps(error.validator_value)}"
        found[name] = "unknown fields are not taken" if error.validator == "additionalProperties" else rule[:200]
    return found


def description(server: str, path: str) -> dict[str, Any]:
    """The OpenAPI description of the endpoint; `path` has the channel's number in it."""
    key = {"name": "Idempotency-Key", "in": "header", "required": True}
    key["schema"] = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
    problem = {"description": "Nothing was stored.", "content": {"application/problem+json": {"schema": PROBLEM}}}
    stored = {"description": "The message is stored.", "content": {"application/json": {"schema": STORED}}}
    number = {"name": "channel", "in": "path", "required": True, "schema": {"type": "integer"}}
    post = {
        "summary": "Bring one message of the public",
        "operationId": "sendMessage",
        "security": [{"key": []}],
        "parameters": [number, key],
        "requestBody": {"required": True, "content": {"application/json": {"schema": dict(MESSAGE)}}},
        "responses": {
            "200": {**stored, "description": "A message with this key was stored before."},
            "201": stored,
            **dict.fromkeys(("400", "401", "413", "503"), problem),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Messages from partners", "version": VERSION},
        "servers": [{"url": server}],
        "paths": {path: {"post": post}},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


STORED: Mapping[str, Any] = {
    "type": "object",
    "required": ["received"],
    "properties": {"received": {"const": True}},
}
PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "required": ["status", "title"],
    "properties": {
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
