"""Every delivery of an appeal with its copies, as the desk lists them, and the copies that a person has to look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from appeal import db, installation
from appeal.models.release import Attempt, ChannelAddress, Copy, Delivery, Release
from appeal.publishers.base import Removal
from appeal.rules import lifecycle
from appeal.rules.lifecycle import CopyState
from appeal.rules.words import _
from appeal.services import channels, contents
from appeal.services.lookups import STILL_THERE
from appeal.services.results import REFUSED_TOO_OFTEN, REMOVAL_PUT_OFF

PAGE = 50
LOOKED_AT = (CopyState.ASKED.value, CopyState.SENT.value, CopyState.FAILED.value)

# What a copy's state is called where it takes something down; a removal that was accepted is not yet seen to be gone.
REMOVAL_WORDS: Mapping[str, str] = {
    CopyState.SENT: _("coming down"),
    CopyState.SENDING: _("coming down"),
    CopyState.QUEUED: _("coming down"),
    CopyState.PENDING: _("waits to come down"),
    CopyState.FAILED: _("could not be taken down"),
    CopyState.CANCELLED: _("nothing to take down"),
}
TOLD, GONE = _("told that it is over"), _("gone")

COLOURS: Mapping[str, str] = {
    CopyState.SENT: "green",
    CopyState.FAILED: "red",
    CopyState.ASKED: "purple",
    CopyState.UNKNOWN: "yellow",
    CopyState.CANCELLED: "grey",
}


# Sentences that the engine keeps as the reason of a copy; they are translated where they are shown.
REASONS = (
    _("waits for the site"),
    _("Did this one arrive? The platform could not tell us."),
    _("Is this still on the channel? The platform could not tell us."),
    _("Still there: a person has to remove it."),
    _("A person looked."),
    _("Removed by hand."),
    _("Found by looking."),
    _("It was looked for twice and is not there."),
    _("It was not there any more."),
    _("What should be changed is not there any more."),
    _("It never went out."),
    _("The appeal was taken down."),
    _("A later revision was approved."),
    _("The review date of the approval is over. Please approve it again."),
    _("Nobody would read the answers now."),
    _("Waits for the moment that was asked for."),
    _("Waits for the morning: no telephone rings at night."),
    _("Nobody has to be asked any more."),
    _("Waits until it is known whether it is out."),
    _("The process died while sending."),
)


@dataclass(frozen=True)
class Shown:
    """One copy: state in words with a colour, its tries, what is asked about it ("", "there", "by hand" or "removed").

    `address` is opened only where a person must look for it.
    """

    copy: Copy
    words: str
    colour: str
    asks: str = ""
    address: str = ""
    attempts: Sequence[Attempt] = ()


@dataclass(frozen=True)
class Listed:
    """One delivery, how many copies stand how, one page of them, and where the next page begins (0: there is none).

    `put_off` counts copies that the platform refused again and again: an officer decides. `recalls_kit`: it takes back
    a kit for the press, where another may take back the appeal itself.
    """

    delivery: Delivery
    counts: Sequence[tuple[str, str, int]]
    total: int
    copies: Sequence[Shown]
    next_after: int = 0
    put_off: int = 0
    recalls_kit: bool = False


def listing(appeal_id: int, *, delivery_id: int | None = None, after: int = 0) -> list[Listed]:
    """The deliveries of an appeal, newest first, or one of them; `after` is the last copy of the page before."""
    with db.reading() as session:
        rows = session.query(Delivery).join(Release).filter(Release.appeal_id == appeal_id)
        if delivery_id is not None:
            rows = rows.filter(Delivery.id == delivery_id)
        found = rows.order_by(Delivery.id.desc()).all()
        counted = _counted(session, [one.id for one in found])
        return [_listed(session, one, counted.get(one.id, []), after) for one in found]


def to_look_at(appeal_id: int) -> list[Shown]:
    """Copies of an appeal that a person must answer for or remove, the oldest first, one page of them."""
    with db.reading() as session:
        removals = (Delivery.kind == "retract") & Copy.gone_at.is_(None)
        stuck = removals & ((Copy.state == CopyState.FAILED.value) | Copy.reason.in_([STILL_THERE, REMOVAL_PUT_OFF]))
        wanted = (Release.appeal_id == appeal_id) & ((Copy.state == CopyState.ASKED.value) | stuck)
        rows = session.query(Copy).join(Delivery, Copy.delivery_id == Delivery.id).join(Release).filter(wanted)
        return _shown(session, rows.order_by(Copy.id).limit(PAGE).all())


def appeal_of(copy_id: int) -> int | None:
    """The appeal that a copy belongs to; None when there is no such copy."""
    with db.reading() as session:
        copy = session.get(Copy, copy_id)
        return copy.delivery.release.appeal_id if copy and copy.delivery.release_id else None


def addresses(channel_ids: Sequence[int]) -> dict[int, int]:
    """How many addresses each of these channels has that did not opt out."""
    with db.reading() as session:
        rows = session.execute(
            select(ChannelAddress.channel_id, func.count())
            .where(ChannelAddress.channel_id.in_(channel_ids), ChannelAddress.opted_out_at.is_(None))
            .group_by(ChannelAddress.channel_id)
        )
        return {row[0]: row[1] for row in rows}


def _listed(session: Session, delivery: Delivery, counts: Sequence[tuple[str, bool, int]], after: int) -> Listed:
    page = _page(session, (Copy.delivery_id == delivery.id) & (Copy.id > after))
    words = [(*_words(delivery, state, is_gone), count) for state, is_gone, count in counts]
    return Listed(
        delivery=delivery,
        counts=words,
        total=sum(count for *_rest, count in counts),
        copies=_shown(session, page[:PAGE]),
        next_after=page[PAGE - 1].id if len(page) > PAGE else 0,
        put_off=_put_off(session, delivery.id),
        recalls_kit=delivery.target is not None and delivery.target.release.kind == contents.KIT,
    )


def _put_off(session: Session, delivery_id: int) -> int:
    held = (Copy.delivery_id == delivery_id) & (Copy.state == CopyState.HELD.value)
    wanted = select(func.count()).select_from(Copy).where(held, Copy.reason == REFUSED_TOO_OFTEN)
    return session.scalar(wanted) or 0


def _page(session: Session, which: ColumnElement[bool]) -> Sequence[Copy]:
    return session.query(Copy).filter(which).order_by(Copy.id).limit(PAGE + 1).all()


def _counted(session: Session, delivery_ids: Sequence[int]) -> dict[int, list[tuple[str, bool, int]]]:
    is_gone = Copy.gone_at.is_not(None)
    rows = session.execute(
        select(Copy.delivery_id, Copy.state, is_gone, func.count())
        .where(Copy.delivery_id.in_(delivery_ids))
        .group_by(Copy.delivery_id, Copy.state, is_gone)
        .order_by(Copy.delivery_id, Copy.state)
    )
    found: dict[int, list[tuple[str, bool, int]]] = {}
    for delivery_id, state, gone, count in rows:
        found.setdefault(delivery_id, []).append((state, bool(gone), count))
    return found


def _shown(session: Session, copies: Iterable[Copy]) -> list[Shown]:
    rows = list(copies)
    tries: dict[int, list[Attempt]] = {}
    for attempt in session.query(Attempt).filter(Attempt.copy_id.in_([one.id for one in rows])).order_by(Attempt.id):
        tries.setdefault(attempt.copy_id, []).append(attempt)
    return [_one(copy, tries.get(copy.id, [])) for copy in rows]


def _one(copy: Copy, attempts: Sequence[Attempt]) -> Shown:
    words, colour = _words(copy.delivery, copy.state, copy.gone_at is not None)
    asks = _asks(copy)
    address = ""
    if asks and copy.sealed_address:
        address = installation.current().desk_keys.open(copy.sealed_address).decode()
    return Shown(copy, words, colour, asks, address, attempts)


def _asks(copy: Copy) -> str:
    is_removal = copy.delivery.kind == "retract" and _removes(copy.delivery)
    if is_removal and copy.gone_at is None and (copy.state in LOOKED_AT or copy.reason == REMOVAL_PUT_OFF):
        return "removed"
    if copy.state != CopyState.ASKED or is_removal:
        return ""
    return "by hand" if channels.capabilities(copy.delivery.channel).by_hand else "there"


def _removes(delivery: Delivery) -> bool:
    return channels.capabilities(delivery.channel).removal == Removal.REMOVES


def _words(delivery: Delivery, state: str, is_gone: bool) -> tuple[str, str]:
    if is_gone:
        return GONE, "grey"
    if delivery.kind == "retract" and state == CopyState.SENT and not _removes(delivery):
        return TOLD, "grey"
    if delivery.kind == "retract" and state in REMOVAL_WORDS:
        return REMOVAL_WORDS[state], COLOURS.get(state, "orange") if state != CopyState.SENT else "orange"
    return lifecycle.WORDS[state], COLOURS.get(state, "blue")
