"""How it goes out: one file per platform, knows no database, no Flask, no clock. This table names them all."""

from collections.abc import Mapping
from typing import Any

from appeal.publishers.assisted import Assisted
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

PUBLISHERS: Mapping[str, type[Any]] = {
    "site": Site,
    "feeds": Feeds,
    "email": Email,
    "x": X,
    "sms": Sms,
    "bluesky": Bluesky,
    "mastodon": Mastodon,
    "telegram": Telegram,
    "facebook": Facebook,
    "assisted": Assisted,
    "partner": Partner,
}


def get(name: str) -> type[Any]:
    """The publisher class of this name; KeyError when there is none."""
    return PUBLISHERS[name]
