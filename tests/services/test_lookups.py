"""Unknown is looked up, never guessed; what should be gone is watched until it is."""

from datetime import datetime, timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.ledger import LedgerEntry
from appeal.models.notice import Notice
from appeal.models.release import Channel, Copy
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.lifecycle import CopyState
from appeal.services import appeals, attempts, deliveries, lookups, results
from appeal.services.lookups import LOOK_TAKES, STILL_THERE
from tests import factories, fakes
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

ON_POSTGRES_TOO = True
SECOND = timedelta(seconds=1)
SETTLE = timedelta(seconds=300)


def unknown_on(force: Force, platforms: fakes.Platforms, name: str, *, acts: bool) -> int:
    """One copy on that platform that got no answer; returns its id."""
    with writing() as session:
        session.get_one(Channel, force.channels[name]).is_active = True
    factories.launched(force.people, on=[force.channels[name]])
    platforms.arm(name, fakes.unknown(acts=acts))
    factories.tick()
    copy = next(one for one in factories.copies() if one.state == "unknown")
    return copy.id


def kept(copy_id: int) -> Copy:
    with reading() as session:
        found = session.get(Copy, copy_id, populate_existing=True)
        assert found is not None
        return found


def told(kind: str) -> list[str]:
    with reading() as session:
        rows = session.query(Notice).filter_by(kind=kind).order_by(Notice.id)
        return [one.officer.email.partition("@")[0] for one in rows]


def entries(action: str) -> list[tuple[str, str]]:
    with reading() as session:
        return [(one.actor, one.target) for one in session.query(LedgerEntry).filter_by(action=action)]


def test_what_is_there_is_sent_without_another_try(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "x", acts=True)
    factories.look(now=NOON + SECOND)
    copy = kept(copy_id)
    assert (copy.state, copy.external_id, copy.permalink) == ("sent", "x-1", "https://x.example/x-1")
    assert (copy.unknown_since, copy.absent_since, platforms.count("x", "send")) == (None, None, 1)


def test_not_there_counts_only_after_settling_and_twice(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "x", acts=False)
    moment = NOON
    while moment < NOON + 2 * SETTLE - 20 * SECOND:
        moment += 20 * SECOND
        factories.look(now=moment)
        assert (kept(copy_id).state, factories.tick(now=moment)) == ("unknown", 0)
        assert (kept(copy_id).absent_since is not None) == (moment >= NOON + SETTLE)
    factories.look_for(60, since=moment, step=20)
    assert kept(copy_id).state == "pending"
    factories.tick(now=moment + 60 * SECOND)
    assert (kept(copy_id).state, len(platforms.out)) == ("sent", 1)


def test_what_appears_late_is_found_and_not_sent_again(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "x", acts=True)
    platforms.lost.add("x-1")
    moment = factories.look_for(400)
    assert kept(copy_id).state == "unknown"
    platforms.lost.clear()
    factories.look_for(400, since=moment)
    assert (kept(copy_id).state, platforms.count("x", "send")) == ("sent", 1)


def test_a_platform_that_usually_knows_is_not_trusted_with_a_no(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "usual", acts=False)
    moment = factories.look_for(700)
    factories.tick(now=moment)
    assert (kept(copy_id).state, platforms.count("usual", "send")) == ("asked", 1)
    assert told("asked") == ["approver", "other_approver"]


def test_mail_that_was_not_answered_is_asked_about_at_once(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "email", acts=True)
    factories.look(now=NOON + 2 * SECOND)
    assert (kept(copy_id).state, platforms.count("email", "find")) == ("asked", 0)
    assert kept(copy_id).reason == "Did this one arrive? The platform could not tell us."


def test_a_platform_that_cannot_tell_is_asked_for_a_while_and_then_a_person(
    force: Force, platforms: fakes.Platforms
) -> None:
    copy_id = unknown_on(force, platforms, "x", acts=True)
    platforms.blind.add("x")
    moment = factories.look_for(2_700, step=300)
    assert kept(copy_id).state == "unknown"
    factories.look_for(600, since=moment, step=300)
    assert kept(copy_id).state == "asked"


