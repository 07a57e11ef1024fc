"""What the desk's tip pages list: three lists read by key, filters, short references.

Nothing sealed is opened here. The order of the waiting tips is that of `waiting`; done ones come newest first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Appeal, Revision, RevisionText
from appeal.models.tip import IS_WAITING, Tip
from appeal.rules.errors import NotAllowed, NotFound
from appeal.rules.lifecycle import TipState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.sealing import LETTERS
from appeal.tips import placed, triage, visible
from appeal.tips.waiting import LONGEST_CURSOR, TIPS, QueueRow, line, lines, range_of

WAITING, MINE, DONE, CLOSED_UNREAD = LISTS = ("waiting", "mine", "done", "closed_unread")
BY_END = (DONE, CLOSED_UNREAD)
PAGE = 25
MOST_APPEALS = 100
# How many rows of the queue are looked at for filters that no index has; the next page goes on where it stopped.
MOST_LOOKED = 2_000

# A tip's number has 63 bits; the first 40 of them, in eight letters, are what people say to each other.
REFERENCE_LETTERS, REFERENCE_SHIFT = 8, 23
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Wanted:
    """What an officer wants to see: one of `LISTS`, perhaps of one appeal (its public id), lane, source, language or
    state, of the last so many hours, of a place, or with pictures only."""

    which: str = WAITING
    appeal: str = ""
    lane: str = ""
    source: str = ""
    language: str = ""
    state: str = ""
    hours: int = 0
    has_pictures: bool = False
    # What `placed.mark` made of a place.
    place: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for what no index has."""
        return bool(self.language or self.state or self.hours or self.has_pictures)


@dataclass(frozen=True)
class Page:
    """Some rows and the cursors of the pages before and after, empty where there is none."""

    rows: tuple[QueueRow, ...]
    previous_cursor: str = ""
    next_cursor: str = ""


@dataclass(frozen=True)
class Head:
    """A tip without anything that a person told us; `holder_id` is None when nobody has it."""

    row: QueueRow
    holder_id: int | None
    claim_until: datetime | None


def page(actor: Actor, wanted: Wanted, *, now: datetime, after: str = "", before: str = "", limit: int = PAGE) -> Page:
    """The rows after one cursor, before another, or the first ones."""
    require(actor, Permission.READ_TIPS)
    is_back = bool(before)
    keys = _keys(wanted.which)
    query = _listed(actor, wanted)
    if wanted.place:
        with db.reading() as session:
            query = query.where(TIPS.c.id.in_(placed.tips_at(session, wanted.place)))
    backwards = (wanted.which in BY_END) != is_back
    order = [key.desc() if backwards else key for key in keys]
    if before or after:
        edge = tuple_(*_key(wanted.which, before or after))
        query = query.where(tuple_(*keys) < edge if backwards else tuple_(*keys) > edge)
    last = ""
    with db.reading() as session:
        if wanted.is_narrow:
            ids, last = _looked(session, query.order_by(*order), wanted, now, limit)
            query = lines().where(TIPS.c.id.in_(ids))
        found = session.execute(query.order_by(*order).limit(limit + 1)).mappings().all()
    shown = found[:limit][::-1] if is_back else found[:limit]
    inside = bool(before or after)
    built = _page(wanted.which, shown, has_more=len(found) > limit, is_back=is_back, is_inside=inside)
    return replace(built, next_cursor=last) if last and not built.next_cursor and not is_back else built


def rows(actor: Actor, tip_ids: Sequence[int]) -> Mapping[int, QueueRow]:
    """These tips as they stand now, by number; done ones too."""
    require(actor, Permission.READ_TIPS)
    with db.reading() as session:
        seen = lines().where(TIPS.c.id.in_(tip_ids), visible.condition(actor))
        found = session.execute(seen).mappings().all()
    return {row["id"]: line(row) for row in found}


def mark(shown: Sequence[QueueRow]) -> str:
    """A short text that changes with anything that the rows show."""
    words = "|".join(f"{row.id} {row.rank} {row.state} {row.holder} {row.message_count}" for row in shown)
    return sha256(words.encode()).hexdigest()[:16]


def head(actor: Actor, tip_id: int) -> Head:
    """One tip, closed; `NotFound` if there is none."""
    require(actor, Permission.READ_TIPS)
    with db.reading() as session:
        seen = lines().where(TIPS.c.id == tip_id, visible.condition(actor))
        found = session.execute(seen).mappings().one_or_none()
    if found is None:
        raise NotFound(_("There is no such tip."))
    return Head(line(found), found["claimed_by_id"], found["claim_until"])


def open_file(
    actor: Actor, *, tip_id: int, message_id: int, position: int, now: datetime, is_original: bool = True
) -> tuple[str, str, bytes]:
    """Name, media type and bytes of a file, for whoever holds the tip or reads a done one; the ledger says so.

    Taking the original away is another act than looking at it.
    """
    found = head(actor, tip_id)
    if (found.row.state != TipState.DONE or found.row.is_restricted) and found.holder_id != actor.id:
        raise NotAllowed(_("Claim the tip to open its files."))
    opened = triage.file(actor, tip_id, message_id, position, is_original=is_original)
    with db.writing() as session:
        action = "download tip file" if is_original else "open tip file"
        ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{tip_id}")
    return opened


