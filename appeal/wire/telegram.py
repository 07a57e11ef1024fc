"""The force's bot on Telegram: plain calls of the Bot API. The token stands in the path, so no address is ever told."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, PublisherError, TryLater
from appeal.rules.words import _
from appeal.wire.http import LONGEST_WAIT_SECONDS, Limits, Named, Session, base_address, limits_of, reading_failed
from appeal.wire.plain import Body, Plain, Read, as_object, unclear

REAL = "https://api.telegram.org"
CALLED = "Telegram"
TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{1,120}")
WAIT_SECONDS = 30.0
UPDATES = 100
NO_FILE = _("Telegram has this file no more.")

# What arrives; everything else that Telegram could tell stays there.
WANTED = ("message", "edited_message")

TOO_OLD = ("message can't be deleted", "message can't be deleted for everyone")
NOT_THERE = ("message to edit not found", "message to delete not found", "message_id_invalid")
UNCHANGED = "message is not modified"
# Words in the description of a 400 or 403 that mean bot or channel, not this post.
STOPPING = (
    "chat not found",
    "not enough rights",
    "need administrator rights",
    "have no rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "bot was kicked",
    "bot is not a member",
    "user_deactivated",
)
MEANINGS: Mapping[int, tuple[type[PublisherError], str]] = {
    400: (ContentRefused, _("Telegram refuses this post.")),
    401: (ChannelStopped, _("Telegram does not accept the token of this channel's bot.")),
    403: (ChannelStopped, _("Telegram does not let the bot post in this channel.")),
    404: (ChannelStopped, _("Telegram does not know this bot.")),
    409: (ChannelStopped, "Another program or a webhook collects the answers of this bot."),
    413: (ContentRefused, "The pictures are too large for Telegram."),
    451: (ContentRefused, _("Telegram withholds this post for legal reasons.")),
}


class TooOld(ContentRefused):
    """Telegram lets a bot delete for 48 hours only."""


class Unchanged(ContentRefused):
    """The message says already what it should be changed to; it is therefore there."""


@dataclass(frozen=True)
class Channel:
    """The channel that the bot posts in; `group` is where its readers answer, empty if nowhere."""

    id: str
    username: str
    group: str
    missing_rights: tuple[str, ...] = ()


class TelegramBot:
    """One bot and its channel. Questions raise TryLater or ChannelStopped; orders also raise the other errors."""

    def __init__(self, settings: Named, limits: Limits | None = None) -> None:
        token, self.channel = settings.get("bot_token"), settings.get("channel")
        if not TOKEN.fullmatch(token) or not self.channel:
            raise ChannelStopped(_("This channel has no complete credentials for Telegram."))
        base = base_address(settings, REAL)
        self._methods, self._files = f"{base}/bot{token}/", f"{base}/file/bot{token}/"
        self._session = Session(base, limits=limits or limits_of(settings))
        self._plain = Plain(self._session, CALLED, _meaning)

    def __enter__(self) -> "TelegramBot":
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def send(self, text: str, pictures: Sequence[bytes]) -> list[str]:
        """Publish one message, or an album with the text under its first picture; returns the ids of its parts."""
        if not pictures:
            told = {"text": text, "link_preview_options": json.dumps({"is_disabled": True})}
            return self._order("sendMessage", _ids, told)
        if len(pictures) == 1:
            return self._order("sendPhoto", _ids, {"caption": text}, {"photo": pictures[0]})
        names = [f"picture{number}" for number in range(len(pictures))]
        media = [{"type": "photo", "media": f"attach://{name}"} for name in names]
        media[0]["caption"] = text
        return self._order(
            "sendMediaGroup", _ids, {"media": json.dumps(media)}, dict(zip(names, pictures, strict=True))
        )

    def tell(self, chat: str, text: str) -> str:
        """Write to one person who opened a chat with the bot; returns the message's id."""
        return self._order("sendMessage", _ids, {"chat_id": chat, "text": text})[0]

    def edit_text(self, message_id: str, text: str) -> None:
        """Change the words of a message without pictures."""
        told = {"message_id": message_id, "text": text, "link_preview_options": json.dumps({"is_disabled": True})}
        self._order("editMessageText", _nothing, told)

    def edit_picture(self, message_id: str, picture: bytes, caption: str) -> None:
        """Change picture and words of one message; Telegram sets no time limit on a bot's own posts."""
        media = json.dumps({"type": "photo", "media": "attach://picture", "caption": caption})
        self._order("editMessageMedia", _nothing, {"message_id": message_id, "media": media}, {"picture": picture})

    def delete(self, message_id: str) -> None:
        """Delete one message; `Gone` when it was not there, `TooOld` after 48 hours."""
        self._order("deleteMessage", _nothing, {"message_id": message_id})

    def exists(self, message_id: str) -> bool:
        """Whether a message of the bot is there. Telegram has no way to read one: it is changed to what it is."""
        told = {"chat_id": self.channel, "message_id": message_id}
        try:
            self._ask("editMessageReplyMarkup", _nothing, Gone, Unchanged, data=told)
        except Gone:
            return False
        except Unchanged:
            return True
        return True

    def who(self) -> str:
        """The name of the bot."""
        return self._ask("getMe", lambda answer: str(answer["username"]))

    def look_at_channel(self) -> Channel:
        """The channel, its linked group, and what the bot may not do there and should."""
        own = self._ask("getMe", lambda answer: str(answer["id"]))
        chat = self._ask("getChat", as_object, data={"chat_id": self.channel})
        asked = {"chat_id": self.channel, "user_id": own}
        member = self._ask("getChatMember", as_object, data=asked)
        wanted = ("can_post_messages", "can_edit_messages", "can_delete_messages")
        missing = tuple(right for right in wanted if not member.get(right) and member.get("status") != "creator")
        return Channel(str(chat["id"]), str(chat.get("username", "")), str(chat.get("linked_chat_id", "")), missing)

    def updates(self, offset: str) -> list[Body]:
        """What arrived, oldest first. Naming an offset lets Telegram forget everything before it."""
        told = {"limit": str(UPDATES), "timeout": "0", "allowed_updates": json.dumps(WANTED)}
        told |= {"offset": offset} if offset else {}
        return self._ask("getUpdates", lambda answer: [dict(one) for one in answer], data=told)

    def webhook(self) -> Body:
        """Where Telegram calls us, and how that goes: `url`, `pending_update_count`, `last_error_date` …"""
        return self._ask("getWebhookInfo", as_object)

    def call_us(self, address: str, secret: str) -> None:
        """Let Telegram call this address from now on; an empty one lets it wait to be asked, and keeps what waits."""
        if not address:
            self._ask("deleteWebhook", _nothing, data={"drop_pending_updates": "false"})
            return
        told = {"url": address, "secret_token": secret, "allowed_updates": json.dumps(WANTED)}
        self._ask("setWebhook", _nothing, data=told)

    def file(self, file_id: str) -> bytes:
        """A file that somebody sent; `Gone` when Telegram has it no more or never gives one that large."""
        try:
            path = self._ask("getFile", _path, ContentRefused, data={"file_id": file_id})
            answer = self._session.get(self._files + path)
        except ContentRefused as error:
            raise Gone(NO_FILE, error.detail) from None
        except requests.RequestException as error:
            raise reading_failed(error, CALLED) from None
        if answer.status_code != 200:
            raise Gone(NO_FILE, f"HTTP {answer.status_code}")
        return answer.content

    def _ask(self, method: str, read: Callable[[Any], Read], *allowed: type[PublisherError], **sent: Any) -> Read:
        return self._plain.ask("POST", self._methods + method, lambda body: read(body["result"]), *allowed, **sent)

    def _order(
        self,
        method: str,
        read: Callable[[Any], Read],
        told: Mapping[str, str],
        files: Mapping[str, bytes] | None = None,
    ) -> Read:
        sent: dict[str, Any] = {"data": {"chat_id": self.channel, **told}}
        if files:
            sent["files"] = {name: (f"{name}.jpg", content, "image/jpeg") for name, content in files.items()}
        return self._plain.order("POST", self._methods + method, lambda body: read(body["result"]), **sent)


