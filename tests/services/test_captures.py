"""What everybody saw is kept before it goes, the removal waits a minute at most, and what is missing is said."""

import json
from datetime import timedelta

import pytest

from appeal.db import reading
from appeal.installation import current
from appeal.models.capture import Capture
from appeal.models.ledger import LedgerEntry
from appeal.rules.errors import NotAllowed
from appeal.services import appeals
from appeal.services import captures as kept_posts
from appeal.tips import bundle_captures, capture_pages, captures
from tests import factories, fakes
from tests.factories import NOON, Force

ON_POSTGRES_TOO = True
SECOND = timedelta(seconds=1)
PLACE = "window"


@pytest.fixture
def out(force: Force) -> int:
    """An appeal that is out on a place that says what everybody sees, and on one that does not."""
    shows = factories.connect(PLACE)
    appeal_id = factories.launched(force.people, on=[shows, force.channels["x"]])
    factories.tick()
    return appeal_id


def take_down(force: Force, appeal_id: int, reason: str = "found") -> None:
    appeals.take_down(force.people.triager, appeal_id=appeal_id, reason=reason, now=NOON)


def keep_all(seconds: float = 1.0) -> int:
    moment = NOON + seconds * SECOND
    return sum(captures.take(one, now=moment) for one in kept_posts.to_take(now=moment))


def rows() -> dict[str, Capture]:
    with reading() as session:
        names = {one.id: one.publisher for _row, one in kept_posts.of_appeals([1, 2, 3])}
        return {names[one.channel_id]: one for one in session.query(Capture).populate_existing()}


def test_a_post_goes_when_what_it_showed_is_kept(force: Force, out: int, platforms: fakes.Platforms) -> None:
    take_down(force, out)
    factories.tick(now=NOON + SECOND)
    assert (len(platforms.texts(PLACE)), len(platforms.texts("x"))) == (1, 0)
    assert keep_all() == 1
    assert keep_all() == 0
    factories.tick(now=NOON + SECOND)
    assert platforms.texts(PLACE) == []
    found = rows()
    assert (found[PLACE].is_as_sent, found[PLACE].comments, found["x"].is_as_sent) == (False, 1, True)
    record = captures.opened(force.people.triager, removal_id=found[PLACE].removal_id, now=NOON)
    assert record.text.startswith("EXERCISE publish: Man wanted")
    assert [(who != "@neighbour", said) for who, said, _at in record.comments] == [(True, "I saw him at the bridge.")]
    with pytest.raises(NotAllowed):
        captures.opened(force.people.author, removal_id=found[PLACE].removal_id, now=NOON)
    assert b"I saw him" not in current().files.open(found[PLACE].file)


def test_after_a_minute_it_goes_and_the_bundle_says_what_is_missing(
    force: Force, out: int, platforms: fakes.Platforms
) -> None:
    take_down(force, out)
    factories.tick(now=NOON + 59 * SECOND)
    assert len(platforms.texts(PLACE)) == 1
    factories.tick(now=NOON + 60 * SECOND)
    assert platforms.texts(PLACE) == []
    [late] = [one for one in json.loads(bundle_captures.files([out])["posts.json"]) if one["channel"] == PLACE]
    assert (late["files"], late["not_collected"]) == ([], ["Keeping it was begun and not ended in time."])
    with reading() as session:
        assert session.query(LedgerEntry).filter_by(action="post not kept").count() == 1


def test_a_platform_that_is_busy_is_asked_again_and_then_what_was_sent_is_kept(
    force: Force, out: int, platforms: fakes.Platforms
) -> None:
    platforms.arm(PLACE, fakes.later(), fakes.later(), fakes.later(), operation="shown")
    take_down(force, out)
    assert [keep_all(one) for one in (1, 5, 22, 43)] == [0, 0, 0, 1]
    assert (rows()[PLACE].is_as_sent, rows()[PLACE].problem) == (True, "Too many at once.")


def test_an_answer_that_nobody_understands_keeps_nothing_up(force: Force, out: int, platforms: fakes.Platforms) -> None:
    platforms.arm(PLACE, fakes.nonsense(acts=True), operation="shown")
    take_down(force, out)
    assert keep_all() == 1
    assert rows()[PLACE].problem == captures.NOT_UNDERSTOOD


def test_what_was_shown_by_mistake_goes_first_and_nothing_is_kept(
    force: Force, out: int, platforms: fakes.Platforms
) -> None:
    take_down(force, out, "wrong_person")
    factories.tick()
    assert platforms.texts(PLACE) == []
    assert (keep_all(), {one.file for one in rows().values()}) == (0, {""})
    assert kept_posts.statements(rows()[PLACE]) == [kept_posts.DOWN_CAME_FIRST]


def test_the_bundle_holds_page_pdf_and_sealed_record_of_each_post(force: Force, out: int) -> None:
    take_down(force, out)
    keep_all()
    found = bundle_captures.files([out])
    first = rows()[PLACE].removal_id
    names = [f"posts/{first:06}-window.{kind}" for kind in ("html", "json.age", "pdf")]
    assert sorted(one for one in found if PLACE in one) == names
    page, printed = found[names[0]].decode(), found[names[2]]
    assert ("I saw him at the bridge." in page, "@neighbour" in page, printed[:5]) == (True, False, b"%PDF-")
    record = captures.opened(force.people.triager, removal_id=first, now=NOON)
    assert capture_pages.printed(record) == printed
