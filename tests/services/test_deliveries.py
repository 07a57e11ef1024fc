"""A delivery never goes out twice, whatever dies, and nothing is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from appeal import installation
from appeal.db import reading, writing
from appeal.models.appeal import Approval, RevisionText
from appeal.models.notice import Notice
from appeal.models.release import Channel, ChannelAddress, Copy
from appeal.models.rota import RotaWindow
from appeal.rules.errors import Gone, OutcomeUnknown
from appeal.rules.lifecycle import CopyState
from appeal.services import appeals, attempts, channels, deliveries, lookups, results
from appeal.services.attempts import LEASE
from appeal.services.deliveries import QUEUE_LEASE
from tests import factories, fakes
from tests.factories import NOON, NUMBERS, Force

ON_POSTGRES_TOO = True
SECOND = timedelta(seconds=1)


@pytest.fixture
def wall(force: Force) -> int:
    """One copy on the platform without site and lists; returns the copy's id."""
    factories.launched(force.people, on=[force.channels["x"]])
    return factories.copies()[0].id


def queued(copy_id: int) -> attempts.Task:
    """Queue and prepare that copy."""
    deliveries.queue_due(now=NOON)
    task = deliveries.prepare(copy_id, now=NOON)
    assert task is not None
    return task


def kept(copy_id: int) -> Copy:
    with reading() as session:
        found = session.get(Copy, copy_id, populate_existing=True)
        assert found is not None
        return found


def notices() -> list[tuple[str, str]]:
    with reading() as session:
        return [(one.officer.email.partition("@")[0], one.kind) for one in session.query(Notice).order_by(Notice.id)]


def test_everything_goes_out_once(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people)
    factories.tick()
    factories.tick(now=NOON + timedelta(hours=1))
    assert factories.states() == ["sent"] * 7
    assert [len(platforms.texts(one)) for one in ("site", "x", "usual")] == [1, 1, 0]
    assert sorted(platforms.sent_to("sms")) == sorted(NUMBERS)
    assert sorted(platforms.sent_to("email")) == sorted(factories.MAILS)


def test_each_copy_carries_its_own_link(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people)
    factories.tick()
    keys = [copy.key for copy in factories.copies()]
    assert len(set(keys)) == 7
    assert {one.key for one in platforms.out} == set(keys)
    assert all(f"/r/{one.key}" in one.text for one in platforms.out)


def test_a_receipt_is_kept_with_its_moment(wall: int) -> None:
    factories.tick()
    copy = kept(wall)
    assert (copy.external_id, copy.permalink) == ("x-1", "https://x.example/x-1")
    assert (copy.sent_at, copy.tries, copy.lease_until, copy.reason) == (NOON, 1, None, "")
    assert factories.outcomes(wall) == ["sent"]


def test_no_more_are_queued_than_a_channel_takes_at_once(force: Force) -> None:
    on = [force.channels["sms"], force.channels["x"]]
    factories.launched(force.people, on=on)
    first = {wake.copy_id for wake in deliveries.queue_due(now=NOON)}
    assert len(first) == 3
    assert deliveries.queue_due(now=NOON) == []
    sms = factories.copies(force.channels["sms"])
    assert [copy.state for copy in sms] == ["queued", "queued", "pending"]
    factories.send(sms[0].id)
    assert [wake.copy_id for wake in deliveries.queue_due(now=NOON)] == [sms[2].id]


def test_a_channel_can_be_queued_alone(force: Force) -> None:
    factories.launched(force.people, on=[force.channels["sms"], force.channels["x"]])
    wakes = deliveries.queue_due(now=NOON, channel_id=force.channels["x"])
    assert [wake.copy_id for wake in wakes] == [copy.id for copy in factories.copies(force.channels["x"])]


def test_what_is_not_due_is_not_queued(wall: int) -> None:
    with writing() as session:
        session.get_one(Copy, wall).due_at = NOON + SECOND
    assert deliveries.queue_due(now=NOON) == []
    assert [wake.copy_id for wake in deliveries.queue_due(now=NOON + SECOND)] == [wall]


@pytest.mark.parametrize("state", [state for state in CopyState if state != CopyState.PENDING])
def test_only_what_is_pending_is_queued(wall: int, state: CopyState) -> None:
    with writing() as session:
        session.get_one(Copy, wall).state = state.value
    assert deliveries.queue_due(now=NOON) == []
    assert kept(wall).state == state


@pytest.mark.parametrize("state", [state for state in CopyState if state != CopyState.QUEUED])
def test_only_what_is_queued_is_claimed(wall: int, state: CopyState, platforms: fakes.Platforms) -> None:
    task = queued(wall)
    with writing() as session:
        session.get_one(Copy, wall).state = state.value
    assert deliveries.claim(task, owner="me", now=NOON) is None
    assert deliveries.prepare(wall, now=NOON) is None
    assert (kept(wall).state, platforms.out) == (state, [])


