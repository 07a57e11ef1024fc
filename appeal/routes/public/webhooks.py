"""What platforms call: the signature is checked first, the message is stored, and only then is there an answer."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from appeal import installation
from appeal.orders import Order
from appeal.rules.clock import now
from appeal.rules.errors import BadInput, Overloaded
from appeal.tips import intake, outside_hours, trial, webhook_token
from appeal.tips.inbound import Inbound
from appeal.tips.sources import sms

RETRY_SECONDS = 5

pages = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@pages.post("/sms/<int:channel_id>")
def text_message(channel_id: int) -> Response:
    """A text message through Twilio: 403 and no row unless it is signed, 503 if it could not be stored, else TwiML."""
    moment = now()
    try:
        signing = webhook_token.signing(channel_id, sms.NAME)
        if signing is None or not sms.verify(signing.token, _address(), request.form, _signature()):
            return Response("wrong signature\n", 403, mimetype="text/plain")
        inbound = trial.marked(sms.parse(request.form, channel_id=channel_id, now=moment))
        received = intake.receive(inbound, also=_consent(inbound, moment))
    except BadInput as error:
        return Response(f"{error.words}\n", 400, mimetype="text/plain")
    except (Overloaded, DBAPIError):
        return Response("later\n", 503, {"Retry-After": str(RETRY_SECONDS)}, mimetype="text/plain")
    if inbound.is_trial:
        return Response(sms.SILENCE, mimetype="text/xml")
    more = outside_hours.said(received, signing.language, now=moment)
    return Response(sms.answer(request.form, signing.language, more), mimetype="text/xml")


def _address() -> str:
    """The address that the platform called; behind a proxy only the configuration knows it."""
    query = request.query_string.decode()
    return installation.current().config.public_url + request.path + (f"?{query}" if query else "")


def _signature() -> str:
    return request.headers.get(sms.SIGNATURE_HEADER, "")


def _consent(inbound: Inbound, moment: datetime) -> Sequence[Order]:
    said = sms.consent(request.form)
    if said not in {sms.STOP, sms.START} or inbound.channel_id is None:
        return ()
    return (intake.consent(inbound.channel_id, inbound.sender, is_stop=said == sms.STOP, now=moment),)
