"""The second person signs exactly what was shown, and never what is their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from appeal.db import dispose_engines, reading
from appeal.models.appeal import Approval, Revision
from appeal.models.release import Release
from appeal.rules.permissions import SYSTEM
from appeal.services import appeals, approvals, force, photos
from tests import appeals_desk as desk
from tests.appeals_desk import ANSWERS, APPROVER, AUTHOR, BASE, NIGHT, NOON, OBSERVER

PAGE = "/appeals/1/approval"
WORDS = {"legal_basis": ANSWERS["legal_basis"], "statement": ANSWERS["statement"]}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOON, tick=False):
        found = desk.create(tmp_path)
        with found.app_context():
            desk.submitted()
        yield found
    dispose_engines()


def last(app: Flask) -> Revision:
    with app.app_context():
        return appeals.view(1).revisions[-1]


def signed(app: Flask) -> tuple[int, int]:
    with app.app_context(), reading() as session:
        return session.query(Approval).count(), session.query(Release).count()


def test_page_shows_texts_posts_hash_and_moments(app: Flask) -> None:
    revision = last(app)
    with time_machine.travel(NIGHT, tick=False):
        shown = desk.sign_in(app, APPROVER).get(PAGE, base_url=BASE).text
    assert f'<p class="hash">{revision.content_sha256}</p>' in shown
    assert f'<span class="hash">{revision.content_sha256[:12]}</span>' in shown
    assert "Mon 2 Mar 2026, 08:00 Europe/Madrid" in shown
    assert "He fled on foot." in shown
    assert "Huyó a pie." in shown
    assert "Do not approach. Call 112 immediately." in shown
    assert "Sun 1 Mar 2026, 17:40 Europe/Madrid" in shown


def test_author_s_reasons_and_the_force_s_review_date_are_filled_in(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE)
    assert fields["necessity"] == "He is armed."
    assert fields["proportionality"] == "Nothing milder is left."
    assert fields["review_on"] == "2026-03-16"
    assert fields["statement"] == ""
    assert fields["legal_basis"] == ""


def test_approving_twice_with_one_form_releases_once(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, **WORDS)
    for _ in range(2):
        answer = client.post(PAGE, data=fields, base_url=BASE)
        assert (answer.status_code, answer.location) == (302, "/appeals/1")
    assert signed(app) == (1, 1)
    assert last(app).state == "approved"


def test_two_approvers_sign_only_once(app: Flask) -> None:
    first, second = desk.sign_in(app, APPROVER), desk.sign_in(app, "both@force.example")
    forms = [desk.form_fields(one.get(PAGE, base_url=BASE), PAGE, **WORDS) for one in (first, second)]
    assert first.post(PAGE, data=forms[0], base_url=BASE).status_code == 302
    assert second.post(PAGE, data=forms[1], base_url=BASE).status_code == 409
    assert signed(app) == (1, 1)


def test_whoever_wrote_it_reads_and_cannot_sign(app: Flask) -> None:
    with app.app_context():
        other = desk.actor("both@force.example")
        revision = appeals.draft(other, kind="warning", now=NOON)
        texts = {"en": {"title": "Beware", "happened": "False officers call.", "contact": "Call 091."}}
        facts: dict[str, Any] = {
            "area": "Sevilla",
            "necessity": "n",
            "proportionality": "p",
            "risk": "r",
            "channels": [1],
        }
        appeals.save(other, revision_id=revision.id, expected_version=1, facts=facts, texts=texts, now=NOON)
        appeals.submit(other, revision_id=revision.id, expected_version=2, now=NOON)
    client = desk.sign_in(app, "both@force.example")
    shown = client.get("/appeals/2/approval", base_url=BASE)
    assert "You wrote this appeal, so another officer has to approve it." in shown.text
    assert 'action="/appeals/2/approval"' not in shown.text
    stolen = desk.form_fields(
        desk.sign_in(app, APPROVER).get("/appeals/2/approval", base_url=BASE), "/appeals/2/approval", **WORDS
    )
    stolen["csrf_token"] = desk.desk.csrf_of(client.get("/", base_url=BASE))
    answer = client.post("/appeals/2/approval", data=stolen, base_url=BASE)
    assert answer.status_code == 403
    assert signed(app) == (0, 0)


def test_another_hash_than_the_shown_one_is_refused_and_the_answers_stay(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, **WORDS) | {"content_sha256": "0" * 64}
    answer = client.post(PAGE, data=fields, base_url=BASE)
    assert answer.status_code == 409
    assert "This is not the text that you were shown." in answer.text
    assert ANSWERS["statement"] in answer.text
    assert signed(app) == (0, 0)
    again = desk.form_fields(answer, PAGE)
    assert client.post(PAGE, data=again, base_url=BASE).status_code == 302


def test_posts_that_changed_since_they_were_shown_are_refused(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    fields = desk.form_fields(client.get(PAGE, base_url=BASE), PAGE, **WORDS)
    with app.app_context():
        force.change(desk.desk.SYSTEM, values={"emergency_number": "911"}, now=NOON)
    answer = client.post(PAGE, data=fields, base_url=BASE)
    assert answer.status_code == 409
    assert "The posts have changed since you were shown them." in answer.text
    assert signed(app) == (0, 0)


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("legal_basis", "", "Choose the legal basis."),
        ("statement", "", "Add one sentence of your own."),
        ("necessity", " ", "Say why this is necessary."),
        ("review_on", "2026-03-01", "The review date must lie after today and within a year."),
    ],
)
def test_missing_answer_is_said_at_its_field(app: Flask, name: str, typed: str, words: str) -> None:
    answer = desk.press(desk.sign_in(app, APPROVER), PAGE, PAGE, **WORDS | {name: typed})
    assert answer.status_code == 400
    assert f'id="{name}-error"' in answer.text
    assert words in answer.text
    assert signed(app) == (0, 0)


def test_returning_needs_a_reason_and_tells_the_author(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    without = desk.press(client, PAGE, "/appeals/1/return")
    assert (without.status_code, "Say what has to change." in without.text) == (400, True)
    answer = desk.press(client, PAGE, "/appeals/1/return", **{"back-reason": "The year is wrong."})
    assert answer.status_code == 302
    assert (last(app).state, last(app).return_reason) == ("returned", "The year is wrong.")


def test_what_was_approved_cannot_be_returned(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    back = desk.form_fields(client.get(PAGE, base_url=BASE), "/appeals/1/return", **{"back-reason": "Too late."})
    assert desk.press(client, PAGE, PAGE, **WORDS).status_code == 302
    assert client.post("/appeals/1/return", data=back, base_url=BASE).status_code == 409
    assert last(app).state == "approved"


def test_picture_stands_with_its_words_and_source(app: Flask) -> None:
    with app.app_context():
        approvals.give_back(desk.actor(APPROVER), revision_id=1, reason="A picture, please.", now=NOON)
        alt = {"en": "A face", "es": "Una cara"}
        photos.add(
            desk.actor(AUTHOR),
            revision_id=1,
            data=desk.jpeg(),
            source_record="PERS 4711",
            source=photos.Source(kind="custody"),
            alt=alt,
            now=NOON,
        )
        version = appeals.revision(1).version
        appeals.submit(desk.actor(AUTHOR), revision_id=1, expected_version=version, now=NOON)
    shown = desk.sign_in(app, APPROVER).get(PAGE, base_url=BASE).text
    assert 'src="/photos/1/960" alt="A face"' in shown
    assert 'src="/photos/1/whole/960"' in shown
    assert ("PERS ••••" in shown, "4711" in shown) == (True, False)


def test_observer_reads_and_signs_nothing(app: Flask) -> None:
    client = desk.sign_in(app, OBSERVER)
    shown = client.get(PAGE, base_url=BASE)
    assert "Your roles let you read this, not sign it." in shown.text
    token = desk.desk.csrf_of(shown)
    assert client.post(PAGE, data={"csrf_token": token}, base_url=BASE).status_code == 403


def waiting(app: Flask, texts: dict[str, str] | None = None, **given: Any) -> int:
    """A second appeal that waits, with other facts than usual; returns its number."""
    with app.app_context():
        appeal_id = desk.whole_draft(**given)
        last = appeals.view(appeal_id).revisions[-1]
        author, version = desk.actor(AUTHOR), last.version
        if texts:
            version = appeals.save(
                author, revision_id=last.id, expected_version=version, facts={}, texts={"en": texts}, now=NOON
            )
        appeals.submit(author, revision_id=last.id, expected_version=version, now=NOON)
    return appeal_id


def test_a_further_approver_signs_first_and_the_page_says_why(app: Flask) -> None:
    number = waiting(app, level="named_suspect")
    page = f"/appeals/{number}/approval"
    first, second = desk.sign_in(app, "both@force.example"), desk.sign_in(app, APPROVER)
    refused = desk.press(second, page, page, **WORDS)
    assert (refused.status_code, "Another approver has to sign first" in refused.text) == (400, True)
    assert "It names somebody who is suspected and not charged." in refused.text
    signed_first = desk.press(first, page, f"/appeals/{number}/further", **{"further-statement": "I decided it."})
    assert signed_first.status_code == 302
    assert "I decided it." in second.get(page, base_url=BASE).text
    assert desk.press(second, page, page, **WORDS).status_code == 302


def test_words_and_numbers_to_look_at_are_ticked(app: Flask) -> None:
    line = "Call 900 333 444."
    number = waiting(app, {"happened": "The killer fled.", "contact": line})
    page = f"/appeals/{number}/approval"
    client = desk.sign_in(app, APPROVER)
    shown = client.get(page, base_url=BASE).text
    assert "“killer”" in shown
    assert line in shown
    refused = desk.press(client, page, page, **WORDS)
    assert 'id="flags_kept-error"' in refused.text
    assert 'id="dialled-error"' in refused.text
    assert desk.press(client, page, page, **WORDS, dialled=[line], flags_kept="y").status_code == 302


def test_comments_at_fields_are_links_on_the_draft(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    more = {"back-reason": "One word.", "back-field_1": "title_en", "back-comment_1": "Shorter."}
    assert desk.press(client, PAGE, "/appeals/1/return", **more).status_code == 302
    shown = desk.sign_in(app, AUTHOR).get("/appeals/1/draft", base_url=BASE).text
    assert '<a class="govuk-link" href="#title_en">Title (English)</a>: Shorter.' in shown


def test_a_later_revision_shows_what_changed_and_keeps_what_was_answered(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    assert desk.press(client, PAGE, PAGE, **WORDS, risk="Somebody may be hurt.").status_code == 302
    with app.app_context():
        author = desk.actor(AUTHOR)
        following = appeals.begin_next(author, appeal_id=1, now=NOON)
        texts = {"en": {"title": "Man wanted, corrected"}}
        version = appeals.save(author, revision_id=following.id, expected_version=1, facts={}, texts=texts, now=NOON)
        appeals.submit(author, revision_id=following.id, expected_version=version, now=NOON)
    shown = client.get(PAGE, base_url=BASE)
    cell = '<td class="govuk-table__cell">{}</td>'
    assert cell.format("Man wanted for murder") + cell.format("Man wanted, corrected") in shown.text
    fields = desk.form_fields(shown, PAGE)
    assert fields["risk"] == "Somebody may be hurt."
    assert (fields["legal_basis"], fields["statement"]) == (WORDS["legal_basis"], WORDS["statement"])
    assert client.post(PAGE, data=fields, base_url=BASE).status_code == 302


def test_an_authority_by_telephone_is_written_down_and_confirmed(app: Flask) -> None:
    with app.app_context():
        approver = desk.actor(APPROVER)
        force.change(SYSTEM, values={"telephone_authority": "yes"}, now=NOON)
    recorder = desk.sign_in(app, "both@force.example")
    more = {
        "record-recorded_for": str(approver.id),
        "record-authority_words": "Yes, publish it.",
        "record-legal_basis": WORDS["legal_basis"],
    }
    assert desk.press(recorder, PAGE, "/appeals/1/authority", **more).status_code == 302
    client = desk.sign_in(app, APPROVER)
    assert "Yes, publish it." in client.get(PAGE, base_url=BASE).text
    assert "That was not my authority" not in desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert desk.press(client, "/appeals/1", "/appeals/1/confirm").status_code == 302
    assert "That was my authority" not in client.get("/appeals/1", base_url=BASE).text


def test_an_authority_that_was_not_given_is_taken_back_in_one_press(app: Flask) -> None:
    with app.app_context():
        force.change(SYSTEM, values={"telephone_authority": "yes"}, now=NOON)
        chosen = str(desk.actor(APPROVER).id)
    more = {"record-recorded_for": chosen, "record-authority_words": "Yes.", "record-legal_basis": WORDS["legal_basis"]}
    desk.press(desk.sign_in(app, "both@force.example"), PAGE, "/appeals/1/authority", **more)
    client = desk.sign_in(app, APPROVER)
    assert desk.press(client, "/appeals/1", "/appeals/1/disown").status_code == 302
    assert (
        "The approver did not give the authority that was written down" in client.get("/appeals/1", base_url=BASE).text
    )


def test_an_urgent_approval_asks_for_the_rest_afterwards(app: Flask) -> None:
    client = desk.sign_in(app, APPROVER)
    empty = {"necessity": "", "proportionality": "", "risk": "", "statement": ""}
    more = {**WORDS, **empty, "urgent": "y", "why_now": "He is armed.", "review_on": "2026-03-03"}
    assert desk.press(client, PAGE, PAGE, **more).status_code == 302
    assert "Keep these reasons" in client.get(PAGE, base_url=BASE).text
    board = desk.sign_in(app, AUTHOR).get("/", base_url=BASE).text
    assert "The approver has to give the reasons that the urgent approval left open." in board
    owed = {f"owed-{name}": "Given later." for name in ("necessity", "proportionality", "risk")}
    assert desk.press(client, PAGE, "/appeals/1/owed", **owed).status_code == 302
    assert "Keep these reasons" not in client.get("/appeals/1", base_url=BASE).text


def test_who_was_asked_stands_on_the_page(app: Flask) -> None:
    shown = desk.sign_in(app, AUTHOR).get(PAGE, base_url=BASE).text
    assert "Who was asked" in shown
    assert "Approver" in shown