def test_a_copy_is_claimed_by_one_of_many(core: Flask, wall: int) -> None:
    task, at_once = queued(wall), threading.Barrier(8)

    def claim(number: int) -> bool:
        with core.app_context():
            at_once.wait(10)
            return deliveries.claim(task, owner=f"worker:{number}", now=NOON) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(8))) == 1
    assert (kept(wall).state, kept(wall).tries, len(factories.copies()[0].attempts)) == ("sending", 1, 1)


def test_many_workers_send_each_copy_once(core: Flask, force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["sms"], force.channels["email"], force.channels["x"]])

    def work(number: int) -> None:
        with core.app_context():
            for _ in range(6):
                for wake in deliveries.queue_due(now=NOON):
                    factories.send(wake.copy_id, owner=f"worker:{number}")
                for copy in factories.copies():
                    factories.send(copy.id, owner=f"worker:{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert factories.states() == ["sent"] * 6
    assert sorted(one.address for one in platforms.out) == sorted(["", *NUMBERS, *factories.MAILS])


def test_a_doubled_message_sends_nothing_twice(wall: int, platforms: fakes.Platforms) -> None:
    deliveries.queue_due(now=NOON)
    assert [factories.send(wall), factories.send(wall)] == [True, False]
    assert len(platforms.out) == 1


@pytest.mark.parametrize(
    ("trouble", "state", "is_out"),
    [
        (fakes.refuse(), "failed", False),
        (fakes.later(90), "pending", False),
        (fakes.stopped(), "pending", False),
        (fakes.unknown(acts=True), "unknown", True),
        (fakes.unknown(acts=False), "unknown", False),
        (fakes.nonsense(acts=True), "unknown", True),
        (fakes.nonsense(acts=False), "unknown", False),
    ],
)
def test_every_trouble_has_its_state(
    wall: int, platforms: fakes.Platforms, trouble: fakes.Trouble, state: str, is_out: bool
) -> None:
    platforms.arm("x", trouble)
    deliveries.queue_due(now=NOON)
    factories.send(wall)
    assert (kept(wall).state, len(platforms.out), factories.outcomes(wall)) == (state, int(is_out), [state])
    assert kept(wall).reason != ""


def test_what_comes_later_waits_as_long_as_the_platform_asks(wall: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.later(90))
    factories.tick()
    assert kept(wall).due_at == NOON + 90 * SECOND
    assert factories.tick(now=NOON + 89 * SECOND) == 0
    assert factories.tick(now=NOON + 90 * SECOND) == 1
    assert (factories.states(), factories.outcomes(wall)) == (["sent"], ["pending", "sent"])


def test_what_was_refused_is_not_tried_again(wall: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.refuse())
    factories.tick()
    assert factories.tick(now=NOON + timedelta(hours=1)) == 0
    assert platforms.count("x", "send") == 1


def test_unknown_is_never_sent_again_by_itself(wall: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.unknown(acts=True))
    factories.tick()
    assert factories.tick(now=NOON + timedelta(hours=1)) == 0
    assert platforms.count("x", "send") == 1


def test_a_stopped_channel_waits_for_its_administrator(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["sms"], force.channels["email"]])
    platforms.arm("sms", fakes.stopped())
    wakes = deliveries.queue_due(now=NOON, channel_id=force.channels["sms"])
    factories.send(wakes[0].copy_id)
    assert ("administrator", "channel stopped") in notices()
    factories.send(wakes[1].copy_id)
    later = NOON + timedelta(hours=1)
    assert factories.tick(now=later) == 2
    assert sorted(factories.states(force.channels["sms"])) == ["pending", "pending", "sent"]
    channels.resume(force.people.administrator, channel_id=force.channels["sms"], now=later)
    factories.tick(now=later)
    assert (factories.states(), len(set(platforms.sent_to("sms")))) == (["sent"] * 5, 3)


@pytest.mark.parametrize("acts", [True, False])
def test_what_a_dead_process_was_sending_is_unknown_at_once(wall: int, platforms: fakes.Platforms, acts: bool) -> None:
    platforms.arm("x", fakes.crash(acts=acts))
    deliveries.queue_due(now=NOON)
    with pytest.raises(fakes.Killed):
        factories.send(wall, owner="here:12")
    assert kept(wall).state == "sending"
    assert deliveries.give_up_dead(now=NOON, machine="elsewhere") == 0
    assert deliveries.give_up_dead(now=NOON, machine="here_") == 0
    assert deliveries.give_up_dead(now=NOON) == 0
    assert deliveries.give_up_dead(now=NOON + SECOND, machine="here") == 1
    assert (kept(wall).state, kept(wall).unknown_since) == ("unknown", NOON + SECOND)
    assert len(platforms.out) == int(acts)


