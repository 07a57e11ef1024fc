"""What people write under the posts of the force's page and to it alone; asked for, or brought by a signed call.

Both ways name a message alike, so that one which comes on both is stored once.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from appeal.rules.errors import BadInput
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import PollResult, fetched, waiting
from appeal.wire import facebook
from appeal.wire.facebook import FacebookPage
from appeal.wire.http import Named
from appeal.wire.plain import Body, as_object

NAME = "facebook"
SIGNATURE_HEADER = "X-Hub-Signature-256"

# What is written while we ask may be listed a little later: the next asking goes back as far.
LISTED_AFTER = timedelta(seconds=120)
FIRST_LOOKS_BACK = timedelta(days=30)
NEW = frozenset({"add", "edited"})


def verify(app_secret: str, body: bytes, signature: str) -> bool:
    """Whether Facebook signed these bytes. No secret, no trust."""
    return facebook.is_signed(app_secret, body, signature)


def challenge(verify_token: str, asked: Mapping[str, str]) -> str | None:
    """What Facebook wants back when the webhook is set up; None unless it knows our word."""
    given = asked.get("hub.verify_token", "")
    is_known = bool(verify_token) and hmac.compare_digest(verify_token.encode(), given.encode("utf-8", "replace"))
    return asked.get("hub.challenge", "") if is_known and asked.get("hub.mode") == "subscribe" else None


def poll(settings: Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """Read what is new; raises TryLater or ChannelStopped, and then nothing is lost: the cursor stays."""
    since = int(cursor) if cursor.isdecimal() else int((now - FIRST_LOOKS_BACK).timestamp())
    with FacebookPage(settings) as page:
        comments, letters = page.comments(since), page.letters(since)
    own = settings.get("page_id")
    found = [_comment(row, post_id, channel_id, now) for post_id, row in comments if _author(row)[0] != own]
    found += [_letter(row, str(row["thread"]), channel_id, now) for row in letters if _author(row)[0] != own]
    messages = sorted((one for one in found if one), key=lambda one: one.facts.get("posted_at", ""))
    return PollResult(tuple(messages), str(int((now - LISTED_AFTER).timestamp())))


def parse(body: Body, settings: Named, *, channel_id: int, now: datetime) -> list[Inbound]:
    """The messages in one call; what the page itself wrote is left out. `BadInput` if it is no call about a page."""
    if body.get("object") != "page" or not isinstance(body.get("entry"), list):
        raise BadInput("This is no call of the platform.", detail="no page or no entries")
    own = settings.get("page_id")
    found: list[Inbound | None] = []
    for entry in (as_object(one) for one in body["entry"]):
        found += [_called_comment(value, own, channel_id, now) for value in _values(entry)]
        found += [_called_letter(as_object(one), own, channel_id, now) for one in _rows(entry.get("messaging"))]
    return [one for one in found if one]


def fetch(settings: Named, message: Inbound) -> Inbound:
    """The message with its pictures; what Facebook does not give stays named in the facts."""
    with FacebookPage(settings) as page:
        return fetched(message, page.media, page.gives)


def _comment(row: Body, post_id: str, channel_id: int, now: datetime) -> Inbound | None:
    media = as_object(as_object(as_object(row.get("attachment")).get("media")).get("image")).get("src")
    facts = {"posted_at": _told(row.get("created_time")), "in_reply_to": post_id}
    return _message(row, str(row.get("id", "")), post_id, facts, [media], channel_id, now)


def _letter(row: Body, thread: str, channel_id: int, now: datetime) -> Inbound | None:
    attached = _rows(as_object(row.get("attachments")).get("data"))
    media = [as_object(as_object(one).get("image_data")).get("url") for one in attached]
    facts = {"posted_at": _told(row.get("created_time"))}
    return _alone(_message(row, str(row.get("id", "")), thread, facts, media, channel_id, now), _author(row)[0])


def _called_comment(value: Body, own: str, channel_id: int, now: datetime) -> Inbound | None:
    if value.get("item") != "comment" or value.get("verb") not in NEW or _author(value)[0] == own:
        return None
    post_id = str(value.get("post_id", ""))
    external_id = str(value.get("comment_id", ""))
    # A comment that was changed is a message of its own; what is asked for knows only its last words.
    external_id += f"/{value.get('created_time')}" if value.get("verb") == "edited" else ""
    facts = {"posted_at": _told(value.get("created_time")), "in_reply_to": post_id}
    return _message(value, external_id, post_id, facts, [value.get("photo")], channel_id, now)


def _called_letter(event: Body, own: str, channel_id: int, now: datetime) -> Inbound | None:
    message, sender = as_object(event.get("message")), str(as_object(event.get("sender")).get("id", ""))
    if not message or message.get("is_echo") is True or sender == own:
        return None
    attached = [as_object(as_object(one).get("payload")).get("url") for one in _rows(message.get("attachments"))]
    moment = event.get("timestamp")
    facts = {"posted_at": _told(moment // 1000 if isinstance(moment, int) else None)}
    row = {"message": message.get("text", ""), "from": {"id": sender}}
    return _alone(_message(row, str(message.get("mid", "")), sender, facts, attached, channel_id, now), sender)


def _alone(message: Inbound | None, person: str) -> Inbound | None:
    """What was written to the page alone may be answered there."""
    return replace(message, thank_to=person) if message else None


def _message(
    row: Body,
    external_id: str,
    thread: str,
    facts: Mapping[str, str],
    media: list[Any],
    channel_id: int,
    now: datetime,
) -> Inbound | None:
    files = waiting((str(one), "") for one in media if one)
    text = str(row.get("message") or "")
    if not external_id or not (text or files):
        return None
    number, name = _author(row)
    return Inbound(
        source=NAME,
        external_id=external_id,
        received_at=now,
        text=text,
        thread=f"{channel_id}/{thread}/{number or external_id}/{now.astimezone(UTC):%Y-%m-%d}",
        channel_id=channel_id,
        sender=name or number,
        facts={name: value for name, value in facts.items() if value} | files,
    )


def _author(row: Body) -> tuple[str, str]:
    who = as_object(row.get("from"))
    return str(who.get("id", "")), str(who.get("name", ""))


def _values(entry: Body) -> Iterator[Body]:
    for change in (as_object(one) for one in _rows(entry.get("changes"))):
        if change.get("field") == "feed":
            yield as_object(change.get("value"))


def _rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _told(moment: object) -> str:
    """A moment as Facebook writes it, as text or as a Unix second, in ISO form; empty for anything else."""
    try:
        if isinstance(moment, int):
            return datetime.fromtimestamp(moment, UTC).isoformat()
        return datetime.strptime(str(moment), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