def reference(tip_id: int) -> str:
    """Two groups of four letters by which officers name a tip."""
    top = tip_id >> REFERENCE_SHIFT
    letters = "".join(LETTERS[top >> 5 * place & 31] for place in reversed(range(REFERENCE_LETTERS)))
    return f"{letters[:4]}-{letters[4:]}"


def find(written: str) -> int:
    """The number of the tip with this reference; `NotFound` unless there is exactly one."""
    letters = written.strip().upper().replace("-", "").replace(" ", "")
    if len(letters) != REFERENCE_LETTERS or not set(letters) <= set(LETTERS):
        raise NotFound(_("A reference has eight letters and figures, such as 3KQ7-0XMA."))
    top = 0
    for letter in letters:
        top = top << 5 | LETTERS.index(letter)
    lowest, highest = top << REFERENCE_SHIFT, (top + 1 << REFERENCE_SHIFT) - 1
    with db.reading() as session:
        found = session.scalars(select(Tip.id).where(Tip.id >= lowest, Tip.id <= highest).limit(2)).all()
    if len(found) != 1:
        raise NotFound(_("There is no tip with this reference."))
    return found[0]


def titles(language: str) -> Mapping[str, str]:
    """Public ids and newest titles of the newest appeals, in this language where there is one."""
    wanted = (
        select(Appeal.id, Appeal.public_id, RevisionText.body)
        .join(Revision, Revision.appeal_id == Appeal.id)
        .join(RevisionText, RevisionText.revision_id == Revision.id)
        .where(RevisionText.field == "title", RevisionText.body != "")
        .where(Appeal.id.in_(select(Appeal.id).order_by(Appeal.id.desc()).limit(MOST_APPEALS)))
        .order_by(Appeal.id.desc(), RevisionText.language == language, Revision.number)
    )
    with db.reading() as session:
        return {public_id: title for _number, public_id, title in session.execute(wanted)}


def _listed(actor: Actor, wanted: Wanted) -> Select[Any]:
    query = lines().where(visible.condition(actor))
    if wanted.which == WAITING:
        query = query.where(IS_WAITING)
    elif wanted.which == MINE:
        query = query.where(TIPS.c.state == TipState.CLAIMED, TIPS.c.claimed_by_id == actor.id)
    elif wanted.which in BY_END:
        query = query.where(TIPS.c.state == TipState.DONE)
        query = query.where(TIPS.c.is_closed_unread) if wanted.which == CLOSED_UNREAD else query
    else:
        raise NotFound(_("There is no such list."))
    if wanted.appeal:
        query = query.where(Appeal.public_id == wanted.appeal)
    if wanted.source:
        query = query.where(TIPS.c.source == wanted.source)
    if wanted.lane:
        lowest, highest = range_of(wanted.lane)
        query = query.where(TIPS.c.rank >= lowest, TIPS.c.rank < highest)
    return query


def _looked(session: Session, query: Select[Any], wanted: Wanted, now: datetime, limit: int) -> tuple[list[int], str]:
    """The first ids that fit among a bounded number of rows, and where looking stopped if there may be more."""
    names = ("id", "rank", "done_at", "language", "state", "received_at", "file_count")
    narrow = query.with_only_columns(*(TIPS.c[name] for name in names)).limit(MOST_LOOKED)
    since = now - timedelta(hours=wanted.hours) if wanted.hours else EPOCH
    ids: list[int] = []
    count, row = 0, None
    for row in session.execute(narrow).mappings():
        count += 1
        is_alike = wanted.language in {"", row["language"]} and wanted.state in {"", row["state"]}
        if is_alike and row["received_at"] >= since and (row["file_count"] or not wanted.has_pictures):
            ids.append(row["id"])
            if len(ids) > limit:
                return ids, ""
    return ids, _cursor(wanted.which, row) if row is not None and count == MOST_LOOKED else ""


def _page(which: str, shown: Sequence[Mapping[Any, Any]], *, has_more: bool, is_back: bool, is_inside: bool) -> Page:
    if not shown:
        return Page(())
    first, last = _cursor(which, shown[0]), _cursor(which, shown[-1])
    has_previous = has_more if is_back else is_inside
    has_next = True if is_back else has_more
    return Page(tuple(line(row) for row in shown), first if has_previous else "", last if has_next else "")


def _keys(which: str) -> tuple[Any, Any]:
    return (TIPS.c.done_at, TIPS.c.id) if which in BY_END else (TIPS.c.rank, TIPS.c.id)


def _cursor(which: str, row: Mapping[Any, Any]) -> str:
    order = (row["done_at"] - EPOCH) // MICROSECOND if which in BY_END else row["rank"]
    return f"{order}-{row['id']}"


def _key(which: str, cursor: str) -> tuple[Any, int]:
    order, _sign, tip_id = cursor.partition("-")
    if not (order.isdecimal() and tip_id.isdecimal() and len(cursor) < LONGEST_CURSOR):
        raise NotFound(_("There is no such page."))
    return (EPOCH + int(order) * MICROSECOND if which in BY_END else int(order)), int(tip_id)
