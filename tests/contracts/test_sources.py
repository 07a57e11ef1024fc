"""What every way in must keep: each message once, whatever repeats, in whatever order, and nothing from strangers.

To put another source under the contract, write one class here and add it to SOURCES.
"""

import hashlib
import hmac
import json
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from email.message import EmailMessage
from typing import Any, Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from appeal import sealing
from appeal.db import reading, writing
from appeal.exercise import bluesky_room, mastodon_room
from appeal.exercise.app import Exercise
from appeal.exercise.facebook_room import say as say_on_facebook
from appeal.exercise.faults import Fault
from appeal.exercise.public import say_on_x
from appeal.exercise.telegram_room import TelegramRoom
from appeal.exercise.telegram_room import say as say_on_telegram
from appeal.exercise.texting import signature
from appeal.installation import current, install
from appeal.keys import DeskKeys
from appeal.models.release import Channel
from appeal.models.tip import Message, MessageContent, Tip
from appeal.rules.clock import now
from appeal.services import channels
from appeal.tips import intake, polling, webhook_token
from appeal.wire.facebook import FacebookPage
from appeal.wire.telegram import TelegramBot
from tests.contracts.platforms import WORLD
from tests.mailbox import served
from tests.routes.public.conftest import PUBLIC_URL, key_folder, public  # noqa: F401 fixtures
from tests.wire.conftest import Given

TEXTS = ("first \u202e ñ €", "second", "third")


class Source(Protocol):
    """One way in as the contract sees it; `cannot` names what cannot happen there, and why."""

    name: str
    cannot: Mapping[str, str]

    def say(self, number: int) -> None:
        """Let the public say TEXTS[number], and let it come in."""
        ...

    def again(self, number: int) -> None:
        """Let the same message come in once more."""
        ...

    def garbage(self) -> None:
        """Let nonsense come in."""
        ...


