"""Pictures of an appeal: clean, sealed, fitted, marked in an exercise, frozen with their revision."""

import hashlib
import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from appeal import installation
from appeal.db import reading
from appeal.models.appeal import Photo
from appeal.publishers.base import Pictures
from appeal.rules.errors import BadInput, Changed, NotAllowed, NotFound, PictureRefused, WrongState
from appeal.services import appeals, channels, contents, photos, renditions
from appeal.services.photos import Cut, Source
from tests import factories
from tests.factories import NOON, Force


@pytest.fixture
def draft(force: Force) -> int:
    return factories.draft(force.people)


def kept(photo_id: int) -> Photo:
    with reading() as session:
        return session.get_one(Photo, photo_id)


def with_exif() -> bytes:
    image, out = Image.new("RGB", (400, 200), "white"), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Canary description"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_picture_is_kept_upright_without_what_the_camera_wrote(force: Force, draft: int) -> None:
    data = with_exif()
    photo_id = photos.add(force.people.author, revision_id=draft, data=data, source_record="R", alt={}, now=NOON)
    found, held = kept(photo_id), installation.current()
    assert (found.width, found.height, found.original_sha256) == (200, 400, hashlib.sha256(data).hexdigest())
    assert b"Canary" not in held.desk_keys.open(held.files.open(found.master_file))
    assert held.desk_keys.open(held.files.open(found.sealed_file)) == data


def test_nothing_lies_in_clear(force: Force, draft: int, core: Flask) -> None:
    data = with_exif()
    photos.add(force.people.author, revision_id=draft, data=data, source_record="R", alt={}, now=NOON)
    folder = installation.current().config.instance
    clear = [one for one in folder.rglob("*") if one.is_file() and data[:64] in one.read_bytes()]
    assert clear == []


@pytest.mark.parametrize("data", [b"", b"no picture", factories.jpeg()[:500], b"GIF89a" + b"\0" * 40])
def test_what_is_no_picture_is_refused_with_words(force: Force, draft: int, data: bytes) -> None:
    with pytest.raises(PictureRefused) as caught:
        photos.add(force.people.author, revision_id=draft, data=data, source_record="R", alt={}, now=NOON)
    assert caught.value.words
    assert appeals.revision(draft).pictures == []


def test_ten_pictures_are_the_most(force: Force, draft: int) -> None:
    for number in range(10):
        photos.add(
            force.people.author,
            revision_id=draft,
            data=factories.jpeg(f"#0000{number:02d}", 64),
            source_record="R",
            alt={},
            now=NOON,
        )
    with pytest.raises(BadInput) as caught:
        factories.add_photo(force.people, draft)
    assert (list(caught.value.fields), len(appeals.revision(draft).pictures)) == (["picture"], 10)


def test_alt_texts_and_order(force: Force, draft: int) -> None:
    first, second = factories.add_photo(force.people, draft), factories.add_photo(force.people, draft, "red")
    alt = {"en": " A hat ", "es": "x" * 1200}
    photos.describe(force.people.author, revision_id=draft, photo_id=second, alt=alt, now=NOON)
    found = appeals.revision(draft).pictures
    assert [one.photo_id for one in found] == [first, second]
    assert (found[1].alt["en"], len(found[1].alt["es"])) == ("A hat", 1000)
    photos.remove(force.people.author, revision_id=draft, photo_id=first, now=NOON)
    assert [one.photo_id for one in appeals.revision(draft).pictures] == [second]
    assert kept(first).sealed_file


