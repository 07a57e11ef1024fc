"""Somebody is always asked: in order, once each, by copies that are neither lost nor doubled; one press has it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from appeal.db import db, reading, writing
from appeal.models.ledger import LedgerEntry
from appeal.models.notice import Notice
from appeal.models.paging import PageAsk
from appeal.models.release import Copy
from appeal.rules.errors import NotFound, OutcomeUnknown
from appeal.rules.lifecycle import CopyState
from appeal.services import channels, desks, officers, page_links, page_posts, paging
from appeal.services.page_links import LinkState
from tests import factories, fakes
from tests.factories import NOON, Force

ON_POSTGRES_TOO = True
FIVE = timedelta(minutes=5)
NUMBER = "+34600555201"


@pytest.fixture
def pages(force: Force) -> Force:
    """Triager and approver are on call, the triager by text message; pages have channels of their own."""
    people = force.people
    channels.connect(
        people.administrator,
        publisher="sms",
        name="Pages",
        language="en",
        settings={},
        secrets={},
        now=NOON,
        purpose=channels.PAGES,
    )
    paging.prepare_mail(now=NOON)
    desks.set_contact(people.triager, number=NUMBER, by_sms=True, by_email=False, now=NOON)
    with writing() as session:
        desk_id = desks.make_default(session)
    on_call = [people.triager.id, people.approver.id]
    desks.set_members(people.administrator, desk_id=desk_id, officer_ids=[], on_call=on_call, now=NOON)
    return force


def ask(kind: str = "live", **more: object) -> int:
    with writing() as session:
        given = {"kind": kind, "target": "appeal:7", "path": "/appeals/7", "now": NOON}
        return paging.page(session, **given | more)  # type: ignore[arg-type]


def asked(page_id: int) -> list[str]:
    return [one.officer.name for one in paging.status(page_id).asked]


def link_of(page_id: int, number: int = 0) -> str:
    with reading() as session:
        wanted = select(PageAsk.id).where(PageAsk.page_id == page_id).order_by(PageAsk.id)
        return page_posts.token(session.scalars(wanted).all()[number])


def test_the_first_on_call_is_asked_then_the_next_then_everybody_who_may(pages: Force) -> None:
    page_id = ask("approval")
    assert asked(page_id) == ["Approver"]
    assert paging.escalate(now=NOON + FIVE - timedelta(seconds=1)) == 0
    assert paging.escalate(now=NOON + FIVE) == 1
    assert asked(page_id) == ["Approver", "Other_Approver"]
    assert [paging.escalate(now=NOON + FIVE * n) for n in (2, 3, 4, 5)] == [0, 0, 0, 0]
    assert asked(page_id) == ["Approver", "Other_Approver"]


def test_who_must_not_be_asked_is_not_and_who_is_named_comes_first(pages: Force) -> None:
    people = pages.people
    page_id = ask("approval", first=[people.other_approver.id], without=[people.approver.id])
    assert asked(page_id) == ["Other_Approver"]
    paging.escalate(now=NOON + FIVE)
    assert asked(page_id) == ["Other_Approver"]


def test_nobody_who_was_let_go_is_asked(pages: Force) -> None:
    officers.deactivate(pages.people.administrator, officer_id=pages.people.approver.id, now=NOON)
    assert asked(ask("approval", first=[pages.people.approver.id])) == ["Other_Approver"]


def test_a_page_for_the_same_thing_asks_nobody_twice(pages: Force) -> None:
    first = ask()
    assert ask() == first
    assert ask(target="appeal:8") != first
    assert len(factories.copies(kind="page")) == 2


def test_it_goes_where_the_officer_wants_it_and_names_nobody(pages: Force, platforms: fakes.Platforms) -> None:
    ask()
    factories.tick()
    assert platforms.sent_to("sms") == [NUMBER]
    assert platforms.sent_to("email") == []
    sent = platforms.texts("sms")[0]
    assert sent.startswith("EXERCISE Riverside Police: Somebody reports a sighting")
    assert "http://127.0.0.1:8001/p/1-" in sent
    paging.escalate(now=NOON + FIVE * 2)
    factories.tick(now=NOON + FIVE * 2)
    assert platforms.sent_to("sms") == [NUMBER]


def test_a_page_goes_at_night_and_belongs_to_no_appeal(pages: Force, platforms: fakes.Platforms) -> None:
    ask(now=factories.NIGHT)
    factories.tick(now=factories.NIGHT)
    assert platforms.sent_to("sms") == [NUMBER]
    assert [one.name for one in channels.active()] == ["site", "x", "sms", "email"]


def test_without_a_channel_for_pages_a_plain_mail_leaves_the_desk(force: Force) -> None:
    ask("approval")
    with reading() as session:
        assert [(one.officer.name, one.kind) for one in session.scalars(select(Notice))] == [
            ("Approver", "page"),
            ("Other_Approver", "page"),
        ]


def test_the_first_press_has_it_and_the_second_says_so(pages: Force) -> None:
    page_id = ask()
    link = link_of(page_id)
    assert page_links.look(link, viewer=None, now=NOON).state == LinkState.OPEN
    page_links.note_opened(link, now=NOON)
    page_links.note_opened(link, now=NOON + FIVE)
    done = page_links.answer(link, viewer=None, now=NOON)
    assert (done.state, done.at, done.taken_by) == (LinkState.MINE, NOON, "Triager")
    assert page_links.answer(link, viewer=None, now=NOON + FIVE) == done
    status = paging.status(page_id)
    assert (status.is_open, status.taken_by and status.taken_by.name) == (False, "Triager")
    assert [(one.opened_at, one.has_it, one.number) for one in status.asked] == [(NOON, True, NUMBER)]
    assert paging.escalate(now=NOON + FIVE) == 0
    with reading() as session:
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.target == "appeal:7")).all()
    assert [(one.actor, one.action) for one in entries] == [
        ("system", "page officers"),
        (f"officer:{pages.people.triager.id}", "take page"),
    ]


def test_whoever_comes_second_is_told_who_has_it(pages: Force) -> None:
    page_id = ask("approval")
    paging.escalate(now=NOON + FIVE)
    page_links.answer(link_of(page_id, 1), viewer=None, now=NOON + FIVE)
    late = page_links.answer(link_of(page_id, 0), viewer=None, now=NOON + FIVE)
    assert (late.state, late.taken_by) == (LinkState.OTHER, "Other_Approver")


def test_a_page_that_was_called_off_says_so(pages: Force) -> None:
    link = link_of(ask())
    with writing() as session:
        called_off = [paging.end(session, kind="live", target="appeal:7", now=NOON) for _ in range(2)]
    assert called_off == [True, False]
    assert page_links.answer(link, viewer=None, now=NOON).state == LinkState.ENDED


def test_a_link_is_good_for_a_day_and_for_one_officer(pages: Force) -> None:
    link = link_of(ask())
    day = timedelta(hours=24)
    assert page_links.answer(link, viewer=pages.people.author, now=NOON).state == LinkState.NOT_YOURS
    assert page_links.answer(link, viewer=None, now=NOON + day + FIVE).state == LinkState.EXPIRED
    assert page_links.answer(link, viewer=pages.people.triager, now=NOON + day).state == LinkState.MINE


@pytest.mark.parametrize("forged", ["", "1", "1-", "1-AAAAAAAAAAAAAAAAAAAA", "x-y", "9" * 30 + "-a", "²-a", "1-é"])
def test_a_link_that_we_did_not_sign_is_nobodys(pages: Force, forged: str) -> None:
    ask()
    with pytest.raises(NotFound):
        page_links.look(forged, viewer=None, now=NOON)
    with pytest.raises(NotFound):
        page_links.answer(forged, viewer=None, now=NOON)


def test_what_nobody_needs_any_more_does_not_go_out(pages: Force, platforms: fakes.Platforms) -> None:
    page_id = ask()
    page_links.answer(link_of(page_id), viewer=None, now=NOON)
    factories.tick()
    assert platforms.sent_to("sms") == []
    assert factories.states(kind="page") == ["cancelled"]


def test_a_page_whose_answer_never_came_is_looked_up_and_not_sent_twice(
    pages: Force, platforms: fakes.Platforms
) -> None:
    platforms.arm("sms", fakes.unknown(acts=True))
    ask()
    factories.tick()
    assert factories.states(kind="page") == ["unknown"]
    factories.look(now=NOON + timedelta(seconds=5))
    assert factories.states(kind="page") == ["sent"]
    assert platforms.sent_to("sms") == [NUMBER]


def test_a_page_that_was_lost_goes_again_once_that_is_certain(pages: Force, platforms: fakes.Platforms) -> None:
    platforms.arm("sms", fakes.unknown(acts=False))
    ask()
    factories.tick()
    later = factories.look_for(700)
    assert factories.states(kind="page") == ["pending"]
    factories.tick(now=later)
    assert platforms.sent_to("sms") == [NUMBER]


def test_mail_that_cannot_be_looked_up_stays_open_and_asks_no_approver(
    pages: Force, platforms: fakes.Platforms
) -> None:
    platforms.arm("email", fakes.Trouble(OutcomeUnknown("No answer came.")))
    page_id = ask("approval")
    factories.tick()
    factories.look(now=NOON + timedelta(seconds=5))
    assert paging.status(page_id).asked[0].ways == [("email", CopyState.ASKED)]
    with reading() as session:
        assert session.scalars(select(Notice)).all() == []


def test_two_presses_at_once_give_it_to_one(pages: Force, core: Flask) -> None:
    page_id = ask("approval")
    paging.escalate(now=NOON + FIVE)
    links = [link_of(page_id, 0), link_of(page_id, 1)]

    def press(link: str) -> LinkState:
        with core.app_context():
            try:
                return page_links.answer(link, viewer=None, now=NOON + FIVE).state
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, links)) == [LinkState.MINE, LinkState.OTHER]


def test_a_channel_for_pages_is_made_once(core: Flask, people: factories.People) -> None:
    paging.prepare_mail(now=NOON)
    paging.prepare_mail(now=NOON)
    assert [(one.name, one.purpose) for one in channels.every()] == [("Pages by e-mail", "pages")]


def test_nothing_of_a_page_is_kept_in_clear(pages: Force) -> None:
    ask()
    with reading() as session:
        copy = session.scalars(select(Copy)).one()
    assert NUMBER.encode() not in copy.sealed_address


def test_an_approver_is_asked_with_the_desk_at_once_or_at_last(pages: Force) -> None:
    joint, live = ask("about_me"), ask("live")
    assert asked(joint) == ["Triager", "Approver"]
    assert asked(live) == ["Triager"]
    paging.escalate(now=NOON + FIVE)
    paging.escalate(now=NOON + 2 * FIVE)
    assert asked(live) == ["Triager", "Approver", "Other_Approver"]
    paging.take_here(pages.people.approver, page_id=live, now=NOON)
    assert paging.status(live).taken_by
