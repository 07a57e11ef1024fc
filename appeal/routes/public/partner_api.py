"""The endpoint on which partners bring us messages: keyed, once for each Idempotency-Key, described as OpenAPI."""

from dataclasses import replace

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import DBAPIError

from appeal import installation
from appeal.rules.clock import now
from appeal.rules.errors import BadInput, Overloaded
from appeal.tips import intake, trial, webhook_token
from appeal.tips.inbound import Inbound
from appeal.tips.sources import partner
from appeal.tips.sources.base import TRIAL

MOST_BYTES = 300_000
RETRY_SECONDS = 5

pages = Blueprint("partner_api", __name__, url_prefix="/partners/v1")


@pages.get("/openapi.json")
def description() -> Response:
    """What the endpoint takes and answers."""
    return jsonify(partner.description(installation.current().config.public_url, "/partners/v1/{channel}/messages"))


@pages.post("/<int:channel_id>/messages")
def message(channel_id: int) -> Response:
    """One message: 401 and no row without the partner's key, 201 when it is durable, 200 when it was already."""
    signing = webhook_token.signing(channel_id, partner.NAME)
    given = request.headers.get("Authorization", "")
    if signing is None or not partner.verify(signing.token, given):
        return _problem(401, "The key is wrong.")
    body = request.get_data(cache=True)
    if len(body) > MOST_BYTES:
        return _problem(413, "The message is too large.")
    try:
        key = request.headers.get("Idempotency-Key", "").strip()
        received = intake.receive(_known(partner.parse(body, key, channel_id=channel_id, now=now())))
    except BadInput as error:
        return _problem(400, "The message is not as described.", error.fields)
    except (Overloaded, DBAPIError):
        later = _problem(503, "Nothing was stored. Bring it again in a moment.")
        later.headers["Retry-After"] = str(RETRY_SECONDS)
        return later
    answer = jsonify({"received": True})
    answer.status_code = 201 if received.is_new else 200
    return answer


def _known(message: Inbound) -> Inbound:
    """A trial message of ours says so in a header."""
    claim = request.headers.get(partner.TRIAL_HEADER, "")
    return trial.marked(replace(message, facts={**message.facts, TRIAL: claim})) if claim else message


def _problem(status: int, title: str, fields: dict[str, str] | None = None) -> Response:
    answer = jsonify({"status": status, "title": title, **({"fields": fields} if fields else {})})
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer
