"""An appeal is read by the desk that was chosen for it, and goes out in that desk's hours."""

from datetime import time, timedelta

import pytest

from appeal.rules import hours
from appeal.rules.errors import BadInput, NotAllowed, NotFound
from appeal.services import appeal_desks, desks, rota
from tests import factories
from tests.factories import MORNING, NIGHT, NOON, Force


def night_desk(force: Force) -> int:
    """A second desk, at work from ten at night to six."""
    boss = force.people.administrator
    made = desks.save(boss, desk_id=None, name="Night", languages=[], zone="", expected_version=0, now=NOON)
    windows = [hours.Window(day, time(22), time(6)) for day in range(7)]
    rota.set_windows(boss, windows=windows, now=NOON, desk_id=made)
    return made


def test_what_waits_follows_the_hours_of_the_chosen_desk_and_of_no_other(force: Force) -> None:
    appeal_id = factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    assert [copy.due_at for copy in factories.copies()] == [MORNING, MORNING]
    desk_id = night_desk(force)
    appeal_desks.choose(force.people.author, appeal_id=appeal_id, desk_id=desk_id, now=NIGHT + timedelta(minutes=1))
    assert [copy.due_at for copy in factories.copies()] == [NIGHT + timedelta(minutes=1), MORNING]
    appeal_desks.choose(force.people.approver, appeal_id=appeal_id, desk_id=None, now=NIGHT + timedelta(minutes=2))
    assert [copy.due_at for copy in factories.copies()] == [MORNING, MORNING]


def test_what_does_not_add_up_is_refused(force: Force) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    with pytest.raises(BadInput) as caught:
        appeal_desks.choose(force.people.author, appeal_id=appeal_id, desk_id=99, now=NOON)
    assert caught.value.fields == {"desk": "Choose a desk."}
    with pytest.raises(NotFound):
        appeal_desks.choose(force.people.author, appeal_id=99, desk_id=None, now=NOON)
    with pytest.raises(NotAllowed):
        appeal_desks.choose(force.people.triager, appeal_id=appeal_id, desk_id=None, now=NOON)
