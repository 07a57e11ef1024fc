"""The part of Twilio's REST API that the force uses, in Twilio's wire format, under /twilio."""

import hmac
import threading
import time
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flask import Blueprint, Response, g, request

from appeal.exercise.calls import Dialect, fired_now, framed
from appeal.exercise.faults import Fault
from appeal.exercise.sms_text import is_number
from appeal.exercise.texting import report_status
from appeal.exercise.twilio_media import media_delete, media_file, media_list
from appeal.exercise.twilio_shapes import answer, error, shape
from appeal.exercise.world import Text, World

BODY_LIMIT = 1600
MEDIA_LIMIT = 10
PAGE_SIZES = (1, 50, 1000)
MESSAGES = "/2010-04-01/Accounts/<account>/Messages"

# A number that the real platform also keeps for trying out a wrong recipient.
NEVER_VALID = "+15005550001"


def create_twilio(world: World) -> Blueprint:
    """Return the routes of Twilio over this world."""
    twilio = Blueprint("twilio", __name__, url_prefix="/twilio")
    dialect = _dialect(world)
    views: list[tuple[str, str, str, Callable[..., Response]]] = [
        ("POST", f"{MESSAGES}.json", "publish", lambda: _send(world)),
        ("GET", f"{MESSAGES}.json", "list", lambda: _list(world)),
        ("GET", f"{MESSAGES}/<sid>.json", "lookup", lambda sid: _fetch(world, sid)),
        ("POST", f"{MESSAGES}/<sid>.json", "update", lambda sid: _update(world, sid)),
        ("DELETE", f"{MESSAGES}/<sid>.json", "retract", lambda sid: _delete(world, sid)),
        ("GET", "/2010-04-01/Accounts/<account>/Balance.json", "balance", lambda: _balance(world)),
        ("GET", f"{MESSAGES}/<sid>/Media.json", "media list", lambda sid: media_list(world, sid)),
        ("GET", f"{MESSAGES}/<sid>/Media/<media_id>", "upload", lambda sid, media_id: media_file(world, sid, media_id)),
        (
            "DELETE",
            f"{MESSAGES}/<sid>/Media/<media_id>.json",
            "media delete",
            lambda sid, media_id: media_delete(world, sid, media_id),
        ),
    ]
    twilio.url_value_preprocessor(_take_account)
    for method, path, operation, view in views:
        twilio.add_url_rule(path, operation, framed(world, dialect, operation)(view), methods=[method])
    return twilio


def _balance(world: World) -> Response:
    return answer({"account_sid": g.account, "balance": world.twilio_balance, "currency": "EUR"})


def _take_account(_endpoint: str | None, values: dict[str, str] | None) -> None:
    g.account = (values or {}).pop("account", "")


def _dialect(world: World) -> Dialect:
    def door(_operation: str) -> Response | None:
        settings, given = world.settings, request.authorization
        names = (g.account, given.username if given else None)
        is_known = names == (settings.twilio_account_sid, settings.twilio_account_sid)
        token = (given.password if given else None) or ""
        is_right = hmac.compare_digest(token.encode(), settings.twilio_auth_token.encode())
        return None if is_known and is_right else error(20003)

    def throttled(fault: Fault) -> Response:
        response = error(20429)
        response.headers["Retry-After"] = str(max(1, round(fault.seconds)))
        return response

    return Dialect(
        "twilio",
        door,
        lambda fault: error(21211, fault.status),
        throttled,
        lambda fault: error(20500, fault.status),
        lambda response: response,
    )


def _send(world: World) -> Response:
    recipient, body = request.form.get("To", ""), request.form.get("Body", "")
    media_urls = tuple(request.form.getlist("MediaUrl"))
    code = _fault_in(world, recipient, body, media_urls)
    if code:
        return error(code)
    texts = [_store(world, recipient, body, media_urls) for _ in range(2 if fired_now().get("publish_twice") else 1)]
    if callback := request.form.get("StatusCallback"):
        threading.Thread(target=report_status, args=(world, texts[0], callback), daemon=True).start()
    return answer(shape(texts[0]) | {"status": "queued", "date_sent": None}, 201)


