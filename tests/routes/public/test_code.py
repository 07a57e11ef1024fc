"""The way back with the code: questions and outcomes, answers with pictures, and the code as a file."""

from io import BytesIO

from flask.testing import FlaskClient

from appeal import sealing
from appeal.db import writing
from appeal.installation import NAME, Installation, install
from appeal.keys import DeskKeys
from appeal.models.people import User
from appeal.models.tip import Message, MessageFile, Tip
from appeal.rules.clock import now
from appeal.rules.permissions import Actor
from appeal.tips import dialogue
from tests.routes.public.test_tell import JPEG, code_on, contents, count, hidden, only_tip, send

ANA = Actor(1, "Ana", frozenset({"triager"}))


def say(client: FlaskClient, desk: DeskKeys, tip_id: int) -> None:
    """The desk asks and tells, in its own process."""
    held = client.application.extensions[NAME]
    with writing() as session:
        session.add(User(id=1, name="Ana", email="ana@force.example", fs_uniquifier="ana"))
    install(client.application, Installation(held.config, desk, held.files))
    dialogue.ask(ANA, tip_id=tip_id, words="Which <way> did he go?", now=now())
    dialogue.tell_outcome(ANA, tip_id=tip_id, outcome="enough", now=now())
    install(client.application, held)


def back(client: FlaskClient, code: str, lang: str = "en", **more: object) -> str:
    token = hidden(client.get(f"/{lang}/code").text, "token")
    return client.post(f"/{lang}/code", data={"token": token, "code": code} | more).text


def test_questions_and_outcome_are_read_with_the_code_and_answered(client: FlaskClient, desk_keys: DeskKeys) -> None:
    code = code_on(send(client).text)
    say(client, desk_keys, only_tip().id)
    page = back(client, code.lower().replace("-", " "), "es")
    assert "Which &lt;way&gt; did he go?" in page
    assert "No tiene que contestar" in page
    assert page.index("Which") < page.index("Gracias. No necesitamos")
    answered = back(client, code, words="To the left", where="Mill bridge", files=(BytesIO(JPEG), "a.jpg"))
    assert "What you added was stored too." in answered
    assert [one["facts"] for one in contents(desk_keys) if one["text"] == "To the left"] == [{"where": "Mill bridge"}]
    assert (count(Tip), count(Message), count(MessageFile)) == (1, 2, 1)
    assert "To the left" not in answered


def test_a_bad_file_costs_no_word_and_a_second_press_makes_nothing_twice(client: FlaskClient) -> None:
    code = code_on(send(client).text)
    token = hidden(client.get("/en/code").text, "token")
    for _ in range(2):
        given = {"token": token, "code": code, "words": "He limps", "files": (BytesIO(b"MZ"), "a.exe")}
        answer = client.post("/en/code", data=given)
        assert answer.status_code == 400
        assert "What you added was stored too." in answer.text
        assert "no photo, video, sound or PDF" in answer.text
    assert count(Message) == 2


def test_odd_answers_are_taken_or_named(client: FlaskClient) -> None:
    code = code_on(send(client).text)
    for words in ("a" * 10_000, "\x00NUL", "\u202eرقم", "31.12.1900 and 2100-01-01", "91.0, 181.0"):
        assert "What you added was stored too." in back(client, code, words=words)
    assert "2,000 characters at most" in back(client, code, where="a" * 3_000)
    assert "We do not know this code" in back(client, "\x00", words="kept")
    assert "kept" in back(client, "nonsense", words="kept")


def test_the_code_is_spelled_and_comes_as_a_file_that_betrays_nothing(client: FlaskClient) -> None:
    thanks = send(client, "es")
    code, token = code_on(thanks.text), hidden(thanks.text, "token")
    assert "Antonio" in thanks.text or any(name in thanks.text for name in ("siete", "Kilo", "Zaragoza", "Madrid"))
    answer = client.post("/es/code/text", data={"token": token})
    assert answer.headers["Content-Disposition"] == "attachment; filename=code.txt"
    lines = answer.text.split("\r\n")
    assert (lines[0], len(lines)) == (code, 9)
    assert sealing.normalise_code(lines[0]) == code
    assert client.post("/es/code/text", data={"token": "x"}).status_code == 400