def test_a_frozen_revision_keeps_its_pictures(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    factories.submit(force.people, draft)
    with pytest.raises(WrongState):
        factories.add_photo(force.people, draft)
    with pytest.raises(WrongState):
        photos.remove(force.people.author, revision_id=draft, photo_id=photo_id, now=NOON)
    with pytest.raises(WrongState):
        photos.describe(force.people.author, revision_id=draft, photo_id=photo_id, alt={"en": "Other"}, now=NOON)


def test_the_next_revision_changes_its_own_alt_texts_only(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    factories.submit(force.people, draft)
    factories.launch(force.people, draft)
    following = appeals.begin_next(force.people.author, appeal_id=1, now=NOON)
    photos.describe(force.people.author, revision_id=following.id, photo_id=photo_id, alt={"en": "Other"}, now=NOON)
    assert appeals.revision(draft).pictures[0].alt["en"] == "A man with a hat"
    assert appeals.revision(following.id).pictures[0].alt == {"en": "Other"}


def test_a_picture_of_another_draft_is_not_found(force: Force, draft: int) -> None:
    other = factories.draft(force.people)
    photo_id = factories.add_photo(force.people, other)
    with pytest.raises(NotFound):
        photos.remove(force.people.author, revision_id=draft, photo_id=photo_id, now=NOON)


def test_who_may_not_draft_adds_nothing(force: Force, draft: int) -> None:
    for role in ("approver", "triager", "observer", "administrator"):
        with pytest.raises(NotAllowed):
            photos.add(
                getattr(force.people, role),
                revision_id=draft,
                data=factories.jpeg(),
                source_record="R",
                alt={},
                now=NOON,
            )


def test_renditions_fit_and_are_the_same_each_time(force: Force, draft: int) -> None:
    photo = kept(factories.add_photo(force.people, draft))
    wanted = Pictures(number=1, max_side=400, max_bytes=20_000, widths=(100, 200))
    made = renditions.renditions(photo, wanted)
    assert [one.width for one in made] == [100, 200]
    assert all(len(one.data) <= 20_000 and hashlib.sha256(one.data).hexdigest() == one.sha256 for one in made)
    assert renditions.renditions(photo, wanted) == made


def test_an_exercise_is_written_on_every_picture(force: Force, draft: int) -> None:
    photo = kept(factories.add_photo(force.people, draft, "navy"))
    (made,) = renditions.renditions(photo, Pictures(number=1, max_side=400))
    shown = Image.open(io.BytesIO(made.data)).convert("RGB")
    assert len(shown.getcolors(maxcolors=1_000_000) or ()) > 100


def test_opening_the_original_is_noted(force: Force, draft: int) -> None:
    from appeal.models.ledger import LedgerEntry

    photo_id = factories.add_photo(force.people, draft)
    assert photos.original(force.people.approver, photo_id=photo_id, now=NOON) == factories.jpeg()
    with reading() as session:
        (entry,) = session.query(LedgerEntry).filter_by(action="open original photo")
    assert (entry.actor, entry.target) == ("officer:2", f"photo:{photo_id}")


SOURCE = Source(kind="cctv", source_system="Video archive", source_record="V-2026-0117", taken_on=date(2026, 2, 27))


def change(force: Force, draft: int, photo_id: int, cut: Cut = Cut(), **other: object) -> int:
    given: dict[str, Any] = {"source": SOURCE, "alt": {"en": "A man"}, "is_marked": False, "now": NOON, **other}
    version = appeals.revision(draft).version
    return photos.change(
        force.people.author, revision_id=draft, photo_id=photo_id, expected_version=version, cut=cut, **given
    )


def shown(photo_id: int) -> Image.Image:
    held, found = installation.current(), kept(photo_id)
    return Image.open(io.BytesIO(held.desk_keys.open(held.files.open(found.master_file)))).convert("RGB")


def test_where_a_picture_comes_from_is_kept_and_signed(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    before = contents.frozen_sha256(appeals.revision(draft))
    assert change(force, draft, photo_id) == photo_id
    found = kept(photo_id)
    assert (found.kind, found.source_system, found.source_record) == ("cctv", "Video archive", "V-2026-0117")
    assert contents.frozen_sha256(appeals.revision(draft)) != before


def test_a_box_destroys_pixels_and_leaves_the_original(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft, "white")
    change(force, draft, photo_id, Cut(crop=(0, 0, 500, 1000), boxes=((0, 0, 100, 100),)))
    found, held = kept(photo_id), installation.current()
    assert (found.width, found.height) == (320, 480)
    assert max(shown(photo_id).getpixel((10, 10))) < 30  # type: ignore[arg-type]
    assert min(shown(photo_id).getpixel((300, 300))) > 240  # type: ignore[arg-type]
    assert held.desk_keys.open(held.files.open(found.sealed_file)) == factories.jpeg("white")
    assert renditions.whole(photo_id, 480).width == 480


def test_taking_the_boxes_away_shows_the_whole_picture_again(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    whole = kept(photo_id).master_file
    change(force, draft, photo_id, Cut(boxes=((0, 0, 100, 100),)))
    change(force, draft, photo_id, Cut())
    found = kept(photo_id)
    assert (found.master_file, found.uncut_file, found.boxes) == (whole, "", [])


def test_cutting_never_changes_what_was_signed(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    factories.submit(force.people, draft)
    factories.launch(force.people, draft)
    following = appeals.begin_next(force.people.author, appeal_id=1, now=NOON)
    fresh = change(force, following.id, photo_id, Cut(boxes=((0, 0, 500, 500),)))
    assert fresh != photo_id
    assert [one.photo_id for one in appeals.revision(draft).pictures] == [photo_id]
    assert [one.photo_id for one in appeals.revision(following.id).pictures] == [fresh]
    assert contents.frozen_sha256(appeals.revision(draft)) == appeals.revision(draft).content_sha256


def test_an_earlier_version_overwrites_nothing(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    with pytest.raises(Changed):
        photos.change(
            force.people.author,
            revision_id=draft,
            photo_id=photo_id,
            expected_version=0,
            source=SOURCE,
            cut=Cut(),
            alt={},
            is_marked=False,
            now=NOON,
        )
    assert kept(photo_id).kind == "custody"


def test_a_picture_that_was_taken_out_meanwhile_is_said(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    photos.remove(force.people.author, revision_id=draft, photo_id=photo_id, now=NOON)
    with pytest.raises(NotFound) as caught:
        change(force, draft, photo_id)
    assert "not part of the draft" in caught.value.words


@pytest.mark.parametrize(
    ("source", "field"),
    [(Source(kind="selfie"), "kind"), (Source(consent="x" * 301), "consent")],
)
def test_a_source_that_cannot_be_kept_is_refused_at_its_field(
    force: Force, draft: int, source: Source, field: str
) -> None:
    photo_id = factories.add_photo(force.people, draft)
    with pytest.raises(BadInput) as caught:
        change(force, draft, photo_id, source=source)
    assert list(caught.value.fields) == [field]


def test_more_boxes_than_anybody_draws_are_refused(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    with pytest.raises(BadInput) as caught:
        change(force, draft, photo_id, Cut(boxes=((0, 0, 10, 10),) * 13))
    assert list(caught.value.fields) == ["boxes"]


def test_the_address_across_a_picture_stands_in_its_alt_text(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    channel = channels.active()[0]
    plain = contents.pictures(appeals.revision(draft), channel)[0]
    change(force, draft, photo_id, is_marked=True)
    marked = contents.pictures(appeals.revision(draft), channel)[0]
    page = renditions.page_of(appeals.revision(draft).appeal.public_id, channel.language)
    assert f"Valid only at {page}" in marked.alt
    assert marked.best.sha256 != plain.best.sha256
    following = appeals.revision(draft).pictures[0]
    assert following.is_marked


def test_the_last_four_characters_of_each_record_are_asked_for(force: Force, draft: int) -> None:
    first, second = factories.add_photo(force.people, draft), factories.add_photo(force.people, draft, "red")
    change(force, draft, first)
    revision = appeals.revision(draft)
    wrong = photos.unread(revision, {f"record_{first}": "0117", f"record_{second}": "0117"})
    assert list(wrong) == [f"record_{second}"]
    assert photos.unread(revision, {f"record_{first}": "01-17", f"record_{second}": "er17"}) == {}


def test_a_picture_is_compared_once_and_again_after_it_was_cut(force: Force, draft: int) -> None:
    first, second = factories.add_photo(force.people, draft), factories.add_photo(force.people, draft, "red")
    factories.submit(force.people, draft)
    factories.launch(force.people, draft)
    following = appeals.begin_next(force.people.author, appeal_id=1, now=NOON)
    fresh = change(force, following.id, second, Cut(boxes=((0, 0, 500, 500),)))
    assert [(number, one.photo_id) for number, one in photos.to_read(appeals.revision(following.id))] == [(2, fresh)]
    assert first != fresh


def test_nobody_approves_without_reading_the_records(force: Force, draft: int) -> None:
    photo_id = factories.add_photo(force.people, draft)
    factories.submit(force.people, draft)
    with pytest.raises(BadInput) as caught:
        factories.launch(force.people, draft, answers={**factories.ANSWERS, f"record_{photo_id}": "9999"})
    assert list(caught.value.fields) == [f"record_{photo_id}"]
    assert appeals.revision(draft).state == "submitted"
