"""Our calls and the exercise platforms' answers, judged by the platforms' own descriptions through Prism.

What the descriptions get wrong themselves is named below with its reason; everything else fails the test.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from appeal.exercise import oauth
from appeal.exercise.app import Exercise
from appeal.exercise.facebook_room import say as say_on_facebook
from appeal.exercise.public import say_on_x, send_text
from appeal.exercise.rooms import Picture
from appeal.exercise.telegram_room import say as say_on_telegram
from appeal.publishers.base import Settings
from appeal.publishers.facebook import Facebook
from appeal.publishers.sms import Sms
from appeal.publishers.telegram import Telegram
from appeal.publishers.x import X
from appeal.tips.sources import facebook, sms, telegram, x
from tests.publishers.sample import content, jpeg, withdrawn
from tests.real.judges import JUDGED

KEY = "Ab3dEf9h"
NUMBER = "+34600000001"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
Judge = Callable[[str, str], str]

NODES = "single posts, photos, comments and /me are not in the description of the page's edges"
KNOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "facebook": (
        (
            r"(GET|POST|DELETE) (me|\d+_\d+|[\d_]+|comments|m_\d+).*(NO_PATH_MATCHED|Route not resolved|not found)",
            NODES,
        ),
        (r"POST feed .*attached_media: .*must be array", "Meta's own library sends lists as JSON text in a form"),
        (r"POST photos ", "Prism damages pictures in multipart bodies"),
    ),
    "twilio": (
        (r"must match format \"uri\"", "Twilio's addresses of pages are relative, its description says they are not"),
        (r"GET ME\w+ request: Selected route not found", "the files themselves are not in the description"),
    ),
    "x": ((r"POST upload ", "Prism damages pictures"),),
    "telegram": (
        (r"(POST sendPhoto|POST editMessageMedia|POST sendMediaGroup) ", "Prism damages pictures in multipart bodies"),
        (r"GET sent-\d+\.jpg request: Selected route not found", "the files themselves are not in the description"),
        (r"POST getUpdates .*200,400,429", "the description knows no 409, which a set webhook brings"),
    ),
}


def faults(verdicts: Sequence[str], platform: str) -> list[str]:
    """What is ours to mend."""
    return [one for one in verdicts if not any(re.search(pattern, one) for pattern, _why in KNOWN[platform])]


def test_telegram(judged: Judge, judged_world: Exercise, verdicts: list[str]) -> None:
    base = judged("telegram_openapi.json", "telegram")
    settings = Settings(
        {"channel": JUDGED.telegram_channel, "base_url": base, "public_url": "https://tips.force.example"},
        {"bot_token": JUDGED.telegram_token, "webhook_secret": "a-secret-for-the-webhook"},
    )
    publisher = Telegram(settings)
    assert publisher.check().is_well
    receipt = publisher.send(publisher.compose(content(KEY)), "", KEY)
    publisher.update(receipt.external_id, publisher.compose(content(KEY, action="update", title="Other")), "", KEY)
    publisher.is_out(receipt.external_id)
    publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))
    say_on_telegram(judged_world.world, "ana", "look", "", (Picture(jpeg(), "image/jpeg"),))
    for cursor in ("", "700000001 2026-11-24"):
        found = telegram.poll(settings, channel_id=1, cursor=cursor, now=datetime.now(UTC))
        [telegram.fetch(settings, one) for one in found.messages]
    by_call = Settings({**settings.values, "receive": "webhook"}, settings.secrets)
    telegram.poll(by_call, channel_id=1, cursor="", now=datetime.now(UTC))
    telegram.poll(settings, channel_id=1, cursor="", now=datetime.now(UTC))
    assert faults(verdicts, "telegram") == []


def test_facebook(judged: Judge, judged_world: Exercise, verdicts: list[str]) -> None:
    base = judged("fb_graph_page_openapi.json", "facebook")
    values = {"page_id": JUDGED.facebook_page, "base_url": base}
    settings = Settings(values, {"page_token": JUDGED.facebook_page_token, "app_secret": JUDGED.facebook_app_secret})
    publisher = Facebook(settings)
    receipt = publisher.send(publisher.compose(content(KEY)), "", KEY)
    say_on_facebook(judged_world.world, "ana", "a letter", "")
    direct = Settings({**values, "base_url": f"{judged_world.address}/facebook"}, settings.secrets)
    assert Facebook(direct).find(KEY, "", publisher.compose(content(KEY)), LONG_AGO).receipt == receipt or receipt
    facebook.poll(settings, channel_id=1, cursor="1767225600", now=datetime.now(UTC))
    assert faults(verdicts, "facebook") == []


def test_twilio(judged: Judge, judged_world: Exercise, verdicts: list[str]) -> None:
    base = judged("twilio_api_v2010_patched.json", "twilio")
    values = {"account_sid": JUDGED.twilio_account_sid, "from_number": JUDGED.twilio_number, "base_url": base}
    settings = Settings(values, {"auth_token": JUDGED.twilio_auth_token})
    publisher = Sms(settings)
    assert publisher.check().is_well
    post = publisher.compose(content(KEY))
    publisher.send(post, NUMBER, KEY)
    publisher.find(KEY, NUMBER, post, LONG_AGO)
    send_text(judged_world.world, NUMBER, "look", (Picture(jpeg(), "image/jpeg"),))
    [message] = sms.poll(settings, channel_id=1, cursor="", now=datetime.now(UTC)).messages
    assert sms.fetch(settings, message).files == () or json.loads(message.facts["media"])
    sms.forget(settings, message)
    assert faults(verdicts, "twilio") == []


def test_x(judged: Judge, judged_world: Exercise, verdicts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    base = judged("x_openapi_oauth1.json", "x")
    monkeypatch.setattr(oauth, "REAL_HOSTS", (base,))  # what is signed is the address that we called: the judge's
    values = {"user_id": JUDGED.x_user_id, "username": JUDGED.x_username, "base_url": base}
    names = {"consumer_key": "x_consumer_key", "consumer_secret": "x_consumer_secret", "access_token": "x_token"}
    secrets = {name: str(getattr(JUDGED, own)) for name, own in names.items()}
    settings = Settings(values, {**secrets, "access_token_secret": JUDGED.x_token_secret})
    publisher = X(settings)
    post = publisher.compose(content(KEY))
    receipt = publisher.send(post, "", KEY)
    publisher.find(KEY, "", post, LONG_AGO)
    publisher.is_out(receipt.external_id)
    say_on_x(judged_world.world, "ana", "I saw him", receipt.external_id)
    x.poll(settings, channel_id=1, cursor="", now=datetime.now(UTC))
    publisher.retract(receipt.external_id, publisher.compose(withdrawn(KEY)))
    assert faults(verdicts, "x") == []
