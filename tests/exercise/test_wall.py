"""The wall, as a browser without JavaScript sees it."""

import base64
import re
import smtplib

import pytest
import requests
import tweepy
from twilio.rest import Client as TwilioClient

from appeal.exercise.app import Exercise
from tests.exercise.conftest import FORCE_NUMBER, Control, Force
from tests.exercise.test_mail import PICTURE, mail
from tests.exercise.test_x import picture, upload


def page(exercise: Exercise) -> str:
    answer = requests.get(f"{exercise.address}/", timeout=10)
    assert answer.status_code == 200
    return answer.text


def press(exercise: Exercise, name: str, **fields: str) -> requests.Response:
    return requests.post(f"{exercise.address}/public/{name}", data=fields, timeout=10)


def test_empty_wall_says_exercise_and_how_it_fills(exercise: Exercise) -> None:
    answer = requests.get(f"{exercise.address}/", timeout=10)

    assert '<p class="exercise">EXERCISE</p>' in answer.text
    assert "No posts yet." in answer.text
    assert "No text messages yet." in answer.text
    assert "No mails yet." in answer.text
    assert "Every platform works." in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not re.search(r"<script|<style|style=|onclick", answer.text)
    assert requests.get(f"{exercise.address}/static/exercise.css", timeout=10).status_code == 200


def test_wall_shows_posts_texts_and_mails(
    exercise: Exercise, x: tweepy.Client, twilio: TwilioClient, smtp: smtplib.SMTP
) -> None:
    media_id = upload(x, picture())
    described = {"id": media_id, "metadata": {"alt_text": {"text": "A red field"}}}
    x.request("POST", "/2/media/metadata", json=described, user_auth=True)
    x.create_tweet(text="Have you <seen> him?", media_ids=[media_id])
    twilio.messages.create(to="+34600000001", from_=FORCE_NUMBER, body="A text for you")
    smtp.send_message(mail())
    shown = page(exercise)

    assert "Have you &lt;seen&gt; him?" in shown
    assert 'alt="A red field"' in shown
    assert "A text for you" in shown
    assert "EXERCISE: ¿Lo ha visto?" in shown
    sources = re.findall(r'<img src="([^"]+)"', shown)
    pictures = [requests.get(exercise.address + source, timeout=10).content for source in sources]
    assert pictures == [picture(), PICTURE]


def test_link_of_a_post_can_be_pressed_and_its_text_stays_text(exercise: Exercise, x: tweepy.Client) -> None:
    x.create_tweet(text="<b> http://127.0.0.1:8000/r/Ab3dEf9h, then example.com")

    link = '<a href="http://127.0.0.1:8000/r/Ab3dEf9h">http://127.0.0.1:8000/r/Ab3dEf9h</a>'
    assert f'&lt;b&gt; {link}, then <a href="https://example.com">example.com</a>' in page(exercise)


def test_deleted_post_is_shown_as_gone(exercise: Exercise, x: tweepy.Client) -> None:
    made = x.create_tweet(text="The name of a person").data["id"]
    x.delete_tweet(made)
    shown = page(exercise)

    assert "<strong>Gone.</strong>" in shown
    assert "The name of a person" not in shown


def test_public_answers_a_post_on_the_wall(exercise: Exercise, x: tweepy.Client) -> None:
    made = x.create_tweet(text="Who saw him?").data["id"]
    shown = press(exercise, "reply", author="ana", text="I saw him", in_reply_to=made)

    assert "Your answer is on the wall." in shown.text
    [mention] = x.get_users_mentions(1001, user_auth=True).data
    assert mention.text == "@policia_prueba I saw him"


def test_refused_answer_keeps_what_was_typed(exercise: Exercise, x: tweepy.Client) -> None:
    made = x.create_tweet(text="Who saw him?").data["id"]
    shown = press(exercise, "reply", author="ana", text="long " * 80, in_reply_to=made)

    assert shown.status_code == 400
    assert "A post has 1 to 280 characters." in shown.text
    assert "long " * 80 in shown.text


def test_public_sends_a_text_on_the_wall(exercise: Exercise, force: Force) -> None:
    shown = press(exercise, "text", **{"from": "+34 600 000 001", "body": "By the river"})

    assert "Your text message was sent to the force." in shown.text
    assert "The force answered 200." in shown.text
    assert [call.form["Body"] for call in force.calls] == ["By the river"]


def test_fault_is_switched_on_and_off_on_the_wall(exercise: Exercise, x: tweepy.Client) -> None:
    shown = press(exercise, "fault", platform="x", kind="refuse", operation="publish", when="every", number="1")
    assert "X, publish:" in shown.text
    with pytest.raises(tweepy.Forbidden):
        x.create_tweet(text="refused")

    assert "Every platform works." in press(exercise, "clear").text
    x.create_tweet(text="works")


def test_other_sites_cannot_steer_the_world(exercise: Exercise, control: Control) -> None:
    foreign = {"Origin": "https://evil.example"}
    answers = [
        requests.post(f"{exercise.address}{path}", headers=foreign, timeout=10).status_code
        for path in ("/control/reset", "/public/clear")
    ]

    assert answers == [403, 403]
    rebound = requests.get(f"{exercise.address}/control/state", headers={"Host": "evil.example"}, timeout=10)
    assert rebound.status_code == 400


def test_large_upload_never_becomes_a_file(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", lambda *args, **kwargs: opened.append(args))
    content = base64.b64encode(bytes(4_000_000))
    answer = requests.post(f"{exercise.address}/x/2/media/upload", files={"media": content}, timeout=10)

    assert (answer.status_code, opened) == (401, [])
