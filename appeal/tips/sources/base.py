"""What a source that is asked gives back, and where the files wait that came with a message."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from appeal.rules.errors import PublisherError
from appeal.tips.inbound import Inbound, InboundFile

MEDIA, MISSING = "media", "media_missing"
# The fact by which a message claims to be a trial of ours; whoever stores it checks the claim.
TRIAL = "trial"
MOST_FACT = 2_000
MOST_FILES = 10
MOST_FILE_BYTES = 20_000_000
# How a file is called that has no name of its own.
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "application/pdf": "pdf",
}


@dataclass(frozen=True)
class PollResult:
    """What was said since the cursor, oldest first, and the next cursor, to be kept after the messages are stored.

    `problem`: what could not be read this time, in words, while the rest could. `is_off`: this channel is not read.
    """

    messages: tuple[Inbound, ...] = field(repr=False)
    cursor: str
    problem: str = ""
    is_off: bool = False


class Download(Protocol):
    """Fetches one address of the platform; raises `PublisherError`."""

    def __call__(self, address: str) -> tuple[bytes, str]:
        """The bytes and their media type."""
        ...


def waiting(files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fact that says where files wait: (address, media type) pairs, as many as a fact holds."""
    kept: list[list[str]] = []
    for address, kind in list(files)[:MOST_FILES]:
        if len(json.dumps([*kept, [address, kind]])) > MOST_FACT:
            break
        kept.append([address, kind])
    return {MEDIA: json.dumps(kept)} if kept else {}


def fetched(message: Inbound, download: Download, is_own: Callable[[str], bool]) -> Inbound:
    """The message with the files that wait for it; only addresses that `is_own` lets pass are asked.

    A file that is not given stays as an address in the fact, and how many are missing is said: words never wait for
    pictures.
    """
    entries: list[list[str]] = json.loads(message.facts.get(MEDIA, "[]"))
    files, left, size = list(message.files), [], 0
    for number, (address, kind) in enumerate(entries, start=len(files) + 1):
        try:
            data, mime = download(address) if is_own(address) else (b"", "")
        except PublisherError:
            data, mime = b"", ""
        size += len(data)
        if not data or size > MOST_FILE_BYTES:
            left.append([address, kind])
            continue
        mime = mime or kind
        files.append(InboundFile(f"{number}.{ENDINGS.get(mime, 'bin')}", mime, data))
    facts = {name: value for name, value in message.facts.items() if name != MEDIA}
    facts |= {MEDIA: json.dumps(left), MISSING: str(len(left))} if left else {}
    return replace(message, facts=facts, files=tuple(files))
