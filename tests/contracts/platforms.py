"""What the contract needs to know of each platform: its settings, how to make it fail, and what the public sees.

To put another publisher under the contract, write one class here and add it to PLATFORMS. A case that cannot happen
on a platform is named in `cannot`, with the reason; it is then shown as skipped with that reason.
"""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from appeal.exercise.app import Exercise
from appeal.exercise.bluesky_room import BlueskyRoom
from appeal.exercise.control import keys_in
from appeal.exercise.facebook_room import FacebookRoom
from appeal.exercise.faults import Fault
from appeal.exercise.mastodon_room import MastodonRoom
from appeal.exercise.partner import PartnerRoom
from appeal.exercise.rooms import Room
from appeal.exercise.settings import Settings as World
from appeal.exercise.telegram_room import TelegramRoom
from appeal.publishers.assisted import Assisted
from appeal.publishers.base import Publisher, Settings
from appeal.publishers.bluesky import Bluesky
from appeal.publishers.email import Email
from appeal.publishers.facebook import Facebook
from appeal.publishers.feeds import Feeds
from appeal.publishers.mastodon import Mastodon
from appeal.publishers.partner import Partner
from appeal.publishers.site import Site
from appeal.publishers.sms import Sms
from appeal.publishers.telegram import Telegram
from appeal.publishers.x import X
from appeal.rules.content import Content
from appeal.wire import http
from tests.publishers.appeals import shown

CASES = (
    "published",
    "too long",
    "refused",
    "throttled",
    "withheld by law",
    "lost before",
    "unreachable",
    "timed out after",
    "error after",
    "dropped after",
    "published late",
    "listed late",
    "credentials revoked",
    "retracted",
    "retracted twice",
    "looked up",
    "follows up",
)
READ_SECONDS = 0.6
KEY = "Ab3dEf9h"
TITLE = "Who was on the river bridge"

WORLD = World(
    force_name="Policía de Prueba",
    x_consumer_key="consumer-key-secret",
    x_consumer_secret="consumer-secret-secret",
    x_token="1001-token-secret",
    x_token_secret="token-secret-secret",
    x_user_id="1001",
    x_username="policia_prueba",
    twilio_account_sid="AC" + "0123456789abcdef" * 2,
    twilio_auth_token="auth-token-secret",
    twilio_number="+34910000000",
    smtp_user="press",
    smtp_password="press-password-secret",
    webhook_url=None,
    bluesky_handle="policia-prueba.example",
    bluesky_password="app-password-secret",
    mastodon_account="policia_prueba",
    mastodon_token="mastodon-token-secret",
    telegram_token="1001:telegram-secret",
    telegram_channel="@policia_prueba",
    facebook_page="100200300",
    facebook_page_token="page-token-secret",
    facebook_app_secret="app-secret-secret",
    partner_public_key="A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
)


class Platform(Protocol):
    """One platform as the contract sees it."""

    name: str
    address: str
    # Whether it goes on with what it was asked when the caller has hung up.
    goes_on: bool
    cannot: Mapping[str, str]

    def publisher(self, **changes: str) -> Publisher:
        """The publisher of one channel; changes replace settings or secrets."""
        ...

    def revoked(self) -> Publisher:
        """The same with credentials that are no longer good."""
        ...

    def unreachable(self) -> Publisher:
        """The same with an address at which nobody listens."""
        ...

    def arm(self, kind: str, **more: Any) -> None:
        """Make the next publishing fail in this way."""
        ...

    def seen(self) -> list[str]:
        """The link keys of everything that the public can see, in order, each as often as it is there."""
        ...

    def oversized(self, content: Content) -> Content:
        """The content with a part that is never cut and does not fit."""
        ...

    def close(self) -> None:
        """Let go of what was opened for the test."""
        ...


class _Exercised:
    """A platform of the exercise world; `world_name` is its name there."""

    kind: type[Any]
    world_name: str
    values: Mapping[str, str]
    secrets: Mapping[str, str]
    credential: str
    goes_on = True

    def __init__(self, exercise: Exercise, folder: Path) -> None:
        self.exercise = exercise

    def close(self) -> None:
        """Nothing is left open."""

    def publisher(self, **changes: str) -> Publisher:
        common = {"force": WORLD.force_name, "read_seconds": str(READ_SECONDS)}
        values = {**self.values, **self.place(), **common}
        secrets = {name: changes.pop(name, value) for name, value in self.secrets.items()}
        made: Publisher = self.kind(Settings({**values, **changes}, secrets))
        return made

    def place(self) -> dict[str, str]:
        raise NotImplementedError

    def revoked(self) -> Publisher:
        return self.publisher(**{self.credential: "revoked-secret"})

    def unreachable(self) -> Publisher:
        return self.publisher(base_url="http://127.0.0.1:9", host="127.0.0.1", port="9")

    def arm(self, kind: str, **more: Any) -> None:
        self.exercise.world.faults.arm(Fault(self.world_name, kind, **more))

    def oversized(self, content: Content) -> Content:
        return replace(content, danger="Do not approach him. " * 2000)