class Webform:
    """The force's form."""

    name = "webform"
    cannot = {"own": "Nobody answers through the form for the force."}

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.client: FlaskClient = app.test_client()
        self.tokens = [sealing.new_token(current().keys.form_key, now()) for _ in TEXTS]

    def say(self, number: int) -> None:
        answer = self._send({"token": self.tokens[number], "words": TEXTS[number]})
        assert answer == 200

    again = say

    def forged(self) -> None:
        assert self._send({"token": sealing.new_token(b"another key", now()), "words": "x"}) == 400

    def garbage(self) -> None:
        assert self._send({}) == 400
        answer = self.client.post("/en/tell/words", data=b"\xff\x00{", content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 400

    def _send(self, values: dict[str, str]) -> int:
        return self.client.post("/en/tell/words", data=values).status_code


class Sms:
    """Text messages through Twilio."""

    name = "sms"
    cannot = {"own": "Twilio calls the webhook only for what comes in."}

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.client: FlaskClient = app.test_client()
        self.channel_id = connect("sms", {}, {"auth_token": WORLD.twilio_auth_token})
        webhook_token.hand_over()

    def say(self, number: int) -> None:
        fields = {"MessageSid": f"SM{number}", "From": f"+3460000000{number}", "Body": TEXTS[number]}
        assert self._call(fields) == 200

    again = say

    def forged(self) -> None:
        assert self._call({"MessageSid": "SM9", "From": "+34600", "Body": "x"}, token="other") == 403

    def garbage(self) -> None:
        assert self._call({"x": "\x00"}) == 400

    def _call(self, fields: dict[str, str], token: str = WORLD.twilio_auth_token) -> int:
        path = f"/webhooks/sms/{self.channel_id}"
        made = signature(token, PUBLIC_URL + path, fields)
        return self.client.post(path, data=fields, headers={"X-Twilio-Signature": made}).status_code


class _Asked:
    """A platform of the exercise world that is asked again and again."""

    name: str
    cannot = {"forged": "We ask the platform ourselves; nobody calls us."}

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.world = exercise.world
        self.address = exercise.address
        self.channel_id = connect(self.name, *self.place())

    def place(self) -> tuple[dict[str, str], dict[str, str]]:
        raise NotImplementedError

    def tell(self, number: int) -> None:
        """Let the public say it, and do not fetch it yet."""
        raise NotImplementedError

    def say(self, number: int) -> None:
        self.tell(number)
        self.poll()

    def again(self, number: int) -> None:
        with writing() as session:
            session.get_one(Channel, self.channel_id).cursor = ""
        self.poll()

    def garbage(self) -> None:
        for kind in ("refuse", "throttle", "drop_before"):
            self.world.faults.arm(Fault(self.name, kind, operation="mentions"))
            self.poll()
            with reading() as session:
                assert session.get_one(Channel, self.channel_id).poll_problem

    def poll(self) -> int:
        return polling.poll(self.channel_id, now=now())

    def close(self) -> None:
        """Let go of what was opened for the test."""


class OnX(_Asked):
    """Replies and mentions on X."""

    name = "x"

    def place(self) -> tuple[dict[str, str], dict[str, str]]:
        values = {"base_url": f"{self.address}/x", "user_id": WORLD.x_user_id, "username": WORLD.x_username}
        secrets = {
            "consumer_key": WORLD.x_consumer_key,
            "consumer_secret": WORLD.x_consumer_secret,
            "access_token": WORLD.x_token,
            "access_token_secret": WORLD.x_token_secret,
        }
        return values, secrets

    def tell(self, number: int) -> None:
        say_on_x(self.world, f"someone{number}", TEXTS[number])

    def own(self) -> None:
        post = say_on_x(self.world, "someone", "hello")
        with self.world.lock:
            self.world.posts[post.id] = replace(post, author=self.world.force)
        self.poll()


class OnBluesky(_Asked):
    """Replies, mentions and direct messages on Bluesky."""

    name = "bluesky"

    def place(self) -> tuple[dict[str, str], dict[str, str]]:
        values = {"base_url": f"{self.address}/bluesky", "handle": WORLD.bluesky_handle, "reads_messages": "yes"}
        return values, {"app_password": WORLD.bluesky_password}

    def tell(self, number: int) -> None:
        if number == 2:
            bluesky_room.say(self.world, f"someone{number}", TEXTS[number], "")
        else:
            bluesky_room.mention(self.world, f"someone{number}", TEXTS[number])

    def own(self) -> None:
        post = bluesky_room.mention(self.world, "someone", "hello")
        room = self.world.room(bluesky_room.BlueskyRoom)
        room.answers[post.id] = replace(post, author=WORLD.bluesky_handle)
        self.poll()


class ToTelegram:
    """Messages to the bot on Telegram, asked for."""

    name = "telegram"
    cannot = {"forged": "We ask Telegram ourselves; nobody calls us."}

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.world = exercise.world
        values = {"base_url": f"{exercise.address}/telegram", "channel": WORLD.telegram_channel}
        self.channel_id = connect("telegram", values, {"bot_token": WORLD.telegram_token})

    def say(self, number: int) -> None:
        say_on_telegram(self.world, f"someone{number}", TEXTS[number], "")
        self.poll()

    def again(self, number: int) -> None:
        """The process dies before the cursor is kept: the same updates come once more."""
        with writing() as session:
            session.get_one(Channel, self.channel_id).cursor = ""
        self.poll()

    def garbage(self) -> None:
        for kind in ("refuse", "throttle", "drop_before", "error_after"):
            self.world.faults.arm(Fault("telegram", kind, operation="mentions"))
            self.poll()
            with reading() as session:
                assert session.get_one(Channel, self.channel_id).poll_problem

    def own(self) -> None:
        bot = TelegramBot(
            Given(base_url=self.address(), channel=WORLD.telegram_channel, bot_token=WORLD.telegram_token)
        )
        with bot:
            bot.send("our own post", [])
        assert self.world.room(TelegramRoom).waiting
        self.poll()

    def address(self) -> str:
        with reading() as session:
            return session.get_one(Channel, self.channel_id).settings["base_url"]

    def poll(self) -> int:
        return polling.poll(self.channel_id, now=now())


class TelegramCalls:
    """The same, brought by Telegram's own calls."""

    name = "telegram calls"
    cannot: Mapping[str, str] = {}
    secret = "a-secret-for-the-webhook"

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.client: FlaskClient = app.test_client()
        values = {"channel": WORLD.telegram_channel, "receive": "webhook"}
        secrets = {"bot_token": WORLD.telegram_token, "webhook_secret": self.secret}
        self.channel_id = connect("telegram", values, secrets)
        webhook_token.hand_over()

    def say(self, number: int) -> None:
        assert self._call(self._message(number)) == 200

    again = say

    def forged(self) -> None:
        assert self._call(self._message(0), "another-secret-for-it") == 403
        assert self._call(self._message(0), "") == 403

    def garbage(self) -> None:
        for body in ({}, [], 7, {"update_id": "x"}):
            assert self._call(body) == 400
        assert self._call({"update_id": 1, "message": {"text": {}}}) == 200
        assert self._call({"update_id": 2, "my_chat_member": {}}) == 200

    def own(self) -> None:
        forwarded = {"message_id": 9, "is_automatic_forward": True, "sender_chat": {"id": -1}, "text": "ours"}
        assert self._call({"update_id": 3, "message": forwarded}) == 200

    def _message(self, number: int) -> dict[str, Any]:
        who = {"id": 100 + number, "is_bot": False, "first_name": "Ana"}
        message = {"message_id": number + 1, "from": who, "chat": {"id": who["id"], "type": "private"}}
        return {"update_id": number + 1, "message": message | {"date": 1_772_000_000, "text": TEXTS[number]}}

    def _call(self, body: Any, secret: str | None = None) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret if secret is None else secret}
        return self.client.post(f"/webhooks/telegram/{self.channel_id}", json=body, headers=headers).status_code