def _fault_in(world: World, recipient: str, body: str, media_urls: tuple[str, ...]) -> int | None:
    """Return the code of the first mistake in a new message."""
    sender, service = request.form.get("From", ""), request.form.get("MessagingServiceSid", "")
    checks = (
        (not recipient, 21604),
        (not sender and not service, 21603),
        (not is_number(recipient) or recipient == NEVER_VALID, 21211),
        (bool(sender) and sender != world.settings.twilio_number, 21606),
        (not body and not media_urls, 21602),
        (len(body) > BODY_LIMIT, 21617),
        (len(media_urls) > MEDIA_LIMIT, 21623),
        (recipient in world.opted_out, 21610),
    )
    return next((code for is_wrong, code in checks if is_wrong), None)


def _store(world: World, recipient: str, body: str, media_urls: tuple[str, ...]) -> Text:
    sid = world.twilio_id("MM" if media_urls else "SM")
    sender = request.form.get("From") or world.settings.twilio_number
    service = request.form.get("MessagingServiceSid") or None
    moments = world.moments(fired_now())
    text = Text(*moments, sid, "outbound-api", sender, recipient, body, media_urls, service)
    with world.lock:
        world.texts[sid] = text
    return text


def _fetch(world: World, sid: str) -> Response:
    text = _public(world, sid)
    return answer(shape(text)) if text else error(20404)


def _update(world: World, sid: str) -> Response:
    text = _public(world, sid)
    if text is None:
        return error(20404)
    if request.form.get("Body") == "":
        text.body = ""
    return answer(shape(text))


def _delete(world: World, sid: str) -> Response:
    text = _public(world, sid)
    if text is None:
        return error(20404)
    text.deleted_at = time.time()
    return Response(status=204)


def _public(world: World, sid: str) -> Text | None:
    text = world.texts.get(sid)
    return text if text and text.is_public(time.time()) else None


def _list(world: World) -> Response:
    """Return one page, newest first, of the messages that the filters let through."""
    now, asked = time.time(), request.args
    size = min(max(int(_digits("PageSize") or PAGE_SIZES[1]), PAGE_SIZES[0]), PAGE_SIZES[2])
    page = int(_digits("Page") or 0)
    found = [text for text in world.snapshot()[1] if text.is_listed(now) and _wanted(text)]
    found.reverse()
    shown = found[page * size : (page + 1) * size]
    path = request.path.removeprefix("/twilio")
    address = _address_of(path, asked.to_dict() | {"PageSize": str(size)})
    body: dict[str, object] = {
        "messages": [shape(text) for text in shown],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": page * size + max(0, len(shown) - 1),
        "uri": address(page),
        "first_page_uri": address(0),
        "next_page_uri": address(page + 1) if len(found) > (page + 1) * size else None,
        "previous_page_uri": address(page - 1) if page else None,
    }
    return answer(body)


def _digits(name: str) -> str:
    value = request.args.get(name, "")
    return value if value.isdigit() else ""


def _address_of(path: str, asked: dict[str, str]) -> Callable[[int], str]:
    return lambda page: f"{path}?{urllib.parse.urlencode(asked | {'Page': str(page)})}"


def _wanted(text: Text) -> bool:
    asked = request.args
    sent_at = int(text.published_at)
    after, before, on = (_moment(asked.get(name)) for name in ("DateSent>", "DateSent<", "DateSent"))
    return (
        asked.get("To", text.recipient) == text.recipient
        and asked.get("From", text.sender) == text.sender
        and (after is None or sent_at >= after)
        and (before is None or sent_at <= before)
        and (on is None or on <= sent_at < on + 86_400)
    )


def _moment(value: str | None) -> float | None:
    """Return the Unix second of a date, an ISO moment or an RFC 2822 moment; None for anything else."""
    if not value:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
        except ValueError:
            continue
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    return None