class OnX(_Exercised):
    """X."""

    name, kind, world_name, address = "x", X, "x", ""
    values = {"user_id": WORLD.x_user_id, "username": WORLD.x_username}
    secrets = {
        "consumer_key": WORLD.x_consumer_key,
        "consumer_secret": WORLD.x_consumer_secret,
        "access_token": WORLD.x_token,
        "access_token_secret": WORLD.x_token_secret,
    }
    credential = "access_token_secret"
    cannot = {"follows up": "A post on X is deleted, nothing follows it."}

    def place(self) -> dict[str, str]:
        return {"base_url": f"{self.exercise.address}/x"}

    def seen(self) -> list[str]:
        world = self.exercise.world
        return [key for post in world.snapshot()[0] if world.public_post(post.id) for key in keys_in(post.text)]


class ByText(_Exercised):
    """Text messages through Twilio."""

    name, kind, world_name, address = "sms", Sms, "twilio", "+447700900123"
    values = {"account_sid": WORLD.twilio_account_sid, "from_number": WORLD.twilio_number}
    secrets = {"auth_token": WORLD.twilio_auth_token}
    credential = "auth_token"
    cannot = {
        "retracted": "A text message cannot be called back; a second one follows it.",
        "retracted twice": "A text message cannot be called back; a second one follows it.",
    }

    def place(self) -> dict[str, str]:
        return {"base_url": f"{self.exercise.address}/twilio"}

    def arm(self, kind: str, **more: Any) -> None:
        if kind == "refuse" and "status" not in more:
            self.exercise.world.opted_out.add(self.address)
        else:
            super().arm(kind, **more)

    def seen(self) -> list[str]:
        now = time.time()
        return [key for text in self.exercise.world.snapshot()[1] if text.is_public(now) for key in keys_in(text.body)]


class ByMail(_Exercised):
    """Mail to a list."""

    name, kind, world_name, address = "email", Email, "smtp", "newsroom@press.example"
    values = {
        "host": "127.0.0.1",
        "sender": "Press office <press@force.example>",
        "username": WORLD.smtp_user,
        "reply_to": "answers@force.example",
        "list_name": "Press list",
    }
    secrets = {"password": WORLD.smtp_password}
    credential = "password"
    goes_on = False
    cannot = {
        "withheld by law": "A mail server has no such answer.",
        "listed late": "A mail server shows no list of what it took.",
        "looked up": "A mail server cannot be asked what it took.",
        "retracted": "A mail cannot be called back; a second one follows it.",
        "retracted twice": "A mail cannot be called back; a second one follows it.",
    }

    def place(self) -> dict[str, str]:
        return {"port": str(self.exercise.smtp_port), "certificate": self.exercise.world.smtp_certificate}

    def seen(self) -> list[str]:
        now = time.time()
        return [key for mail in self.exercise.world.snapshot()[2] if mail.is_public(now) for key in keys_in(mail.text)]


class _InRoom(_Exercised):
    """A platform of the exercise world that keeps its posts in a room."""

    room: type[Room]
    address = ""

    def place(self) -> dict[str, str]:
        return {"base_url": f"{self.exercise.address}/{self.world_name}"}

    def seen(self) -> list[str]:
        room = self.exercise.world.room(self.room)
        return [key for thing in reversed(room.shown()) if room.public(thing.id) for key in keys_in(thing.text)]


class OnBluesky(_InRoom):
    """Bluesky."""

    name, kind, world_name, room = "bluesky", Bluesky, "bluesky", BlueskyRoom
    values = {"handle": WORLD.bluesky_handle}
    secrets = {"app_password": WORLD.bluesky_password}
    credential = "app_password"
    cannot = {
        "follows up": "A post on Bluesky is deleted, nothing follows it.",
        "listed late": "The account's own server is asked for the record itself; no list is involved.",
    }


class OnMastodon(_InRoom):
    """Mastodon."""

    name, kind, world_name, room = "mastodon", Mastodon, "mastodon", MastodonRoom
    values: Mapping[str, str] = {}
    secrets = {"access_token": WORLD.mastodon_token}
    credential = "access_token"
    cannot = {"follows up": "A post on Mastodon is deleted, nothing follows it."}