def _ids(result: Any) -> list[str]:
    sent = result if isinstance(result, list) else [result]
    ids = [str(int(one["message_id"])) for one in sent]
    if not ids:
        raise ValueError("no message")
    return ids


def _path(result: Any) -> str:
    return str(result["file_path"]).lstrip("/")


def _nothing(result: object) -> None:
    if result is None or result is False:
        raise ValueError("not done")


def _meaning(answer: requests.Response, body: Body) -> PublisherError | None:
    status = answer.status_code
    if status == 200 and body.get("ok") is True:
        return None
    detail = f"HTTP {status}"
    if status == 429:
        return TryLater(_("Telegram asks us to wait."), _wait(answer, body), detail, is_for_all=True)
    # Looked through and never shown: it may quote the post.
    said = str(body.get("description", ""))[:500].lower()
    if status in {400, 403} and body.get("ok") is False:
        known = _known(said, detail)
        if known is not None:
            return known
    if status not in MEANINGS or (status == 404 and body.get("ok") is not False):
        return unclear(CALLED, detail)
    kind, words = MEANINGS[status]
    return kind(words, detail)


def _known(said: str, detail: str) -> PublisherError | None:
    if UNCHANGED in said:
        return Unchanged(_("Telegram shows this already."), detail)
    if any(words in said for words in NOT_THERE):
        return Gone(_("The post is not on Telegram any more."), detail)
    if any(words in said for words in TOO_OLD):
        return TooOld(_("Telegram lets a bot delete a post in its first 48 hours only."), detail)
    if any(words in said for words in STOPPING):
        return ChannelStopped(_("Telegram does not let the bot post in this channel."), detail)
    return None


def _wait(answer: requests.Response, body: Body) -> float:
    """Exactly the seconds that Telegram names; its header says the same."""
    named = as_object(body.get("parameters")).get("retry_after") or answer.headers.get("Retry-After")
    seconds = str(named)
    return min(max(float(seconds), 1.0), LONGEST_WAIT_SECONDS) if seconds.isdecimal() else WAIT_SECONDS
