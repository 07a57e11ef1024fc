"""What Telegram holds in the exercise: the channel's messages, what waits for the bot, and what the public sends it."""

import time
import zlib
from collections import deque

import requests
from flask import Response

from appeal.exercise.rooms import Answer, NotPossible, Picture, Room, Thing, said
from appeal.exercise.telegram_shapes import answer, photo_size, problem
from appeal.exercise.world import World

TEXT_LIMIT = 4096
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class TelegramRoom(Room):
    """One channel with its linked group, one bot, and the updates that wait for it."""

    chat_id, group_id, bot_id = "-1001000000001", "-1001000000002", 1001

    def __init__(self) -> None:
        super().__init__()
        self.waiting: deque[dict[str, object]] = deque()
        self.files: dict[str, Picture] = {}
        self.webhook, self.secret, self.last_error = "", "", ""
        # What the bot wrote to each person who opened a chat with it, by the chat's id.
        self.private: dict[str, list[str]] = {}

    def keep(self, moments: tuple[float, float, float], text: str, pictures: tuple[Picture, ...], group: str) -> Thing:
        """Keep one message of the channel."""
        thing = Thing(*moments, str(self.next()), text, pictures, group=group)
        self.things[thing.id] = thing
        return thing

    def bot(self, world: World) -> dict[str, object]:
        """Return the bot as an account."""
        name = f"{world.settings.telegram_channel.lstrip('@')}_bot"
        return {"id": self.bot_id, "is_bot": True, "first_name": world.settings.force_name, "username": name}

    def chat(self, world: World) -> dict[str, object]:
        """Return the channel."""
        username = world.settings.telegram_channel.lstrip("@")
        chat = {"id": int(self.chat_id), "type": "channel", "title": world.settings.force_name, "username": username}
        return chat | {"linked_chat_id": int(self.group_id)}

    def member(self, world: World) -> dict[str, object]:
        """Return what the bot may do in the channel."""
        member: dict[str, object] = {"status": "administrator", "user": self.bot(world)}
        return member | dict.fromkeys(("can_post_messages", "can_edit_messages", "can_delete_messages"), True)

    def updates(self, offset: str, limit: str) -> Response:
        """Forget everything before the offset and return what waits."""
        if self.webhook:
            words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            return problem(409, f"Conflict: {words}")
        first = int(offset or 0)
        while self.waiting and int(str(self.waiting[0]["update_id"])) < first:
            self.waiting.popleft()
        return answer(list(self.waiting)[: int(limit or 100)])

    def set_webhook(self, address: str, secret: str) -> Response:
        """Call this address from now on, beginning with what waits."""
        self.webhook, self.secret, self.last_error = address, secret, ""
        self.deliver()
        return answer(True)

    def webhook_state(self) -> dict[str, object]:
        """Return where the bot is called and how that goes."""
        state: dict[str, object] = {
            "url": self.webhook,
            "has_custom_certificate": False,
            "pending_update_count": len(self.waiting),
        }
        return state | (
            {"last_error_message": self.last_error, "last_error_date": int(time.time())} if self.last_error else {}
        )

    def described_file(self, file_id: str) -> Response:
        """Return where a file can be fetched."""
        path = f"photos/{file_id}.jpg"
        if path not in self.files:
            return problem(400, "Bad Request: invalid file_id")
        size = len(self.files[path].content)
        return answer({"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": size, "file_path": path})

    def deliver(self) -> None:
        """Call the webhook with everything that waits, in order, as long as it answers 2xx."""
        while self.webhook and self.waiting:
            status = _post(self.webhook, self.secret, self.waiting[0])
            if not 200 <= status < 300:
                self.last_error = f"Wrong response from the webhook: {status}" if status else "Connection failed"
                return
            self.waiting.popleft()

    def tell(self, message: dict[str, object], kind: str = "message") -> None:
        """Let an update wait for the bot, or bring it at once."""
        chat = message.get("chat")
        if isinstance(chat, dict) and chat.get("type") == "private":
            self.private.setdefault(str(chat["id"]), [])
        self.waiting.append({"update_id": 700_000_000 + self.next(), kind: message})
        self.deliver()

    def answered(self, chat_id: str, text: str) -> dict[str, object]:
        """Keep what the bot wrote to one person, and return it as a message."""
        self.private[chat_id].append(text)
        chat = {"id": int(chat_id), "type": "private"}
        return {"message_id": self.next(), "date": int(time.time()), "chat": chat, "text": text}

    def forward(self, world: World, thing: Thing) -> None:
        """Show a message of the channel in its group; the bot is in there and is told."""
        if thing.is_public(time.time()):
            self.tell(self._forwarded(world, thing))

    def group(self, world: World) -> dict[str, object]:
        """Return the linked group."""
        return {"id": int(self.group_id), "type": "supergroup", "title": f"{world.settings.force_name}: answers"}

    def _forwarded(self, world: World, thing: Thing) -> dict[str, object]:
        origin = {
            "type": "channel",
            "chat": self.chat(world),
            "message_id": int(thing.id),
            "date": int(thing.published_at),
        }
        return {
            "message_id": 500_000 + int(thing.id),
            "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
            "sender_chat": self.chat(world),
            "chat": self.group(world),
            "date": int(thing.published_at),
            "is_automatic_forward": True,
            "forward_origin": origin,
            "text": thing.text or "…",
        }

    def write(self, world: World, answered: Answer) -> None:
        """Bring what somebody of the public wrote to the bot, in private or as a comment in the group."""
        number = zlib.crc32(answered.author.lower().encode()) + 10_000
        author = {"id": number, "is_bot": False, "first_name": answered.author, "username": answered.author}
        message: dict[str, object] = {"message_id": int(answered.id), "from": author, "date": int(answered.received_at)}
        if answered.pictures:
            name = f"sent-{answered.id}"
            self.files[f"photos/{name}.jpg"] = answered.pictures[0]
            message |= {"photo": [photo_size(name, len(answered.pictures[0].content))], "caption": answered.text}
        else:
            message["text"] = answered.text
        thing = self.things.get(answered.parent)
        if thing is None:
            chat = {"id": number, "type": "private", "first_name": answered.author, "username": answered.author}
            self.tell(message | {"chat": chat})
            return
        forwarded = self._forwarded(world, thing)
        thread = {"message_thread_id": forwarded["message_id"], "reply_to_message": forwarded}
        self.tell(message | {"chat": self.group(world)} | thread)


def say(world: World, author: str, text: str, parent: str, pictures: tuple[Picture, ...] = ()) -> Answer:
    """Comment on a post, or write to the bot when no post is named; raises NotPossible."""
    room = world.room(TelegramRoom)
    words, name = said(text, author, TEXT_LIMIT)
    if parent and room.public(parent) is None:
        raise NotPossible("This post is gone. Nobody can answer it.")
    now = time.time()
    with world.lock:
        answered = Answer(now, now, now, str(room.next()), name, words, parent, pictures=pictures)
        room.answers[answered.id] = answered
    room.write(world, answered)
    return answered


def _post(address: str, secret: str, update: dict[str, object]) -> int:
    with requests.Session() as session:
        session.trust_env = False
        try:
            headers = {SECRET_HEADER: secret} if secret else {}
            return session.post(address, json=update, headers=headers, timeout=10, allow_redirects=False).status_code
        except requests.RequestException:
            return 0
