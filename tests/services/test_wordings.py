"""Words of a channel's own replace the common ones, are never cut, and what does not go out there is said before."""

from dataclasses import replace

import pytest

from appeal.publishers.base import Pictures
from appeal.rules.errors import BadInput, Changed, NotAllowed, NotFound, WrongState
from appeal.services import appeals, approvals, wordings
from appeal.services.wordings import LEFT_OUT, NO_ALT, NO_PICTURES, NO_STORY, WOULD_BE_CUT
from tests import factories, fakes
from tests.factories import NOON, Force


@pytest.fixture
def draft(force: Force, platforms: fakes.Platforms) -> int:
    return factories.draft(force.people, on=[force.channels["x"], force.channels["sms"]])


def write(force: Force, revision_id: int, words: str, *, channel: str = "x", version: int = 2) -> None:
    channel_id = force.channels[channel]
    wordings.write(
        force.people.author,
        revision_id=revision_id,
        channel_id=channel_id,
        words=words,
        expected_version=version,
        now=NOON,
    )


def shown(revision_id: int) -> dict[str, approvals.Preview]:
    return {one.channel.publisher: one for one in approvals.previews(revision_id)}


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake place tells the story too, and cuts it at 60 characters."""

    def compose(self: fakes.FakePlace, content: object) -> object:
        story = str(getattr(content, "happened", ""))
        told = story if len(story) <= 60 else story[:60].rsplit(" ", 1)[0] + "…"
        parts = [getattr(content, name) for name in ("title",)] + [told, getattr(content, "where", "")]
        return fakes.post(" ".join([*parts, getattr(content, "link", "")]), getattr(content, "pictures", ()))

    monkeypatch.setattr(fakes.FakePlace, "compose", compose)


def test_words_of_a_channels_own_go_out_there_and_nowhere_else(force: Force, draft: int, telling: None) -> None:
    write(force, draft, "Have you seen this man?")
    posts = {name: one.post.text for name, one in shown(draft).items() if one.post}
    assert "Have you seen this man?" in posts["x"]
    assert "He fled on foot." not in posts["x"]
    assert "Have you seen" not in posts["sms"]
    assert "Man wanted" in posts["x"]


def test_empty_words_go_back_to_the_common_text(force: Force, draft: int, telling: None) -> None:
    write(force, draft, "Have you seen this man?")
    write(force, draft, " ", version=3)
    post = shown(draft)["x"].post
    assert post is not None
    assert "He fled on foot." in post.text


def test_words_of_a_channels_own_are_part_of_what_is_signed(force: Force, draft: int, telling: None) -> None:
    write(force, draft, "Have you seen this man?")
    factories.submit(force.people, draft)
    factories.launch(force.people, draft)
    factories.tick()
    assert factories.states(force.channels["x"]) == ["sent"]


def test_words_written_by_hand_are_refused_where_they_would_be_cut(force: Force, draft: int, telling: None) -> None:
    write(force, draft, "word " * 40)
    found = shown(draft)["x"]
    assert (found.fits, found.reasons) == (False, (WOULD_BE_CUT,))
    with pytest.raises(BadInput):
        factories.submit(force.people, draft)


def test_what_is_cut_is_said_with_the_reason(force: Force, draft: int, telling: None) -> None:
    texts = {"en": {"happened": "One two three. " * 10, "clothing": "a red jacket"}}
    version = appeals.revision(draft).version
    appeals.save(force.people.author, revision_id=draft, expected_version=version, facts={}, texts=texts, now=NOON)
    notes = shown(draft)["x"].notes
    assert str(notes[0]).startswith("Cut, because 400 characters are the most here: “… ")
    assert str(notes[0]).endswith("One two three.”")
    assert LEFT_OUT["subjects"] in notes


def test_a_story_that_is_not_told_at_all_is_said(draft: int) -> None:
    assert NO_STORY in shown(draft)["x"].notes


@pytest.mark.parametrize(
    ("pictures", "note"),
    [
        (Pictures(), NO_PICTURES),
        (Pictures(number=1, max_side=400, alt_limit=100), "1 of 2 pictures go out here: 1 is the most."),
        (Pictures(number=4, max_side=400), NO_ALT),
    ],
)
def test_a_wish_that_a_place_does_not_grant_is_said(
    force: Force, draft: int, telling: None, monkeypatch: pytest.MonkeyPatch, pictures: Pictures, note: str
) -> None:
    able = replace(fakes.FakePlace.capabilities, pictures=pictures)
    monkeypatch.setattr(fakes.FakePlace, "capabilities", able)
    for colour in ("navy", "teal"):
        factories.add_photo(force.people, draft, colour)
    assert note in [str(one) for one in shown(draft)["x"].notes]


def test_another_version_is_refused(force: Force, draft: int) -> None:
    with pytest.raises(Changed):
        write(force, draft, "words", version=1)


def test_a_frozen_revision_is_not_changed(force: Force, draft: int) -> None:
    factories.submit(force.people, draft)
    with pytest.raises(WrongState):
        write(force, draft, "words", version=3)


def test_our_own_pages_have_no_words_of_their_own(force: Force, draft: int) -> None:
    with pytest.raises(NotFound):
        write(force, draft, "words", channel="site")


def test_only_an_author_writes(force: Force, draft: int) -> None:
    with pytest.raises(NotAllowed):
        wordings.write(
            force.people.observer,
            revision_id=draft,
            channel_id=force.channels["x"],
            words="words",
            expected_version=2,
            now=NOON,
        )
