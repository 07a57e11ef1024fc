"""Answers in public: each is a tip first; what lays somebody open is marked, and hidden there in one press, reversibly.

A row stands for a message that everybody can read under a post of ours. What it says is opened from the tip.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.answer import IS_OPEN, BarredName, PublicAnswer
from appeal.models.appeal import Appeal
from appeal.models.release import Channel
from appeal.models.tip import MessageContent, Tip
from appeal.publishers.base import Hides
from appeal.rules import exposing
from appeal.rules.errors import BadInput, CannotOpen, Gone, NotFound, PublisherError, WrongState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _
from appeal.services import channels, force
from appeal.tips import opening, visible

PUBLIC = ("x", "bluesky", "mastodon", "facebook")
PAGE, MOST_AT_ONCE, MOST_AGAIN, MOST_NAME = 50, 20, 2_000, 120
NO_ANSWER = _("There is no such answer in public.")
CANNOT_HIDE = _("This platform lets us hide nothing: report it there.")


@dataclass(frozen=True)
class View:
    """One answer as an officer reads it; `can_hide`: its platform lets us."""

    row: PublicAnswer
    channel: Channel
    text: str = field(repr=False)
    alias: str
    can_hide: bool


def note(session: Session, tips: Iterable[Tip], now: datetime) -> None:
    """Within the caller's transaction: keep which messages of these tips stand in public and what they lay open."""
    wanted = [tip for tip in tips if tip.source in PUBLIC]
    if not wanted:
        return
    known = set(
        session.scalars(select(PublicAnswer.message_id).where(PublicAnswer.tip_id.in_([one.id for one in wanted])))
    )
    for tip in wanted:
        for message in tip.messages:
            if message.id not in known and message.channel_id is not None:
                row = PublicAnswer(
                    message_id=message.id, tip_id=tip.id, appeal_id=tip.appeal_id, channel_id=message.channel_id
                )
                _look(session, row, message.content, now)


def listing(actor: Actor, *, appeal: str = "", hidden: bool = False) -> list[View]:
    """Answers that lay something open and still stand there, the oldest first, or those that are hidden.

    `appeal`: the public id of one appeal.
    """
    require(actor, Permission.ASSESS)
    rows = select(PublicAnswer, Channel, MessageContent.sealed).join(Channel, Channel.id == PublicAnswer.channel_id)
    rows = rows.join(MessageContent, MessageContent.message_id == PublicAnswer.message_id)
    rows = rows.join(Tip, Tip.id == PublicAnswer.tip_id).where(visible.condition(actor))
    rows = rows.where(PublicAnswer.hidden_at.is_not(None) if hidden else IS_OPEN)
    if appeal:
        rows = rows.join(Appeal, Appeal.id == PublicAnswer.appeal_id).where(Appeal.public_id == appeal)
    with db.reading() as session:
        found = session.execute(rows.order_by(PublicAnswer.noted_at, PublicAnswer.message_id).limit(PAGE)).all()
    return [_view(*row) for row in found]


def waiting(actor: Actor) -> int:
    """How many answers lay something open and still stand there."""
    if not actor.may(Permission.ASSESS):
        return 0
    wanted = select(func.count()).select_from(PublicAnswer).join(Tip, Tip.id == PublicAnswer.tip_id)
    with db.reading() as session:
        return session.scalar(wanted.where(IS_OPEN, visible.condition(actor))) or 0


def hide(actor: Actor, *, message_id: int, now: datetime) -> None:
    """Hide one on its platform; it stays a tip. Raises what the platform says."""
    _turn(actor, message_id, is_hidden=True, now=now)


def show_again(actor: Actor, *, message_id: int, now: datetime) -> None:
    """Let everybody read it again."""
    _turn(actor, message_id, is_hidden=False, now=now)


def hide_marked(actor: Actor, *, appeal: str, now: datetime) -> tuple[int, str]:
    """Hide all that are marked, a few at a time; returns how many, and what stopped it, in words."""
    count = 0
    for one in [view for view in listing(actor, appeal=appeal) if view.can_hide][:MOST_AT_ONCE]:
        try:
            hide(actor, message_id=one.row.message_id, now=now)
            count += 1
        except Gone:
            continue
        except PublisherError as error:
            return count, error.words
    return count, ""