def test_what_another_machine_was_sending_is_unknown_when_its_lease_ends(wall: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.crash(acts=True))
    deliveries.queue_due(now=NOON)
    with pytest.raises(fakes.Killed):
        factories.send(wall)
    assert deliveries.give_up_dead(now=NOON + LEASE) == 0
    assert deliveries.give_up_dead(now=NOON + LEASE + SECOND) == 1


def test_a_lost_wake_up_is_found(wall: int) -> None:
    deliveries.queue_due(now=NOON)
    assert deliveries.unqueue_lost(now=NOON + QUEUE_LEASE) == 0
    assert deliveries.unqueue_lost(now=NOON + QUEUE_LEASE + SECOND) == 1
    assert kept(wall).state == "pending"


def test_a_start_takes_every_wake_up_for_lost(wall: int) -> None:
    deliveries.queue_due(now=NOON)
    assert deliveries.unqueue_lost(now=NOON, at_once=True) == 1
    assert kept(wall).state == "pending"


def test_a_late_success_still_counts(wall: int) -> None:
    task = deliveries.claim(queued(wall), owner="here:1", now=NOON)
    assert task is not None
    outcome = attempts.perform(task)
    deliveries.give_up_dead(now=NOON, machine="here")
    assert results.record(task, outcome, now=NOON + SECOND) is True
    assert (kept(wall).state, kept(wall).external_id, kept(wall).unknown_since) == ("sent", "x-1", None)


def test_a_late_failure_settles_nothing(wall: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.later())
    task = deliveries.claim(queued(wall), owner="here:1", now=NOON)
    assert task is not None
    outcome = attempts.perform(task)
    deliveries.give_up_dead(now=NOON, machine="here")
    assert results.record(task, outcome, now=NOON) is False
    assert kept(wall).state == "unknown"


def test_an_earlier_attempt_does_not_answer_for_a_later_one(wall: int, platforms: fakes.Platforms) -> None:
    first = deliveries.claim(queued(wall), owner="here:1", now=NOON)
    with writing() as session:
        session.get_one(Copy, wall).state = "pending"
    second = deliveries.claim(queued(wall), owner="here:1", now=NOON)
    assert first is not None
    assert second is not None
    assert results.record(first, attempts.Outcome(CopyState.FAILED, "late"), now=NOON) is False
    assert (kept(wall).state, kept(wall).tries) == ("sending", 2)


def test_another_owner_records_nothing(wall: int) -> None:
    task = deliveries.claim(queued(wall), owner="here:1", now=NOON)
    assert task is not None
    with writing() as session:
        session.get_one(Copy, wall).owner = "there:2#1"
    assert results.record(task, attempts.Outcome(CopyState.FAILED), now=NOON) is False
    assert kept(wall).state == "sending"


def test_a_take_down_between_queue_and_claim_wins(force: Force, wall: int, platforms: fakes.Platforms) -> None:
    task = queued(wall)
    appeals.take_down(force.people.triager, appeal_id=1, reason="found", now=NOON)
    assert deliveries.claim(task, owner="me", now=NOON) is None
    assert (kept(wall).state, platforms.out) == ("cancelled", [])


def test_a_claim_reads_the_take_down_itself(wall: int, platforms: fakes.Platforms) -> None:
    task = queued(wall)
    with writing() as session:
        session.get_one(Copy, wall).delivery.release.appeal.taken_down_at = NOON
    assert deliveries.claim(task, owner="me", now=NOON) is None
    assert (kept(wall).state, kept(wall).reason) == ("cancelled", "The appeal was taken down.")


def test_a_claim_reads_that_the_approval_ended(wall: int) -> None:
    task = queued(wall)
    with writing() as session:
        session.query(Approval).one().ended_at = NOON
    assert deliveries.claim(task, owner="me", now=NOON) is None
    assert kept(wall).state == "cancelled"


def test_nothing_goes_after_the_review_date(wall: int, platforms: fakes.Platforms) -> None:
    with writing() as session:
        session.query(Approval).one().review_on = date(2026, 3, 1)
    factories.tick()
    assert (kept(wall).state, platforms.out) == ("held", [])
    assert [one for one in notices() if one[1] == "held"] == [("author", "held"), ("approver", "held")]


def test_what_differs_from_what_was_signed_is_held_and_asked_about(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["sms"]])
    with writing() as session:
        for text in session.query(RevisionText).filter_by(language="en", field="title"):
            text.body = "Another man wanted"
    factories.tick()
    assert (factories.states(), platforms.out) == (["held"] * 3, [])
    assert [one for one in notices() if one[1] == "held"] == [("author", "held"), ("approver", "held")]


