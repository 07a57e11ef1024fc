"""An officer's own account and the invitation, page by page."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal.db import dispose_engines
from appeal.rules.permissions import SYSTEM
from appeal.services import officers
from tests.desk import BASE, LIVE, NOW, PASSWORD, code_at, desk_app, enrolled, officer, post, sign_in

NEW_PASSWORD = "another good password"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def exercise(tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Flask]:
    yield desk_app(tmp_path, {"APPEAL_DESK_URL": BASE})
    dispose_engines()


@pytest.fixture
def live(tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Flask]:
    yield desk_app(tmp_path, LIVE)
    dispose_engines()


def invitation(app: Flask) -> str:
    with app.app_context():
        made = officers.create(SYSTEM, name="Ana", email="a@force.example", roles=("author",), password=None, now=NOW)
        return "/invitation/" + officers.invite(SYSTEM, officer_id=made, now=NOW)


def secret_on(page: str) -> str:
    found = re.search(r"<strong>([A-Z2-7-]{20,})</strong>", page)
    assert found is not None, page
    return found.group(1)


def client_of(app: Flask) -> FlaskClient:
    with app.app_context():
        officer()
    client = app.test_client()
    sign_in(client)
    return client


def test_an_invitation_to_the_live_desk_enrols_app_and_recovery_codes(
    live: Flask, clock: time_machine.Traveller
) -> None:
    address, client = invitation(live), live.test_client()
    page = client.get(address, base_url=BASE).text
    secret = secret_on(page)
    assert "<svg" in page
    assert "style=" not in page

    wrong = post(client, address, password=NEW_PASSWORD, again=NEW_PASSWORD, code="000000")
    assert "This code is wrong or was used before." in wrong.text
    assert secret_on(wrong.text) == secret
    done = post(client, address, password=NEW_PASSWORD, again=NEW_PASSWORD, code=code_at(secret, NOW))

    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", done.text)
    assert len(set(codes)) == 10
    assert client.get(address, base_url=BASE).status_code == 404
    clock.shift(timedelta(minutes=1))
    assert sign_in(client, "a@force.example", NEW_PASSWORD).headers["Location"].startswith("/tf-validate")
    code = code_at(secret, NOW + timedelta(minutes=1))
    assert post(client, "/tf-validate", code=code).headers["Location"] == "/"


def test_an_invitation_to_an_exercise_asks_for_a_password_only(exercise: Flask) -> None:
    address, client = invitation(exercise), exercise.test_client()

    assert "<svg" not in client.get(address, base_url=BASE).text
    assert "at least 12 characters" in post(client, address, password="short", again="short").text
    assert "not the same" in post(client, address, password=NEW_PASSWORD, again=PASSWORD).text
    assert post(client, address, password=NEW_PASSWORD, again=NEW_PASSWORD).headers["Location"] == "/login"
    assert "Your password is set" in client.get("/login", base_url=BASE).text
    assert sign_in(client, "a@force.example", NEW_PASSWORD).headers["Location"] == "/"


def test_an_invitation_that_is_not_ours_says_what_to_do(exercise: Flask) -> None:
    response = exercise.test_client().get("/invitation/made-up", base_url=BASE)

    assert response.status_code == 404
    assert "Ask an administrator for a new one." in response.text


def test_the_account_page_shows_who_one_is(exercise: Flask) -> None:
    page = client_of(exercise).get("/account", base_url=BASE).text

    assert "triager@force.example" in page
    assert "Signed in as Triager" in page
    assert "Recovery codes" not in page


def test_changing_the_password_keeps_this_session_and_ends_the_others(exercise: Flask) -> None:
    here = client_of(exercise)
    elsewhere = exercise.test_client()
    sign_in(elsewhere)
    fields = {"new": NEW_PASSWORD, "again": NEW_PASSWORD}

    refused = post(here, "/account/password", page="/account", current="wrong", **fields)
    assert "This is not your password" in refused.text
    assert (
        post(here, "/account/password", page="/account", current=PASSWORD, **fields).headers["Location"] == "/account"
    )

    assert "Your password was changed." in here.get("/account", base_url=BASE).text
    assert elsewhere.get("/", base_url=BASE).status_code == 302
    assert sign_in(exercise.test_client()).status_code == 200
    assert sign_in(exercise.test_client(), password=NEW_PASSWORD).status_code == 302


def test_new_recovery_codes_need_a_fresh_code_of_the_app(live: Flask, clock: time_machine.Traveller) -> None:
    with live.app_context():
        readable, old = enrolled()
    client = live.test_client()
    sign_in(client)
    assert post(client, "/mf-recovery", code=old[0]).headers["Location"] == "/"
    clock.shift(timedelta(minutes=1))

    refused = post(client, "/account/codes", page="/account", code="000000")
    assert "This code is wrong or was used before." in refused.text
    shown = post(client, "/account/codes", page="/account", code=code_at(readable, NOW + timedelta(minutes=1)))

    new = re.findall(r"<code>([0-9a-f-]{14})</code>", shown.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    second = live.test_client()
    sign_in(second)
    assert post(second, "/mf-recovery", code=old[1]).status_code == 200
    assert post(second, "/mf-recovery", code=new[1]).headers["Location"] == "/"


def test_the_language_of_the_desk_is_the_officers_own(exercise: Flask) -> None:
    client = client_of(exercise)

    assert '<html lang="en"' in client.get("/account", base_url=BASE).text
    post(client, "/account/language", page="/account", language="es")
    assert '<html lang="es"' in client.get("/account", base_url=BASE, headers={"Accept-Language": "en"}).text
    post(client, "/account/language", page="/account", language="xx")
    assert '<html lang="es"' in client.get("/account", base_url=BASE).text
