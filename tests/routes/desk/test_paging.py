"""The link of a page: opened without an account, taken with one press, and every other case said in words."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from appeal import db
from appeal.db import dispose_engines
from appeal.routes.desk import admin
from appeal.routes.desk import desks as desk_pages
from appeal.routes.desk import paging as paging_pages
from appeal.services import desks, page_posts, paging
from tests.desk import BASE, NOW, post
from tests.routes.desk.duty import duty_app, get, press, signed_in


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def app(tmp_path: Path, clock: time_machine.Traveller) -> Iterator[Flask]:
    yield duty_app(tmp_path, paging_pages, desk_pages, admin)
    dispose_engines()


@pytest.fixture
def tess(app: Flask) -> FlaskClient:
    return signed_in(app, "tess", "triager")


@pytest.fixture
def link(app: Flask, tess: FlaskClient) -> str:
    with app.app_context(), db.writing() as session:
        paging.page(session, kind="cover", target="appeal:7", path="/appeals/7", now=NOW)
        return "/p/" + page_posts.token(1)


def test_one_press_without_an_account_takes_it(app: Flask, link: str) -> None:
    phone = app.test_client()
    shown = get(phone, link)
    assert "Can you read now?" in shown.text
    assert "You answer as Tess." in shown.text
    done = post(phone, link)
    assert "this counts as staffed hours" in done.text
    assert "Tess took it at" in done.text
    assert "this counts as staffed hours" in get(phone, link).text
    with app.app_context():
        found = paging.status(1)
    assert (found.taken_by and found.taken_by.name, found.asked[0].opened_at) == ("Tess", NOW)


def test_it_speaks_the_officers_language(app: Flask, tess: FlaskClient, link: str) -> None:
    with app.app_context(), db.writing() as session:
        paging.status(1).asked[0].officer.language = "es"
        session.flush()
    assert 'lang="es"' in get(app.test_client(), link).text


def test_another_officer_cannot_take_it_with_this_link(app: Flask, link: str) -> None:
    other = signed_in(app, "tom", "triager")
    assert "sent to another officer" in get(other, link).text
    with app.app_context():
        assert paging.status(1).is_open


def test_an_old_link_says_where_to_look(app: Flask, link: str, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + timedelta(hours=25))
    shown = get(app.test_client(), link)
    assert "older than 24 hours" in shown.text
    assert "<form" not in shown.text.partition("<main")[2]


@pytest.mark.parametrize("forged", ["/p/1-made-up", "/p/x", "/p/99-AAAAAAAAAAAAAAAAAAAA"])
def test_a_forged_link_is_answered_in_words(app: Flask, link: str, forged: str) -> None:
    shown = get(app.test_client(), forged)
    assert shown.status_code == 404
    assert "not one of ours" in shown.text


def test_a_press_from_another_site_takes_nothing(app: Flask, link: str) -> None:
    assert app.test_client().post(link, base_url=BASE).status_code == 400
    with app.app_context():
        assert paging.status(1).is_open


def test_an_officer_says_how_to_be_paged(app: Flask, tess: FlaskClient) -> None:
    shown = press(tess, "/account/paging", "/account/paging", number="+34 600 555 201", by_sms="y")
    assert 'value="+34600555201"' in shown.text
    with app.app_context():
        assert desks.contact(1) == desks.Contact("+34600555201", by_sms=True, by_email=False)
    wrong = post(tess, "/account/paging", number="600", by_sms="y")
    assert wrong.status_code == 400
    assert "Enter the number with its country" in wrong.text
