"""The force's account on Bluesky: records under keys of our own, pictures, notifications, threads, direct messages."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, PublisherError
from appeal.rules.words import _
from appeal.wire.bluesky_errors import EXPIRED, answer_of, asked, name_of, ordered
from appeal.wire.bluesky_shapes import Direct, Kept, Reply, answers, directs, notified
from appeal.wire.http import Named, base_address, limits_of

if TYPE_CHECKING:
    from appeal.wire.bluesky_client import Answer, Client

REAL = "https://bsky.social"
POST, GATE = "app.bsky.feed.post", "app.bsky.feed.threadgate"

PAGE, CHAT_PAGES = 100, 20
PAGES = 50
SHOWN_AT_ONCE = 25
THREAD_DEPTH = 20

# A record key as the platform writes moments: 13 letters for 53 bits of microseconds and 10 more. Ours lie in a span
# that is over, so that no server takes them for the future; which moment it is means nothing.
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
SPAN_BEGINS, SPAN_BITS = 1_640_995_200_000_000, 47

# Logging in is allowed 300 times a day: one session per account lives as long as the process.
_sessions: dict[str, str] = {}
_logging_in = threading.Lock()

Result = TypeVar("Result")


class BlueskyAccount:
    """One account. Questions raise TryLater or ChannelStopped; orders also raise the other publisher errors."""

    def __init__(self, settings: Named) -> None:
        self._handle, self._password = settings.get("handle"), settings.get("app_password")
        if not self._handle or not self._password:
            raise ChannelStopped(_("This channel has no complete credentials for Bluesky."))
        self._base, self._limits = base_address(settings, REAL), limits_of(settings)
        secret = hashlib.sha256(self._password.encode()).hexdigest()
        self._account = f"{self._base} {self._handle} {secret}"
        self._opened: Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._opened is not None:
            self._opened.close()

    def who(self) -> tuple[str, str]:
        """The id (DID) and the handle of the account that the credentials belong to."""
        answer, _headers = self._ask("com.atproto.server.getSession", {})
        return asked(lambda: (str(answer["did"]), str(answer["handle"])))

    def kept(self, uri: str, *, collection: str = POST) -> tuple[Kept | None, datetime | None]:
        """The record at this address or under this key of ours, None if there is none; and the server's own time."""
        repo, key = _parts(uri) if uri.startswith("at://") else (self.did(), uri)
        values = {"repo": repo, "collection": collection, "rkey": key}

        def read() -> tuple[Kept | None, datetime | None]:
            try:
                answer, headers = self._called(lambda client: client.ask("com.atproto.repo.getRecord", values))
            except Exception as error:
                response = answer_of(error)
                if response is None or name_of(response) != "RecordNotFound":
                    raise
                return None, _moment_of(response.headers)
            return Kept(answer["uri"], answer["cid"], answer["value"]), _moment_of(headers)

        return asked(read)

    def upload(self, picture: bytes, mime: str) -> Mapping[str, Any]:
        """Upload one picture and return the reference to it. Publishes nothing, so never unknown."""

        def upload() -> Mapping[str, Any]:
            sent = self._called(lambda client: client.put_bytes("com.atproto.repo.uploadBlob", picture, mime))
            blob: Mapping[str, Any] = sent[0]["blob"]
            return blob

        return asked(upload, ContentRefused)

    def publish(self, key: str, record: Mapping[str, Any], gate: Mapping[str, Any] | None) -> str:
        """Write a post under a key of ours, with who may answer it in the same commit; returns its address.

        Writing the same again publishes nothing a second time.
        """
        place = {"repo": self.did(), "collection": POST, "rkey": key}
        if gate is None:
            answer = self._order("com.atproto.repo.putRecord", {**place, "record": record})
            return ordered(lambda: str(answer["uri"]), _never)
        creates = "com.atproto.repo.applyWrites#create"
        writes = [
            {"$type": creates, "collection": collection, "rkey": key, "value": value}
            for collection, value in ((POST, record), (GATE, gate))
        ]
        self._order("com.atproto.repo.applyWrites", {"repo": place["repo"], "writes": writes})
        return self.address(key)

    def put(self, collection: str, key: str, record: Mapping[str, Any]) -> None:
        """Write or replace a record of another kind."""
        place = {"repo": self.did(), "collection": collection, "rkey": key}
        self._order("com.atproto.repo.putRecord", {**place, "record": record})

    def delete(self, uri: str, *, collection: str = POST) -> None:
        """Delete a record; harmless when it is not there."""
        repo, key = _parts(uri)
        self._order("com.atproto.repo.deleteRecord", {"repo": repo, "collection": collection, "rkey": key})

    def is_shown(self, uri: str) -> bool:
        """Whether the public application shows the post, which may be later or longer than it is kept."""
        return bool(self.shown([uri]))

    def shown(self, uris: list[str]) -> list[Mapping[str, Any]]:
        """The posts with these addresses as the public application shows them, pictures with their addresses."""
        answer, _headers = self._ask("app.bsky.feed.getPosts", {"uris": uris[:SHOWN_AT_ONCE]})
        return asked(lambda: [post for post in answer["posts"] if post["uri"] in uris])

    def address(self, key: str) -> str:
        """The address of a post under a key of ours."""
        return f"at://{self.did()}/{POST}/{key}"

    def replies(self, since: datetime | None) -> Iterator[Reply]:
        """Replies, mentions and quotes that the platform lists since that moment, newest first."""
        wanted: dict[str, object] = {"reasons": ["reply", "mention", "quote"], "limit": PAGE}
        for _page in range(PAGES):
            answer, _headers = self._ask("app.bsky.notification.listNotifications", wanted)
            found = _read(notified, answer)
            yield from (one for one in found if since is None or one.listed_at >= since)
            is_old = since is not None and any(one.listed_at < since for one in found)
            if is_old or not found or not answer.get("cursor"):
                return
            wanted = {**wanted, "cursor": answer["cursor"]}

    def own_posts(self, most: int) -> list[Mapping[str, Any]]:
        """The newest posts of the account that begin a thread."""
        wanted = {"actor": self.did(), "filter": "posts_no_replies", "limit": most}
        answer, _headers = self._ask("app.bsky.feed.getAuthorFeed", wanted)
        return asked(lambda: [one["post"] for one in answer["feed"]])

    def thread(self, uri: str) -> list[Reply]:
        """Everything that was answered under a post; empty when the post is gone."""
        wanted = {"uri": uri, "depth": THREAD_DEPTH, "parentHeight": 0}
        try:
            answer, _headers = asked(
                lambda: self._called(lambda client: client.ask("app.bsky.feed.getPostThread", wanted)), Gone
            )
        except Gone:
            return []
        return _read(lambda page: list(answers(page["thread"])), answer)

    def directs(self, cursor: str) -> tuple[list[Direct], str]:
        """Direct messages after the cursor, oldest first, and the next cursor."""
        from appeal.wire.bluesky_client import CHAT  # noqa: PLC0415 as below

        found: list[Direct] = []
        for _page in range(CHAT_PAGES):
            answer, _headers = self._ask("chat.bsky.convo.getLog", {"cursor": cursor} if cursor else {}, CHAT)
            more = _read(lambda page: directs(page["logs"]), answer)
            following = str(answer.get("cursor") or cursor)
            found += more
            if following == cursor:
                break
            cursor = following
        return found, cursor

    def tell(self, convo: str, text: str) -> str:
        """Write into a conversation with one person; returns the message's id."""
        from appeal.wire.bluesky_client import CHAT  # noqa: PLC0415 as below

        body = {"convoId": convo, "message": {"text": text}}
        return str(self._order("chat.bsky.convo.sendMessage", body, CHAT)["id"])

    def _ask(self, name: str, values: Mapping[str, object], headers: Mapping[str, str] | None = None) -> "Answer":
        return asked(lambda: self._called(lambda client: client.ask(name, values, headers)))

    def _order(self, name: str, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        from appeal.wire.bluesky_client import has_never_left  # noqa: PLC0415 as below

        self.did()
        return ordered(lambda: self._called(lambda client: client.order(name, body, headers)), has_never_left)[0]

    def did(self) -> str:
        """The account's own id; logs in where nobody has."""
        return asked(lambda: _did_in(self._client()))

    def _called(self, call: "Callable[[Client], Result]") -> Result:
        """Call with the session of this account; one that the platform no longer takes is replaced once."""
        try:
            return call(self._client())
        except PublisherError:
            raise
        except Exception as error:
            response = answer_of(error)
            if response is None or name_of(response) not in EXPIRED:
                raise
            _sessions.pop(self._account, None)
            self._opened = None
            return call(self._client())

    def _client(self) -> "Client":
        """The library's client, signed in."""
        from appeal.wire.bluesky_client import Client  # noqa: PLC0415 loading it takes a second

        if self._opened is None:
            made = Client(self._base, self._limits)
            made.on_session_change(lambda _event, session: _sessions.update({self._account: session.export()}))
            with _logging_in:
                if known := _sessions.get(self._account):
                    made.login(session_string=known, fetch_bsky_profile=False)
                else:
                    asked(lambda: made.login(self._handle, self._password, fetch_bsky_profile=False))
            self._opened = made
        return self._opened


def record_key(key: str) -> str:
    """The record key of a copy: always the same for the same link key, and one that the platform takes."""
    number = int.from_bytes(hashlib.sha256(f"appeal {key}".encode()).digest()[:8])
    moment = SPAN_BEGINS + (number >> (64 - SPAN_BITS))
    written = moment << 10 | number & 0x3FF
    return "".join(LETTERS[written >> 5 * place & 31] for place in range(12, -1, -1))


def _read(read: Callable[[Mapping[str, Any]], Result], answer: Mapping[str, Any]) -> Result:
    """What an answer holds; one in a shape that Bluesky never had is asked for again later."""
    return asked(lambda: read(answer))


def _never(_error: Exception) -> bool:
    return False


def _did_in(client: "Client") -> str:
    return str(client._session.did)


def _parts(uri: str) -> tuple[str, str]:
    repo, _collection, key = uri.removeprefix("at://").split("/")
    return repo, key


def _moment_of(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return None
