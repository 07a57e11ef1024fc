"""The same picture again: a warning across appeals, a refusal where it was barred."""

import io

import pytest
from PIL import Image, ImageDraw

from appeal.db import writing
from appeal.rules.errors import PictureRefused
from appeal.services import appeals, barring, photos
from tests import factories
from tests.factories import NOON, Force


def face(shift: int = 0, quality: int = 90, side: int = 400) -> bytes:
    image = Image.linear_gradient("L").rotate(90).resize((400, 400)).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.ellipse((90 + shift, 60, 250 + shift, 320), fill=(210, 170, 140))
    pen.rectangle((40, 300, 330, 400), fill=(30, 40, 90))
    pen.ellipse((130 + shift, 140, 150 + shift, 160), fill=(20, 20, 20))
    out = io.BytesIO()
    image.resize((side, side)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def add(force: Force, revision_id: int, data: bytes) -> int:
    return photos.add(force.people.author, revision_id=revision_id, data=data, source_record="R-1234", alt={}, now=NOON)


def bar(force: Force, appeal_id: int) -> int:
    with writing() as session:
        return barring.bar(session, force.people.approver, appeal_id=appeal_id, now=NOON)


def test_a_picture_of_another_appeal_is_named_and_others_are_not(force: Force) -> None:
    first, second = factories.draft(force.people), factories.draft(force.people)
    known = add(force, first, face())
    add(force, first, factories.jpeg("navy"))
    fresh = add(force, second, face(quality=40, side=200))
    flat = add(force, second, factories.jpeg("red"))
    found = barring.alike(appeals.revision(second))
    assert found == {fresh: [barring.Likeness(known, 1, False)], flat: []}


def test_the_same_file_is_the_same_however_flat_it_is(force: Force) -> None:
    first, second = factories.draft(force.people), factories.draft(force.people)
    known, fresh = add(force, first, factories.jpeg()), add(force, second, factories.jpeg())
    assert barring.alike(appeals.revision(second)) == {fresh: [barring.Likeness(known, 1, True)]}


def test_a_barred_picture_is_refused_smaller_and_mirrored_too(force: Force) -> None:
    first, second = factories.draft(force.people), factories.draft(force.people)
    add(force, first, face())
    assert (bar(force, 1), bar(force, 1)) == (1, 0)
    mirrored = io.BytesIO()
    Image.open(io.BytesIO(face())).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored, "PNG")
    for data in (face(), face(quality=50, side=180), mirrored.getvalue()):
        with pytest.raises(PictureRefused) as caught:
            add(force, second, data)
        assert "barred" in caught.value.words
    assert appeals.revision(second).pictures == []
    assert add(force, second, factories.jpeg("green"))


def test_a_picture_that_was_barred_later_is_found_in_other_drafts(force: Force) -> None:
    first, second = factories.draft(force.people), factories.draft(force.people)
    add(force, first, face())
    fresh, other = add(force, second, face(quality=60)), add(force, second, factories.jpeg("green"))
    assert barring.barred(appeals.revision(second)) == []
    bar(force, 1)
    assert barring.barred(appeals.revision(second)) == [fresh]
    assert other not in barring.barred(appeals.revision(second))


def test_a_mistake_bars_the_pictures_and_no_other_ending_does(force: Force) -> None:
    shown, other = factories.draft(force.people), factories.draft(force.people)
    add(force, shown, face())
    add(force, other, factories.jpeg("navy"))
    approver = force.people.approver
    appeals.end(approver, appeal_id=appeals.revision(shown).appeal_id, ending="mistaken", now=NOON)
    appeals.end(approver, appeal_id=appeals.revision(other).appeal_id, ending="found", now=NOON)
    again = factories.draft(force.people)
    with pytest.raises(PictureRefused):
        add(force, again, face(quality=60))
    assert add(force, again, factories.jpeg("navy"))