def test_a_text_that_is_not_there_any_more_holds_the_copy(wall: int) -> None:
    with writing() as session:
        session.query(RevisionText).delete()
    factories.tick()
    assert kept(wall).state == "held"


def test_outside_the_hours_a_copy_waits_for_the_next_opening(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, now=factories.NIGHT, on=[force.channels["x"]])
    opens = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
    assert factories.copies()[0].due_at == opens
    assert factories.tick(now=factories.NIGHT) == 0
    assert factories.tick(now=opens) == 1


def test_the_claim_asks_for_the_hours_once_more(wall: int, platforms: fakes.Platforms) -> None:
    task = queued(wall)
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert deliveries.claim(task, owner="me", now=late) is None
    copy = kept(wall)
    assert (copy.state, copy.due_at) == ("pending", datetime(2026, 3, 3, 7, 0, tzinfo=UTC))
    assert platforms.out == []


def test_a_rota_that_never_opens_lets_nothing_go(force: Force, wall: int, platforms: fakes.Platforms) -> None:
    with writing() as session:
        session.query(RotaWindow).delete()
    assert factories.tick() == 0
    assert (kept(wall).state, platforms.out) == ("pending", [])


def test_a_list_has_one_copy_for_each_address_that_did_not_opt_out(force: Force, platforms: fakes.Platforms) -> None:
    with writing() as session:
        first = session.scalars(select(ChannelAddress).order_by(ChannelAddress.id)).first()
        assert first is not None
        first.opted_out_at = NOON
    factories.launched(force.people, on=[force.channels["sms"]])
    factories.tick()
    assert sorted(platforms.sent_to("sms")) == sorted(NUMBERS[1:])


def test_addresses_are_not_stored_in_clear(force: Force) -> None:
    factories.launched(force.people, on=[force.channels["sms"]])
    assert all(NUMBERS[0].encode() not in copy.sealed_address for copy in factories.copies())


def test_a_channel_switched_off_publishes_nothing_and_still_takes_down(
    force: Force, platforms: fakes.Platforms
) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    second = factories.launched(force.people, on=[force.channels["x"]])
    with writing() as session:
        session.get_one(Channel, force.channels["x"]).is_active = False
    factories.tick()
    assert factories.states() == ["sent", "pending"]
    for one in (appeal_id, second):
        appeals.take_down(force.people.author, appeal_id=one, reason="found", now=NOON)
    factories.tick()
    assert (platforms.texts("x"), factories.states()) == ([], ["sent", "cancelled"])


def test_an_update_of_what_is_gone_fails(force: Force, platforms: fakes.Platforms) -> None:
    task = queued_update(force, platforms)
    outcome = attempts.perform(task)
    assert outcome.state == CopyState.FAILED


def queued_update(force: Force, platforms: fakes.Platforms) -> attempts.Task:
    appeal_id = factories.launched(force.people, on=[force.channels["site"]])
    factories.tick()
    factories.corrected(force.people, appeal_id)
    platforms.arm("site", fakes.Trouble(Gone("gone")), operation="update")
    deliveries.queue_due(now=NOON)
    task = deliveries.prepare(factories.copies(kind="update")[0].id, now=NOON)
    assert task is not None
    return task


def test_a_crash_in_the_middle_of_a_list_doubles_and_loses_nobody(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people, on=[force.channels["sms"]])
    platforms.arm("sms", fakes.crash(acts=True), fakes.crash(acts=False))
    for wake in deliveries.queue_due(now=NOON):
        with pytest.raises(fakes.Killed):
            factories.send(wake.copy_id)
    deliveries.give_up_dead(now=NOON, machine="here")
    factories.tick()
    later = factories.look_for(700)
    factories.tick(now=later)
    assert (sorted(platforms.sent_to("sms")), factories.states()) == (sorted(NUMBERS), ["sent"] * 3)


def test_the_words_of_a_failure_are_cut_to_their_column(wall: int, platforms: fakes.Platforms) -> None:
    platforms.arm("x", fakes.Trouble(OutcomeUnknown("no answer " * 60)))
    factories.tick()
    assert (kept(wall).state, len(kept(wall).reason)) == ("unknown", 300)


def test_a_retry_in_an_exercise_is_scaled(core: Flask, wall: int, platforms: fakes.Platforms) -> None:
    held = installation.current()
    installation.install(core, replace(held, config=replace(held.config, settle_scale=0.1)))
    platforms.arm("x", fakes.later(90))
    factories.tick()
    assert kept(wall).due_at == NOON + 9 * SECOND


def test_lookups_do_not_disturb_what_is_not_theirs(wall: int) -> None:
    assert (lookups.take_unknown(now=NOON), lookups.take_coming_down(now=NOON)) == ([], [])
