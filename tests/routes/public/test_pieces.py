"""What the script of the form asks for: small JSON, sentences for mistakes, nothing without a token of ours."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appeal.keys import DeskKeys
from appeal.models.tip import Message, MessageFile
from appeal.routes.public import pieces as routes
from tests.routes.public.test_tell import JPEG, code_on, count, hidden, more, only_tip, send


@pytest.fixture
def pieces(public: Flask, client: FlaskClient) -> FlaskClient:
    public.register_blueprint(routes.pages)
    return client


def ask(client: FlaskClient, token: str, path: str = "", lang: str = "en", **what: Any) -> Any:
    return client.post(f"/{lang}/tell/pieces{path}", headers={routes.TOKEN_HEADER: token}, **what)


def test_file_joins_the_words_that_were_sent_before(pieces: FlaskClient, desk_keys: DeskKeys) -> None:
    page = send(pieces).text
    token = hidden(page, "token")
    about = {"name": "street.jpg", "size": str(len(JPEG)), "modified": "17"}
    begun = ask(pieces, token, data=about)
    assert (begun.status_code, begun.json["here"], begun.json["pieces"]) == (200, 0, 1)
    assert ask(pieces, token, f"/{begun.json['upload']}/0", data=JPEG).json["here"] == 1
    assert ask(pieces, token, f"/{begun.json['upload']}/done", data=about).status_code == 200
    assert (only_tip().message_count, count(MessageFile)) == (2, 1)
    thanks = more(pieces, page, [], sent="1")
    assert "What you added was stored too." in thanks.text
    assert code_on(thanks.text) == code_on(page)


def test_page_with_the_script_allows_ours_and_no_other(pieces: FlaskClient) -> None:
    answer = send(pieces)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.text.count("<script") == 1


@pytest.mark.parametrize("token", ["", "nonsense", "é" * 30])
def test_nothing_is_taken_without_a_token_of_ours(pieces: FlaskClient, token: str) -> None:
    answer = pieces.post("/en/tell/pieces", headers={routes.TOKEN_HEADER: token.encode().decode("latin-1")})
    assert answer.status_code == 403
    assert "error" in answer.json


@pytest.mark.parametrize("size", ["", "x", "-1", "0", "9" * 40, "104857601"])
def test_mistakes_are_sentences_in_the_language_of_the_page(pieces: FlaskClient, size: str) -> None:
    token = hidden(send(pieces).text, "token")
    answer = ask(pieces, token, lang="es", data={"name": "a", "size": size})
    assert answer.status_code == 400
    assert "archivo" in answer.json["error"]


def test_unknown_upload_and_pieces_out_of_order_are_refused(pieces: FlaskClient) -> None:
    token = hidden(send(pieces).text, "token")
    assert ask(pieces, token, "/0/0", data=b"x").status_code == 400
    begun = ask(pieces, token, data={"name": "a", "size": "3000000"}).json
    assert ask(pieces, token, f"/{begun['upload']}/2", data=b"x").status_code == 409
    assert ask(pieces, token, f"/{begun['upload']}/done").status_code == 409
    assert count(Message) == 1
