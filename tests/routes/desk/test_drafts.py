"""The page on which an appeal is written: nothing that was typed is ever lost."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, reading
from appeal.models.appeal import Photo, Revision
from appeal.services import appeals, approvals, channels, photos
from tests import appeals_desk as desk
from tests.appeals_desk import APPROVER, AUTHOR, BASE, NIGHT, NOON

PAGE = "/appeals/1/draft"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        yield desk.create(tmp_path)
    dispose_engines()


def last(app: Flask) -> Revision:
    with app.app_context():
        return appeals.view(1).revisions[-1]


def title(app: Flask, language: str = "en") -> str:
    return next((one.body for one in last(app).texts if (one.language, one.field) == (language, "title")), "")


def filled(client: Any, **changed: Any) -> dict[str, Any]:
    return desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, **changed)


SOURCE = {"picture_kind": "custody", "source_system": "PERS", "source_record": "4711-0815"}


def picture(data: bytes | None = None) -> dict[str, Any]:
    return {"picture": (io.BytesIO(data or desk.jpeg()), "face.jpg")}


def test_new_draft_lists_what_blocks_as_links_to_fields(app: Flask) -> None:
    with app.app_context():
        appeals.draft(desk.actor(AUTHOR), kind="wanted", now=NOON)
    shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert '<a class="govuk-link" href="#title_en">Title is missing.</a>' in shown
    assert 'id="title_en"' in shown
    assert '<a class="govuk-link" href="#s1_name">Name of the person is missing.</a>' in shown
    assert "#contact_en" not in shown


def test_every_link_of_what_blocks_leads_to_a_field(app: Flask) -> None:
    with app.app_context():
        for kind in ("wanted", "missing", "identify", "witness", "warning"):
            appeals.draft(desk.actor(AUTHOR), kind=kind, now=NOON)
    client = desk.sign_in(app, AUTHOR)
    for appeal_id in range(1, 6):
        shown = client.get(f"/appeals/{appeal_id}/draft", base_url=BASE).text
        anchors = desk.re.findall(r'<li><a class="govuk-link" href="#([^"]+)"', shown)
        assert anchors
        assert [one for one in anchors if f'id="{one}"' not in shown] == []


def test_saving_keeps_facts_texts_and_channels(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    fields = filled(client, title_en="New title", title_es="Título", s1_age_from="30", channels=["1"], do="save")
    answer = client.post(PAGE, data=fields, base_url=BASE)
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert (title(app), title(app, "es")) == ("New title", "Título")
    assert (last(app).facts["subjects"][0]["age_from"], last(app).facts["channels"]) == ("30", [1])
    assert 'value="New title"' in client.get(PAGE, base_url=BASE).text


def test_saving_twice_with_one_form_is_one_act(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    fields = filled(client, title_en="New title", do="save")
    for _ in range(2):
        assert client.post(PAGE, data=fields, base_url=BASE).status_code == 302
    assert last(app).version == 3


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("title_en", "x" * 121, "This is too long: 120 characters are the most."),
        ("s1_age_from", "thirty", "This must be a whole number."),
        ("when_at", "2026-02-30T10:00", "Enter a day and an hour"),
    ],
)
def test_mistake_is_said_at_its_field_and_what_was_typed_stays(app: Flask, name: str, typed: str, words: str) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    answer = client.post(PAGE, data=filled(client, happened_en="Kept words.", **{name: typed}), base_url=BASE)
    assert answer.status_code == 400
    assert f'id="{name}-error"' in answer.text
    assert words in answer.text
    assert typed in answer.text
    assert "Kept words." in answer.text


def test_conflict_shows_both_texts_and_overwrites_nothing(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    mine = filled(client, title_en="My title", do="save")
    other = desk.sign_in(app, "both@force.example")
    assert other.post(PAGE, data=filled(other, title_en="Their title", do="save"), base_url=BASE).status_code == 302
    answer = client.post(PAGE, data=mine, base_url=BASE)
    assert answer.status_code == 409
    assert '<td class="govuk-table__cell">My title</td><td class="govuk-table__cell">Their title</td>' in answer.text
    assert "Title (English)" in answer.text
    assert title(app) == "Their title"
    again = desk.form_fields(answer, PAGE, do="save")
    assert again["title_en"] == "My title"
    assert client.post(PAGE, data=again, base_url=BASE).status_code == 302
    assert title(app) == "My title"


def test_picture_is_added_with_its_words_and_only_once(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    fields = filled(client, alt_en="A face", alt_es="Una cara", source_record="PERS 4711", do="picture")
    for _ in range(2):
        answer = client.post(PAGE, data=fields | picture(), base_url=BASE)
        assert (answer.status_code, answer.location) == (302, f"{PAGE}#pictures")
    (kept,) = last(app).pictures
    assert (kept.alt, kept.photo.source_record) == ({"en": "A face", "es": "Una cara"}, "PERS 4711")
    assert client.get(f"/photos/{kept.photo_id}/480", base_url=BASE).data[:2] == b"\xff\xd8"
    assert filled(client)["alt_en"] == ""


def test_broken_picture_is_said_at_its_field_and_the_texts_are_saved(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    fields = filled(client, title_en="Saved all the same", alt_en="A face", do="submit")
    answer = client.post(PAGE, data=fields | picture(b"no picture at all"), base_url=BASE)
    assert answer.status_code == 400
    assert 'id="picture-error"' in answer.text
    assert title(app) == "Saved all the same"
    assert last(app).state == "draft"
    retry = desk.form_fields(answer, PAGE, do="picture")
    assert retry["alt_en"] == "A face"
    assert client.post(PAGE, data=retry | picture(), base_url=BASE).status_code == 302
    assert len(last(app).pictures) == 1


def test_picture_can_be_described_and_taken_out(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
        photos.add(desk.actor(AUTHOR), revision_id=1, data=desk.jpeg(), source_record="", alt={}, now=NOON)
    client = desk.sign_in(app, AUTHOR)
    assert "Picture 1 has no alt text." in client.get(PAGE, base_url=BASE).text
    assert client.post(PAGE, data=filled(client, alt_1_en="A man", do="save"), base_url=BASE).status_code == 302
    assert last(app).pictures[0].alt["en"] == "A man"
    assert client.post(PAGE, data=filled(client, title_en="Typed", remove="1"), base_url=BASE).status_code == 302
    assert (last(app).pictures, title(app)) == ([], "Typed")
    with app.app_context(), reading() as session:
        assert session.query(Photo).count() == 1


def test_picture_sizes_are_few(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
        photos.add(desk.actor(AUTHOR), revision_id=1, data=desk.jpeg(), source_record="", alt={}, now=NOON)
    client = desk.sign_in(app, AUTHOR)
    assert client.get("/photos/1/7000", base_url=BASE).status_code == 404
    assert client.get("/photos/9/480", base_url=BASE).status_code == 404
    assert app.test_client().get("/photos/1/480", base_url=BASE).status_code == 302


def test_preview_is_what_would_go_out_with_its_count(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
        posts = {one.channel.publisher: one.post for one in approvals.previews(1)}
    shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert posts["x"] is not None
    assert "Buscado por asesinato" in shown
    assert f"{posts['x'].length} of 280 weighted characters" in shown
    assert "3 addresses" in shown


def test_channel_whose_language_is_not_written_is_named_and_left_out(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    assert client.post(PAGE, data=filled(client, title_es="", do="submit"), base_url=BASE).status_code == 302
    assert last(app).state == "submitted"
    shown = client.get("/appeals/1/approval", base_url=BASE).text
    assert "Nothing goes out here, because the text in that language is missing." in shown
    assert "(Español)</li>" in shown


def test_only_languages_that_are_not_written_block(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    with app.app_context():
        spanish = [one.id for one in channels.active() if one.language == "es"]
    fields = filled(client, title_es="", channels=[str(one) for one in spanish], do="submit")
    answer = client.post(PAGE, data=fields, base_url=BASE)
    assert answer.status_code == 400
    assert "None of the chosen channels is in a language that is written." in answer.text


def test_persons_vehicles_and_items_are_added_and_taken_out(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    answer = client.post(PAGE, data=filled(client, title_en="Kept", do="add vehicle"), base_url=BASE)
    assert (answer.status_code, answer.location) == (302, f"{PAGE}#subject-s2")
    client.post(
        PAGE, data=filled(client, s2_plate="1234 bcd", s2_colour="red", s2_details_en="Dent", do="save"), base_url=BASE
    )
    _, car = last(app).facts["subjects"]
    assert (car["type"], car["plate"], car["plate_code"], title(app)) == ("vehicle", "1234 bcd", "1234BCD", "Kept")
    assert client.post(PAGE, data=filled(client, drop="s2"), base_url=BASE).location == f"{PAGE}#subjects"
    assert [one["key"] for one in last(app).facts["subjects"]] == ["s1"]
    assert [one.field for one in last(app).texts if one.field.startswith("s2")] == []


def test_words_to_look_at_again_are_links_and_do_not_block(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    client.post(PAGE, data=filled(client, happened_en="The killer fled.", do="save"), base_url=BASE)
    shown = client.get(PAGE, base_url=BASE).text
    assert '<a class="govuk-link" href="#happened_en">“killer”</a>' in shown
    assert client.post(PAGE, data=filled(client, do="submit"), base_url=BASE).status_code == 302


def test_submitting_what_is_not_complete_says_what_is_missing_and_saves(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    answer = client.post(PAGE, data=filled(client, necessity="", title_en="Kept", do="submit"), base_url=BASE)
    assert answer.status_code == 400
    assert 'id="necessity-error"' in answer.text
    assert (title(app), last(app).state) == ("Kept", "draft")


def test_submitting_twice_submits_once(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    client = desk.sign_in(app, AUTHOR)
    fields = filled(client, do="submit") | picture() | {"alt_en": "A face", "alt_es": "Una cara"} | SOURCE
    first = client.post(PAGE, data=fields, base_url=BASE)
    assert (first.status_code, first.location) == (302, "/appeals/1")
    assert last(app).state == "submitted"
    second = client.post(PAGE, data=fields | picture(), base_url=BASE)
    assert (second.status_code, second.location) == (302, "/appeals/1")
    assert (last(app).state, len(last(app).pictures)) == ("submitted", 1)
    assert client.get(PAGE, base_url=BASE).location == "/appeals/1"


def test_outlook_names_the_moment_and_the_zone(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    with time_machine.travel(NIGHT, tick=False):
        shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert "Mon 2 Mar 2026, 08:00 Europe/Madrid" in shown
    assert "as soon as the site's page answers" in desk.unescape(shown)


def test_returned_draft_shows_the_reason(app: Flask) -> None:
    with app.app_context():
        desk.submitted()
        approvals.give_back(desk.actor(APPROVER), revision_id=1, reason="One digit is wrong.", now=NOON)
    client = desk.sign_in(app, AUTHOR)
    assert "One digit is wrong." in client.get(PAGE, base_url=BASE).text
    assert "returned to you" in client.get("/", base_url=BASE).text


def test_approver_may_not_write(app: Flask) -> None:
    with app.app_context():
        desk.whole_draft()
    assert desk.sign_in(app, APPROVER).get(PAGE, base_url=BASE).status_code == 403