def test_a_question_is_put_by_one_of_many(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "x", acts=True)
    assert lookups.take_unknown(now=NOON) == []
    assert list(lookups.take_unknown(now=NOON + SECOND)) == [copy_id]
    assert lookups.take_unknown(now=NOON + SECOND) == []
    assert list(lookups.take_unknown(now=NOON + SECOND + LOOK_TAKES)) == [copy_id]


@pytest.mark.parametrize("state", [state for state in CopyState if state != CopyState.UNKNOWN])
def test_only_what_is_unknown_is_settled(force: Force, platforms: fakes.Platforms, state: CopyState) -> None:
    copy_id = unknown_on(force, platforms, "x", acts=True)
    with writing() as session:
        session.get_one(Copy, copy_id).state = state.value
    lookups.look(copy_id, now=NOON + SECOND)
    assert kept(copy_id).state == state


def test_a_success_that_is_recorded_while_we_ask_stays(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["x"]])
    copy_id = factories.copies()[0].id
    deliveries.queue_due(now=NOON)
    prepared = deliveries.prepare(copy_id, now=NOON)
    assert prepared is not None
    task = deliveries.claim(prepared, owner="here:1", now=NOON)
    assert task is not None
    deliveries.give_up_dead(now=NOON, machine="here")
    outcome = attempts.perform(task)
    platforms.lost.add("x-1")
    platforms.meanwhile = lambda: results.record(task, outcome, now=NOON)
    with writing() as session:
        session.get_one(Copy, copy_id).absent_since = NOON
    lookups.look(copy_id, now=NOON + 3 * SETTLE)
    assert kept(copy_id).state == "sent"


def test_a_person_says_that_it_arrived(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "email", acts=True)
    factories.look(now=NOON + SECOND)
    lookups.answer(force.people.author, copy_id=copy_id, is_there=True, permalink="https://a.example", now=NOON)
    assert (kept(copy_id).state, kept(copy_id).permalink) == ("sent", "https://a.example")
    assert entries("settle copy") == [("officer:1", f"copy:{copy_id}")]
    with pytest.raises(WrongState):
        lookups.answer(force.people.author, copy_id=copy_id, is_there=False, now=NOON)


def test_the_address_that_a_person_pastes_lets_it_be_taken_down(
    force: Force, platforms: fakes.Platforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def number_at(_self: object, permalink: str, _pictures: int) -> str:
        return permalink.removeprefix("https://x.example/") if "x.example" in permalink else ""

    monkeypatch.setattr(fakes.FakePlace, "number_at", number_at, raising=False)
    copy_id = unknown_on(force, platforms, "x", acts=True)
    with writing() as session:
        session.get_one(Copy, copy_id).state = "asked"
    with pytest.raises(BadInput, match="not the address of a post on this channel"):
        lookups.answer(force.people.author, copy_id=copy_id, is_there=True, permalink="https://a.example", now=NOON)
    lookups.answer(force.people.author, copy_id=copy_id, is_there=True, permalink="https://x.example/x-1", now=NOON)
    assert kept(copy_id).external_id == "x-1"


def test_a_person_says_that_it_did_not_arrive(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "email", acts=False)
    factories.look(now=NOON + SECOND)
    lookups.answer(force.people.approver, copy_id=copy_id, is_there=False, now=NOON)
    factories.tick(now=NOON + SECOND)
    assert (kept(copy_id).state, platforms.sent_to("email")) == ("cancelled", [factories.MAILS[1]])


def test_a_person_orders_another_try(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "email", acts=False)
    factories.look(now=NOON + SECOND)
    lookups.answer(force.people.approver, copy_id=copy_id, is_there=False, again=True, now=NOON)
    factories.tick(now=NOON + SECOND)
    assert sorted(platforms.sent_to("email")) == sorted(factories.MAILS)
    found = factories.copies(force.channels["email"])
    assert sorted(one.state for one in found) == ["cancelled", "sent", "sent"]
    assert len({one.key for one in found}) == 3


def test_who_may_not_settle_is_refused(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "email", acts=True)
    factories.look(now=NOON + SECOND)
    for actor in (force.people.observer, force.people.triager, force.people.auditor):
        with pytest.raises(NotAllowed):
            lookups.answer(actor, copy_id=copy_id, is_there=True, now=NOON)
        with pytest.raises(NotAllowed):
            lookups.removed_by_hand(actor, copy_id=copy_id, now=NOON)
    assert kept(copy_id).state == "asked"


def test_what_is_not_asked_about_takes_no_answer(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "x", acts=True)
    with pytest.raises(WrongState):
        lookups.answer(force.people.author, copy_id=copy_id, is_there=True, now=NOON)
    with pytest.raises(BadInput):
        lookups.removed_by_hand(force.people.author, copy_id=copy_id, now=NOON)
    with pytest.raises(NotFound):
        lookups.answer(force.people.author, copy_id=999, is_there=True, now=NOON)


def removal(force: Force) -> Copy:
    """A post on the wall that is out and taken down; the retraction's copy."""
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=NOON)
    factories.tick()
    (copy,) = factories.copies(kind="retract")
    return copy


