"""Pages: somebody is asked to take something now, by text message or mail, and whoever presses the link first has it.

What other services call, each inside its own writing transaction unless it says otherwise:

* `page(session, kind=, target=, path=, now=, first=, without=, desk_id=) -> int` asks the first on call at once, the
  next after five minutes, then everybody who may. `kind` is one of `rules.paging.KINDS`, `target` names the thing as
  the ledger does ("appeal:7"), `path` is its page at the desk. `first` are officers to ask before those on call,
  `without` officers who must never be asked (an author about their own appeal). While a page of this kind for this
  target is open, its id is returned and nobody is asked twice.
* `end(session, kind=, target=, now=)` calls an open page off: the thing was done in another way.
* `latest(kind=, target=) -> Status | None` and `status(page_id) -> Status`: who was asked when and how, who opened the
  link, who took it. They open transactions of their own.

Taking is `Page.answered_at` and `answered_by_id`: whoever waits for it reads those, nothing is called back. The link
needs no account. What it sends are copies of the delivery engine, so that none is lost or doubled, and one that is no
longer wanted is cancelled at the last moment. Nothing that goes out names a person or an appeal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from appeal import db, installation, ledger
from appeal.models.paging import OfficerContact, Page, PageAsk
from appeal.models.people import User
from appeal.models.release import Channel, Copy, Delivery
from appeal.rules.errors import NotFound
from appeal.rules.paging import KINDS, NEXT_AFTER, next_asked
from appeal.rules.permissions import SYSTEM, Actor, Permission, require
from appeal.rules.words import _
from appeal.sealing import keyed_hash
from appeal.services import channels, desks, notices, officers, page_posts, shifts
from appeal.services.link_keys import new_key

LAST_STEP = 2
WAYS = (("sms", "by_sms"), ("email", "by_email"))
MAIL_CHANNEL = "Pages by e-mail"


@dataclass(frozen=True)
class Asked:
    """One officer who was asked; `ways` are (publisher, state of the copy)."""

    officer: User
    number: str
    asked_at: datetime
    opened_at: datetime | None
    has_it: bool
    ways: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Status:
    """How a page stands: open, taken by somebody, or called off; `next_at` is when the next ones are asked."""

    page: Page
    asked: Sequence[Asked]

    @property
    def is_open(self) -> bool:
        """Whether nobody has it yet and it was not called off."""
        return self.page.ended_at is None

    @property
    def permission(self) -> Permission:
        """What an officer must be allowed to take it at the desk."""
        return KINDS[self.page.kind].permission

    def may_take(self, actor: Actor) -> bool:
        """Whether this officer may take it at the desk."""
        return may_take(actor, self.page.kind)

    @property
    def button(self) -> str:
        """The words of the button that takes it."""
        return KINDS[self.page.kind].button

    @property
    def taken_by(self) -> User | None:
        """Who has it."""
        return self.page.answered_by


def page(
    session: Session,
    *,
    kind: str,
    target: str,
    path: str,
    now: datetime,
    first: Sequence[int] | None = None,
    without: Sequence[int] = (),
    desk_id: int | None = None,
) -> int:
    """Ask the first officer now and plan the next; returns the page's id, that of an open one for the same thing."""
    known = session.scalar(_open_page(kind, target))
    if known is not None:
        return known.id
    row = Page(
        kind=kind,
        target=target,
        path=path,
        desk_id=desk_id or desks.make_default(session),
        first=list(first or ()),
        without=list(without),
        created_at=now,
    )
    session.add(row)
    session.flush()
    ledger.record(session, at=now, actor=SYSTEM.label, action="page officers", target=target, fields={"kind": kind})
    _ask_next(session, row, now)
    return row.id


def escalate(*, now: datetime) -> int:
    """Ask the next ones where nobody answered in time; returns how many officers were asked."""
    late = (Page.ended_at.is_(None)) & (Page.next_at <= now)
    with db.reading() as session:
        if session.scalar(select(Page.id).where(late).limit(1)) is None:
            return 0
    with db.writing() as session:
        rows = session.scalars(select(Page).where(late).order_by(Page.id).with_for_update(of=Page)).all()
        return sum(_ask_next(session, row, now) for row in rows)


