"""Opens what was sealed when it came in; only where the desk's identity is."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appeal import installation, sealing
from appeal.models.tip import Message, MessageFile

# Answers that say who the person is: shown only by `triage.reveal`.
CONTACT = ("name", "phone", "email")
ALIAS_LETTERS = 6


@dataclass(frozen=True)
class FileView:
    """One file of a message; `size` in bytes."""

    position: int
    name: str = field(repr=False)
    mime: str
    size: int
    state: str


@dataclass(frozen=True)
class MessageView:
    """One message as an officer reads it: the person stands as an alias, `has_contact` says that there is more."""

    id: int
    received_at: datetime
    text: str = field(repr=False)
    facts: Mapping[str, str] = field(repr=False)
    alias: str
    has_contact: bool
    files: tuple[FileView, ...]


def content_of(sealed: bytes) -> dict[str, Any]:
    """The opened content; raises `CannotOpen`. Letters that no file can hold are replaced by the sign for that."""
    opened = installation.current().desk_keys.open(sealed).decode("utf-8", "surrogatepass")
    content: dict[str, Any] = json.loads(opened)
    content["text"] = _showable(content["text"])
    content["facts"] = {name: _showable(value) for name, value in content["facts"].items()}
    return content


def messages(rows: Iterable[Message]) -> tuple[MessageView, ...]:
    """The opened messages in the order in which they really came."""
    return tuple(sorted((_message(row) for row in rows), key=lambda one: (one.received_at, one.id)))


def contact_of(row: Message) -> dict[str, str]:
    """Everything in a message by which the person can be reached or named."""
    content = content_of(row.content.sealed)
    found = {"sender": content["sender"]} | {name: content["facts"].get(name, "") for name in CONTACT}
    return {name: value for name, value in found.items() if value}


def name_of(file: MessageFile) -> tuple[str, str]:
    """Name and media type of a file."""
    opened = json.loads(installation.current().desk_keys.open(file.sealed_name))
    return _showable(opened["name"]), str(opened["mime"])


def bytes_of(file: MessageFile) -> bytes:
    """The original as it was sent; raises `NotFound`, `FileDamaged` or `CannotOpen`."""
    keys = pieces_of(file)
    return b"".join(_opened(key) for key in keys) if keys else _opened(file.file)


def cleaned_of(file: MessageFile) -> bytes | None:
    """The copy that was made for looking at; None if there is none."""
    return _opened(file.cleaned) if file.cleaned else None


def pieces_of(file: MessageFile) -> tuple[str, ...]:
    """The keys of the pieces that the original still lies in; empty when it is whole."""
    held = installation.current()
    if not json.loads(held.desk_keys.open(file.sealed_name)).get("pieces"):
        return ()
    return tuple(json.loads(_opened(file.file)))


def _opened(key: str) -> bytes:
    held = installation.current()
    return held.desk_keys.open(held.files.open(key))


def alias(sender: str) -> str:
    """Six letters that stand for one sender, always the same; empty for nobody."""
    if not sender:
        return ""
    hashed = int(sealing.keyed_hash(installation.current().desk_keys.search_key, "alias", sender), 16)
    return "".join(sealing.LETTERS[hashed >> 5 * place & 31] for place in range(ALIAS_LETTERS))


def _message(row: Message) -> MessageView:
    content = content_of(row.content.sealed)
    facts = content["facts"]
    return MessageView(
        id=row.id,
        received_at=datetime.fromisoformat(content["received_at"]),
        text=content["text"],
        facts={name: value for name, value in facts.items() if name not in CONTACT},
        alias=alias(content["sender"]),
        has_contact=bool(content["sender"]) or any(facts.get(name) for name in CONTACT),
        files=tuple(FileView(file.position, *name_of(file), size=file.size, state=file.state) for file in row.files),
    )


def _showable(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
