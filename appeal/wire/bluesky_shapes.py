"""What Bluesky's answers hold, as plain data; a record of somebody else may be of any shape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CHAT_MESSAGE = "chat.bsky.convo.defs#logCreateMessage"


@dataclass(frozen=True)
class Kept:
    """A record as the account's own server holds it, and the moment at which the server said so."""

    uri: str
    cid: str
    value: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """What somebody said to the force in public; `in_reply_to` and `conversation` are addresses of posts."""

    uri: str
    author: str = field(repr=False)
    handle: str = field(repr=False)
    text: str = field(repr=False)
    listed_at: datetime
    in_reply_to: str = ""
    conversation: str = ""
    links: tuple[str, ...] = ()
    pictures: int = 0


@dataclass(frozen=True)
class Direct:
    """One direct message."""

    id: str
    convo: str
    author: str = field(repr=False)
    text: str = field(repr=False)
    sent_at: datetime


def notified(answer: Mapping[str, Any]) -> list[Reply]:
    """The replies, mentions and quotes of one page of notifications."""
    return [_reply(one, one["indexedAt"]) for one in answer["notifications"]]


def answers(thread: Mapping[str, Any]) -> Iterator[Reply]:
    """Everything under a post, however deep."""
    for one in thread.get("replies") or []:
        if "post" in one:
            yield _reply(one["post"], one["post"]["indexedAt"])
        yield from answers(one)


def _reply(one: Mapping[str, Any], listed_at: str) -> Reply:
    """A post in a list; a record that is not as it should be still has its address, author and moment."""
    record = one.get("record") if isinstance(one.get("record"), dict) else {}
    reply = record.get("reply") or {} if isinstance(record, dict) else {}
    return Reply(
        uri=str(one["uri"]),
        author=str(one["author"]["did"]),
        handle=str(one["author"].get("handle") or one["author"]["did"]),
        text=str((record or {}).get("text", "")),
        listed_at=datetime.fromisoformat(listed_at),
        in_reply_to=_uri_in(reply, "parent"),
        conversation=_uri_in(reply, "root") or str(one["uri"]),
        links=tuple(_links(record or {})),
        pictures=_pictures(record or {}),
    )


def _uri_in(reply: Mapping[str, Any], name: str) -> str:
    place = reply.get(name) if isinstance(reply, dict) else None
    return str(place.get("uri", "")) if isinstance(place, dict) else ""


def _links(record: Mapping[str, Any]) -> Iterator[str]:
    facets = record.get("facets")
    for facet in facets if isinstance(facets, list) else []:
        features = facet.get("features") if isinstance(facet, dict) else None
        for feature in features if isinstance(features, list) else []:
            if isinstance(feature, dict) and feature.get("uri"):
                yield str(feature["uri"])


def _pictures(record: Mapping[str, Any]) -> int:
    embed = record.get("embed")
    while isinstance(embed, dict) and isinstance(embed.get("media"), dict):
        embed = embed["media"]
    images = embed.get("images") if isinstance(embed, dict) else None
    return len(images) if isinstance(images, list) else 0


def directs(logs: list[Mapping[str, Any]]) -> list[Direct]:
    """The messages among the entries of the log."""
    return [_direct(one) for one in logs if one.get("$type") == CHAT_MESSAGE]


def _direct(one: Mapping[str, Any]) -> Direct:
    message = one["message"]
    return Direct(
        id=str(message["id"]),
        convo=str(one["convoId"]),
        author=str(message["sender"]["did"]),
        text=str(message.get("text", "")),
        sent_at=datetime.fromisoformat(message["sentAt"]),
    )