class OnFacebook:
    """Comments and letters on Facebook, asked for."""

    name = "facebook"
    cannot = {"forged": "We ask Facebook ourselves; nobody calls us."}

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.world = exercise.world
        values = {"base_url": f"{exercise.address}/facebook", "page_id": WORLD.facebook_page}
        secrets = {"page_token": WORLD.facebook_page_token, "app_secret": WORLD.facebook_app_secret}
        self.channel_id = connect("facebook", values, secrets)
        with FacebookPage(Given({**values, **secrets})) as page:
            self.post = page.publish("Who saw him?", [])

    def say(self, number: int) -> None:
        say_on_facebook(self.world, f"someone{number}", TEXTS[number], self.post if number else "")
        self.poll()

    def again(self, number: int) -> None:
        with writing() as session:
            session.get_one(Channel, self.channel_id).cursor = ""
        self.poll()

    def garbage(self) -> None:
        for kind in ("refuse", "throttle", "drop_before", "error_after"):
            self.world.faults.arm(Fault("facebook", kind, operation="mentions"))
            self.poll()
            with reading() as session:
                assert session.get_one(Channel, self.channel_id).poll_problem

    def own(self) -> None:
        comment = say_on_facebook(self.world, "someone", "the page answers itself", self.post)
        own = {"id": WORLD.facebook_page, "name": WORLD.force_name}
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("appeal.exercise.facebook.author", lambda one: own if one is comment else {})
            self.poll()

    def poll(self) -> int:
        return polling.poll(self.channel_id, now=now())


