"""Taking down: everywhere, at once, whatever is on its way."""

from datetime import timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.appeal import Appeal
from appeal.models.ledger import LedgerEntry
from appeal.models.notice import Notice
from appeal.models.release import Copy
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.services import appeals, attempts, deliveries, releases, results
from tests import factories, fakes
from tests.factories import MORNING, NIGHT, NOON, Force

pytestmark = pytest.mark.slow

ON_POSTGRES_TOO = True
SECOND = timedelta(seconds=1)


@pytest.fixture
def out(force: Force) -> int:
    """An appeal that is out on every channel, and another one that is noise; returns the first one's id."""
    first = factories.launched(force.people)
    factories.launched(force.people)
    factories.tick()
    return first


def take_down(force: Force, appeal_id: int, *, reason: str = "found", hours: float = 0.0) -> int:
    moment = NOON + timedelta(hours=hours)
    return appeals.take_down(force.people.triager, appeal_id=appeal_id, reason=reason, now=moment)


def test_everything_comes_down_at_once_and_the_rest_stays(force: Force, out: int, platforms: fakes.Platforms) -> None:
    assert take_down(force, out) == 7
    factories.tick()
    assert (len(platforms.texts("x")), len(platforms.texts("site"))) == (1, 1)
    assert factories.states(kind="retract") == ["sent"] * 7


def test_a_list_is_told_once_for_each_address(force: Force, out: int, platforms: fakes.Platforms) -> None:
    take_down(force, out)
    factories.tick()
    told = [one for one in platforms.out if "no longer shown" in one.text]
    assert sorted(one.address for one in told) == sorted([*factories.NUMBERS, *factories.MAILS])
    first = {one.external_id: one.address for one in platforms.out}
    assert all(first[one.files["In-Reply-To"]] == one.address for one in told)


def test_a_second_press_changes_nothing(force: Force, out: int) -> None:
    assert (take_down(force, out), take_down(force, out, hours=1)) == (7, 0)
    assert len(factories.copies(kind="retract")) == 7


def test_what_waits_is_cancelled(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people)
    assert sorted(factories.states()) == ["held"] * 6 + ["pending"]
    assert take_down(force, appeal_id) == 0
    assert (factories.states(), factories.tick(), platforms.out) == (["cancelled"] * 7, 0, [])


def test_it_waits_for_no_hours(force: Force, out: int, platforms: fakes.Platforms) -> None:
    appeals.take_down(force.people.author, appeal_id=out, reason="safety", now=NIGHT + timedelta(days=1))
    assert factories.tick(now=NIGHT + timedelta(days=1)) == 4
    assert factories.tick(now=MORNING + timedelta(days=1)) == 3


def test_what_is_being_sent_is_taken_down_when_it_is_settled(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    copy_id = factories.copies()[0].id
    deliveries.queue_due(now=NOON)
    prepared = deliveries.prepare(copy_id, now=NOON)
    task = prepared and deliveries.claim(prepared, owner="here:1", now=NOON)
    assert task
    assert take_down(force, appeal_id) == 1
    factories.tick()
    assert factories.states(kind="retract") == ["pending"]
    results.record(task, attempts.perform(task), now=NOON)
    assert len(platforms.texts("x")) == 1
    factories.tick(now=NOON + 5 * SECOND)
    assert (platforms.texts("x"), factories.states(kind="retract")) == ([], ["sent"])


@pytest.mark.parametrize("acts", [True, False])
def test_what_is_unknown_is_taken_down_when_it_is_known(force: Force, platforms: fakes.Platforms, acts: bool) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    platforms.arm("x", fakes.unknown(acts=acts))
    factories.tick()
    assert take_down(force, appeal_id) == 1
    moment = factories.look_for(700, step=50)
    for _ in range(3):
        moment += 5 * SECOND
        factories.tick(now=moment)
        factories.look(now=moment)
    assert (platforms.texts("x"), platforms.count("x", "send")) == ([], 1)
    assert factories.states() == ["sent" if acts else "cancelled"]
    assert factories.states(kind="retract") == ["sent" if acts else "cancelled"]


def test_a_change_on_its_way_does_not_come_after_the_removal(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["site"]])
    factories.tick()
    factories.corrected(force.people, appeal_id)
    (change,) = factories.copies(kind="update")
    deliveries.queue_due(now=NOON)
    prepared = deliveries.prepare(change.id, now=NOON)
    task = prepared and deliveries.claim(prepared, owner="here:1", now=NOON)
    assert task
    take_down(force, appeal_id)
    assert factories.tick() == 0
    results.record(task, attempts.perform(task), now=NOON)
    factories.tick(now=NOON + 5 * SECOND)
    factories.look(now=NOON + 6 * SECOND)
    assert platforms.texts("site") == []


def test_a_correction_that_waits_never_goes(force: Force, out: int, platforms: fakes.Platforms) -> None:
    factories.corrected(force.people, out)
    take_down(force, out)
    factories.tick()
    assert not [one for one in platforms.out if "corrected" in one.text]


def test_who_may_not_is_refused(force: Force, out: int) -> None:
    for actor in (force.people.observer, force.people.auditor, force.people.administrator):
        with pytest.raises(NotAllowed):
            appeals.take_down(actor, appeal_id=out, reason="found", now=NOON)
    with pytest.raises(BadInput):
        take_down(force, out, reason="because")
    with pytest.raises(NotFound):
        take_down(force, 999)
    assert factories.copies(kind="retract") == []