def test_gone_is_recorded_when_a_look_says_so(force: Force, platforms: fakes.Platforms) -> None:
    copy = removal(force)
    assert (copy.state, copy.gone_at) == ("sent", None)
    factories.look(now=NOON + SECOND)
    assert (kept(copy.id).gone_at, platforms.texts("x")) == (NOON + SECOND, [])
    assert entries("seen gone") == [("system", f"copy:{copy.target_id}")]
    assert factories.look(now=NOON + timedelta(hours=1)) == 0


def test_a_platform_that_removes_nothing_is_told_again_and_then_a_person(
    force: Force, platforms: fakes.Platforms
) -> None:
    platforms.deaf.add("x")
    copy = removal(force)
    moment = factories.look_for(1_200, step=30)
    assert kept(copy.id).reason == STILL_THERE
    assert told("asked") == ["approver", "other_approver"]
    assert 3 < platforms.count("x", "retract") < 30
    platforms.deaf.clear()
    factories.look_for(1_200, since=moment, step=30)
    assert kept(copy.id).gone_at is not None


def test_a_person_removes_by_hand(force: Force, platforms: fakes.Platforms) -> None:
    platforms.deaf.add("x")
    copy = removal(force)
    lookups.removed_by_hand(force.people.author, copy_id=copy.id, now=NOON)
    assert (kept(copy.id).gone_at, kept(copy.id).gone_by_id) == (NOON, force.people.author.id)
    assert factories.look(now=NOON + timedelta(hours=1)) == 0
    assert entries("removed by hand") == [("officer:1", f"copy:{copy.id}")]


@pytest.mark.parametrize("acts", [True, False])
def test_a_removal_without_answer_is_tried_again_until_it_is_gone(
    force: Force, platforms: fakes.Platforms, acts: bool
) -> None:
    platforms.arm("x", fakes.unknown(acts=acts), operation="retract")
    copy = removal(force)
    assert kept(copy.id).state == "unknown"
    factories.look(now=NOON + SECOND)
    factories.tick(now=NOON + SECOND)
    factories.look(now=NOON + 2 * SECOND)
    assert (kept(copy.id).state, platforms.texts("x"), kept(copy.id).gone_at is not None) == ("sent", [], True)
    assert platforms.count("x", "retract") == (1 if acts else 2)


def test_what_has_no_id_is_removed_by_a_person(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    with writing() as session:
        session.query(Copy).one().external_id = ""
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=NOON)
    factories.tick()
    factories.look(now=NOON + SECOND)
    (copy,) = factories.copies(kind="retract")
    assert copy.state == "asked"
    with pytest.raises(WrongState):
        lookups.answer(force.people.author, copy_id=copy.id, is_there=True, now=NOON)
    lookups.removed_by_hand(force.people.author, copy_id=copy.id, now=NOON)
    assert (kept(copy.id).state, kept(copy.id).gone_at) == ("sent", NOON)


def test_an_answer_wakes_the_removal_that_waits_for_it(force: Force, platforms: fakes.Platforms) -> None:
    copy_id = unknown_on(force, platforms, "email", acts=True)
    factories.look(now=NOON + SECOND)
    appeals.take_down(force.people.author, appeal_id=1, reason="found", now=NOON + SECOND)
    factories.tick(now=NOON + SECOND)
    moment: datetime = NOON + 2 * SECOND
    lookups.answer(force.people.author, copy_id=copy_id, is_there=True, now=moment)
    factories.tick(now=moment)
    assert factories.states(kind="retract") == ["sent", "sent"]
