"""The plainer platforms in one table: how each is called, what it holds, how the public speaks to the force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response

from appeal.exercise import bluesky, bluesky_door, facebook, mastodon, partner, telegram
from appeal.exercise.bluesky_room import BlueskyRoom
from appeal.exercise.bluesky_room import say as say_on_bluesky
from appeal.exercise.facebook_room import FacebookRoom
from appeal.exercise.facebook_room import say as say_on_facebook
from appeal.exercise.mastodon_room import MastodonRoom
from appeal.exercise.mastodon_room import say as say_on_mastodon
from appeal.exercise.rooms import Answer, Room
from appeal.exercise.telegram_room import TelegramRoom
from appeal.exercise.telegram_room import say as say_on_telegram
from appeal.exercise.world import World


@dataclass(frozen=True)
class Guest:
    """One platform. `invite` heads the form for writing to the force alone; empty where nobody can."""

    words: str
    room: type[Room]
    create: Callable[[World], Blueprint]
    wrong: Callable[[int, str], Response]
    say: Callable[[World, str, str, str], Answer]
    invite: str = ""


GUESTS: Mapping[str, Guest] = {
    "bluesky": Guest(
        "Bluesky", BlueskyRoom, bluesky.create_bluesky, bluesky_door.wrong, say_on_bluesky, "Write to the force alone"
    ),
    "mastodon": Guest(
        "Mastodon", MastodonRoom, mastodon.create_mastodon, mastodon.wrong, say_on_mastodon, "Write to the force alone"
    ),
    "telegram": Guest(
        "Telegram", TelegramRoom, telegram.create_telegram, telegram.wrong, say_on_telegram, "Write to the force's bot"
    ),
    "facebook": Guest(
        "Facebook", FacebookRoom, facebook.create_facebook, facebook.wrong, say_on_facebook, "Write to the force's page"
    ),
    "partner": Guest("A partner", partner.PartnerRoom, partner.create_partner, partner.wrong, partner.say),
}
