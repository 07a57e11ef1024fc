"""The ledger's pages: read, exported and verified by an auditor, and by nobody else."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal import db, ledger, ledger_check
from appeal.db import dispose_engines
from appeal.models.ledger import LedgerEntry, LedgerText
from appeal.routes.desk import ledger as ledger_pages
from appeal.rules.permissions import SYSTEM
from appeal.services import force
from appeal.tips import board
from tests.desk import NOW, post
from tests.routes.desk.duty import duty_app, get, press, signed_in


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with time_machine.travel(NOW, tick=False):
        yield duty_app(tmp_path, ledger_pages)
    dispose_engines()


@pytest.fixture
def auditor(app: Flask) -> FlaskClient:
    return signed_in(app, "maria", "auditor")


def record(app: Flask, number: int, words: str = "", code: str = "") -> None:
    with app.app_context(), db.writing() as session:
        ledger.record(
            session, at=NOW, actor="officer:1", action="view tip", target=f"tip:{number}", reason_code=code, words=words
        )


def actions(text: str) -> list[str]:
    return re.findall(r'data-label="What">([^<]+)<', text)


def test_entries_come_newest_first_with_names_and_words(app: Flask, auditor: FlaskClient) -> None:
    record(app, 7 << 23, words="He is in danger.", code="danger")

    shown = get(auditor, "/ledger").text

    assert actions(shown) == ["read a tip", "signed in", "made an officer"]
    assert f"tip {board.reference(7 << 23)}" in shown
    assert "He is in danger." in shown
    assert "Danger to life" in shown
    assert "Maria" in shown
    assert "waiting" in shown
    assert "Sun 1 Mar 2026, 13:00 Europe/Madrid" in shown


def test_pages_go_back_and_forth(app: Flask, auditor: FlaskClient) -> None:
    for number in range(118):
        record(app, number << 23)

    first = get(auditor, "/ledger").text
    second = get(auditor, address("next", first)).text
    third = get(auditor, address("next", second)).text

    assert [len(actions(page)) for page in (first, second, third)] == [50, 50, 20]
    assert 'rel="next"' not in third
    assert get(auditor, address("prev", third)).text.count(board.reference(60 << 23)) == second.count(
        board.reference(60 << 23)
    )
    assert actions(get(auditor, address("prev", second)).text) == actions(first)
    assert 'rel="prev"' not in get(auditor, address("prev", second)).text
    assert get(auditor, "/ledger?before=x").status_code == 404


def address(kind: str, text: str) -> str:
    found = re.search(rf'rel="{kind}" href="([^"]+)"', text)
    assert found is not None
    return found.group(1).replace("&amp;", "&")


def test_one_target_can_be_followed(app: Flask, auditor: FlaskClient) -> None:
    record(app, 1 << 23)
    record(app, 2 << 23)
    shown = get(auditor, f"/ledger?target=tip:{1 << 23}").text
    assert actions(shown) == ["read a tip"]
    assert f"Only entries about: tip {board.reference(1 << 23)}." in shown


def test_erased_words_are_said_to_be_erased(app: Flask, auditor: FlaskClient) -> None:
    record(app, 1, words="gone")
    with app.app_context(), db.writing() as session:
        session.query(LedgerText).delete()
    assert "The words were erased." in get(auditor, "/ledger").text


def test_export_is_what_the_offline_check_reads(app: Flask, auditor: FlaskClient) -> None:
    record(app, 1, words="sealed words")
    with app.app_context():
        count = ledger.chain(NOW)
        key = ledger_check.own_key()

    exported = get(auditor, "/ledger/export")

    assert exported.headers["Content-Disposition"] == "attachment; filename=ledger-20260301-1200.jsonl"
    assert ledger_check.verify(io.StringIO(exported.text), key).count == count
    assert "sealed words" not in exported.text


def test_verify_says_that_all_is_in_order_or_what_is_not(app: Flask, auditor: FlaskClient) -> None:
    with app.app_context():
        force.change(SYSTEM, values={"phone": "092"}, now=NOW)
        count = ledger.chain(NOW)
    assert f"The ledger is in order: {count} entries" in press(auditor, "/ledger/verify", "/ledger").text

    with app.app_context(), db.writing() as session:
        session.connection().exec_driver_sql("UPDATE ledger_entries SET actor = 'officer:9' WHERE place = 2")
    told = press(auditor, "/ledger/verify", "/ledger").text
    assert "The ledger is broken." in told
    assert "entry 2: hash does not match" in told


@pytest.mark.parametrize("role", ["author", "approver", "triager", "administrator", "observer"])
def test_other_roles_see_nothing_of_it(app: Flask, role: str) -> None:
    client = signed_in(app, role, role)
    assert get(client, "/ledger").status_code == 403
    assert get(client, "/ledger/export").status_code == 403
    assert post(client, "/ledger/verify", "/account").status_code == 403
    with app.app_context(), db.reading() as session:
        assert session.query(LedgerEntry).filter_by(action="verify").count() == 0
