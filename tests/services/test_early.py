"""The press list gets what is under an embargo at once, marked; the public sees nothing, and a recall reaches it."""

from datetime import timedelta

import pytest

from appeal.db import writing
from appeal.models.release import Channel
from appeal.services import appeals as service
from appeal.services import contents, embargoes, releases
from tests import factories, fakes
from tests.factories import MAILS, NOON, Force

HOUR = timedelta(hours=1)


@pytest.fixture
def press(force: Force) -> Force:
    """The mail list gets embargoed appeals early."""
    with writing() as session:
        session.get_one(Channel, force.channels["email"]).settings = {"early": "yes"}
    return force


def embargoed(force: Force) -> int:
    """An appeal for the site, one place and the press list that nobody may show for an hour."""
    chosen = [force.channels[name] for name in ("site", "x", "email")]
    revision_id = factories.submitted(force.people, on=chosen)
    embargoes.hold_until(force.people.author, appeal_id=1, at=NOON + HOUR, now=NOON)
    factories.launch(force.people, revision_id)
    return 1


def test_the_press_has_it_at_once_and_the_public_when_the_embargo_ends(
    press: Force, platforms: fakes.Platforms
) -> None:
    appeal_id = embargoed(press)
    with writing() as session:
        chosen = session.query(Channel).filter(Channel.id.in_([press.channels["email"], press.channels["x"]])).all()
    times = {one.channel.name: one.at for one in releases.outlook(chosen, appeal_id=appeal_id, now=NOON)}
    assert times == {"x": NOON + HOUR, "email": NOON}
    factories.tick(now=NOON)
    assert platforms.sent_to("email") == list(MAILS)
    assert platforms.texts("site") == platforms.texts("x") == []
    factories.tick(now=NOON + HOUR)
    assert len(platforms.texts("site")) == len(platforms.texts("x")) == 1
    assert platforms.sent_to("email") == list(MAILS)


def test_only_a_list_that_is_told_early_is_told_the_moment(press: Force) -> None:
    appeal_id = embargoed(press)
    revision = service.view(appeal_id).revisions[-1]
    with writing() as session:
        mail, x = (session.get_one(Channel, press.channels[name]) for name in ("email", "x"))
        said = [
            contents.for_channel(revision, one, action=how).embargo for one, how in ((mail, "publish"), (x, "publish"))
        ]
        assert said == ["Mon 2 Mar 2026, 14:00 Europe/Madrid", ""]
        assert contents.for_channel(revision, mail, action="retract").embargo == ""


def test_a_correction_before_its_end_goes_to_the_press_and_breaks_no_embargo(
    press: Force, platforms: fakes.Platforms
) -> None:
    appeal_id = embargoed(press)
    factories.tick(now=NOON)
    factories.corrected(press.people, appeal_id, now=NOON + HOUR / 2)
    factories.tick(now=NOON + HOUR / 2)
    assert len(platforms.sent_to("email")) == 2 * len(MAILS)
    assert platforms.texts("site") == platforms.texts("x") == []
    factories.tick(now=NOON + HOUR)
    [shown] = platforms.texts("x")
    assert "corrected" in shown


def test_a_recall_before_its_end_reaches_everybody_who_has_it(press: Force, platforms: fakes.Platforms) -> None:
    appeal_id = embargoed(press)
    factories.tick(now=NOON)
    service.take_down(press.people.author, appeal_id=appeal_id, reason="safety", now=NOON + HOUR / 2)
    factories.tick(now=NOON + 2 * HOUR)
    assert platforms.sent_to("email") == [*MAILS, *MAILS]
    assert platforms.texts("x") == []