class OnTelegram(_InRoom):
    """A Telegram channel."""

    name, kind, world_name, room = "telegram", Telegram, "telegram", TelegramRoom
    values = {"channel": WORLD.telegram_channel}
    secrets = {"bot_token": WORLD.telegram_token}
    cannot = {
        "listed late": "Telegram shows a bot no list of what it posted.",
        "looked up": "Telegram cannot be asked what a bot posted.",
        "follows up": "A post on Telegram is deleted, nothing follows it.",
    }

    def revoked(self) -> Publisher:
        return self.publisher(bot_token="1001:revoked-secret")


class OnFacebook(_InRoom):
    """A Facebook page."""

    name, kind, world_name, room = "facebook", Facebook, "facebook", FacebookRoom
    values = {"page_id": WORLD.facebook_page}
    secrets = {"page_token": WORLD.facebook_page_token, "app_secret": WORLD.facebook_app_secret}
    credential = "page_token"
    cannot = {"follows up": "A post on Facebook is deleted, nothing follows it."}


class AtPartner(_InRoom):
    """A partner that takes signed events."""

    name, kind, world_name, room = "partner", Partner, "partner", PartnerRoom
    values = {"mode": "exercise"}
    secrets = {"signing_seed": bytes(range(32)).hex()}
    credential = "signing_seed"
    cannot = {
        "follows up": "A partner takes the appeal away, nothing follows it.",
        "retracted twice": "A recall may be brought again: the partner says once more that it shows nothing.",
    }

    def place(self) -> dict[str, str]:
        return {"webhook_url": f"{self.exercise.address}/partner/hook"}

    def revoked(self) -> Publisher:
        return self.publisher(signing_seed=bytes(range(1, 33)).hex())

    def unreachable(self) -> Publisher:
        return self.publisher(webhook_url="http://127.0.0.1:9/hook")


class ByHand:
    """A place in which a person posts; nothing is sent, so hardly anything can go wrong."""

    name, address, goes_on = "assisted", "", True
    cannot = dict.fromkeys(
        [one for one in CASES if one != "too long"], "Nothing is sent: a person posts, and says what came of it."
    )

    def __init__(self, exercise: Exercise, folder: Path) -> None:
        """There is no platform."""

    def publisher(self, **changes: str) -> Publisher:
        return Assisted(Settings({"text_limit": "500", **changes}))

    def oversized(self, content: Content) -> Content:
        return replace(content, danger="Do not approach him. " * 2000)

    def close(self) -> None:
        """Nothing is left open."""


class _Place:
    """Files in a folder of our own, served to the public by our own responder."""

    kind: type[Any]
    shown_at: str
    address, goes_on = "", True
    cannot = (
        dict.fromkeys(
            ("refused", "throttled", "withheld by law", "unreachable", "credentials revoked"),
            "A folder of our own refuses nobody and wants no credentials.",
        )
        | dict.fromkeys(
            (
                "lost before",
                "timed out after",
                "error after",
                "dropped after",
                "published late",
                "listed late",
                "looked up",
            ),
            "No network lies between us and a folder of our own.",
        )
        | {
            "retracted twice": "Taking away from a folder what is not there changes nothing and is no error.",
            "follows up": "What stands in a place is taken away, nothing follows it.",
        }
    )

    def __init__(self, exercise: Exercise, folder: Path) -> None:
        self._folder = folder
        self._opened = ExitStack()
        self._url = self._opened.enter_context(shown(folder))

    def publisher(self, **changes: str) -> Publisher:
        values = {"language": "en", "folder": str(self._folder), "public_url": self._url, "force": WORLD.force_name}
        made: Publisher = self.kind(Settings({**values, **changes}))
        return made

    def seen(self) -> list[str]:
        with http.Session(self._url) as session:
            answer = session.get(self._url + self.shown_at)
        return [KEY] if answer.status_code == 200 and TITLE in answer.text else []

    def oversized(self, content: Content) -> Content:
        return replace(content, happened="x" * 100_000)

    def close(self) -> None:
        self._opened.close()


class OnSite(_Place):
    """Our own site."""

    name, kind, shown_at = "site", Site, "/en/appeals/k7w2m9q4/"


class InFeeds(_Place):
    """Our own feeds."""

    name, kind, shown_at = "feeds", Feeds, "/feeds/en/feed.json"


PLATFORMS: Mapping[str, type[Any]] = {
    "x": OnX,
    "sms": ByText,
    "email": ByMail,
    "site": OnSite,
    "feeds": InFeeds,
    "bluesky": OnBluesky,
    "mastodon": OnMastodon,
    "telegram": OnTelegram,
    "facebook": OnFacebook,
    "assisted": ByHand,
    "partner": AtPartner,
}
