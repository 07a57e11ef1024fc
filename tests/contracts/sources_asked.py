"""Ways in that are asked again and again: platforms of the exercise world, and a mailbox."""

import time
import zlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from email.message import EmailMessage

import pytest
from flask import Flask

from appeal.db import reading, writing
from appeal.exercise import bluesky_room, mastodon_room
from appeal.exercise.app import Exercise
from appeal.exercise.facebook_room import say as say_on_facebook
from appeal.exercise.faults import Fault
from appeal.exercise.public import say_on_x
from appeal.exercise.rooms import Picture
from appeal.exercise.telegram_room import TelegramRoom
from appeal.exercise.telegram_room import say as say_on_telegram
from appeal.models.release import Channel
from appeal.rules.clock import now
from appeal.tips import polling
from appeal.wire.facebook import FacebookPage
from appeal.wire.telegram import TelegramBot
from tests.contracts.platforms import WORLD
from tests.contracts.ways import TEXTS, connect
from tests.mailbox import served
from tests.publishers.sample import jpeg
from tests.routes.public.conftest import PUBLIC_URL, key_folder, public  # noqa: F401 fixtures
from tests.wire.conftest import Given


class Asked:
    """A platform of the exercise world that is asked again and again."""

    name: str
    cannot: Mapping[str, str] = {"forged": "We ask the platform ourselves; nobody calls us."}

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


class OnX(Asked):
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

    def without_picture(self) -> None:
        say_on_x(self.world, "someone", TEXTS[0], pictures=(jpeg(),))
        self.world.media.clear()
        self.poll()


class OnBluesky(Asked):
    """Replies, mentions and direct messages on Bluesky."""

    name = "bluesky"
    cannot = {**Asked.cannot, "picture": "A picture that is gone is in the tests of this source."}

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


class OnMastodon(Asked):
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

    def without_picture(self) -> None:
        mastodon_room.write(self.world, "someone", TEXTS[0], pictures=(Picture(jpeg(), "image/jpeg"),))
        self.world.room(mastodon_room.MastodonRoom).media.clear()
        self.poll()


class ByMail(Asked):
    """Mail, read from a mailbox."""

    name = "email"
    cannot = {**Asked.cannot, "picture": "What a mail brings is in it."}

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

    def without_picture(self) -> None:
        say_on_telegram(self.world, "someone", TEXTS[0], "", (Picture(jpeg(), "image/jpeg"),))
        self.world.room(TelegramRoom).files.clear()
        self.poll()


class OnFacebook:
    """Comments and letters on Facebook, asked for."""

    name = "facebook"
    cannot = {
        "forged": "We ask Facebook ourselves; nobody calls us.",
        "picture": "A picture that is gone is in the tests of this source.",
    }

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