def test_the_approvers_are_told_and_the_ledger_knows(force: Force, out: int) -> None:
    take_down(force, out, reason="wrong_person")
    with reading() as session:
        told = [one.officer.name for one in session.query(Notice).filter_by(kind="taken down")]
        entry = session.query(LedgerEntry).filter_by(action="take down").one()
        assert (entry.actor, entry.target, entry.reason_code) == ("officer:3", f"appeal:{out}", "wrong_person")
    assert told == ["Approver", "Other_Approver"]


def test_the_fourth_within_an_hour_needs_another_officer(force: Force) -> None:
    made = [factories.submitted(force.people) for _ in range(5)]
    ids = [appeals.revision(one).appeal_id for one in made]
    for number, appeal_id in enumerate(ids[:3]):
        take_down(force, appeal_id, hours=number / 10)
    with pytest.raises(WrongState):
        take_down(force, ids[3], hours=0.5)
    appeals.take_down(force.people.author, appeal_id=ids[3], reason="found", now=NOON)
    take_down(force, ids[4], hours=1.01)
    assert [appeals.view(one).taken_down_by_id for one in ids] == [3, 3, 3, 1, 3]


def test_an_ending_takes_down_what_is_out(force: Force, out: int, platforms: fakes.Platforms) -> None:
    appeals.end(force.people.approver, appeal_id=out, ending="arrested", now=NOON)
    factories.tick()
    assert len(platforms.texts("x")) == 1
    assert (appeals.view(out).ending, appeals.view(out).ended_at) == ("arrested", NOON)
    with pytest.raises(WrongState):
        appeals.end(force.people.approver, appeal_id=out, ending="found", now=NOON)


def test_an_ending_after_a_take_down_retracts_nothing_twice(force: Force, out: int) -> None:
    take_down(force, out)
    appeals.end(force.people.approver, appeal_id=out, ending="arrested", now=NOON)
    assert len(factories.copies(kind="retract")) == 7


def test_only_an_approver_ends(force: Force, out: int) -> None:
    for actor in (force.people.author, force.people.triager):
        with pytest.raises(NotAllowed):
            appeals.end(actor, appeal_id=out, ending="found", now=NOON)
    with pytest.raises(BadInput):
        appeals.end(force.people.approver, appeal_id=out, ending="gone", now=NOON)


def all_gone(force: Force, appeal_id: int) -> None:
    take_down(force, appeal_id)
    factories.tick()
    factories.look(now=NOON + SECOND)


def test_what_was_taken_down_in_error_goes_out_again(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people)
    factories.tick()
    all_gone(force, appeal_id)
    releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON + 2 * SECOND)
    factories.tick(now=NOON + 2 * SECOND)
    factories.look_for(100, since=NOON + 2 * SECOND)
    assert (len(platforms.texts("x")), len(platforms.texts("site"))) == (1, 1)
    assert len(platforms.sent_to("sms")) == 9
    with writing() as session:
        assert session.get_one(Appeal, appeal_id).taken_down_at is None


def test_it_goes_out_again_only_when_the_removal_has_ended(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people)
    factories.tick()
    take_down(force, appeal_id)
    with pytest.raises(WrongState, match="still coming down on site, x"):
        releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON)
    factories.tick()
    with pytest.raises(WrongState, match="still coming down on site, x"):
        releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON)
    factories.look(now=NOON + SECOND)
    releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON + SECOND)


def test_at_night_it_goes_out_again_in_the_morning(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    all_gone(force, appeal_id)
    night = NIGHT + timedelta(days=1)
    releases.release_again(force.people.approver, appeal_id=appeal_id, now=night)
    assert factories.tick(now=night) == 0
    assert factories.tick(now=factories.MORNING + timedelta(days=1)) == 1


def test_it_does_not_go_out_again_without_a_standing_approval(force: Force) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    with pytest.raises(WrongState):
        releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON)
    all_gone(force, appeal_id)
    with pytest.raises(NotAllowed):
        releases.release_again(force.people.author, appeal_id=appeal_id, now=NOON)
    with pytest.raises(WrongState):
        releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON + timedelta(days=30))
    appeals.end(force.people.approver, appeal_id=appeal_id, ending="found", now=NOON)
    with pytest.raises(WrongState):
        releases.release_again(force.people.approver, appeal_id=appeal_id, now=NOON)


def test_an_approval_does_not_undo_a_take_down_it_did_not_see(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    following = appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    factories.submit(force.people, following.id)
    all_gone(force, appeal_id)
    with pytest.raises(WrongState, match="taken down after this was submitted"):
        factories.launch(force.people, following.id, now=NOON + SECOND)
    assert appeals.revision(following.id).state == "submitted"


def test_what_is_submitted_after_a_take_down_puts_the_appeal_back(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    all_gone(force, appeal_id)
    factories.corrected(force.people, appeal_id, now=NOON + 2 * SECOND)
    factories.tick(now=NOON + 2 * SECOND)
    assert len(platforms.texts("x")) == 1
    assert "corrected" in platforms.texts("x")[0]


def test_nothing_goes_out_after_the_ending(force: Force) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    following = appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    factories.submit(force.people, following.id)
    appeals.end(force.people.approver, appeal_id=appeal_id, ending="found", now=NOON)
    with pytest.raises(WrongState):
        factories.launch(force.people, following.id)


def test_a_removal_of_what_never_went_out_is_cancelled(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    platforms.arm("x", fakes.unknown(acts=False))
    factories.tick()
    take_down(force, appeal_id)
    with writing() as session:
        session.get_one(Copy, factories.copies()[0].id).state = "failed"
    factories.tick(now=NOON + 5 * SECOND)
    assert (factories.states(kind="retract"), platforms.count("x", "retract")) == (["cancelled"], 0)
