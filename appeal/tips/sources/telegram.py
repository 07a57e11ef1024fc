"""What people write to the bot on Telegram or under the channel's posts, asked for or brought by a webhook.

Both ways name a message alike, so that one which comes on both is stored once.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from appeal.pages import translate
from appeal.rules.errors import BadInput, ChannelStopped, TryLater
from appeal.rules.words import _
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import MOST_FILE_BYTES, PollResult, fetched, waiting
from appeal.wire.http import Limits, Named
from appeal.wire.plain import as_object
from appeal.wire.telegram import TelegramBot

NAME = "telegram"
SIGNATURE_HEADER = "X-Telegram-Bot-Api-Secret-Token"
WEBHOOK, SHORTEST_SECRET = "webhook", 16

# A week without updates lets Telegram begin at another number; a cursor as old as this names none.
CURSOR_LIVES = timedelta(days=6)
MEDIA = ("document", "video", "voice", "audio", "video_note", "animation")
MOST_NAME = 200

RECEIVED = _("Received. Thank you.")
HOW = _("Write here what you know, and send pictures if you have any. Telegram shows us your account.")


def verify(secret: str, given: str) -> bool:
    """Whether Telegram made this call: it repeats our secret, compared in constant time. No secret, no trust."""
    return len(secret) >= SHORTEST_SECRET and hmac.compare_digest(secret.encode(), given.encode())


def poll(settings: Named, *, channel_id: int, cursor: str, now: datetime) -> PollResult:
    """Ask for what is new, or, where Telegram calls us, see to it that it does.

    Raises TryLater or ChannelStopped. What was read before is forgotten by Telegram only by the next asking, after the
    cursor was kept.
    """
    with TelegramBot(settings) as bot:
        if settings.get("receive") == WEBHOOK:
            _let_it_call(bot, settings, channel_id)
            return PollResult((), cursor)
        updates = _asked(bot, settings, _offset(cursor, now))
    found = [parse(one, settings, channel_id=channel_id, now=now) for one in updates]
    if updates:
        cursor = f"{max(int(one['update_id']) for one in updates) + 1} {now.astimezone(UTC):%Y-%m-%d}"
    return PollResult(tuple(one for one in found if one is not None), cursor)


def parse(update: Mapping[str, Any], settings: Named, *, channel_id: int, now: datetime) -> Inbound | None:
    """The message in an update; None for what is no message, or the force's own. `BadInput` if it is no update."""
    message = as_object(update.get("message")) or as_object(update.get("edited_message"))
    if not isinstance(update.get("update_id"), int):
        raise BadInput("This is no update.", detail="update_id is missing")
    chat, author = as_object(message.get("chat")), as_object(message.get("from"))
    if not message or _is_own(message, settings) or author.get("is_bot") is True:
        return None
    text = str(message.get("text") or message.get("caption") or "")
    facts = _facts(message)
    if text.strip() == "/start" or not (text or "media" in facts or "position" in facts):
        return None
    number, edited = f"{chat.get('id')}/{message.get('message_id')}", message.get("edit_date")
    thread = message.get("message_thread_id") or f"{now.astimezone(UTC):%Y-%m-%d}"
    return Inbound(
        source=NAME,
        external_id=f"{channel_id}/{number}" + (f"/{edited}" if edited else ""),
        received_at=now,
        text=text,
        thread=f"{channel_id}/{chat.get('id')}/{author.get('id')}/{thread}",
        channel_id=channel_id,
        sender=_name(author),
        thank_to=str(chat.get("id")) if chat.get("type") == "private" and not edited else "",
        facts=facts,
    )


def fetch(settings: Named, message: Inbound) -> Inbound:
    """The message with its files; what Telegram does not give stays named in the facts."""
    with TelegramBot(settings, Limits(answer_bytes=MOST_FILE_BYTES)) as bot:
        return fetched(message, lambda file_id: (bot.file(file_id), ""), bool)


