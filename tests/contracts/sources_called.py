"""Ways in on which others call us: the form, webhooks of platforms, a partner."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from appeal import sealing
from appeal.exercise.app import Exercise
from appeal.exercise.texting import signature
from appeal.installation import current
from appeal.rules.clock import now
from appeal.tips import webhook_token
from tests.contracts.platforms import WORLD
from tests.contracts.ways import TEXTS, connect
from tests.routes.public.conftest import PUBLIC_URL, key_folder, public  # noqa: F401 fixtures


class Webform:
    """The force's form."""

    name = "webform"
    cannot = {"own": "Nobody answers through the form for the force.", "picture": "Files are sent with the form."}

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

    def without_picture(self) -> None:
        fields = {"MessageSid": "SM0", "From": "+34600000000", "Body": TEXTS[0], "NumMedia": "1"}
        assert (
            self._call(fields | {"MediaUrl0": "https://api.twilio.com/gone", "MediaContentType0": "image/jpeg"}) == 200
        )


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

    def without_picture(self) -> None:
        told = self._message(0)
        told["message"] |= {"photo": [{"file_id": "gone", "file_size": 1}], "caption": told["message"].pop("text")}
        assert self._call(told) == 200


class FacebookCalls:
    """The same, brought by Facebook's own calls."""

    name = "facebook calls"
    cannot = {"picture": "A picture that is gone is in the tests of this source."}

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


class FromPartner:
    """Messages that a partner brings under its key."""

    name = "partner"
    cannot = {"own": "A partner brings what others said.", "picture": "A partner brings words."}
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
