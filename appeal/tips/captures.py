"""Keeps what everybody saw of a post, and what was written under it, before it is taken down; opens it for disclosure.

The platform's answer with its pictures is sealed as one record. The page and the PDF are drawn from that record when
somebody asks, always alike; who wrote something stands in the sealed record only.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appeal import db, installation, ledger
from appeal.models.capture import Capture
from appeal.models.release import Channel
from appeal.publishers.base import Shown, Shows
from appeal.rules.content import Post
from appeal.rules.errors import AppealError, Gone, NotFound, TryLater
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.services import captures, lookups
from appeal.services.lookups import Question
from appeal.tips import opening

MOST_COMMENTS = 5_000
NOT_SHOWN = _("This platform shows us nothing of what stands there: kept is what was sent.")
NO_ID = _("The platform's own number of this post is not known: kept is what was sent.")
NOT_UNDERSTOOD = _("The platform's answer could not be understood: kept is what was sent.")
NOT_COMPOSED = _("What was sent cannot be put together any more.")


@dataclass(frozen=True)
class Record:
    """One opened record; comments carry an alias instead of a name, pictures are bytes and alt text.

    `erased`: when comments were erased from it (ISO 8601), and how many.
    """

    channel: str
    publisher: str
    taken_at: datetime
    is_as_sent: bool
    text: str = field(repr=False)
    html: str = field(repr=False)
    permalink: str
    posted_at: str
    counts: Mapping[str, int]
    comments: Sequence[tuple[str, str, str]] = field(repr=False)
    pictures: Sequence[tuple[bytes, str]] = field(repr=False)
    missing: Sequence[str]
    erased: Sequence[tuple[str, int]] = ()


def take(removal_id: int, *, now: datetime) -> int:
    """Ask the platform what it shows and keep it sealed; returns how many removals may go because of it.

    A platform that cannot answer now is asked again while the removal waits; then what was sent is kept.
    """
    with db.reading() as session:
        row = session.get(Capture, removal_id)
    question = _question(row.copy_id) if row else None
    if question is None:
        return captures.keep(removal_id, file="", problem=NOT_COMPOSED, now=now)
    try:
        shown, problem = _asked(question)
    except TryLater as error:
        if captures.may_wait(removal_id, now=now):
            return 0
        shown, problem = None, error.words
    seen = shown or _as_sent(question.post)
    held = installation.current()
    file = held.files.put(held.keys.seal(_written(seen, is_as_sent=shown is None)))
    count = len(seen.comments)
    return captures.keep(
        removal_id, file=file, is_as_sent=shown is None, comments=count, problem=problem[:300], now=now
    )


def opened(actor: Actor, *, removal_id: int, now: datetime) -> Record:
    """What was kept before this removal; opening it is recorded."""
    require(actor, Permission.ASSESS)
    with db.writing() as session:
        row = session.get(Capture, removal_id)
        if row is None or not row.file:
            raise NotFound(_("Nothing was kept here."))
        channel = session.get_one(Channel, row.channel_id)
        ledger.record(session, at=now, actor=actor.label, action="open kept post", target=f"copy:{row.copy_id}")
    return read(row, channel)


def read(row: Capture, channel: Channel) -> Record:
    """The record behind a row that has a file; raises `NotFound`, `FileDamaged` or `CannotOpen`."""
    held = installation.current()
    kept: dict[str, Any] = json.loads(held.desk_keys.open(held.files.open(row.file)))
    return Record(
        channel=channel.name,
        publisher=channel.publisher,
        taken_at=row.ended_at or row.planned_at,
        is_as_sent=bool(kept["is_as_sent"]),
        comments=[(opening.alias(who), said, at) for who, said, at in kept["comments"]],
        pictures=[(base64.b64decode(data), alt) for data, alt in kept["pictures"]],
        erased=[(at, count) for at, count in kept.get("erased", ())],
        **{name: kept[name] for name in ("text", "html", "permalink", "posted_at", "counts", "missing")},
    )


def _question(copy_id: int) -> Question | None:
    try:
        return lookups.asked(copy_id)
    except AppealError:
        return None


def _asked(question: Question) -> tuple[Shown | None, str]:
    """What the platform shows, or nothing and why; `TryLater` where it may show it in a moment."""
    if not isinstance(question.publisher, Shows):
        return None, NOT_SHOWN
    if not question.external_id:
        return None, NO_ID
    try:
        return question.publisher.shown(question.external_id), ""
    except TryLater:
        raise
    except Gone as error:
        return None, say("%(words)s Kept is what was sent.", words=error.words)
    except AppealError as error:
        return None, error.words
    except Exception:  # an answer in a shape that nobody foresaw must not keep anything up
        return None, NOT_UNDERSTOOD


def _as_sent(post: Post) -> Shown:
    pictures = tuple((one.best.data, one.alt) for one in post.pictures)
    return Shown(text=f"{post.title}\n\n{post.text}".strip(), html=post.html, pictures=pictures)


def _written(seen: Shown, *, is_as_sent: bool) -> bytes:
    kept = {
        "is_as_sent": is_as_sent,
        "text": seen.text,
        "html": seen.html,
        "permalink": seen.permalink,
        "posted_at": seen.posted_at.isoformat() if seen.posted_at else "",
        "counts": dict(seen.counts),
        "comments": [
            (one.author, one.text, one.written_at.isoformat() if one.written_at else "")
            for one in seen.comments[:MOST_COMMENTS]
        ],
        "pictures": [(base64.b64encode(data).decode(), alt) for data, alt in seen.pictures],
        "missing": list(seen.missing),
        "answer": seen.raw.decode("utf-8", "replace"),
    }
    return json.dumps(kept, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
