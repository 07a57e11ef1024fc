"""Finished pictures: made in the background once, counted, kept by content."""

from datetime import timedelta

import pytest
from flask import Flask

from appeal import installation
from appeal.db import reading
from appeal.models.appeal import Photo
from appeal.rules.errors import NotFound
from appeal.services import appeals, approvals, photos, renditions
from tests import factories
from tests.factories import NOON, Force

SOON = NOON + timedelta(seconds=5)


@pytest.fixture
def draft(force: Force) -> int:
    return factories.draft(force.people)


def prepared(photo_id: int) -> bool:
    with reading() as session:
        return session.get_one(Photo, photo_id).prepared_at is not None


def test_a_new_photo_waits_and_is_prepared_once(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    before = renditions.progress(draft, now=SOON)
    assert (before.made, before.wanted > 3, before.is_over) == (0, True, False)
    assert list(renditions.unprepared()) == [photo_id]
    assert renditions.prepare(photo_id, now=SOON) > 3
    assert (list(renditions.unprepared()), prepared(photo_id)) == ([], True)
    assert renditions.progress(draft, now=SOON).is_over


def test_everything_a_preview_needs_is_there_after_preparing(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    renditions.prepare(photo_id, now=SOON)
    folder = installation.current().config.instance / "renditions"
    before = sorted(folder.rglob("*"))
    assert all(one.fits for one in approvals.previews(draft))
    assert sorted(folder.rglob("*")) == before


def test_nobody_waits_for_ever(force: Force, draft: int) -> None:
    factories.add_photo(force.people, draft)
    assert not renditions.progress(draft, now=NOON + timedelta(seconds=59)).is_over
    assert renditions.progress(draft, now=NOON + timedelta(seconds=61)).is_over


def test_a_photo_that_went_meanwhile_is_nobodys_trouble(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    photos.remove(force.people.author, revision_id=draft, photo_id=photo_id, now=NOON)
    assert renditions.prepare(photo_id, now=SOON) == 2
    assert renditions.prepare(999, now=SOON) == 0
    assert renditions.progress(draft, now=SOON).wanted == 0
    with pytest.raises(NotFound):
        renditions.rendition(999, 480)


def test_finished_pictures_lie_sealed(force: Force, draft: int, core: Flask) -> None:
    made = renditions.rendition(factories.add_photo(force.people, draft), 480)
    folder = installation.current().config.instance
    assert [one for one in folder.rglob("*") if one.is_file() and made.data[:64] in one.read_bytes()] == []


def test_a_grid_is_a_jpeg(force: Force, draft: int) -> None:
    assert renditions.grid(factories.add_photo(force.people, draft), 480).startswith(b"\xff\xd8")
    assert appeals.revision(draft).pictures