class FacebookCalls:
    """The same, brought by Facebook's own calls."""

    name = "facebook calls"
    cannot: Mapping[str, str] = {}

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.client: FlaskClient = app.test_client()
        values = {"page_id": WORLD.facebook_page, "verify_token": "our-word"}
        secrets = {"page_token": WORLD.facebook_page_token, "app_secret": WORLD.facebook_app_secret}
        self.channel_id = connect("facebook", values, secrets)
        webhook_token.hand_over()

    def say(self, number: int) -> None:
        assert self._call(self._comment(number, {"id": "7", "name": "Ana"})) == 200

    again = say

    def forged(self) -> None:
        body = self._comment(0, {"id": "7", "name": "Ana"})
        assert self._call(body, "another secret") == 403
        path = f"/webhooks/facebook/{self.channel_id}"
        assert self.client.post(path, json=body).status_code == 403
        asked = {"hub.mode": "subscribe", "hub.challenge": "77", "hub.verify_token": "another word"}
        assert self.client.get(path, query_string=asked).status_code == 403
        asked["hub.verify_token"] = "our-word"
        assert self.client.get(path, query_string=asked).data == b"77"

    def garbage(self) -> None:
        for body in ({}, [], 7, {"object": "page"}, {"object": "user", "entry": []}):
            assert self._call(body) == 400
        odd = [7, {"changes": 7}, {"changes": [7, {"field": "feed", "value": []}]}, {"messaging": [{"message": 7}]}]
        assert self._call({"object": "page", "entry": odd}) == 200

    def own(self) -> None:
        assert self._call(self._comment(0, {"id": WORLD.facebook_page})) == 200
        echo = {"sender": {"id": "1"}, "message": {"mid": "m_1", "text": "ours", "is_echo": True}}
        assert self._call({"object": "page", "entry": [{"messaging": [echo]}]}) == 200

    def _comment(self, number: int, author: dict[str, str]) -> dict[str, Any]:
        value = {"item": "comment", "verb": "add", "comment_id": f"5_{number}", "post_id": "1_5", "from": author}
        value |= {"message": TEXTS[number], "created_time": 1_772_000_000}
        return {"object": "page", "entry": [{"id": "1", "changes": [{"field": "feed", "value": value}]}]}

    def _call(self, body: Any, secret: str = WORLD.facebook_app_secret) -> int:
        data = json.dumps(body).encode()
        signed = hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signed}"}
        return self.client.post(f"/webhooks/facebook/{self.channel_id}", data=data, headers=headers).status_code


class OnMastodon(_Asked):
    """Mentions, answers and direct posts on Mastodon."""

    name = "mastodon"

    def place(self) -> tuple[dict[str, str], dict[str, str]]:
        return {"base_url": f"{self.address}/mastodon"}, {"access_token": WORLD.mastodon_token}

    def tell(self, number: int) -> None:
        mastodon_room.write(self.world, f"someone{number}", TEXTS[number], is_direct=number == 2)

    def own(self) -> None:
        post = mastodon_room.write(self.world, "someone", "hello")
        number = zlib.crc32(b"someone") + 10_000
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("appeal.exercise.mastodon_shapes.FORCE_ID", str(number))
            self.poll()
        assert post.is_public(time.time())


class ByMail(_Asked):
    """Mail, read from a mailbox."""

    name = "email"

    def place(self) -> tuple[dict[str, str], dict[str, str]]:
        self.opened = ExitStack()
        self.mailbox = self.opened.enter_context(served())
        values = self.mailbox.settings()
        return values, {"imap_password": values.pop("imap_password")}

    def tell(self, number: int) -> None:
        self.put(f"someone{number}@people.example", TEXTS[number])

    def own(self) -> None:
        self.put("press@force.example", "hello")
        self.poll()

    def garbage(self) -> None:
        for fault in ("no", "drop", "garbage"):
            self.mailbox.fault = fault
            self.poll()
            with reading() as session:
                assert session.get_one(Channel, self.channel_id).poll_problem
        self.mailbox.fault = ""

    def put(self, author: str, text: str) -> None:
        made = EmailMessage()
        made["From"], made["Subject"] = author, "Your appeal"
        made.set_content(text)
        self.mailbox.put(made.as_bytes())

    def close(self) -> None:
        self.opened.close()


class FromPartner:
    """Messages that a partner brings under its key."""

    name = "partner"
    cannot = {"own": "A partner brings what others said."}
    key = "k" * 32

    def __init__(self, app: Flask, exercise: Exercise) -> None:
        self.client: FlaskClient = app.test_client()
        self.channel_id = connect("partner", {}, {"api_key": self.key})
        webhook_token.hand_over()

    def say(self, number: int) -> None:
        assert self._bring({"words": TEXTS[number]}, f"message-{number}") in {200, 201}

    again = say

    def forged(self) -> None:
        for key in ("", "another", "k" * 31):
            assert self._bring({"words": "x"}, "message-9", key) == 401

    def garbage(self) -> None:
        for body in ({}, [], 7, {"words": ""}, {"words": 7}, {"words": "x", "more": 1}, {"words": "x" * 50_001}):
            assert self._bring(body, "message-9") == 400
        assert self._bring({"words": "x"}, "") == 400
        assert self._bring({"words": "x"}, "k" * 101) == 400

    def _bring(self, body: Any, message_key: str, key: str | None = None) -> int:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", "Idempotency-Key": message_key}
        path = f"/partners/v1/{self.channel_id}/messages"
        return self.client.post(path, json=body, headers=headers).status_code


