"""What an appeal says, as frozen plain data, and what a publisher makes of it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

LINK_KEY_LENGTH = 8
LINK_PLACEHOLDER = "-" * LINK_KEY_LENGTH

# The address of one of our own static files and what in it only names a version.
STATIC_VERSION = re.compile(r"(/static/[\w./-]+)\?v=[0-9a-f]{10}(?=[\"'])")

KINDS = ("wanted", "missing", "identify", "witness", "warning")


@dataclass(frozen=True)
class Rendition:
    """One finished picture file: bytes, pixels, media type and SHA-256 in hex."""

    sha256: str
    mime: str
    width: int
    height: int
    data: bytes = field(repr=False, default=b"")


@dataclass(frozen=True)
class Picture:
    """One picture of the appeal; `renditions` are smallest first, a post takes the last one unless it wants several."""

    alt: str
    renditions: tuple[Rendition, ...]

    @property
    def best(self) -> Rendition:
        """The largest rendition."""
        return self.renditions[-1]


@dataclass(frozen=True)
class Subject:
    """Who or what is sought: a person, vehicle or item; `descriptors` are (label code, words) in the form's order."""

    name: str
    descriptors: tuple[tuple[str, str], ...] = ()
    type: str = "person"


@dataclass(frozen=True)
class Content:
    """Everything that a publisher may know; texts are in `language`, moments are aware UTC.

    `action` is publish, update or retract. `duty` is the number for people who are shown by mistake. `closing` is the
    neutral or ending text of a retraction. `link` is the address that the post carries, `page` the public address of
    the appeal's own page. `embargo` is the moment before which nobody may pass this copy on, in words. `kit` is the
    address of the kit that this copy sends to the press.
    """

    appeal: str
    kind: str
    revision: int
    language: str
    action: str
    is_exercise: bool
    force: str
    zone: str
    title: str
    happened: str
    where: str
    when: str
    subjects: tuple[Subject, ...]
    danger: str
    contacts: tuple[str, ...]
    reference: str
    area: str
    link: str
    page: str
    tell: str
    issued_at: datetime
    pictures: tuple[Picture, ...] = ()
    closing: str = ""
    reading: str = ""
    ending: str = ""
    duty: str = ""
    may_answer: str = ""
    embargo: str = ""
    kit: str = ""


@dataclass(frozen=True)
class Post:
    """What goes out, composed for one platform and nothing else.

    `text` is the plain text, `title` a subject line or heading, `html` a finished page or mail part,
    `files` are finished further files by name (a site page, a feed entry).
    """

    text: str
    title: str = ""
    html: str = ""
    language: str = ""
    pictures: tuple[Picture, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    length: int = 0
    limit: int = 0
    # What the approver should know of how it travels, such as its price; no part of what is signed.
    note: str = ""

    def sha256(self) -> str:
        """The hash an approval is bound to: texts and picture hashes, in canonical JSON.

        Which version of a stylesheet a page asks for is no part of it: released anew, it changes nothing that is said.
        """
        body = {
            "text": self.text,
            "title": self.title,
            "html": STATIC_VERSION.sub(r"\1", self.html),
            "language": self.language,
            "pictures": [[picture.alt, [r.sha256 for r in picture.renditions]] for picture in self.pictures],
            "files": dict(self.files),
        }
        return canonical_sha256(body)


def canonical_sha256(body: object) -> str:
    """SHA-256 in hex of the canonical JSON of `body`: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(canonical_json(body)).hexdigest()


def canonical_json(body: object) -> bytes:
    """The one way in which anything that is hashed is written."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
