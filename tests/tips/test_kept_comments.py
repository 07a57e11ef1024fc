"""What is erased as a tip is erased from the record of the post under which it stood."""

import json
from dataclasses import replace

import pytest

from appeal.db import reading, writing
from appeal.installation import current
from appeal.models.capture import Capture
from appeal.models.ledger import LedgerEntry
from appeal.models.tip import Tip
from appeal.publishers.base import Comment, Receipt, Shown
from appeal.services import appeals
from appeal.services import captures as kept_posts
from appeal.tips import bundle_captures, capture_pages, captures, intake, traces
from appeal.tips.inbound import Inbound
from tests import factories, fakes
from tests.factories import NOON, Force

ON_POSTGRES_TOO = True
SAID = "I saw him at the bridge."
ALIKE = (
    Comment("@neighbour", "I saw  him at\nthe bridge."),
    Comment("@other", SAID),
    Comment("@neighbour", "Nice bridge."),
)


@pytest.fixture
def kept(force: Force, platforms: fakes.Platforms, monkeypatch: pytest.MonkeyPatch) -> Capture:
    """The record of a post with three comments, one of them said by the sender of the tip."""

    def shown(self: fakes.FakeWindow, external_id: str) -> Shown:
        self.platforms.call(self.name, "shown", lambda: Receipt(external_id))
        return Shown("Man wanted", comments=ALIKE, raw=SAID.encode())

    monkeypatch.setattr(fakes.FakeWindow, "shown", shown)
    appeal_id = factories.launched(force.people, on=[factories.connect("window")])
    factories.tick()
    appeals.take_down(force.people.triager, appeal_id=appeal_id, reason="found", now=NOON)
    for one in kept_posts.to_take(now=NOON):
        captures.take(one, now=NOON)
    return row()


def row() -> Capture:
    with reading() as session:
        return session.query(Capture).populate_existing().one()


def erase(comment: Inbound) -> None:
    received = intake.receive(comment)
    with writing() as session:
        traces.remove(session, session.get_one(Tip, received.tip_id), cause="age", now=NOON)
    traces.remove_files()


def told(kept: Capture, text: str = SAID, sender: str = "neighbour") -> Inbound:
    return Inbound(
        source="mastodon",
        external_id=text + sender,
        received_at=NOON,
        text=text,
        channel_id=kept.channel_id,
        sender=sender,
    )


def test_an_erased_comment_leaves_no_word_in_the_record_of_its_post(force: Force, kept: Capture) -> None:
    first = kept.file
    erase(told(kept))
    erase(told(kept, sender="other"))
    after = row()
    opened = current().desk_keys.open(current().files.open(after.file))
    found = json.loads(opened)
    assert (b"I saw" in opened, found["comments"]) == (False, [["@neighbour", "Nice bridge.", ""]])
    assert found["erased"] == [[NOON.isoformat(), 1]] * 2
    assert (after.comments, list(current().files.keys()).count(first)) == (1, 0)


def test_what_another_person_wrote_stays(force: Force, kept: Capture) -> None:
    erase(told(kept))
    record = captures.opened(force.people.triager, removal_id=kept.removal_id, now=NOON)
    assert [said for _who, said, _at in record.comments] == [SAID, "Nice bridge."]
    erase(replace(told(kept, "Never written there"), external_id="2"))
    assert record.erased == captures.opened(force.people.triager, removal_id=kept.removal_id, now=NOON).erased


def test_page_bundle_and_ledger_say_that_something_was_erased(force: Force, kept: Capture) -> None:
    erase(told(kept))
    record = captures.opened(force.people.triager, removal_id=kept.removal_id, now=NOON)
    page = capture_pages.page(record)
    assert b"Comments erased from this record: 1, at 2026-03-02T12:00:00+00:00." in page
    assert capture_pages.printed(record).startswith(b"%PDF-")
    [listed] = json.loads(bundle_captures.files([kept.appeal_id])[bundle_captures.NAME])
    assert listed["erased"] == [{"at": NOON.isoformat(), "comments": 1}]
    with reading() as session:
        entries = session.query(LedgerEntry).filter(LedgerEntry.target == f"copy:{kept.copy_id}").all()
    assert {"keep post", "erase from kept post"} <= {one.action for one in entries}
