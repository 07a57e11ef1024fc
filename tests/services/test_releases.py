"""When something goes out: in staffed hours, the site first, corrections at once."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from appeal.db import reading, writing
from appeal.models.notice import Notice
from appeal.models.release import Channel, Release
from appeal.rules.errors import NotAllowed
from appeal.rules.hours import Window
from appeal.services import appeals, channels, interlocks, releases, rota
from tests import factories, fakes
from tests.factories import MORNING, NIGHT, NOON, Force

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)


def told(kind: str) -> list[str]:
    with reading() as session:
        return [one.officer.name for one in session.query(Notice).filter_by(kind=kind).order_by(Notice.id)]


def kinds() -> list[str]:
    with reading() as session:
        return [one.kind for one in session.query(Release).order_by(Release.id)]


def test_the_site_goes_first_and_the_others_when_it_answers(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people)
    assert factories.states(force.channels["site"]) == ["pending"]
    assert factories.states(force.channels["x"]) == ["held"]
    platforms.blind.add("site")
    factories.tick()
    assert sorted(factories.states()) == ["held"] * 6 + ["sent"]
    platforms.blind.clear()
    factories.follow_site()
    factories.tick()
    assert factories.states() == ["sent"] * 7
    assert platforms.out[0].platform == "site"


def test_without_the_site_nothing_waits_for_it(force: Force) -> None:
    factories.launched(force.people, on=[force.channels["x"], force.channels["sms"]])
    assert factories.states() == ["pending"] * 4


def test_author_and_approver_are_asked_once_when_the_site_stays_silent(
    force: Force, platforms: fakes.Platforms
) -> None:
    factories.launched(force.people)
    platforms.blind.add("site")
    factories.tick()
    assert releases.alarm_silent_sites(now=NOON + 30 * SECOND) == 0
    assert releases.alarm_silent_sites(now=NOON + 31 * SECOND) == 1
    assert releases.alarm_silent_sites(now=NOON + 60 * SECOND) == 0
    assert told("site silent") == ["Author", "Approver"]


def test_a_site_that_refuses_is_a_silent_one(force: Force, platforms: fakes.Platforms) -> None:
    factories.launched(force.people)
    platforms.arm("site", fakes.refuse())
    factories.tick()
    assert releases.alarm_silent_sites(now=NOON + 31 * SECOND) == 1
    assert factories.states(force.channels["x"]) == ["held"]


def test_a_silent_site_that_was_taken_down_alarms_nobody(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people)
    platforms.blind.add("site")
    factories.tick()
    appeals.take_down(force.people.author, appeal_id=appeal_id, reason="found", now=NOON)
    assert releases.alarm_silent_sites(now=NOON + 31 * SECOND) == 0
    assert releases.waiting_for_site() == []


def test_a_first_release_waits_for_the_morning(force: Force) -> None:
    factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    assert [copy.due_at for copy in factories.copies()] == [MORNING]


def test_too_little_cover_is_no_cover(force: Force) -> None:
    late = datetime(2026, 3, 2, 23, 1, tzinfo=UTC)
    factories.launched(force.people, now=late, on=[force.channels["x"]])
    assert [copy.due_at for copy in factories.copies()] == [MORNING + timedelta(days=1)]


def test_a_correction_of_what_is_out_goes_at_night(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["x"]])
    factories.tick()
    night = NIGHT + timedelta(days=1)
    factories.corrected(force.people, appeal_id, now=night)
    assert (kinds(), factories.tick(now=night)) == (["first", "correction"], 1)
    assert len(platforms.texts("x")) == 2


def test_a_correction_of_what_never_went_out_waits_like_a_first_one(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, now=NIGHT, on=[force.channels["x"], force.channels["sms"]])
    factories.corrected(force.people, appeal_id, now=NIGHT + SECOND)
    assert (kinds(), factories.tick(now=NIGHT + SECOND)) == (["first", "first"], 0)
    assert factories.tick(now=MORNING) == 4
    assert sorted(factories.states()) == ["cancelled"] * 4 + ["sent"] * 4
    assert all("corrected" in one.text for one in platforms.out)


def test_a_correction_changes_the_page_where_it_stands(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["site"]])
    factories.tick()
    factories.corrected(force.people, appeal_id)
    factories.tick()
    assert [text for text in platforms.texts("site") if "corrected" in text] == platforms.texts("site")
    assert (len(platforms.texts("site")), factories.states(kind="update")) == (1, ["sent"])


@pytest.mark.parametrize("answers_itself", [True, False])
def test_a_correction_answers_the_earlier_post_where_the_platform_wants_it(
    force: Force, platforms: fakes.Platforms, monkeypatch: pytest.MonkeyPatch, answers_itself: bool
) -> None:
    changed = replace(fakes.FakePlace.capabilities, answers_itself=answers_itself)
    monkeypatch.setattr(fakes.FakePlace, "capabilities", changed)
    appeal_id = factories.launched(force.people, on=[force.channels["x"], force.channels["sms"]])
    factories.tick()
    [first] = [one for one in platforms.out if one.platform == "x"]
    factories.corrected(force.people, appeal_id)
    factories.tick()
    answered = [one.files.get("In-Reply-To", "") for one in platforms.out[4:]]
    assert sorted(answered) == ["", "", "", first.external_id if answers_itself else ""]
    assert factories.states(force.channels["x"]) == ["sent", "sent"]
    appeals.take_down(force.people.approver, appeal_id=appeal_id, reason="found", now=NOON)
    factories.tick()
    assert [one.is_up for one in platforms.out if one.platform == "x"] == [False, False]


def test_a_later_approval_cancels_what_had_not_begun(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people)
    platforms.blind.add("site")
    factories.tick()
    platforms.blind.clear()
    factories.corrected(force.people, appeal_id)
    factories.tick()
    assert [factories.states(force.channels["x"]), factories.states(force.channels["email"])] == [
        ["cancelled", "sent"],
        ["cancelled", "cancelled", "sent", "sent"],
    ]
    assert len(platforms.texts("x")) == 1


def test_an_override_lets_one_appeal_go_and_no_other(force: Force, platforms: fakes.Platforms) -> None:
    first = factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    interlocks.plan_again(now=NIGHT)
    factories.covered(force.people, first)
    assert interlocks.plan_again(now=NIGHT) == 1
    assert [copy.due_at for copy in factories.copies()] == [NIGHT, MORNING]
    assert (factories.tick(now=NIGHT), factories.states()) == (1, ["sent", "pending"])
    assert interlocks.plan_again(now=NIGHT) == 0


def test_another_rota_moves_what_waits(force: Force, platforms: fakes.Platforms) -> None:
    appeal_id = factories.launched(force.people, on=[force.channels["sms"]])
    platforms.arm("sms", fakes.later(3600))
    factories.tick()
    retried = next(copy for copy in factories.copies() if copy.state == "pending")
    appeals.begin_next(force.people.author, appeal_id=appeal_id, now=NOON)
    factories.launched(force.people, now=NIGHT, on=[force.channels["x"]])
    windows = [Window(day, time(4), time(23)) for day in range(7)]
    rota.set_windows(force.people.administrator, windows=windows, now=NIGHT)
    assert interlocks.plan_again(now=NIGHT) == 1
    assert factories.copies(force.channels["x"])[0].due_at == datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
    assert next(copy.due_at for copy in factories.copies() if copy.id == retried.id) == retried.due_at


def test_the_outlook_says_when_it_could_go(force: Force) -> None:
    chosen = [one for one in channels.active() if one.publisher in {"site", "x"}]
    found = releases.outlook(chosen, appeal_id=None, now=NIGHT)
    assert [(one.channel.publisher, one.at, one.is_after_site) for one in found] == [
        ("site", MORNING, False),
        ("x", MORNING, True),
    ]


def test_only_an_approver_launches(force: Force) -> None:
    revision_id = factories.submitted(force.people)
    people = factories.People(**{**vars(force.people), "approver": force.people.triager})
    with pytest.raises(NotAllowed):
        factories.launch(people, revision_id)
    assert kinds() == []


def test_a_channel_that_was_not_signed_gets_nothing(force: Force, platforms: fakes.Platforms) -> None:
    revision_id = factories.submitted(force.people, on=[force.channels["x"], force.channels["usual"]])
    factories.launch(force.people, revision_id)
    with writing() as session:
        session.get_one(Channel, force.channels["usual"]).is_active = True
    factories.tick()
    assert [one.platform for one in platforms.out] == ["x"]


def test_the_author_is_told_of_the_approval(force: Force) -> None:
    factories.launched(force.people)
    assert told("approved") == ["Author"]


def test_another_language_later_posts_nothing_twice(force: Force) -> None:
    spanish = factories.connect("x", name="x in Spanish", language="es")
    revision_id = factories.draft(force.people)
    people, version = force.people, appeals.revision(revision_id).version
    texts = {"es": {"title": ""}}
    facts = {"channels": [*(force.channels[one] for one in ("site", "x", "email")), spanish]}
    appeals.save(people.author, revision_id=revision_id, expected_version=version, facts=facts, texts=texts, now=NOON)
    factories.submit(people, revision_id)
    factories.launch(people, revision_id)
    factories.tick()
    assert (factories.states(force.channels["x"]), factories.states(spanish)) == (["sent"], [])
    following = appeals.begin_next(people.author, appeal_id=appeals.revision(revision_id).appeal_id, now=NOON)
    texts = {"es": {"title": "Se busca"}}
    appeals.save(people.author, revision_id=following.id, expected_version=1, facts={}, texts=texts, now=NOON)
    factories.submit(people, following.id)
    factories.launch(people, following.id)
    factories.tick()
    assert (factories.states(force.channels["x"]), factories.states(spanish)) == (["sent"], ["sent"])
    assert len(factories.states(force.channels["email"])) == 2
