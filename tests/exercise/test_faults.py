"""Every fault, seen from the outside; and how often faults strike."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import tweepy
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client as TwilioClient

from appeal.exercise.faults import Fault, Faults, WrongFault, parse_fault
from tests.exercise.conftest import FORCE_NUMBER, Control, until

TO = "+34600000001"


def posts(control: Control) -> list[str]:
    return [post["text"] for post in control.state()["posts"] if post["is_public"]]


def bodies(control: Control) -> list[str]:
    return [text["body"] for text in control.state()["texts"] if text["is_public"]]


def test_refused_post_is_not_published(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="refuse")
    with pytest.raises(tweepy.Forbidden):
        x.create_tweet(text="one")
    control.arm(platform="x", kind="refuse", status=400)
    with pytest.raises(tweepy.BadRequest):
        x.create_tweet(text="two")

    assert posts(control) == []
    x.create_tweet(text="three")
    assert posts(control) == ["three"]


def test_throttled_post_names_the_reset(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="throttle", seconds=60)
    before = time.time()

    with pytest.raises(tweepy.TooManyRequests) as throttled:
        x.create_tweet(text="one")
    assert before + 60 <= throttled.value.reset_time <= time.time() + 61
    assert posts(control) == []


def test_error_after_publishing_leaves_the_post(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="error_after")

    with pytest.raises(tweepy.TwitterServerError):
        x.create_tweet(text="one")
    assert posts(control) == ["one"]


@pytest.mark.parametrize(("kind", "left"), [("drop_after", ["one"]), ("drop_before", [])])
def test_dropped_connection_gives_no_answer(x: tweepy.Client, control: Control, kind: str, left: list[str]) -> None:
    control.arm(platform="x", kind=kind)

    with pytest.raises(requests.ConnectionError):
        x.create_tweet(text="one")
    assert posts(control) == left
    assert control.calls("x") == [("publish", 0)]
    x.create_tweet(text="the next one works")


def test_late_post_appears_seconds_after_the_drop(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="publish_late", seconds=0.5)

    with pytest.raises(requests.ConnectionError):
        x.create_tweet(text="late")
    assert x.get_users_tweets(1001, user_auth=True).data is None
    assert posts(control) == []
    assert until(lambda: posts(control) == ["late"])
    [post] = x.get_users_tweets(1001, user_auth=True).data
    assert post.text == "late"


def test_late_listing_hides_the_post_from_the_timeline_only(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="list_late", seconds=0.5)
    made = x.create_tweet(text="unlisted").data["id"]

    assert x.get_tweet(made, user_auth=True).data.text == "unlisted"
    assert x.get_users_tweets(1001, user_auth=True).data is None
    assert until(lambda: x.get_users_tweets(1001, user_auth=True).data is not None)


def test_slow_call_takes_its_seconds(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="slow", seconds=0.4)
    began = time.monotonic()
    x.create_tweet(text="slow")

    assert time.monotonic() - began >= 0.4


def test_post_published_twice_answers_once(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="publish_twice")
    x.create_tweet(text="double")

    assert posts(control) == ["double", "double"]


def test_delete_can_be_lost_after_it_was_done(x: tweepy.Client, control: Control) -> None:
    made = x.create_tweet(text="one").data["id"]
    control.arm(platform="x", kind="drop_after", operation="retract")

    with pytest.raises(requests.ConnectionError):
        x.delete_tweet(made)
    assert x.get_tweet(made, user_auth=True).data is None


@pytest.mark.parametrize(
    ("kind", "error", "left"),
    [
        ("refuse", TwilioRestException, []),
        ("throttle", TwilioRestException, []),
        ("error_after", TwilioRestException, ["one"]),
        ("drop_before", requests.ConnectionError, []),
        ("drop_after", requests.ConnectionError, ["one"]),
    ],
)
def test_fault_of_a_text_message(
    twilio: TwilioClient, control: Control, kind: str, error: type[Exception], left: list[str]
) -> None:
    control.arm(platform="twilio", kind=kind)

    with pytest.raises(error):
        twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="one")
    assert bodies(control) == left


def test_late_listing_hides_a_text_from_the_list_only(twilio: TwilioClient, control: Control) -> None:
    control.arm(platform="twilio", kind="list_late", seconds=0.5)
    made = twilio.messages.create(to=TO, from_=FORCE_NUMBER, body="one")

    assert made.sid is not None
    assert twilio.messages(made.sid).fetch().body == "one"
    assert twilio.messages.list(to=TO) == []
    assert until(lambda: len(twilio.messages.list(to=TO)) == 1)


def test_latency_holds_many_calls_side_by_side(twilio: TwilioClient, control: Control) -> None:
    control.call("POST", "/settings", {"latency_seconds": {"twilio": 0.3}})
    began = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        made = pool.map(
            lambda n: twilio.messages.create(to=f"+346000000{n}", from_=FORCE_NUMBER, body="a"), range(10, 50)
        )
        assert len({message.sid for message in made}) == 40

    assert 0.3 <= time.monotonic() - began < 3.0
    assert control.calls("twilio") == [("publish", 201)] * 40


def strikes(fault: Fault, calls: int, seed: int = 1) -> list[bool]:
    faults = Faults(seed)
    faults.arm(fault)
    return [bool(faults.fire("x", "publish").faults) for _ in range(calls)]


def test_fault_strikes_as_often_as_it_was_told() -> None:
    assert strikes(Fault("x", "slow"), 3) == [True, False, False]
    assert strikes(Fault("x", "slow", number=2), 3) == [True, True, False]
    assert strikes(Fault("x", "slow", when="nth", number=2), 4) == [False, True, False, False]
    assert strikes(Fault("x", "slow", when="every", number=2), 4) == [False, True, False, True]
    assert strikes(Fault("x", "slow", operation="retract"), 2) == [False, False]
    assert strikes(Fault("twilio", "slow", operation="*"), 2) == [False, False]


def test_fault_by_chance_is_the_same_for_the_same_seed() -> None:
    often = Fault("x", "slow", when="chance", chance=0.5)

    assert strikes(often, 50) == strikes(often, 50)
    assert strikes(often, 50) != strikes(often, 50, seed=2)
    assert 10 < sum(strikes(often, 50)) < 40


@pytest.mark.parametrize(
    "described",
    [
        {"platform": "pigeon", "kind": "slow"},
        {"platform": "x", "kind": "explode"},
        {"platform": "x", "kind": "slow", "number": 0},
        {"platform": "x", "kind": "slow", "seconds": "soon"},
        {"platform": "x", "kind": "slow", "secnds": 1},
        {"platform": "x", "kind": "publish_twice", "operation": "retract"},
    ],
)
def test_wrong_fault_is_refused_with_words(control: Control, described: dict[str, object]) -> None:
    with pytest.raises(WrongFault):
        parse_fault(described)
    status, answer = control.call("POST", "/faults", described)
    assert (status, list(answer)) == (400, ["error"])


def test_faults_are_switched_off(x: tweepy.Client, control: Control) -> None:
    control.arm(platform="x", kind="refuse", when="every")
    control.arm(platform="smtp", kind="refuse", when="every")

    assert [fault["platform"] for fault in control.call("DELETE", "/faults?platform=x")[1]["faults"]] == ["smtp"]
    x.create_tweet(text="works")
    assert control.call("DELETE", "/faults")[1] == {"faults": []}
