"""The optional pages after the words: each kept as it comes, none before the words, mistakes named and nothing lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from appeal.db import writing
from appeal.keys import DeskKeys
from appeal.models.force import ForceSetting
from appeal.models.tip import Message, Tip
from appeal.rules import geo
from appeal.rules.clock import now
from appeal.services import outline
from tests.routes.public.test_tell import code_on, contents, count, hidden, send, token

GROUND = geo.Outline(
    (((41.6, -0.9), (41.7, -0.9), (41.7, -0.8), (41.6, -0.8), (41.6, -0.9)),), (("Mill", (41.65, -0.85)),)
)


@pytest.fixture
def told(client: FlaskClient) -> str:
    """The token of words that are stored."""
    return hidden(send(client).text, "token")


def go(client: FlaskClient, told: str, step: str, act: str, lang: str = "en", **values: str) -> Any:
    return client.post(f"/{lang}/tell/further", data={"token": told, "step": step, "act": act} | values)


def facts(desk: DeskKeys) -> list[dict[str, str]]:
    return [one["facts"] for one in contents(desk) if one["facts"]]


def test_every_page_is_kept_and_leads_to_the_next_and_the_last_to_the_code(
    client: FlaskClient, told: str, desk_keys: DeskKeys
) -> None:
    answers = {
        "where": {"where": "Mill bridge", "position": "41.6561, -0.8773"},
        "when": {"on": "2026-03-01", "at": "18:30", "when": "at dusk"},
        "who": {"who": "Juan Prueba", "relation": "work"},
        "seen": {"recognised_by": "the way he walks", "doubts": "none"},
        "you": {"standing": "confidential", "phone": "+34600555444"},
    }
    page = client.post("/en/tell/further", data={"token": told, "step": "where"})
    for number, (step, values) in enumerate(answers.items(), start=1):
        assert f"Page {number} of 5" in page.text
        assert len(page.data) < 100_000
        page = go(client, told, step, "save", **values)
        assert page.status_code == 200
    assert code_on(page.text) == code_on(send(client, token=told).text)
    assert (count(Tip), count(Message)) == (1, 6)
    wanted = answers | {"when": {"when": "2026-03-01 18:30 at dusk"}}
    assert facts(desk_keys) == list(wanted.values())


def test_nothing_is_asked_before_the_words(client: FlaskClient, told: str) -> None:
    for other in (token(client), "x", ""):
        page = go(client, other, "seen", "save", recognised_by="face")
        assert page.status_code == 400
        assert 'name="words"' in page.text
    assert (count(Tip), count(Message)) == (1, 1)
    assert go(client, told, "nonsense", "save").status_code == 400


def test_skipping_and_pressing_twice_store_nothing_more(client: FlaskClient, told: str) -> None:
    assert "When was it?" in go(client, told, "where", "skip", where="Mill bridge").text
    assert "Received. Thank you." in go(client, told, "where", "finish").text
    assert count(Message) == 1
    for _press in range(2):
        go(client, told, "where", "save", where="Mill bridge")
    assert count(Message) == 2


def test_who_wants_to_stay_anonymous_is_never_kept_by_name(client: FlaskClient, told: str, desk_keys: DeskKeys) -> None:
    go(client, told, "you", "save", standing="anonymous", name="Ana", phone="600")
    assert facts(desk_keys) == []
    assert count(Message) == 1


@pytest.mark.parametrize(
    ("step", "values", "sentence"),
    [
        ("where", {"position": "91.00, 181.00"}, "such as 41.6561"),
        ("where", {"position": "\x00"}, "such as 41.6561"),
        ("where", {"where": "a" * 10_000}, "2,000 characters at most"),
        ("when", {"on": "1900-01-01"}, "more than 100 years ago"),
        ("when", {"on": "2100-01-01"}, "has not come yet"),
        ("when", {"on": "31/02/2026"}, "day, month and year"),
        ("when", {"at": "25:99"}, "day, month and year"),
    ],
)
def test_what_cannot_be_is_named_and_what_was_typed_stays(
    client: FlaskClient, told: str, step: str, values: dict[str, str], sentence: str
) -> None:
    page = go(client, told, step, "save", **values)
    assert page.status_code == 400
    assert sentence in page.text
    assert count(Message) == 1


def test_odd_letters_are_kept_as_they_are(client: FlaskClient, told: str, desk_keys: DeskKeys) -> None:
    assert go(client, told, "who", "save", who="\u202eمحمد <b>&amp;", whereabouts="x" * 1_999).status_code == 200
    assert facts(desk_keys) == [{"who": "\u202eمحمد <b>&amp;", "whereabouts": "x" * 1_999}]
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    assert go(client, told, "when", "save", on=tomorrow).status_code == 200


def test_the_map_moves_under_the_cross_without_a_script(client: FlaskClient, told: str) -> None:
    assert "<svg" not in go(client, told, "where", "").text
    with writing() as session:
        session.merge(ForceSetting(name=outline.NAME, value=geo.written(GROUND)))
    page = go(client, told, "where", "").text
    assert "Mill</text>" in page
    frame = hidden(page, "frame")
    moved = go(client, told, "where", "north", frame=frame).text
    assert hidden(moved, "frame") != frame
    latitude = re.search(r'name="position"[^>]*value="([\d.]+), ', moved)
    assert latitude
    assert 41.65 < float(latitude[1]) < 41.8
    for odd in ("nan,nan,nan,nan", "1,2,3", "0,0,-1,-1", "a" * 10_000):
        assert go(client, told, "where", "in", frame=odd).status_code == 200
