"""The page of one picture: source, description, crop and boxes by numbers; sizes that exist; progress that is said."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from PIL import Image

from appeal.db import dispose_engines
from appeal.models.appeal import Photo
from appeal.services import appeals, photos, renditions
from tests import appeals_desk as desk
from tests.appeals_desk import APPROVER, AUTHOR, BASE, NOON, OBSERVER

PAGE = "/appeals/1/pictures/1"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        made = desk.create(tmp_path)
        with made.app_context():
            desk.whole_draft()
            add()
        yield made
    dispose_engines()


def add(revision_id: int = 1, colour: str = "white", **alt: str) -> int:
    return photos.add(
        desk.actor(AUTHOR), revision_id=revision_id, data=desk.jpeg(colour), source_record="", alt=alt, now=NOON
    )


def photo(app: Flask) -> Photo:
    with app.app_context():
        return appeals.view(1).revisions[-1].pictures[0].photo


def test_everything_about_a_picture_is_saved(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    typed = {
        "kind": "cctv",
        "source_system": "Archive",
        "source_record": "V-0117",
        "taken_on": "2026-02-27",
        "alt_en": "A man at a till",
        "boxes": "0 0 25 25\n 50;50;10,5;10 \n",
        "crop": "0 0 50 100",
        "is_marked": "y",
    }
    answer = desk.press(client, PAGE, PAGE, **typed)
    assert (answer.status_code, answer.location) == (302, PAGE)
    found = photo(app)
    assert (found.kind, found.source_record, found.taken_on.isoformat()) == ("cctv", "V-0117", "2026-02-27")  # type: ignore[union-attr]
    assert (found.boxes, found.crop) == ([[0, 0, 250, 250], [500, 500, 105, 100]], [0, 0, 500, 1000])
    shown = client.get(PAGE, base_url=BASE).text
    assert "50 50 10.5 10" in shown
    out = Image.open(io.BytesIO(client.get("/photos/1/480", base_url=BASE).data)).convert("RGB")
    whole = Image.open(io.BytesIO(client.get("/photos/1/whole/480", base_url=BASE).data)).convert("RGB")
    assert max(out.getpixel((20, 20))) < 40  # type: ignore[arg-type]
    assert min(whole.getpixel((20, 20))) > 230  # type: ignore[arg-type]


def test_an_empty_description_begins_with_a_proposal(app: Flask) -> None:
    shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert ">Juan Prueba</textarea>" in shown
    assert "Proposed from the descriptors" in shown


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("crop", "10 20 95 5", "four percentages inside the picture"),
        ("boxes", "0 0 10 10\nhere", "four percentages inside the picture"),
        ("boxes", "0 0 10 10\n" * 13, "12 boxes are the most."),
        ("taken_on", "yesterday", "Not a valid date value."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_kept(app: Flask, field: str, typed: str, words: str) -> None:
    client = desk.sign_in(app, AUTHOR)
    answer = desk.press(client, PAGE, PAGE, **{field: typed, "alt_en": "Typed words"})
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text
    assert "Typed words" in answer.text
    assert photo(app).boxes == []


def test_two_officers_at_one_picture_overwrite_nothing(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    before = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, consent="Mine")
    assert desk.press(client, PAGE, PAGE, consent="Theirs").status_code == 302
    answer = client.post(PAGE, data=before, base_url=BASE)
    assert (answer.status_code, photo(app).consent) == (400, "Theirs")
    assert "Somebody else changed this draft meanwhile." in answer.text
    again = desk.form_fields(answer, PAGE)
    assert (again["consent"], client.post(PAGE, data=again, base_url=BASE).status_code) == ("Mine", 302)


def test_a_second_press_changes_nothing(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, consent="Mother, for this search")
    assert [client.post(PAGE, data=fields, base_url=BASE).status_code for _ in range(2)] == [302, 302]
    with app.app_context():
        assert appeals.revision(1).version == 4


def test_a_picture_that_was_taken_out_meanwhile_is_said(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE)
    with app.app_context():
        photos.remove(desk.actor(AUTHOR), revision_id=1, photo_id=1, now=NOON)
    answer = client.post(PAGE, data=fields, base_url=BASE)
    assert answer.status_code == 404
    assert "not part of the draft any more" in answer.text


def test_the_same_picture_in_another_appeal_is_named(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
        add(revision_id=2)
    shown = desk.sign_in(app, AUTHOR).get("/appeals/2/pictures/2", base_url=BASE).text
    assert "This picture was used before" in shown
    assert 'href="/appeals/1">in appeal 1' in shown


def test_a_frozen_picture_leads_to_its_appeal(app: Flask) -> None:
    with app.app_context():
        photos.remove(desk.actor(AUTHOR), revision_id=1, photo_id=1, now=NOON)
        appeals.submit(desk.actor(AUTHOR), revision_id=1, expected_version=4, now=NOON)
    answer = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE)
    assert (answer.status_code, answer.location) == (302, "/appeals/1")


def test_who_may_not_draft_does_not_reach_the_page(app: Flask) -> None:
    assert desk.sign_in(app, APPROVER).get(PAGE, base_url=BASE).status_code == 403
    observer = desk.sign_in(app, OBSERVER)
    assert observer.get("/photos/1/grid", base_url=BASE).status_code == 403
    assert observer.get("/photos/1/whole/480", base_url=BASE).status_code == 200


def test_only_sizes_that_pages_use_are_made(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    assert client.get("/photos/1/whole/481", base_url=BASE).status_code == 404
    assert client.get("/photos/1/grid", base_url=BASE).mimetype == "image/jpeg"


def test_a_draft_shows_progress_until_its_pictures_are_ready(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    shown = client.get("/appeals/1/draft", base_url=BASE).text
    assert 'hx-get="/appeals/1/pictures/progress"' in shown
    assert "0 of " in client.get("/appeals/1/pictures/progress", base_url=BASE).text
    with app.app_context():
        renditions.prepare(1, now=NOON)
    ready = client.get("/appeals/1/pictures/progress", base_url=BASE).text
    assert "The pictures are ready." in ready
    assert "hx-get" not in ready
    assert "pictures-progress" not in client.get("/appeals/1/draft", base_url=BASE).text


def test_nobody_waits_longer_than_a_minute(app: Flask) -> None:
    with time_machine.travel(NOON + timedelta(seconds=61), tick=False):
        shown = desk.sign_in(app, AUTHOR).get("/appeals/1/draft", base_url=BASE).text
    assert "pictures-progress" not in shown


def test_a_press_on_the_draft_saves_it_and_opens_the_picture(app: Flask) -> None:
    client = desk.sign_in(app, AUTHOR)
    page = "/appeals/1/draft"
    answer = desk.press(client, page, page, title_en="Typed", open_picture="1")
    assert (answer.status_code, answer.location) == (302, PAGE)
    with app.app_context():
        assert appeals.title(appeals.view(1), "en") == "Typed"