def bar_name(actor: Actor, *, appeal: str, name: str, now: datetime) -> int:
    """Nobody is to read this name under the posts of an appeal; returns how many answers are marked because of it."""
    require(actor, Permission.ASSESS)
    plain = " ".join(name.split())
    if not 2 < len(plain) <= MOST_NAME:
        raise BadInput(fields={"name": _("Write the whole name.")})
    with db.writing() as session:
        appeal_id = session.scalar(select(Appeal.id).where(Appeal.public_id == appeal))
        if appeal_id is None:
            raise NotFound(_("There is no such appeal."))
        sealed = installation.current().keys.seal(plain.encode())
        session.add(BarredName(appeal_id=appeal_id, sealed_name=sealed, barred_by_id=actor.id, barred_at=now))
        ledger.record(session, at=now, actor=actor.label, action="bar name", target=f"appeal:{appeal_id}")
        session.flush()
        before = PublicAnswer.appeal_id == appeal_id, PublicAnswer.is_flagged.is_(False)
        rows = session.scalars(select(PublicAnswer).where(*before).limit(MOST_AGAIN)).all()
        for row in rows:
            _look(session, row, session.get(MessageContent, row.message_id), now)
        return sum(row.is_flagged for row in rows)


def _look(session: Session, row: PublicAnswer, content: MessageContent | None, now: datetime) -> None:
    """Mark what one answer lays open; what was said to the force alone, or cannot be opened, is none."""
    try:
        opened = opening.content_of(content.sealed) if content else None
    except CannotOpen:
        opened = None
    if opened is None or not _is_public(opened):
        return
    channel = session.get_one(Channel, row.channel_id)
    handle = channel.settings.get("username") or channel.settings.get("handle") or ""
    lines = list(force.settings().values())
    flags = exposing.exposed(opened["text"], barred=_barred(session, row.appeal_id), own=lines, handle=handle)
    row.flags, row.is_flagged, row.noted_at = list(flags), bool(flags), row.noted_at or now
    session.add(row)


def _is_public(opened: Mapping[str, Any]) -> bool:
    """Whether it stands under a post for everybody to read."""
    facts = opened["facts"]
    return bool(opened["external_id"] and facts.get("in_reply_to")) and not facts.get("is_private")


def _barred(session: Session, appeal_id: int | None) -> Sequence[str]:
    rows = session.scalars(select(BarredName.sealed_name).where(BarredName.appeal_id == appeal_id)).all()
    return [installation.current().desk_keys.open(one).decode() for one in rows]


def _view(row: PublicAnswer, channel: Channel, sealed: bytes) -> View:
    opened = opening.content_of(sealed)
    can_hide = channels.capabilities(channel).can_hide
    return View(row, channel, opened["text"], opening.alias(opened["sender"]), can_hide)


def _turn(actor: Actor, message_id: int, *, is_hidden: bool, now: datetime) -> None:
    require(actor, Permission.ASSESS)
    with db.reading() as session:
        row, content = session.get(PublicAnswer, message_id), session.get(MessageContent, message_id)
        channel = session.get(Channel, row.channel_id) if row else None
    if row is None or content is None or channel is None:
        raise NotFound(NO_ANSWER)
    visible.check(actor, row.tip_id)
    publisher = channels.opened(channel)
    if not isinstance(publisher, Hides):
        raise WrongState(CANNOT_HIDE)
    number = _number_at(channel.publisher, opening.content_of(content.sealed)["external_id"])
    try:
        publisher.hide(number) if is_hidden else publisher.show_again(number)
    except Gone:
        _write(actor, message_id, {"gone_at": now}, "answer is gone", now)
        raise
    values = {"hidden_at": now, "hidden_by_id": actor.id} if is_hidden else {"hidden_at": None, "hidden_by_id": None}
    _write(actor, message_id, values, "hide answer" if is_hidden else "show answer again", now)


def _write(actor: Actor, message_id: int, values: Mapping[str, Any], action: str, now: datetime) -> None:
    with db.writing() as session:
        row = session.get_one(PublicAnswer, message_id, populate_existing=True)
        for name, value in values.items():
            setattr(row, name, value)
        if action == "show answer again":  # an officer has looked: it stays
            row.is_flagged = False
        fields = {"flags": ",".join(row.flags)}
        ledger.record(session, at=now, actor=actor.label, action=action, target=f"tip:{row.tip_id}", fields=fields)


def _number_at(publisher: str, external_id: str) -> str:
    """The platform's own number of an answer; a changed comment on Facebook is kept with the moment of its change."""
    return external_id.partition("/")[0] if publisher == "facebook" else external_id
