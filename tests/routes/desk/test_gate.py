"""The gate and sign-in: nothing opens by itself, and everything soft in the accounts library is hard."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from appeal.db import dispose_engines, reading
from appeal.models.ledger import LedgerEntry
from appeal.models.people import User
from appeal.routes.desk import gate
from appeal.routes.forms.sign_in import CODE_REFUSED, REFUSED
from appeal.rules.errors import ConfigurationWrong
from appeal.rules.permissions import SYSTEM
from appeal.services import factors, officers
from tests.desk import (
    BASE,
    LIVE,
    NOW,
    PASSWORD,
    code_at,
    csrf_of,
    desk_app,
    enrolled,
    officer,
    post,
    sign_in,
)

CODE_PAGE, RECOVERY_PAGE = "/tf-validate", "/mf-recovery"
LATER = NOW + timedelta(minutes=2)


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


def get(client: FlaskClient, address: str, **more: str) -> tuple[int, str]:
    response = client.get(address, base_url=BASE, headers=more)
    return response.status_code, response.headers.get("Location", response.text)


def make(app: Flask, email: str = "triager@force.example", roles: tuple[str, ...] = ("triager",)) -> FlaskClient:
    with app.app_context():
        officer(email, roles=roles)
    return app.test_client()


def make_enrolled(app: Flask) -> tuple[FlaskClient, str, list[str]]:
    with app.app_context():
        readable, codes = enrolled()
    return app.test_client(), readable, codes


def only_officer(app: Flask) -> User:
    with app.app_context(), reading() as session:
        return session.scalars(select(User)).one()


def test_a_stranger_is_sent_to_sign_in_from_everywhere_but_the_open_pages(exercise: Flask) -> None:
    client = exercise.test_client()

    assert get(client, "/") == (302, "/login?next=/")
    assert get(client, "/queue?page=2") == (302, "/login?next=/queue?page%3D2")
    assert get(client, "/account") == (302, "/login?next=/account")
    assert client.post("/press", base_url=BASE).headers["Location"] == "/login"
    assert get(client, "/login")[0] == 200
    with client.get("/static/icon.svg", base_url=BASE) as picture:
        assert picture.status_code == 200
    live_part = client.get("/queue", base_url=BASE, headers={"HX-Request": "true"})
    assert (live_part.status_code, live_part.headers["HX-Redirect"]) == (401, "/login")


def test_sign_in_of_an_exercise_needs_the_password_only(exercise: Flask) -> None:
    client = make(exercise)

    response = sign_in(client, "Triager@force.example")

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert get(client, "/") == (200, "home of Triager")
    with exercise.app_context(), reading() as session:
        acts = [(e.actor, e.action) for e in session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))]
    assert acts == [("system", "create officer"), ("officer:1", "sign in")]


def test_sign_in_leads_back_to_the_page_but_never_to_another_site(exercise: Flask) -> None:
    client = make(exercise)
    fields = {"email": "triager@force.example", "password": PASSWORD}

    assert post(client, "/login?next=/queue", **fields).headers["Location"] == "/queue"
    client.delete_cookie("__Host-desk", domain="desk.example")
    assert "Location" not in post(client, "/login?next=https://evil.example/", **fields).headers


def test_a_permission_opens_its_views_and_no_others(exercise: Flask) -> None:
    triager, author = make(exercise), make(exercise, "author@force.example", ("author",))
    sign_in(triager)
    sign_in(author, "author@force.example")

    assert get(triager, "/queue") == (200, "the queue")
    assert get(author, "/queue") == (403, "Your roles do not let you read tips.")


def test_wrong_password_and_unknown_address_get_the_same_answer(exercise: Flask) -> None:
    client = make(exercise)

    known = sign_in(client, password="not the password")
    unknown = sign_in(client, "nobody@force.example")

    assert REFUSED in known.text
    assert REFUSED in unknown.text
    assert known.status_code == unknown.status_code == 200
    assert get(client, "/")[0] == 302


def test_ten_wrong_passwords_lock_even_the_right_one_for_15_minutes(
    exercise: Flask, clock: time_machine.Traveller
) -> None:
    client = make(exercise)
    for _ in range(10):
        sign_in(client, password="not the password")

    assert REFUSED in sign_in(client).text
    clock.shift(timedelta(minutes=14))
    assert REFUSED in sign_in(client).text
    clock.shift(timedelta(minutes=2))
    assert sign_in(client).status_code == 302


def test_sign_in_is_slowed_per_account(exercise: Flask) -> None:
    client = make(exercise)
    page = client.get("/login", base_url=BASE)
    fields = {"csrf_token": csrf_of(page), "email": "nobody@force.example", "password": "x"}
    headers = {"Referer": f"{BASE}/login"}

    answers = [client.post("/login", data=fields, base_url=BASE, headers=headers).status_code for _ in range(31)]
    other = client.post("/login", data=fields | {"email": "b@force.example"}, base_url=BASE, headers=headers)

    assert answers == [200] * 30 + [429]
    assert other.status_code == 200


def test_a_form_without_its_forgery_token_is_refused(exercise: Flask) -> None:
    client = make(exercise)
    fields = {"email": "triager@force.example", "password": PASSWORD}
    headers = {"Referer": f"{BASE}/login"}

    assert client.post("/login", data=fields, base_url=BASE, headers=headers).status_code == 400
    assert client.post("/login", json=fields, base_url=BASE, headers=headers).status_code == 400
    sign_in(client)
    assert client.post("/press", base_url=BASE, headers=headers).status_code == 400
    token = csrf_of(client.get("/account", base_url=BASE))
    assert client.post("/press", data={"csrf_token": token}, base_url=BASE, headers=headers).text == "pressed"


def test_sign_out_ends_the_session(exercise: Flask) -> None:
    client = make(exercise)
    sign_in(client)

    response = post(client, "/logout", page="/account")

    assert response.headers["Location"] == "/login"
    assert get(client, "/")[0] == 302


def test_a_session_ends_after_30_idle_minutes_and_after_12_hours(
    exercise: Flask, clock: time_machine.Traveller
) -> None:
    client = make(exercise)
    sign_in(client)

    clock.shift(timedelta(minutes=29))
    assert get(client, "/")[0] == 200
    clock.shift(timedelta(minutes=29))
    assert get(client, "/", **{"HX-Request": "true"})[0] == 200
    clock.shift(timedelta(minutes=2))
    assert get(client, "/")[0] == 302
    assert "signed out" in get(client, "/login")[1]

    sign_in(client)
    for _ in range(25):
        clock.shift(timedelta(minutes=28))
        assert get(client, "/")[0] == 200
    clock.shift(timedelta(minutes=28))
    assert get(client, "/")[0] == 302


def test_deactivating_an_officer_ends_the_session_at_once(exercise: Flask) -> None:
    make(exercise, "admin@force.example", ("administrator",))
    client = make(exercise)
    sign_in(client)

    with exercise.app_context():
        officers.deactivate(SYSTEM, officer_id=2, now=NOW)

    assert get(client, "/")[0] == 302
    assert REFUSED in sign_in(client).text


def test_a_password_alone_neither_signs_in_nor_enrols(live: Flask) -> None:
    client = make(live)

    assert REFUSED in sign_in(client).text
    assert [
        get(client, page)[0] for page in ("/tf-setup", "/tf-rescue", "/mf-recovery-codes", "/verify", "/tf-select")
    ] == [404] * 5
    assert get(client, CODE_PAGE) == (302, "/login")
    assert get(client, "/")[0] == 302


def test_sign_in_asks_for_a_code_that_works_once(live: Flask, clock: time_machine.Traveller) -> None:
    client, readable, _ = make_enrolled(live)
    clock.move_to(LATER)

    assert sign_in(client).headers["Location"].startswith(CODE_PAGE)
    assert get(client, "/")[0] == 302
    assert post(client, CODE_PAGE, code=code_at(readable, LATER)).headers["Location"] == "/"
    assert get(client, "/") == (200, "home of Triager")
    assert only_officer(live).last_totp_counter == int(LATER.timestamp()) // 30

    second = live.test_client()
    sign_in(second)
    assert CODE_REFUSED in post(second, CODE_PAGE, code=code_at(readable, LATER)).text
    assert get(second, "/")[0] == 302
    fresh = LATER + timedelta(seconds=30)
    assert post(second, CODE_PAGE, code=code_at(readable, fresh)).headers["Location"] == "/"


def test_the_code_of_the_enrolment_is_used_up(live: Flask) -> None:
    client, readable, _ = make_enrolled(live)

    sign_in(client)

    assert CODE_REFUSED in post(client, CODE_PAGE, code=code_at(readable, NOW)).text


def test_ten_wrong_codes_lock_the_second_step_too(live: Flask, clock: time_machine.Traveller) -> None:
    client, readable, codes = make_enrolled(live)
    clock.move_to(LATER)
    right = code_at(readable, LATER)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    sign_in(client)

    for _ in range(10):
        assert CODE_REFUSED in post(client, CODE_PAGE, code=wrong).text

    assert CODE_REFUSED in post(client, CODE_PAGE, code=right).text
    assert CODE_REFUSED in post(client, RECOVERY_PAGE, code=codes[0]).text
    assert REFUSED in sign_in(live.test_client()).text
    clock.shift(timedelta(minutes=16))
    assert post(client, CODE_PAGE, code=code_at(readable, LATER + timedelta(minutes=16))).headers["Location"] == "/"
    assert only_officer(live).failed_attempts == 0


def test_a_recovery_code_works_once_whatever_its_case(live: Flask) -> None:
    client, _, codes = make_enrolled(live)
    sign_in(client)

    assert CODE_REFUSED in post(client, RECOVERY_PAGE, code="0000-0000-0000").text
    assert post(client, RECOVERY_PAGE, code=f" {codes[3].upper()} ").headers["Location"] == "/"

    assert get(client, "/")[0] == 200
    assert len(only_officer(live).mf_recovery_codes or ()) == factors.RECOVERY_CODES - 1
    second = live.test_client()
    sign_in(second)
    assert CODE_REFUSED in post(second, RECOVERY_PAGE, code=codes[3]).text


def test_the_database_holds_no_secret_in_clear(live: Flask, tmp_path: Path) -> None:
    _, readable, codes = make_enrolled(live)

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("appeal.sqlite3*"))

    for secret in (PASSWORD, readable, readable.replace("-", ""), *codes):
        assert secret.encode() not in stored


def test_the_library_remembers_nobody_and_takes_no_tokens(exercise: Flask) -> None:
    client = make(exercise)

    fields = {"email": "triager@force.example", "password": PASSWORD, "remember": "y"}
    response = post(client, "/login?include_auth_token", **fields)

    cookies = response.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-desk"}
    assert all("Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    with exercise.test_request_context():
        token = only_officer(exercise).get_auth_token()
    assert get(exercise.test_client(), f"/?auth_token={token}")[0] == 302
    assert get(exercise.test_client(), "/", **{"Authentication-Token": token})[0] == 302


def test_reading_pages_cannot_write(exercise: Flask) -> None:
    client = make(exercise)
    sign_in(client)

    assert client.get("/writes", base_url=BASE).status_code == 500
    assert only_officer(exercise).name == "Triager"


def test_every_answer_carries_the_headers(exercise: Flask) -> None:
    client = exercise.test_client()

    for address in ("/login", "/", "/nowhere", "/tf-setup"):
        headers = client.get(address, base_url=BASE).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Strict-Transport-Security"]
    assert "style=" not in client.get("/login", base_url=BASE).text


def test_only_static_files_may_be_kept_and_versioned_ones_for_ever(exercise: Flask) -> None:
    client = exercise.test_client()
    kept = {}
    for address in ("/static/icon.svg", "/static/icon.svg?v=1", "/static/nothing.css?v=1", "/login?v=1"):
        with client.get(address, base_url=BASE) as response:
            kept[address] = response.headers["Cache-Control"]

    assert kept == {
        "/static/icon.svg": "no-cache",
        "/static/icon.svg?v=1": "public, max-age=31536000, immutable",
        "/static/nothing.css?v=1": "no-store",
        "/login?v=1": "no-store",
    }


def test_every_endpoint_of_the_accounts_says_who_may_use_it(live: Flask) -> None:
    closed = {
        "security.static",
        "security.verify",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_rescue",
        "security.tf_select",
        "security.mf_recovery_codes",
    }
    found = gate.permissions_by_endpoint(live)

    gate.check_routes(live)
    assert {endpoint for endpoint, access in found.items() if access == "closed"} == closed
    assert {endpoint for endpoint, access in found.items() if access == "open"} == gate.OPEN - {
        "health",
        "calendar.feed",
        "paging.show",
        "paging.take",
    }
    assert found["queue"] == "read tips"
    assert found["account.show"] == "any officer"


def test_a_view_that_names_no_permission_stops_the_start_and_is_refused(exercise: Flask) -> None:
    exercise.add_url_rule("/silent", "silent", lambda: "secret")
    client = make(exercise)
    sign_in(client)

    with pytest.raises(ConfigurationWrong, match="silent"):
        gate.check_routes(exercise)
    assert get(client, "/silent")[0] == 404


def test_an_exercise_has_no_second_step_at_all(exercise: Flask) -> None:
    client = make(exercise)

    assert [get(client, page)[0] for page in (CODE_PAGE, RECOVERY_PAGE, "/tf-setup")] == [404] * 3
