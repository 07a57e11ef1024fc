"""What is inside a mail: its words, its files, mails within it, and what Outlook packs into winmail.dat."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import tnefparse  # type: ignore[import-untyped]

from appeal.tips.inbound import InboundFile
from appeal.wire.html_text import plain

MOST_PARTS = 200
MOST_FILES, MOST_FILE_BYTES = 10, 24 * 1024 * 1024
MOST_TEXT = 50_000
MOST_NAME = 200
PACKED = {"application/ms-tnef", "application/vnd.ms-tnef"}
WITHIN = "message/rfc822"
# Reports of mail servers: never the words of a person.
REPORTS = ("delivery-status", "disposition-notification")
SEPARATOR = "\n\n————\n\n"
NO_NAME = "file"
STRANGE = re.compile(r"[\x00-\x1f\x7f/\\]+")


@dataclass
class Parts:
    """What was found; `left` counts files that did not fit."""

    texts: list[str] = field(default_factory=list, repr=False)
    htmls: list[str] = field(default_factory=list, repr=False)
    files: list[InboundFile] = field(default_factory=list, repr=False)
    left: int = 0
    size: int = 0

    def add(self, name: str, mime: str, data: bytes) -> None:
        """Take one file, if it and all before it are not too much."""
        if len(self.files) >= MOST_FILES or self.size + len(data) > MOST_FILE_BYTES:
            self.left += 1
            return
        self.size += len(data)
        tidy = STRANGE.sub(" ", name).strip()[-MOST_NAME:]
        self.files.append(InboundFile(tidy or NO_NAME, mime, data))


def words_and_files(mail: Message) -> tuple[str, tuple[str, ...], Parts]:
    """The words of a mail and of the mails within it, the links in them, and the files."""
    parts, links, blocks = Parts(), list[str](), list[str]()
    for number, message in enumerate(_mails(mail)):
        own = Parts(files=parts.files, left=parts.left, size=parts.size)
        _collect(message, own)
        parts.left, parts.size = own.left, own.size
        words, found = _words(own)
        heads = [] if number == 0 else [f"{name}: {header(message, name)}" for name in ("From", "Date", "Subject")]
        blocks += ["\n".join([*heads, words]).strip()] if words or heads else []
        links += found
    whole = SEPARATOR.join(block for block in blocks if block)
    if len(whole) > MOST_TEXT:
        parts.add("whole text.txt", "text/plain", whole.encode("utf-8", "replace"))
    return whole[:MOST_TEXT], tuple(dict.fromkeys(links)), parts


def is_report(mail: Message) -> bool:
    """Whether a mail server wrote it to say what became of another mail."""
    kind = str(mail.get_param("report-type", "")).lower()
    return mail.get_content_type() == "multipart/report" and kind in REPORTS


def header(mail: Message, name: str) -> str:
    """A header as words on one line; whatever cannot be read as it should is read as it stands."""
    try:
        found = str(mail.get(name, ""))
    except Exception:  # the library trips over what senders write, in more ways than it names
        raw = next((value for key, value in mail.raw_items() if key.lower() == name.lower()), "")
        found = str(raw)
    return " ".join(found.encode("utf-8", "replace").decode().split())


def _mails(mail: Message) -> Iterator[Message]:
    """The mail itself, then those within it."""
    yield mail
    for number, part in enumerate(mail.walk()):
        if number > MOST_PARTS:
            return
        if part is not mail and part.get_content_type() == WITHIN:
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                yield inner[0]


def _collect(mail: Message, found: Parts) -> None:
    """Words and files of one mail, without those of the mails within it."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        kind = part.get_content_type()
        if kind == WITHIN:
            continue
        if part.is_multipart():
            inner = part.get_payload()
            waiting += [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
            continue
        _take(part, kind, found)


def _take(part: Message, kind: str, found: Parts) -> None:
    data = _bytes(part)
    is_file = part.get_content_disposition() == "attachment" or bool(_name(part))
    if kind in PACKED or _name(part).lower() == "winmail.dat":
        _unpack(data, found)
    elif kind == "text/plain" and not is_file:
        found.texts.append(_decoded(data, part))
    elif kind == "text/html" and not is_file:
        found.htmls.append(_decoded(data, part))
    elif data:
        found.add(_name(part), kind, data)


def _words(found: Parts) -> tuple[str, list[str]]:
    """Plain words where there are some, else those of the HTML; links of both."""
    shown = [plain(html) for html in found.htmls]
    links = [link for _text, some in shown for link in some]
    typed = "\n\n".join(text.strip() for text in found.texts).strip()
    return typed or "\n\n".join(text for text, _links in shown), links


def _unpack(data: bytes, found: Parts) -> None:
    """What Outlook packed; kept as it is when nothing can be taken out of it."""
    before = len(found.files) + len(found.texts) + len(found.htmls)
    with suppress(Exception):  # a package that nobody can open is still what somebody sent
        packed: Any = tnefparse.TNEF(data, do_checksum=False)
        for one in packed.attachments:
            found.add(str(one.long_filename() or one.name), "application/octet-stream", bytes(one.data))
        if body := packed.body:
            found.texts.append(body if isinstance(body, str) else bytes(body).decode("utf-8", "replace"))
        elif html := packed.htmlbody:
            found.htmls.append(html if isinstance(html, str) else bytes(html).decode("utf-8", "replace"))
    if len(found.files) + len(found.texts) + len(found.htmls) == before:
        found.add("winmail.dat", "application/ms-tnef", data)


def _name(part: Message) -> str:
    try:
        return str(part.get_filename() or "")
    except Exception:  # as above: a strange name must not lose the file
        return NO_NAME


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # a strange encoding: as it stands
        payload = str(part.get_payload()).encode("utf-8", "replace")
    return payload if isinstance(payload, bytes) else b""


def _decoded(data: bytes, part: Message) -> str:
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, ValueError):
            continue
    return data.decode("windows-1252", "replace")
