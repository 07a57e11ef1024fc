"""The page of a kit as the press sees it: valid a moment ago, then gone without a word about the appeal."""

from datetime import UTC, datetime

import time_machine
from flask.testing import FlaskClient

from appeal.db import writing
from appeal.models.appeal import Appeal, Revision, RevisionText
from appeal.models.people import User
from appeal.models.picture import PressKit

AT = datetime(2026, 3, 2, 11, 4, tzinfo=UTC)
KIT = "0123456789abcdef01234567"


def appeal_with_kit(taken_down_at: datetime | None = None) -> None:
    with writing() as session:
        session.add(User(id=1, name="A", email="a@force.example", fs_uniquifier="a", active=True))
        session.flush()
        session.add(
            Appeal(id=1, public_id="abc", kind="wanted", author_id=1, created_at=AT, taken_down_at=taken_down_at)
        )
        session.flush()
        revision = Revision(id=1, appeal_id=1, number=1, state="approved", author_id=1, facts={}, created_at=AT)
        revision.content_sha256 = "0" * 64
        revision.texts = [
            RevisionText(language="es", field=field, body=body)
            for field, body in (("title", "Se busca a Juan"), ("contact", "Llame al 112"))
        ]
        session.add(revision)
        session.flush()
        session.add(PressKit(public_id=KIT, appeal_id=1, language="es", revision_id=1, made_by_id=1, made_at=AT))


def test_the_page_says_when_it_was_valid_and_speaks_its_language(client: FlaskClient) -> None:
    appeal_with_kit()
    with time_machine.travel(AT, tick=False):
        answer = client.get(f"/press/{KIT}/")
    assert answer.status_code == 200
    assert "Se busca a Juan" in answer.text
    assert "Válido, comprobado" in answer.text
    assert "lun 2 mar 2026, 12:04 Europe/Madrid" in answer.text
    assert 'href="tel:112"' in answer.text
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex, noarchive")


def test_a_kit_of_what_was_taken_down_is_gone_at_once(client: FlaskClient) -> None:
    appeal_with_kit(taken_down_at=AT)
    answer = client.get(f"/press/{KIT}/")
    assert answer.status_code == 410
    assert "no longer shown" in answer.text
    assert "Juan" not in answer.text


def test_a_kit_that_nobody_gave_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/press/{'9' * 24}/").status_code == 404
