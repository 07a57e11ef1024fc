"""The force's page on Facebook: plain calls of the Graph API. The token travels in a header, never in an address."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

import requests

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, PublisherError
from appeal.rules.words import _
from appeal.wire.facebook_errors import CALLED, NOT_THERE, meaning
from appeal.wire.http import LOOPBACK, Limits, Named, Session, base_address, limits_of, reading_failed
from appeal.wire.plain import Body, Plain, Read, as_object

REAL, VERSION = "https://graph.facebook.com", "v26.0"
PAGE, PAGES = 50, 20
CLOCKS_DIFFER = timedelta(minutes=5)
# The last Unix second of the year 9999: what is later is no moment.
FURTHEST = 253_402_300_799
# Hosts from which Facebook gives what people attached.
MEDIA_HOSTS = (".fbcdn.net", ".fbsbx.com")

POST_FIELDS = "id,message,created_time,permalink_url"
PICTURED = "media{image{src}},description"
SHOWN = f"{POST_FIELDS},shares,attachments{{{PICTURED},subattachments{{{PICTURED}}}}}"
COMMENT = "id,message,from,created_time,parent{id},attachment{media{image{src}},type}"
LETTER = "id,message,from,created_time,attachments{image_data{url},mime_type}"


@dataclass(frozen=True)
class OwnPost:
    """One post of the page."""

    id: str
    text: str = field(repr=False)
    permalink: str
    created_at: datetime


class FacebookPage:
    """One page. Questions raise TryLater or ChannelStopped; orders also raise the other publisher errors."""

    def __init__(self, settings: Named) -> None:
        self.page, token, secret = (settings.get(name) for name in ("page_id", "page_token", "app_secret"))
        if not self.page.isdecimal() or not token or not secret:
            raise ChannelStopped(_("This channel has no complete credentials for Facebook."))
        base = base_address(settings, REAL)
        self._nodes, self._limits, self._is_here = f"{base}/{VERSION}/", limits_of(settings), base
        self._session = Session(base, limits=self._limits)
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._token, self._secret = token, secret
        self._proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        self._plain = Plain(self._session, CALLED, meaning)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def upload(self, picture: bytes, alt: str) -> str:
        """Upload one picture that nobody sees before a post shows it; returns its id. Publishes nothing."""
        told = {"published": "false", "temporary": "true", "alt_text_custom": alt, "appsecret_proof": self._proof}
        files = {"source": ("picture.jpg", picture, "image/jpeg")}
        address = f"{self._nodes}{self.page}/photos"
        return self._plain.ask("POST", address, _id, ContentRefused, data=told, files=files)

    def publish(self, text: str, photo_ids: Sequence[str]) -> str:
        """Publish a post and return its id."""
        try:
            return self._order("POST", f"{self.page}/feed", _id, message=text, **_attached(photo_ids))
        except Gone as error:
            raise ChannelStopped(_("Facebook does not know the page of this channel."), error.detail) from None

    def change(self, post_id: str, text: str, photo_ids: Sequence[str]) -> None:
        """Give a post other words and pictures; `Gone` when it is not there."""
        self._order("POST", post_id, _done, message=text, **_attached(photo_ids))

    def delete(self, node: str) -> None:
        """Delete a post or a photo; `Gone` when it was not there."""
        self._order("DELETE", node, _done)

    def hide(self, comment_id: str, *, hidden: bool = True) -> None:
        """Hide a comment or show it again; its author and their friends see it always. `Gone` when it is not there."""
        self._order("POST", comment_id, _done, is_hidden="true" if hidden else "false")

    def exists(self, node: str) -> bool:
        """Whether a post or photo is there. A page that we may not read any more says nothing about it."""
        try:
            self._ask(node, _id, Gone, fields="id")
        except Gone:
            self.who()
            return False
        return True

    def photos_of(self, post_id: str) -> list[str]:
        """The ids of the pictures that a post shows; none when it is not there."""
        fields = "attachments{target{id},type,subattachments{target{id},type}}"
        try:
            return self._ask(post_id, _photos, Gone, fields=fields)
        except Gone:
            return []

    def own_posts(self, since: datetime) -> Iterator[OwnPost]:
        """Yield the page's published posts since that moment, newest first."""
        earliest = since - CLOCKS_DIFFER
        wanted = {"fields": POST_FIELDS, "since": str(int(earliest.timestamp())), "limit": str(PAGE)}
        for post in self._pages(f"{self.page}/published_posts", wanted):
            yield OwnPost(
                str(post["id"]), str(post.get("message", "")), str(post.get("permalink_url", "")), _moment(post)
            )

    def comments(self, since: int) -> list[tuple[str, Body]]:
        """What people wrote under the page's posts since that Unix second: pairs of the post's id and the comment."""
        after = f".since({since})" if since else ""
        comments = f"comments.filter(stream).order(chronological){after}.limit({PAGE}){{{COMMENT}}}"
        found: list[tuple[str, Body]] = []
        for post in self._pages(f"{self.page}/published_posts", {"fields": f"id,{comments}", "limit": str(PAGE)}):
            first = as_object(post.get("comments"))
            rows: list[Body] = [one for one in first.get("data", []) if isinstance(one, dict)]
            if _next(first):
                wanted = {"fields": COMMENT, "filter": "stream", "order": "chronological", "limit": str(PAGE)}
                wanted |= {"since": str(since)} if since else {}
                rows = list(self._pages(f"{post['id']}/comments", wanted))
            found += [(str(post["id"]), row) for row in rows]
        return found

    def shown(self, post_id: str) -> tuple[Body, list[Body]]:
        """Facebook's own answer about one post, and what was written under it; `Gone` when it is not there."""
        post = self._ask(post_id, as_object, Gone, fields=SHOWN)
        wanted = {"fields": COMMENT, "filter": "stream", "order": "chronological", "limit": str(PAGE)}
        return post, list(self._pages(f"{post_id}/comments", wanted))

    def letters(self, since: int) -> list[Body]:
        """What people wrote to the page alone since that Unix second, and what it answered."""
        wanted = {"platform": "MESSENGER", "fields": f"id,messages.limit({PAGE}){{{LETTER}}}", "limit": str(PAGE)}
        wanted |= {"updated_after_ms": str(since * 1000)} if since else {}
        rows = self._pages(f"{self.page}/conversations", wanted)
        threads = [(str(one["id"]), as_object(one.get("messages")).get("data", [])) for one in rows]
        return [{**message, "thread": thread} for thread, messages in threads for message in messages]

    def tell(self, person: str, text: str) -> str:
        """Write to somebody who wrote to the page within the last day; returns the message's id."""
        told = {"recipient": json.dumps({"id": person}), "message": json.dumps({"text": text})}
        answer = self._order("POST", f"{self.page}/messages", as_object, messaging_type="RESPONSE", **told)
        return str(answer.get("message_id", ""))

    def who(self) -> str:
        """The name of the page, by the token itself; ChannelStopped when it belongs to another one."""

        def read(answer: Body) -> str:
            if _id(answer) != self.page:
                raise ChannelStopped(_("The token of this channel belongs to another page."))
            return str(answer["name"])

        return self._ask("me", read, fields="id,name")

    def ends_at(self) -> datetime | None:
        """When the token ends or loses its access to what people write; None where Facebook says neither."""
        try:
            app = self._ask("app", _id, fields="id")
            headers = {"Authorization": f"Bearer {app}|{self._secret}"}
            asked = {"params": {"input_token": self._token}, "headers": headers}
            told = self._plain.ask("GET", self._nodes + "debug_token", lambda answer: dict(answer["data"]), **asked)
        except PublisherError:  # a token that may not be asked about says nothing, and still publishes
            return None
        ends = [told.get(name) for name in ("expires_at", "data_access_expires_at")]
        known = [one for one in ends if isinstance(one, int) and 0 < one < FURTHEST]
        return datetime.fromtimestamp(min(known), UTC) if known else None

    def media(self, address: str) -> tuple[bytes, str]:
        """A picture that somebody attached, without our token, and its media type; raises `PublisherError`."""
        parts = urlsplit(address)
        with Session(f"{parts.scheme}://{parts.netloc}", limits=Limits(answer_bytes=20_000_000)) as session:
            try:
                answer = session.get(address)
            except requests.RequestException as error:
                raise reading_failed(error, CALLED) from None
        if answer.status_code != 200:
            raise Gone(NOT_THERE, f"HTTP {answer.status_code}")
        return answer.content, answer.headers.get("Content-Type", "").partition(";")[0]

    def gives(self, address: str) -> bool:
        """Whether an address is one from which Facebook gives what people attached."""
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
        except ValueError:
            return False
        is_theirs = parts.scheme == "https" and host.endswith(MEDIA_HOSTS)
        is_stand_in = urlsplit(self._is_here).hostname in LOOPBACK and address.startswith(f"{self._is_here}/")
        return not parts.username and (is_theirs or is_stand_in)

    def _pages(self, node: str, wanted: dict[str, str]) -> Iterator[Body]:
        """Rows of page after page; only the cursor is taken from an answer, never an address."""
        asked = dict(wanted)
        for _page in range(PAGES):
            rows, body = self._ask(node, lambda answer: (list(answer["data"]), as_object(answer)), **asked)
            yield from [row for row in rows if isinstance(row, dict) and row.get("id")]
            following = _next(body)
            if not following:
                return
            asked["after"] = following

    def _ask(self, node: str, read: Callable[[Any], Read], *allowed: type[PublisherError], **wanted: str) -> Read:
        told = {**wanted, "appsecret_proof": self._proof}
        return self._plain.ask("GET", self._nodes + node, read, *allowed, params=told)

    def _order(self, method: str, node: str, read: Callable[[Any], Read], **told: str) -> Read:
        return self._plain.order(method, self._nodes + node, read, data={**told, "appsecret_proof": self._proof})


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether a call to our webhook carries Facebook's signature over its raw bytes; compared in constant time."""
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))


def _attached(photo_ids: Sequence[str]) -> dict[str, str]:
    return {"attached_media": json.dumps([{"media_fbid": one} for one in photo_ids])} if photo_ids else {}


def _id(answer: Body) -> str:
    found = answer["id"]
    if not isinstance(found, str | int) or isinstance(found, bool) or not str(found):
        raise ValueError("no id")
    return str(found)


def _done(answer: Body) -> None:
    if answer.get("success") is not True:
        raise ValueError("not done")


def _photos(answer: Body) -> list[str]:
    rows = as_object(answer.get("attachments")).get("data", [])
    inner = [part for row in rows for part in as_object(row.get("subattachments")).get("data", [])]
    found = [as_object(one.get("target")).get("id") for one in [*rows, *inner] if one.get("type") == "photo"]
    return [str(one) for one in found if one]


def _next(body: Body) -> str:
    paging = as_object(body.get("paging"))
    return str(as_object(paging.get("cursors")).get("after", "")) if paging.get("next") else ""


def _moment(row: Body) -> datetime:
    return datetime.strptime(str(row["created_time"]), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
