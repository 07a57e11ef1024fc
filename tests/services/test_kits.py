"""Kits for the press: only of what is approved, made of it, following it, gone with it."""

import io
import zipfile
from datetime import timedelta

import pytest

from appeal import installation
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.services import appeals, kits
from appeal.wire import folder
from tests import factories
from tests.factories import NOON, Force

pytestmark = pytest.mark.slow

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def out(force: Force) -> int:
    """An approved appeal with a picture."""
    revision_id = factories.draft(force.people)
    factories.add_photo(force.people, revision_id)
    factories.submit(force.people, revision_id)
    factories.launch(force.people, revision_id)
    return int(appeals.revision(revision_id).appeal_id)


def given(force: Force, appeal_id: int, language: str = "en") -> str:
    address = kits.give(force.people.author, appeal_id=appeal_id, language=language, now=NOON)
    return address.rstrip("/").rsplit("/", 1)[-1]


def names(public_id: str) -> set[str]:
    return {path.name for path in (installation.current().config.site / "press" / public_id).glob("*")}


def test_a_kit_holds_pictures_posters_and_conditions(force: Force, out: int) -> None:
    kit = given(force, out)
    assert (kits.keep(now=NOON), kits.keep(now=NOON)) == (1, 0)
    made = {"picture-1.jpg", "poster-A4.pdf", "poster-A5.pdf", "square.jpg", "card.jpg", "story.jpg", "conditions.txt"}
    assert names(kit) == {*made, "kit.zip"}
    archive = zipfile.ZipFile(io.BytesIO((installation.current().config.site / "press" / kit / "kit.zip").read_bytes()))
    assert set(archive.namelist()) == made
    assert "A man with a hat" in archive.read("conditions.txt").decode()
    said = kits.shown(kit)
    assert (said.title, said.files[0][0], said.pictures[0][1]) == ("Man wanted", "kit.zip", "A man with a hat")


def test_a_kit_is_opened_once_for_each_language(force: Force, out: int) -> None:
    assert given(force, out) == given(force, out)
    assert given(force, out, "es") != given(force, out)
    assert [one.language for one in kits.of(out)] == ["en", "es"]


def test_an_address_says_nothing_of_the_appeal(force: Force, out: int) -> None:
    kit = given(force, out)
    assert len(kit) == 24
    assert appeals.view(out).public_id not in kit


def test_only_what_is_approved_has_a_kit(force: Force) -> None:
    factories.draft(force.people)
    with pytest.raises(WrongState):
        given(force, 1)


def test_who_may_not_draft_opens_none(force: Force, out: int) -> None:
    with pytest.raises(NotAllowed):
        kits.give(force.people.observer, appeal_id=out, language="en", now=NOON)
    with pytest.raises(BadInput):
        given(force, out, "pl")


def test_a_correction_changes_the_kit_under_the_same_address(force: Force, out: int) -> None:
    kit = given(force, out)
    kits.keep(now=NOON)
    factories.corrected(force.people, out)
    assert kits.keep(now=LATER) == 1
    assert (kits.shown(kit).title, kits.shown(kit).revision) == ("Man wanted, corrected", 2)
    assert "corrected" in (installation.current().config.site / "press" / kit / "conditions.txt").read_text()


def test_a_kit_dies_with_its_appeal(force: Force, out: int) -> None:
    other = given(force, out, "es")
    kit = given(force, out)
    kits.keep(now=NOON)
    appeals.take_down(force.people.approver, appeal_id=out, reason="found", now=LATER)
    with pytest.raises(WrongState):
        kits.shown(kit)
    assert (kits.keep(now=LATER), kits.keep(now=LATER)) == (2, 0)
    assert (names(kit), names(other)) == (set(), set())
    gone = folder.gone_map((installation.current().config.site / folder.GONE_MAP).read_text())
    assert f"/press/{kit}/picture-1.jpg" in gone
    assert all(one.closed_at == LATER for one in kits.of(out))
    with pytest.raises(WrongState):
        given(force, out)


def test_a_kit_that_nobody_gave_is_not_there(force: Force) -> None:
    with pytest.raises(NotFound):
        kits.shown("0" * 24)
