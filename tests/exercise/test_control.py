"""The control interface."""

import time

import tweepy
from twilio.rest import Client as TwilioClient

from appeal.exercise.app import Exercise
from appeal.exercise.control import keys_in
from appeal.exercise.telegram_room import TelegramRoom
from tests.exercise.conftest import FORCE_NUMBER, Control, Force


def test_keys_are_exactly_eight_characters() -> None:
    text = "http://a/r/Ab3dEf9h, http://a/r/short http://a/r/muchtoolong http://a/r/Ab3dEf9h http://b/r/12-45_78"

    assert keys_in(text) == ["Ab3dEf9h", "12-45_78"]


def test_calls_are_noted_with_their_times(x: tweepy.Client, control: Control) -> None:
    before = time.time()
    x.create_tweet(text="one")
    x.get_me(user_auth=True)
    calls = control.call("GET", "/calls?platform=x")[1]["calls"]

    assert [(call["operation"], call["status"]) for call in calls] == [("publish", 201), ("account", 200)]
    assert before <= calls[0]["began_at"] <= calls[0]["ended_at"] <= calls[1]["began_at"] <= time.time()
    assert control.call("GET", f"/calls?since={calls[1]['began_at']!r}")[1]["calls"] == [calls[1]]
    assert control.call("GET", "/calls?operation=publish")[1]["calls"] == [calls[0]]


def test_state_can_leave_out_the_public(x: tweepy.Client, twilio: TwilioClient, control: Control, force: Force) -> None:
    x.create_tweet(text="Mine")
    twilio.messages.create(to="+34600000001", from_=FORCE_NUMBER, body="Mine")
    control.call("POST", "/x/reply", {"author": "ana", "text": "Hello"})
    control.call("POST", "/sms", {"from": "+34600000001", "body": "Hello"})
    everything, mine = control.state(), control.call("GET", "/state?by=force")[1]

    assert [len(everything[kind]) for kind in ("posts", "texts")] == [2, 2]
    assert [post["text"] for post in mine["posts"]] == ["Mine"]
    assert [text["body"] for text in mine["texts"]] == ["Mine"]


def test_reset_forgets_everything(x: tweepy.Client, control: Control) -> None:
    x.create_tweet(text="one")
    control.arm(platform="x", kind="refuse", when="every")
    control.call("POST", "/settings", {"limits": {"publish": 0}, "latency_seconds": {"x": 9}})
    control.call("POST", "/reset")
    x.create_tweet(text="one")

    assert [post["text"] for post in control.state()["posts"]] == ["one"]


def test_wrong_settings_are_refused_with_words(control: Control) -> None:
    for body in ({"limits": {"nothing": 1}}, {"latency_seconds": {"x": -1}}, {"limits": [1]}):
        status, answer = control.call("POST", "/settings", body)
        assert (status, list(answer)) == (400, ["error"])


def test_person_removes_a_post_by_hand_by_its_key(control: Control, exercise: Exercise) -> None:
    room = exercise.world.room(TelegramRoom)
    for text in ("http://a/r/Ab3dEf9h", "http://a/r/Zz9yXx8w"):
        room.keep((0.0, 0.0, 0.0), text, (), "")

    assert control.call("POST", "/remove", {"platform": "telegram", "key": "Ab3dEf9h"}) == (200, {"removed": 1})
    assert control.call("POST", "/remove", {"platform": "telegram", "key": "Ab3dEf9h"}) == (200, {"removed": 0})
    assert [one["is_public"] for one in control.state()["rooms"]["telegram"]] == [False, True]
    assert control.call("POST", "/remove", {"platform": "nowhere", "key": "x"})[0] == 400
