"""The words taken before Flask are taken exactly as by the view behind it."""

from urllib.parse import quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from appeal.db import reading
from appeal.keys import DeskKeys
from appeal.models.tip import Tip
from appeal.routes.public import quick, site, tell
from tests.routes.public.test_tell import code_on, contents, count, token

ENCODED = "application/x-www-form-urlencoded"


class Counting:
    """The application behind, which counts what was passed on to it."""

    def __init__(self, app: quick.WSGIApp) -> None:
        self.app, self.asked = app, 0

    def __call__(self, environ: quick.Environ, start_response: quick.StartResponse) -> object:
        self.asked += 1
        return self.app(environ, start_response)


@pytest.fixture
def behind(public: Flask) -> Counting:
    public.after_request(tell.guard)
    public.after_request(site.secure)
    counting = Counting(public.wsgi_app)
    public.wsgi_app = quick.WordsResponder(public, counting)  # type: ignore[arg-type, method-assign]
    return counting


def test_words_are_stored_without_asking_flask(behind: Counting, client: FlaskClient, desk_keys: DeskKeys) -> None:
    made = token(client)
    asked = behind.asked
    said = "She lives in the mill – ¿sí? 🌉"
    answer = client.post("/es/tell/words", data={"token": made, "words": said})
    assert (answer.status_code, behind.asked, count(Tip)) == (200, asked, 1)
    assert [one["text"] for one in contents(desk_keys)] == [said]
    with reading() as session:
        assert session.scalar(select(Tip.language)) == "es"


def test_answers_are_the_same_on_both_ways(behind: Counting, client: FlaskClient, public: Flask) -> None:
    for more in ({"words": "I saw him"}, {"words": ""}, {"words": "x" * 50_001}, {"words": "I", "token": "nonsense"}):
        data = {"token": token(client)} | more
        quickly = client.post("/en/tell/words", data=data)
        slowly = client.post("/en/tell/words", data=data, content_type="multipart/form-data")
        assert (quickly.status_code, quickly.content_type) == (slowly.status_code, slowly.content_type)
        assert dict(quickly.headers) == dict(slowly.headers)
        if quickly.status_code == 200:
            assert code_on(quickly.text) == code_on(slowly.text)
    assert public.config["TESTING"] is False


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe=1", b"&".join(b"a=1" for _ in range(200)), b"words=%ff%00%zz&&&=", b"=", b"words=\xc3\xa9"],
)
def test_garbage_is_answered_and_stores_nothing(behind: Counting, client: FlaskClient, body: bytes) -> None:
    answer = client.post("/en/tell/words", data=body, content_type=ENCODED)
    assert (answer.status_code, count(Tip)) == (400, 0)


def test_first_of_two_equal_fields_counts(behind: Counting, client: FlaskClient, desk_keys: DeskKeys) -> None:
    body = f"token={quote_plus(token(client))}&words=first&words=second"
    assert client.post("/en/tell/words", data=body, content_type=f"{ENCODED}; charset=utf-8").status_code == 200
    assert [one["text"] for one in contents(desk_keys)] == ["first"]


def test_what_fails_on_the_short_way_is_asked_again_on_the_long_one(
    behind: Counting, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"token": token(client), "words": "I saw him"}
    asked = behind.asked

    def fails(_body: bytes) -> dict[str, str]:
        raise RuntimeError

    monkeypatch.setattr(quick, "_fields", fails)
    assert client.post("/en/tell/words", data=data).status_code == 200
    assert behind.asked == asked + 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Tip)) == 1
