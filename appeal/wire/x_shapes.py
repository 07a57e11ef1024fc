"""What X's answers hold beside posts: direct messages, and where the pictures of a post wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MESSAGE = "MessageCreate"


@dataclass(frozen=True)
class Direct:
    """One direct message; `author_id` stays the same when the account takes another name."""

    id: str
    conversation: str
    author_id: str = field(repr=False)
    author: str = field(repr=False)
    text: str = field(repr=False)
    sent_at: datetime


def directs(answer: Mapping[str, Any]) -> list[Direct]:
    """The messages of one page, newest first."""
    names = {str(user["id"]): str(user["username"]) for user in answer.get("includes", {}).get("users", [])}
    return [
        Direct(
            id=str(event["id"]),
            conversation=str(event.get("dm_conversation_id", "")),
            author_id=str(event["sender_id"]),
            author=names.get(str(event["sender_id"]), ""),
            text=str(event.get("text", "")),
            sent_at=datetime.fromisoformat(event["created_at"]),
        )
        for event in answer.get("data", [])
        if event.get("event_type", MESSAGE) == MESSAGE
    ]


def pictures(post: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the pictures of a post can be fetched; films have no such address."""
    there = {one.get("media_key"): one.get("url") for one in answer.get("includes", {}).get("media", [])}
    keys = (post.get("attachments") or {}).get("media_keys", [])
    return tuple(str(there[key]) for key in keys if there.get(key))
