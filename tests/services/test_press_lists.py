"""The kit as mail: each recipient gets the address once and the recall, and who has it is counted per list."""

from datetime import timedelta

import pytest

from appeal.db import writing
from appeal.models.appeal import Revision
from appeal.models.release import Channel
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.services import appeals, contents, embargoes, kits, outings, press_lists
from tests import factories, fakes
from tests.factories import MAILS, NOON, Force

HOUR = timedelta(hours=1)


def out(force: Force, *, on: tuple[str, ...] = ("site", "x", "email")) -> int:
    """An appeal that is out on these channels, with an open kit."""
    appeal_id = factories.launched(force.people, on=[force.channels[name] for name in on])
    factories.tick(now=NOON)
    factories.follow_site(now=NOON)
    factories.tick(now=NOON)
    kits.give(force.people.author, appeal_id=appeal_id, language="en", now=NOON)
    return appeal_id


def send(force: Force, appeal_id: int, *, by: str = "author") -> int:
    actor, mail = getattr(force.people, by), force.channels["email"]
    return press_lists.send_kit(actor, appeal_id=appeal_id, channel_id=mail, now=NOON)


def counted(appeal_id: int) -> list[tuple[str, int, int, int, int]]:
    return [(one.kind, one.planned, one.sent, one.recalled, one.to_recall) for one in press_lists.sent(appeal_id)]


def test_everybody_on_the_list_gets_the_kit_and_its_recall(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = out(force)
    assert send(force, appeal_id) == len(MAILS)
    assert counted(appeal_id) == [("kit", 2, 0, 0, 0)]
    factories.tick(now=NOON)
    assert platforms.sent_to("email") == [*MAILS, *MAILS]
    assert counted(appeal_id) == [("kit", 2, 2, 0, 0)]
    appeals.take_down(force.people.approver, appeal_id=appeal_id, reason="safety", now=NOON + HOUR)
    assert counted(appeal_id) == [("kit", 2, 2, 0, 2)]
    factories.tick(now=NOON + HOUR)
    assert sorted(platforms.sent_to("email")) == sorted(MAILS * 4)
    assert counted(appeal_id) == [("kit", 2, 2, 2, 0)]


def test_the_mail_says_the_address_of_the_kit_and_nothing_of_the_story(force: Force) -> None:
    appeal_id = out(force)
    (kit,) = kits.of(appeal_id)
    revision = appeals.view(appeal_id).revisions[-1]
    with writing() as session:
        said = contents.kit(revision, session.get_one(Channel, force.channels["email"]))
    assert said.kit == kits.address(kit.public_id)
    assert (said.title, said.happened, said.subjects, said.pictures) == ("Man wanted", "", (), ())


def test_a_list_gets_it_once(force: Force) -> None:
    appeal_id = out(force)
    assert [one.name for one in press_lists.open_lists(force.people.author, appeal_id)] == ["email"]
    send(force, appeal_id)
    assert press_lists.open_lists(force.people.author, appeal_id) == []
    with pytest.raises(BadInput):
        send(force, appeal_id)


def test_an_author_sends_it_only_where_the_approver_saw_the_list(force: Force) -> None:
    appeal_id = out(force, on=("site", "x"))
    assert press_lists.open_lists(force.people.author, appeal_id) == []
    with pytest.raises(BadInput):
        send(force, appeal_id)
    with pytest.raises(NotAllowed):
        send(force, appeal_id, by="observer")
    assert send(force, appeal_id, by="approver") == len(MAILS)


def test_nothing_is_sent_of_what_is_not_out_or_down(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    kits.give(force.people.author, appeal_id=appeal_id, language="en", now=NOON)
    with pytest.raises(WrongState):
        send(force, appeal_id)
    other = out(force)
    appeals.take_down(force.people.approver, appeal_id=other, reason="safety", now=NOON)
    with pytest.raises(WrongState):
        send(force, other)


def test_without_an_open_kit_there_is_no_list(force: Force) -> None:
    appeal_id = factories.launched(force.people)
    factories.tick(now=NOON)
    assert press_lists.open_lists(force.people.approver, appeal_id) == []
    with pytest.raises(BadInput):
        send(force, appeal_id)


def test_an_embargo_that_comes_later_holds_a_kit_that_waits(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = out(force)
    send(force, appeal_id)
    embargoes.hold_until(force.people.author, appeal_id=appeal_id, at=NOON + HOUR, now=NOON)
    factories.tick(now=NOON)
    assert platforms.sent_to("email") == list(MAILS)
    factories.tick(now=NOON + HOUR)
    assert platforms.sent_to("email") == [*MAILS, *MAILS]


def test_a_kit_is_no_reason_to_keep_the_appeal_itself_from_the_list(force: Force) -> None:
    appeal_id = out(force, on=("site", "x"))
    send(force, appeal_id, by="approver")
    factories.tick(now=NOON)
    following = appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    with writing() as session:
        revision = session.get_one(Revision, following.id)
        assert not outings.is_unchanged(session, revision, session.get_one(Channel, force.channels["email"]))