def answer(update: Mapping[str, Any], language: str, more: str = "") -> str:
    """What the bot says to a call of Telegram, as JSON: a neutral thank-you in a private chat, nothing in a group.

    `more` follows it: when somebody reads.
    """
    message = as_object(update.get("message"))
    chat = as_object(message.get("chat"))
    if chat.get("type") != "private" or as_object(message.get("from")).get("is_bot") is True:
        return ""
    words = translate(language, HOW if str(message.get("text", "")).strip() == "/start" else RECEIVED)
    told = {"method": "sendMessage", "chat_id": chat.get("id"), "text": f"{words} {more}".strip()}
    return json.dumps(told)


def _asked(bot: TelegramBot, settings: Named, offset: str) -> Sequence[Mapping[str, Any]]:
    """Updates; a webhook that is ours and not wanted any more is taken away first, what waits for it is kept."""
    try:
        return bot.updates(offset)
    except ChannelStopped:
        if not str(bot.webhook().get("url", "")).startswith(f"{settings.get('public_url')}/"):
            raise
    bot.call_us("", "")
    return bot.updates(offset)


def _let_it_call(bot: TelegramBot, settings: Named, channel_id: int) -> None:
    address, secret = f"{settings.get('public_url')}/webhooks/telegram/{channel_id}", settings.get("webhook_secret")
    if len(secret) < SHORTEST_SECRET:
        raise ChannelStopped(_("The webhook of this channel needs a secret of at least 16 letters."))
    state = bot.webhook()
    if state.get("url") != address:
        bot.call_us(address, secret)
    elif state.get("last_error_date") and state.get("pending_update_count"):
        bot.call_us(address, secret)
        raise TryLater(_("Telegram could not bring what people wrote; it waits there and is brought again."))


def _offset(cursor: str, now: datetime) -> str:
    number, _space, day = cursor.partition(" ")
    if not day or now - datetime.fromisoformat(day).replace(tzinfo=UTC) > CURSOR_LIVES:
        return ""
    return number


def _is_own(message: Mapping[str, Any], settings: Named) -> bool:
    """Posts of the channel as its group shows them, and what is written in the channel's or the group's own name."""
    sender, chat = as_object(message.get("sender_chat")), as_object(message.get("chat"))
    if not sender:
        return False
    own = settings.get("channel").removeprefix("@").lower()
    names = {str(sender.get("id")), str(sender.get("username", "")).lower()}
    return message.get("is_automatic_forward") is True or own in names or sender.get("id") == chat.get("id")


def _facts(message: Mapping[str, Any]) -> Mapping[str, str]:
    posted, place = message.get("date"), as_object(message.get("location"))
    facts = {
        "posted_at": datetime.fromtimestamp(posted, UTC).isoformat() if isinstance(posted, int) else "",
        "in_reply_to": _post_answered(message),
        "position": f"{place.get('latitude')} {place.get('longitude')}" if place else "",
    }
    return {name: value for name, value in facts.items() if value} | _media(message)


def _post_answered(message: Mapping[str, Any]) -> str:
    """The number that the answered post has in the channel."""
    forwarded = as_object(message.get("reply_to_message"))
    origin = as_object(forwarded.get("forward_origin")).get("message_id")
    return str(origin or forwarded.get("forward_from_message_id") or "")


def _media(message: Mapping[str, Any]) -> dict[str, str]:
    """The fact that names what can be fetched by Telegram's own ids."""
    photos = message.get("photo")
    found = [[photos[-1], "image/jpeg"]] if isinstance(photos, list) and photos else []
    found += [[message[kind], ""] for kind in MEDIA if isinstance(message.get(kind), dict)]
    return waiting(
        (str(as_object(one).get("file_id", "")), mime or str(as_object(one).get("mime_type", "")))
        for one, mime in found
    )


def _name(author: Mapping[str, Any]) -> str:
    names = [str(author.get(name, "")) for name in ("first_name", "last_name")]
    username = f"@{author['username']}" if author.get("username") else str(author.get("id", ""))
    return " ".join(one for one in [*names, username] if one)[:MOST_NAME]
