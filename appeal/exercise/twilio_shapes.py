"""The JSON that Twilio answers: messages and errors."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime

from flask import Response, g

from appeal.exercise.sms_text import segments
from appeal.exercise.world import Text

ERRORS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    21211: (400, "The 'To' number is not a valid phone number."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' or 'MessagingServiceSid' is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' number is not a message-capable number of this account."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21623: (400, "Number of media files exceeds allowed limit"),
}


def error(code: int, status: int | None = None) -> Response:
    """Return an error in the form that Twilio gives them."""
    usual, message = ERRORS[code]
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": more_info, "status": status or usual}
    return Response(json.dumps(body), status or usual, content_type="application/json")


def shape(text: Text) -> dict[str, object]:
    """Return one message."""
    uri = f"/2010-04-01/Accounts/{g.account}/Messages/{text.sid}"
    sent = format_datetime(datetime.fromtimestamp(int(text.published_at), UTC))
    return {
        "sid": text.sid,
        "account_sid": g.account,
        "messaging_service_sid": text.messaging_service_sid,
        "from": text.sender,
        "to": text.recipient,
        "body": text.body,
        "status": "received" if text.direction == "inbound" else "delivered",
        "direction": text.direction,
        "num_segments": str(segments(text.body)),
        "num_media": str(len(text.media_urls)),
        "date_created": format_datetime(datetime.fromtimestamp(int(text.received_at), UTC)),
        "date_sent": sent,
        "date_updated": sent,
        "error_code": None,
        "error_message": None,
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
    }


def answer(body: dict[str, object], status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(body), status, content_type="application/json")