def take(session: Session, actor: Actor, *, page_id: int, now: datetime) -> bool:
    """An officer has it, from the link or at the desk; False when somebody else was first or it was called off."""
    taken = update(Page).where(Page.id == page_id, Page.ended_at.is_(None))
    values = {"answered_at": now, "answered_by_id": actor.id, "ended_at": now}
    row = session.execute(taken.values(**values).returning(Page.target, Page.kind)).first()
    if row is None:
        return False
    fields = {"kind": row.kind}
    ledger.record(session, at=now, actor=actor.label, action="take page", target=row.target, fields=fields)
    return True


def take_here(actor: Actor, *, page_id: int, now: datetime) -> Status:
    """An officer who is signed in and may has it, asked or not; returns how it stands."""
    with db.writing() as session:
        row = session.get(Page, page_id, populate_existing=True)
        if row is None:
            raise NotFound(_("There is no such page."))
        if not may_take(actor, row.kind):
            require(actor, KINDS[row.kind].permission)
        take(session, actor, page_id=page_id, now=now)
        session.refresh(row)
        return _status(session, row)


def may_take(actor: Actor, kind: str) -> bool:
    """Whether an officer may take a page of this kind, asked or not."""
    also = KINDS[kind].also
    return actor.may(KINDS[kind].permission) or (also is not None and actor.may(also))


def end(session: Session, *, kind: str, target: str, now: datetime) -> bool:
    """Call an open page off; False when there is none."""
    ended = update(Page).where(Page.kind == kind, Page.target == target, Page.ended_at.is_(None))
    return session.execute(ended.values(ended_at=now).returning(Page.id)).first() is not None


def status(page_id: int) -> Status:
    """Who was asked, when and how, who opened the link and who has it; `NotFound` if there is no such page."""
    with db.reading() as session:
        row = session.get(Page, page_id, populate_existing=True)
        if row is None:
            raise NotFound(_("There is no such page."))
        return _status(session, row)


def latest(*, kind: str, target: str) -> Status | None:
    """The newest page of this kind for this target; None when nobody was ever asked."""
    wanted = select(Page).where(Page.kind == kind, Page.target == target).order_by(Page.id.desc()).limit(1)
    with db.reading() as session:
        row = session.scalars(wanted.execution_options(populate_existing=True)).first()
        return _status(session, row) if row else None


def prepare_mail(*, now: datetime) -> None:
    """The channel by which pages go out as mail, over the force's own mail server; made once."""
    with db.writing() as session:
        if "email" not in _channels(session):
            made = Channel(publisher="email", name=MAIL_CHANNEL, language="en", purpose=channels.PAGES, created_at=now)
            session.add(made)


def _open_page(kind: str, target: str) -> Select[Page]:
    return select(Page).where(Page.kind == kind, Page.target == target, Page.ended_at.is_(None))


def _ask_next(session: Session, row: Page, now: datetime) -> int:
    """Ask whoever is next; after the last step nobody else is asked."""
    asked = {*row.without, *session.scalars(select(PageAsk.officer_id).where(PageAsk.page_id == row.id))}
    kind = KINDS[row.kind]
    all_who_may = [] if kind.is_for_one else [one.id for one in officers.with_permission(session, kind.permission)]
    waiting = [one for one in _in_order(session, row, all_who_may, now) if one not in asked]
    ids = next_asked(waiting, [one for one in all_who_may if one not in asked], row.step)
    if kind.also and (kind.is_joint or row.step >= LAST_STEP):
        ids = list(dict.fromkeys([*ids, *_also(session, row, kind.also, asked, now)]))
    row.step += 1
    row.next_at = now + NEXT_AFTER if row.step <= LAST_STEP else None
    for officer_id in ids:
        _ask(session, row, session.get_one(User, officer_id), now)
    return len(ids)


