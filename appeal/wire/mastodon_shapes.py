"""What a Mastodon server's answers hold, as plain data; servers of other kinds leave much of it out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from appeal.wire.html_text import plain

DIRECT = "direct"
NOTIFIED = ("mention", "quote")


@dataclass(frozen=True)
class Status:
    """One post; `text` is what a reader sees, `written` the server's HTML, `files` are (address, kind) pairs."""

    id: str
    url: str
    author_id: str = field(repr=False)
    author: str = field(repr=False)
    text: str = field(repr=False)
    written: str = field(repr=False)
    created_at: datetime
    in_reply_to: str = ""
    links: tuple[str, ...] = field(default=(), repr=False)
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    is_direct: bool = False
    replies: int = 0
    is_by_program: bool = False


@dataclass(frozen=True)
class Notification:
    """What the server lists: its own id, which the cursor counts, and the post."""

    id: str
    created_at: datetime
    status: Status


def notifications(listed: Any) -> list[Notification]:
    """The mentions and quotes of one page."""
    if not isinstance(listed, list):
        raise TypeError("no list")
    return [
        Notification(str(one["id"]), _moment(one["created_at"]), status(one["status"]))
        for one in listed
        if one.get("type") in NOTIFIED and one.get("status")
    ]


def statuses(listed: Any) -> list[Status]:
    """The posts of one page."""
    if not isinstance(listed, list):
        raise TypeError("no list")
    return [status(one) for one in listed]


def status(one: Mapping[str, Any]) -> Status:
    """One post."""
    written = str(one.get("content") or "")
    text, links = plain(written)
    files = one.get("media_attachments")
    return Status(
        id=str(one["id"]),
        url=str(one.get("url") or one.get("uri") or ""),
        author_id=str(one["account"]["id"]),
        author=str(one["account"].get("acct") or ""),
        text=text,
        written=written,
        created_at=_moment(one["created_at"]),
        in_reply_to=str(one.get("in_reply_to_id") or ""),
        links=tuple(link for link in links if link not in _mentioned(one)),
        files=tuple(_files(files if isinstance(files, list) else [])),
        is_direct=one.get("visibility") == DIRECT,
        replies=int(one.get("replies_count") or 0),
        is_by_program=one["account"].get("bot") is True,
    )


def _mentioned(one: Mapping[str, Any]) -> set[str]:
    named = one.get("mentions")
    return {str(who.get("url")) for who in named if isinstance(who, dict)} if isinstance(named, list) else set()


def _files(listed: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for one in listed:
        if isinstance(one, dict) and one.get("url"):
            yield str(one["url"]), ""


def _moment(written: object) -> datetime:
    found = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
