"""Everything that the stand-in platforms hold, in memory only and safe for many threads."""

import itertools
import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, TypeVar

from appeal.exercise.faults import PLATFORMS, Faults, Fired
from appeal.exercise.settings import Settings

SNOWFLAKE_EPOCH_MS = 1288834974657
CALLS_KEPT = 200_000
PUBLIC_USER_IDS_FROM = 700_000_000

Held = TypeVar("Held")

# Calls per 15 minutes and user, as X publishes them.
X_LIMITS = {
    "publish": 100,
    "retract": 50,
    "lookup": 900,
    "timeline": 900,
    "mentions": 300,
    "search": 300,
    "account": 75,
    "upload": 500,
    "describe": 500,
    "hide": 50,
    "directs": 15,
    "direct": 15,
}


@dataclass(frozen=True)
class User:
    """An account on X."""

    id: str
    username: str
    name: str


@dataclass
class Media:
    """An uploaded picture."""

    id: str
    content: bytes
    media_type: str
    width: int
    height: int
    uploaded_at: float
    alt_text: str = ""

    @property
    def key(self) -> str:
        """The key under which X names a photo in posts."""
        return f"3_{self.id}"


@dataclass
class Published:
    """What every published thing shares. Times are Unix seconds; listed_at is when lists begin to show it."""

    received_at: float
    published_at: float
    listed_at: float
    deleted_at: float | None = field(default=None, kw_only=True)

    def is_public(self, now: float) -> bool:
        """Whether the public can see it at this moment."""
        return self.published_at <= now and self.deleted_at is None

    def is_listed(self, now: float) -> bool:
        """Whether lists and timelines show it at this moment."""
        return self.listed_at <= now and self.is_public(now)


@dataclass
class Post(Published):
    """A post on X; `text` is what was sent, before X shortens the links."""

    id: str
    author: User
    text: str
    conversation_id: str
    media: tuple[Media, ...] = ()
    reply_settings: str = "everyone"
    in_reply_to: str | None = None
    is_hidden: bool = False


@dataclass
class Text(Published):
    """A text message; direction is outbound-api, inbound or outbound-reply, seen from the force."""

    sid: str
    direction: str
    sender: str
    recipient: str
    body: str
    media_urls: tuple[str, ...] = ()
    messaging_service_sid: str | None = None
    webhook_statuses: list[int] = field(default_factory=list)


@dataclass
class Mail(Published):
    """A mail that the server took; pictures are (content id, media type, bytes)."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    message_id: str
    subject: str
    headers: dict[str, str]
    text: str
    html: str
    pictures: tuple[tuple[str, str, bytes], ...]
    raw: bytes


@dataclass(frozen=True)
class Call:
    """One call of the force to a platform; status 0 means that the connection was dropped."""

    platform: str
    operation: str
    began_at: float
    ended_at: float
    status: int


class World:
    """The state behind all platforms. Take `lock` for anything that reads and then writes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.twilio_balance = "100.00"
        self.lock = threading.RLock()
        self.faults = Faults(settings.seed)
        self.force = User(settings.x_user_id, settings.x_username, settings.force_name)
        self.smtp_certificate = ""
        self._serial = itertools.count(1)
        self.reset()

    def reset(self) -> None:
        """Forget everything that happened, every fault and every changed limit."""
        with self.lock:
            self.faults.clear()
            self.users: dict[str, User] = {self.force.username.lower(): self.force}
            self.media: dict[str, Media] = {}
            self.posts: dict[str, Post] = {}
            self.texts: dict[str, Text] = {}
            self.mails: dict[str, Mail] = {}
            self.opted_out: set[str] = set()
            self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
            self.latency_seconds = dict.fromkeys(PLATFORMS, self.settings.latency_seconds)
            self.limits = dict(X_LIMITS)
            self.windows: dict[str, tuple[float, int]] = {}
            self.nonces: set[str] = set()
            self.rooms: dict[type[Any], Any] = {}

    def room(self, kind: type[Held]) -> Held:
        """Return what a platform holds, by its class; made on first sight and forgotten at a reset."""
        with self.lock:
            if kind not in self.rooms:
                self.rooms[kind] = kind()
            held: Held = self.rooms[kind]
            return held

    def moments(self, fired: Fired) -> tuple[float, float, float]:
        """Return received_at, published_at and listed_at for something that arrives now."""
        now = time.time()
        published = now + fired.seconds("publish_late")
        return now, published, published + fired.seconds("list_late")

    def snowflake(self, at: float) -> str:
        """Return a new id that sorts by this moment, as the ids of X do."""
        serial = next(self._serial) & 0x3FFFFF
        return str(((int(at * 1000) - SNOWFLAKE_EPOCH_MS) << 22) | serial)

    def twilio_id(self, prefix: str = "SM") -> str:
        """Return a new id in the form of Twilio."""
        return prefix + secrets.token_hex(16)

    def user(self, username: str) -> User:
        """Return the account of this name; a member of the public gets one on first sight."""
        wanted = username.strip().lstrip("@") or "someone"
        with self.lock:
            known = self.users.get(wanted.lower())
            if known is None:
                known = User(str(PUBLIC_USER_IDS_FROM + len(self.users)), wanted, wanted)
                self.users[wanted.lower()] = known
            return known

    def note(self, platform: str, operation: str, began_at: float, status: int) -> None:
        """Write one call down."""
        self.calls.append(Call(platform, operation, began_at, time.time(), status))

    def public_post(self, post_id: str) -> Post | None:
        """Return the post if the public can see it now."""
        post = self.posts.get(post_id)
        return post if post and post.is_public(time.time()) else None

    def snapshot(self) -> tuple[list[Post], list[Text], list[Mail]]:
        """Return all posts, texts and mails, oldest first, those that are gone or still to come included."""
        with self.lock:
            return (
                sorted(self.posts.values(), key=lambda post: int(post.id)),
                sorted(self.texts.values(), key=lambda text: text.received_at),
                sorted(self.mails.values(), key=lambda mail: mail.received_at),
            )