SOURCES = (
    Webform,
    Sms,
    ByMail,
    OnX,
    OnBluesky,
    OnMastodon,
    ToTelegram,
    TelegramCalls,
    OnFacebook,
    FacebookCalls,
    FromPartner,
)


def connect(publisher: str, values: dict[str, str], secrets: dict[str, str]) -> int:
    with writing() as session:
        row = Channel(publisher=publisher, name=publisher, language="en", settings=values, created_at=now())
        row.sealed_secrets = channels._encrypted(secrets)
        session.add(row)
    return row.id


@pytest.fixture(params=SOURCES, ids=lambda kind: str(kind.name))
def source(
    request: pytest.FixtureRequest,
    public: Flask,  # noqa: F811
    desk_keys: DeskKeys,
    world: Exercise,
) -> Iterator[Any]:
    install(public, replace(current(), keys=desk_keys))
    made = request.param(public, world)
    yield made
    if isinstance(made, _Asked):
        made.close()


@pytest.fixture
def desk_keys(key_folder: Any) -> DeskKeys:  # noqa: F811
    from appeal import keys

    return keys.load_desk(key_folder)


def stored() -> list[str]:
    """The texts of all messages; every one belongs to a tip of its own source."""
    with reading() as session:
        rows = session.execute(
            select(MessageContent.sealed, Tip.source)
            .join(Message, Message.id == MessageContent.message_id)
            .join(Tip, Tip.id == Message.tip_id)
        ).all()
    return sorted(json.loads(current().desk_keys.open(row.sealed))["text"] for row in rows)


def skip_unless_possible(source: Any, case: str) -> None:
    if case in source.cannot:
        pytest.skip(source.cannot[case])


def said(*numbers: int) -> list[str]:
    return sorted(TEXTS[number] for number in numbers)


def same(found: list[str], wanted: list[str]) -> bool:
    """Some platforms put the force's name before what is said to it."""
    return len(found) == len(wanted) and all(any(text.strip().endswith(one) for text in found) for one in wanted)


def test_message_is_stored_once_with_every_sign(source: Any) -> None:
    source.say(0)
    assert same(stored(), said(0))


def test_repeated_message_is_stored_once(source: Any) -> None:
    source.say(0)
    source.again(0)
    source.again(0)
    assert same(stored(), said(0))


def test_messages_out_of_order_are_all_stored(source: Any) -> None:
    for number in (2, 0, 1):
        source.say(number)
    source.again(2)
    source.again(0)
    assert same(stored(), said(0, 1, 2))


def test_what_is_not_signed_leaves_no_row(source: Any) -> None:
    skip_unless_possible(source, "forged")
    source.forged()
    assert stored() == []


def test_garbage_leaves_no_row_and_stops_nothing(source: Any) -> None:
    source.garbage()
    assert stored() == []
    source.say(1)
    assert same(stored(), said(1))


def test_own_words_never_come_back(source: Any) -> None:
    skip_unless_possible(source, "own")
    source.own()
    assert stored() == []


def test_interrupted_reading_loses_and_doubles_nothing(source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the first message of two; what calls us calls again, what we ask is asked again."""
    if not isinstance(source, _Asked):
        source.say(0)
        source.again(0)
        source.say(1)
        assert same(stored(), said(0, 1))
        return
    for number in (0, 1):
        source.tell(number)
    real, calls = intake.receive, []

    def dies(*args: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return real(*args, **more)

    monkeypatch.setattr("appeal.tips.polling.intake.receive", dies)
    with pytest.raises(KeyboardInterrupt):
        source.poll()
    monkeypatch.undo()
    assert len(stored()) == 1
    source.poll()
    assert same(stored(), said(0, 1))