def _also(session: Session, row: Page, also: Permission, asked: set[int], now: datetime) -> Sequence[int]:
    """Whom to ask beside those of the desk: in the same order, from another list."""
    all_who_may = [one.id for one in officers.with_permission(session, also) if one.id not in asked]
    return next_asked(
        [one for one in _in_order(session, row, all_who_may, now) if one not in asked], all_who_may, row.step
    )


def _in_order(session: Session, row: Page, all_who_may: Sequence[int], now: datetime) -> Sequence[int]:
    """Whom the caller named, who is on shift, then who is on call and may; each once, nobody who was let go."""
    wanted = select(User.id).where(User.id.in_(row.first), User.active)
    active = set(session.scalars(wanted))
    named = [one for one in row.first if one in active]
    ready = [*shifts.on_now(session, row.desk_id, now), *desks.on_call(session, row.desk_id)]
    return list(dict.fromkeys([*named, *(one for one in ready if one in all_who_may)]))


def _ask(session: Session, row: Page, officer: User, now: datetime) -> None:
    """One copy for each way the officer chose; where no channel leads there, a plain mail from the desk."""
    ask = PageAsk(page_id=row.id, officer_id=officer.id, asked_at=now)
    session.add(ask)
    session.flush()
    contact = session.get(OfficerContact, officer.id) or OfficerContact(by_sms=False, by_email=True, sealed_number=b"")
    there = _channels(session)
    ways = [way for way, chosen in WAYS if getattr(contact, chosen) and way in there]
    for way in ways or [one for one in ("email",) if one in there]:
        number = contact.sealed_number if way == "sms" else installation.current().keys.seal(officer.email.encode())
        _send(session, ask, there[way], number, now)
    if not ways and "email" not in there:
        words = KINDS[row.kind].words
        notices.tell(session, officer_ids=[officer.id], kind="page", subject=words, path=row.path, now=now)


def _send(session: Session, ask: PageAsk, channel: Channel, sealed_address: bytes, now: datetime) -> None:
    delivery = Delivery(ask_id=ask.id, channel_id=channel.id, kind=page_posts.PAGE, created_at=now)
    session.add(delivery)
    session.flush()
    session.add(
        Copy(
            delivery_id=delivery.id,
            channel_id=channel.id,
            key=new_key(),
            sealed_address=sealed_address,
            address_hash=keyed_hash(installation.current().keys.intake_key, "page", str(ask.officer_id)),
            is_urgent=True,
            due_at=now,
        )
    )


def _channels(session: Session) -> dict[str, Channel]:
    """The channel that reaches officers in each way: the oldest that is active."""
    wanted = select(Channel).where(Channel.purpose == channels.PAGES, Channel.is_active).order_by(Channel.id.desc())
    return {one.publisher: one for one in session.scalars(wanted)}


def _status(session: Session, row: Page) -> Status:
    asks = session.scalars(
        select(PageAsk).where(PageAsk.page_id == row.id).order_by(PageAsk.id).execution_options(populate_existing=True)
    ).all()
    ways: dict[int, list[tuple[str, str]]] = {}
    copies = select(Delivery.ask_id, Channel.publisher, Copy.state).select_from(Copy)
    copies = copies.join(Delivery, Copy.delivery_id == Delivery.id).join(Channel, Copy.channel_id == Channel.id)
    for ask_id, publisher, state in session.execute(copies.where(Delivery.ask_id.in_([one.id for one in asks]))):
        ways.setdefault(int(ask_id or 0), []).append((publisher, state))
    return Status(row, [_asked(row, one, ways.get(one.id, [])) for one in asks])


def _asked(row: Page, ask: PageAsk, ways: Sequence[tuple[str, str]]) -> Asked:
    return Asked(
        officer=ask.officer,
        number=desks.contact(ask.officer_id).number,
        asked_at=ask.asked_at,
        opened_at=ask.opened_at,
        has_it=row.answered_by_id == ask.officer_id,
        ways=sorted(ways),
    )
