"""What Telegram and Facebook call: checked first, stored, and only then answered. No call costs a question to them."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from appeal.publishers.base import Settings
from appeal.rules.clock import now
from appeal.rules.errors import BadInput, Overloaded
from appeal.tips import answered, intake, outside_hours, webhook_token
from appeal.tips.inbound import Inbound
from appeal.tips.intake import Received
from appeal.tips.sources import facebook, telegram
from appeal.tips.webhook_token import Signing

RETRY_SECONDS = 5
MOST_BYTES = 2_000_000

pages = Blueprint("platform_calls", __name__, url_prefix="/webhooks")


@pages.post("/telegram/<int:channel_id>")
def update(channel_id: int) -> Response:
    """One update of Telegram: 403 and no row without our secret, 503 if it could not be stored."""
    signing = webhook_token.signing(channel_id, telegram.NAME)
    given = request.headers.get(telegram.SIGNATURE_HEADER, "")
    if signing is None or not telegram.verify(signing.token, given):
        return _said("wrong secret", 403)
    moment = now()
    try:
        told = _object()
        found = telegram.parse(told, _settings(signing), channel_id=channel_id, now=moment)
        stored = _store(channel_id, [found] if found else [])
    except BadInput as error:
        return _said(error.words, 400)
    except (Overloaded, DBAPIError):
        return _later()
    more = "".join(outside_hours.said(one, signing.language, now=moment) for one in stored)
    return Response(telegram.answer(told, signing.language, more), mimetype="application/json")


@pages.get("/facebook/<int:channel_id>")
def subscribe(channel_id: int) -> Response:
    """Facebook asks whether this address is ours: it must know our word, and gets its own back."""
    signing = webhook_token.signing(channel_id, facebook.NAME)
    word = facebook.challenge(_settings(signing).get("verify_token"), request.args) if signing else None
    return _said("wrong word", 403) if word is None else Response(word, mimetype="text/plain")


@pages.post("/facebook/<int:channel_id>")
def events(channel_id: int) -> Response:
    """Comments and letters of Facebook: 403 and no row unless the raw bytes are signed, 503 if they are not stored."""
    signing = webhook_token.signing(channel_id, facebook.NAME)
    given = request.headers.get(facebook.SIGNATURE_HEADER, "")
    if signing is None or not facebook.verify(signing.token, request.get_data(cache=True), given):
        return _said("wrong signature", 403)
    try:
        moment = now()
        found = facebook.parse(_object(), _settings(signing), channel_id=channel_id, now=moment)
        stored = list(zip(found, _store(channel_id, found), strict=True))
    except BadInput as error:
        return _said(error.words, 400)
    except (Overloaded, DBAPIError):
        return _later()
    for message, received in stored:
        outside_hours.thank(message, received, now=moment)
    return _said("ok", 200)


def _store(channel_id: int, found: list[Inbound]) -> list[Received]:
    return [intake.receive(message) for message in answered.of_appeals(channel_id, found)]


def _settings(signing: Signing) -> Settings:
    return Settings(signing.settings)


def _object() -> Mapping[str, Any]:
    """The body if it is a JSON object of a size that platforms send; raises `BadInput`."""
    body = request.get_data(cache=True)
    try:
        told = json.loads(body) if len(body) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise BadInput("This is no call of the platform.")
    return told


def _said(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain")


def _later() -> Response:
    return Response("later\n", 503, {"Retry-After": str(RETRY_SECONDS)}, mimetype="text/plain")
