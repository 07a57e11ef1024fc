"""The tip form as a browser without scripts uses it."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from appeal import sealing
from appeal.db import reading
from appeal.installation import current
from appeal.keys import DeskKeys
from appeal.models.tip import Message, MessageContent, MessageFile, Tip
from appeal.routes.public import throttle
from appeal.rules.clock import now
from appeal.rules.errors import DatabaseAway, Overloaded
from appeal.tips import intake, spool

JPEG = b"\xff\xd8\xff\xe0 picture"
Content = dict[str, Any]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def code_on(page: str) -> str:
    found = re.search(r'class="code">([^<]+)<', page)
    assert found
    return found[1]


def token(client: FlaskClient, lang: str = "en") -> str:
    return hidden(client.get(f"/{lang}/tell").text, "token")


def send(client: FlaskClient, lang: str = "en", **values: str) -> Any:
    return client.post(f"/{lang}/tell/words", data={"token": token(client, lang), "words": "I saw him"} | values)


def contents(desk: DeskKeys) -> list[Content]:
    with reading() as session:
        sealed = session.scalars(select(MessageContent.sealed)).all()
    return [json.loads(desk.open(one)) for one in sealed]


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def only_tip() -> Tip:
    with reading() as session:
        return session.scalars(select(Tip).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("address", ["tell", "code"])
def test_pages_open_without_cookie_and_are_kept_nowhere(client: FlaskClient, lang: str, address: str) -> None:
    answer = client.get(f"/{lang}/{address}")
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "<script" not in answer.text
    assert 'href="https://www.wikipedia.org/"' in answer.text
    assert len(answer.data) < 100_000


def test_unknown_language_is_not_found(client: FlaskClient) -> None:
    assert client.get("/fr/tell").status_code == 404


def test_words_are_stored_before_the_code_is_shown(client: FlaskClient, desk_keys: DeskKeys) -> None:
    answer = send(client, words="He lives in the old mill")
    assert answer.status_code == 200
    tip = only_tip()
    assert tip.code_hash == sealing.code_hash(code_on(answer.text))
    assert (tip.source, tip.language, tip.lane) == ("webform", "en", "to_read")
    assert [one["text"] for one in contents(desk_keys)] == ["He lives in the old mill"]
    assert "Received. Thank you." in answer.text
    assert "read" in answer.text
    assert "old mill" not in answer.text


def test_pressing_twice_makes_one_tip_and_shows_the_same_code(client: FlaskClient) -> None:
    values = {"token": token(client), "words": "I saw him"}
    first, again = (client.post("/en/tell/words", data=values) for _ in range(2))
    assert code_on(first.text) == code_on(again.text)
    assert (count(Tip), count(Message)) == (1, 1)


def test_other_words_under_the_same_token_are_not_lost(client: FlaskClient, desk_keys: DeskKeys) -> None:
    values = {"token": token(client)}
    for words in ("I saw him", "I saw him, in a red coat"):
        client.post("/en/tell/words", data=values | {"words": words})
    assert (count(Tip), sorted(one["text"] for one in contents(desk_keys))) == (
        1,
        ["I saw him", "I saw him, in a red coat"],
    )


def test_appeal_comes_with_a_button_and_not_in_the_address(client: FlaskClient) -> None:
    page = client.post("/en/tell", data={"appeal": "k3v9q2mx7d"}).text
    assert hidden(page, "appeal") == "k3v9q2mx7d"
    assert "I can see this person now" in page
    live = client.post("/en/tell", data={"appeal": "k3v9q2mx7d", "live": "1"}).text
    assert (hidden(live, "appeal"), hidden(live, "kind")) == ("k3v9q2mx7d", "live")
    assert 'class="call" href="tel:112"' in live
    mine = client.post("/en/tell", data={"about_me": "k3v9q2mx7d"}).text
    assert (hidden(mine, "appeal"), hidden(mine, "kind")) == ("k3v9q2mx7d", "about_me")
    assert "+34 600 555 010" in mine


@pytest.mark.parametrize(("kind", "lane"), [("live", "live"), ("about_me", "about_me"), ("nonsense", "to_read")])
def test_kind_puts_the_tip_in_its_lane(client: FlaskClient, kind: str, lane: str) -> None:
    assert send(client, kind=kind, where="platform 3", words="x").status_code == 200
    tip = only_tip()
    assert (tip.lane, tip.is_live, tip.is_about_me) == (lane, lane == "live", lane == "about_me")


def test_live_needs_only_a_place(client: FlaskClient, desk_keys: DeskKeys) -> None:
    assert send(client, kind="live", where="platform 3", words="").status_code == 200
    assert contents(desk_keys)[0]["facts"] == {"where": "platform 3"}


@pytest.mark.parametrize("words", ["", "   \r\n "])
def test_missing_words_are_named_at_their_field(client: FlaskClient, words: str) -> None:
    answer = send(client, words=words)
    assert answer.status_code == 400
    assert 'href="#words"' in answer.text
    assert answer.text.count("Write what you know, in your own words.") == 2
    assert count(Tip) == 0


def test_words_that_are_too_long_are_kept_in_the_form(client: FlaskClient) -> None:
    words = "a long story " * 4_000
    answer = send(client, words=words)
    assert answer.status_code == 400
    assert "50,000 characters at most" in answer.text
    assert words.strip() in answer.text
    assert count(Tip) == 0


@pytest.mark.parametrize("bad", ["", "nonsense", "old", "é" * 40])
def test_form_that_is_not_ours_or_too_old_keeps_the_words_and_gets_a_new_token(client: FlaskClient, bad: str) -> None:
    key = current().keys.form_key
    made = sealing.new_token(key, now().replace(year=2020)) if bad == "old" else bad
    answer = client.post("/en/tell/words", data={"token": made, "words": "I <b>saw</b> him", "appeal": "abc"})
    assert (answer.status_code, count(Tip)) == (400, 0)
    assert "I &lt;b&gt;saw&lt;/b&gt; him" in answer.text
    assert "open for too long" in answer.text
    renewed = {name: hidden(answer.text, name) for name in ("token", "appeal", "kind")}
    assert client.post("/en/tell/words", data=renewed | {"words": "I saw him"}).status_code == 200


def more(client: FlaskClient, page: str, files: list[tuple[bytes, str]], **values: str) -> Any:
    parts = [(f'name="{key}"', value.encode()) for key, value in {"token": hidden(page, "token"), **values}.items()]
    parts += [(f'name="files"; filename="{name}"', data) for data, name in files]
    body = b"".join(b"--xyz\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (a.encode(), b) for a, b in parts)
    return client.post("/en/tell/more", data=body + b"--xyz--\r\n", content_type="multipart/form-data; boundary=xyz")


def test_more_goes_to_the_same_tip_with_its_files_sealed(client: FlaskClient, desk_keys: DeskKeys) -> None:
    page = send(client).text
    answer = more(client, page, [(JPEG, "street.jpg")], where="the bridge", phone="+34600111222")
    assert answer.status_code == 200
    assert code_on(answer.text) == code_on(page)
    tip = only_tip()
    assert (tip.message_count, tip.file_count) == (2, 1)
    assert [one["facts"] for one in contents(desk_keys) if one["facts"]] == [
        {"phone": "+34600111222", "where": "the bridge"}
    ]
    with reading() as session:
        row = session.scalars(select(MessageFile)).one()
    assert desk_keys.open(current().files.open(row.file)) == JPEG
    assert json.loads(desk_keys.open(row.sealed_name)) == {"mime": "image/jpeg", "name": "street.jpg"}
    assert "+34600111222" not in answer.text


def test_more_pressed_twice_is_one_message(client: FlaskClient) -> None:
    page = send(client).text
    for _ in range(2):
        more(client, page, [(JPEG, "a.jpg")], where="here")
    assert (only_tip().message_count, count(Message), count(MessageFile)) == (2, 2, 1)


def test_nothing_more_is_no_message(client: FlaskClient) -> None:
    page = send(client).text
    assert more(client, page, []).status_code == 200
    assert count(Message) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "is empty"), (b"MZ\x90 program", "no photo, video, sound or PDF"), (b"<svg/>", "no photo")],
)
def test_file_that_fails_is_named_and_costs_nothing_else(
    client: FlaskClient, desk_keys: DeskKeys, data: bytes, sentence: str
) -> None:
    page = send(client).text
    answer = more(client, page, [(data, "bad.bin"), (JPEG, "good.jpg")], where="the bridge")
    assert answer.status_code == 400
    assert 'href="#files"' in answer.text
    assert sentence in answer.text
    assert 'value="the bridge"' in answer.text
    assert (only_tip().message_count, count(MessageFile)) == (2, 1)
    assert code_on(answer.text) == code_on(page)


def test_too_much_at_once_is_413_in_words_and_the_words_stay(client: FlaskClient) -> None:
    page = send(client).text
    answer = more(client, page, [(JPEG + b"0" * 28_000_000, "film.jpg")])
    assert answer.status_code == 413
    assert "25 MB is the most" in answer.text
    assert count(Message) == 1


def test_files_just_above_the_limit_are_named_at_their_field(client: FlaskClient) -> None:
    page = send(client).text
    answer = more(client, page, [(JPEG + b"0" * (25 * 1024 * 1024), "film.jpg")], where="here")
    assert answer.status_code == 400
    assert "25 MB together at most" in answer.text
    assert (count(Message), count(MessageFile)) == (1, 0)


def test_upload_leaves_no_file_outside_the_store(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    page = send(client).text
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda *_a, **_k: opened.append("spool"))
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_a, **_k: opened.append("file"))
    answer = more(client, page, [(JPEG + b"0" * 2_000_000, "a.jpg")])
    assert (answer.status_code, opened, count(MessageFile)) == (200, [], 1)


def fail_with(error: Exception) -> Callable[..., None]:
    def fails(*_a: object, **_k: object) -> None:
        raise error

    return fails


def test_what_cannot_be_stored_now_is_503_with_the_words_and_a_number(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(client).text
    values = {"token": token(client), "words": "she is at the market"}
    monkeypatch.setattr("appeal.tips.intake.db.write_together", fail_with(Overloaded(after=2)))
    answer = client.post("/en/tell/words", data=values)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "she is at the market" in answer.text
    assert 'href="tel:112"' in answer.text
    assert hidden(answer.text, "token") == values["token"]
    assert 'class="code"' not in answer.text
    later = more(client, page, [], where="the bridge")
    assert (later.status_code, later.headers["Retry-After"]) == (503, "2")
    assert 'value="the bridge"' in later.text
    monkeypatch.undo()
    assert client.post("/en/tell/words", data=values).status_code == 200


@pytest.mark.parametrize("error", [OperationalError("", {}, Exception("away")), DatabaseAway(after=2)])
def test_words_are_thanked_for_once_they_wait_on_the_disk(
    client: FlaskClient, desk_keys: DeskKeys, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    values = {"token": token(client), "words": "she is at the market"}
    monkeypatch.setattr("appeal.db.write_together", fail_with(error))
    answer = client.post("/en/tell/words", data=values)
    assert (answer.status_code, spool.waiting(), count(Tip)) == (200, 1, 0)
    monkeypatch.undo()
    assert (spool.take_in(), spool.waiting()) == (1, 0)
    assert [one["text"] for one in contents(desk_keys)] == ["she is at the market"]
    assert only_tip().code_hash == sealing.code_hash(code_on(answer.text))


@pytest.mark.parametrize(("lang", "said"), [("en", "Please call"), ("es", "llame al")])
def test_full_disk_is_said_with_the_telephone_number_and_no_thanks(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    values = {"token": token(client), "words": "she is at the market"}
    monkeypatch.setattr("appeal.db.write_together", fail_with(DatabaseAway(after=2)))
    current().config.spool.write_text("a file stands where the folder should be")
    answer = client.post(f"/{lang}/tell/words", data=values)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "she is at the market" in answer.text
    assert f"{said} 091." in answer.text
    assert 'class="code"' not in answer.text


def test_files_stop_before_the_disk_is_full_and_words_do_not(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = send(client).text
    monkeypatch.setattr("appeal.filestore.LEAST_RESERVE", 10**18)
    answer = more(client, page, [(JPEG, "a.jpg")], where="the bridge")
    assert answer.status_code == 400
    assert "no room for files" in answer.text
    assert (only_tip().message_count, count(MessageFile)) == (2, 0)
    assert send(client).status_code == 200


def test_code_shows_how_it_stands_and_takes_more_words(client: FlaskClient, desk_keys: DeskKeys) -> None:
    code = code_on(send(client).text)
    page = client.post("/en/code", data={"code": code.lower().replace("-", " ")})
    assert page.status_code == 200
    assert "Your message was received. Nobody has read it yet." in page.text
    added = client.post("/en/code", data={"code": code, "token": hidden(page.text, "token"), "words": "He limps"})
    assert added.status_code == 200
    assert "What you added was stored too." in added.text
    assert "He limps" not in added.text
    assert (count(Tip), only_tip().message_count) == (1, 2)
    assert sorted(one["text"] for one in contents(desk_keys)) == ["He limps", "I saw him"]


def test_added_words_with_an_old_page_are_kept_in_the_form(client: FlaskClient) -> None:
    code = code_on(send(client).text)
    answer = client.post("/en/code", data={"code": code, "token": "nonsense", "words": "He limps"})
    assert answer.status_code == 400
    assert "He limps" in answer.text
    assert answer.text.count("open for too long") == 1
    assert count(Message) == 1


def test_wrong_code_is_named_and_guessing_is_slowed_for_everybody(client: FlaskClient) -> None:
    answer = client.post("/en/code", data={"code": "ABCD"})
    assert answer.status_code == 400
    assert 'href="#code"' in answer.text
    for _ in range(throttle.MOST_FAILURES):
        throttle.count_failure(now())
    closed = client.post("/en/code", data={"code": "ABCD"})
    assert closed.status_code == 429
    assert "Too many wrong codes" in closed.text


def test_public_process_can_open_nothing(public: Flask) -> None:
    with pytest.raises(TypeError):
        _ = current().desk_keys
    assert intake.MOST_FILE_BYTES == 25 * 1024 * 1024
