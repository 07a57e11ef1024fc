"""The signed link of a page: what it says when it is opened, and taking the thing with one press. No account is needed.

Used twice, by another person, too late or after somebody else: each is answered in words, never refused in silence.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from appeal import db
from appeal.models.paging import PageAsk
from appeal.rules.errors import NotFound
from appeal.rules.paging import KINDS, LINK_LASTS
from appeal.rules.permissions import Actor
from appeal.rules.words import _
from appeal.services import page_posts, paging
from appeal.services.officers import actor_of


class LinkState(StrEnum):
    """What a link is good for at this moment."""

    OPEN = "open"
    MINE = "mine"
    OTHER = "other"
    ENDED = "ended"
    EXPIRED = "expired"
    NOT_YOURS = "not yours"


WORDS = {
    LinkState.OTHER: _("Somebody else has taken this already. Thank you: there is nothing for you to do."),
    LinkState.ENDED: _("This is settled already. Thank you: there is nothing for you to do."),
    LinkState.EXPIRED: _("This link is older than 24 hours and does not work any more. Look at the desk."),
    LinkState.NOT_YOURS: _("This link was sent to another officer. Use your own, or take it at the desk."),
}


@dataclass(frozen=True)
class Link:
    """An ask as its link shows it; `at` is when it was taken, if it was."""

    state: LinkState
    words: str
    button: str
    officer_name: str
    language: str
    path: str
    at: datetime | None = None
    taken_by: str = ""


def look(token: str, *, viewer: Actor | None, now: datetime) -> Link:
    """What the link says now; `viewer` is who is signed in on this browser, if anybody. `NotFound` for a forged one."""
    with db.reading() as session:
        return _link(_ask(session, token), viewer, now)


def note_opened(token: str, *, now: datetime) -> None:
    """Keep when the link was opened first, so that whoever waits sees that somebody looks."""
    ask_id = page_posts.ask_id(token)
    with db.writing() as session:
        first = update(PageAsk).where(PageAsk.id == ask_id, PageAsk.opened_at.is_(None))
        session.execute(first.values(opened_at=now), execution_options={"synchronize_session": False})


def answer(token: str, *, viewer: Actor | None, now: datetime) -> Link:
    """Take it, if it is still there to be taken; says in any case how it stands now."""
    with db.writing() as session:
        ask = _ask(session, token)
        if _link(ask, viewer, now).state == LinkState.OPEN:
            paging.take(session, actor_of(ask.officer), page_id=ask.page_id, now=now)
            session.refresh(ask.page)
        return _link(ask, viewer, now)


def _ask(session: Session, token: str) -> PageAsk:
    ask_id = page_posts.ask_id(token)
    ask = session.get(PageAsk, ask_id, populate_existing=True) if ask_id else None
    if ask is None or not ask.officer.active:
        raise NotFound(_("This link is not one of ours, or was cut off. Open it again from the message."))
    return ask


def _link(ask: PageAsk, viewer: Actor | None, now: datetime) -> Link:
    kind, page = KINDS[ask.page.kind], ask.page
    state = _state(ask, viewer, now)
    words = kind.taken if state == LinkState.MINE else WORDS.get(state, kind.words)
    return Link(
        state=state,
        words=words,
        button=kind.button,
        officer_name=ask.officer.name,
        language=ask.officer.language,
        path=page.path,
        at=page.answered_at,
        taken_by=page.answered_by.name if page.answered_by else "",
    )


def _state(ask: PageAsk, viewer: Actor | None, now: datetime) -> LinkState:
    if viewer is not None and viewer.id != ask.officer_id:
        return LinkState.NOT_YOURS
    if ask.page.answered_by_id == ask.officer_id:
        return LinkState.MINE
    if ask.page.answered_by_id is not None:
        return LinkState.OTHER
    if ask.page.ended_at is not None:
        return LinkState.ENDED
    return LinkState.EXPIRED if now - ask.asked_at > LINK_LASTS else LinkState.OPEN
