"""What the public process needs to check a platform's signature, and no more of a channel's secrets than that.

The secrets of a channel open only at the desk. The one that signs calls to our webhook is therefore handed over: kept
with the channel under a key that every process derives from the intake key.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select

from appeal import db, installation
from appeal.models.release import Channel
from appeal.services import channels

SETTING = "webhook_token"
# Which secret signs what a publisher's platform sends to us.
SIGNED_WITH = {
    "sms": "auth_token",
    "telegram": "webhook_secret",
    "facebook": "app_secret",
    "partner": "api_key",
}


@dataclass(frozen=True)
class Signing:
    """What is needed to check a call on a channel and to answer it."""

    language: str
    token: str = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


def hand_over() -> int:
    """Keep the token of every channel whose platform calls us, for the public process; how many were new or changed.

    Runs at the desk, again and again: a channel that was just connected takes messages a moment later.
    """
    wanted = select(Channel).where(
        Channel.publisher.in_(SIGNED_WITH), Channel.is_active, Channel.purpose == channels.APPEALS
    )
    with db.reading() as session:
        found = session.scalars(wanted).all()
    stale = {row.id: secret for row in found if (secret := _secret(row)) != of(row.settings)}
    if stale:
        with db.writing() as session:
            for channel_id, secret in stale.items():
                channel = session.get_one(Channel, channel_id)
                channel.settings = {**channel.settings, SETTING: _fernet().encrypt(secret.encode()).decode()}
    return len(stale)


def signing(channel_id: int, publisher: str) -> Signing | None:
    """Language and token of an active channel of this publisher; None if there is none."""
    with db.reading() as session:
        channel = session.get(Channel, channel_id)
    if channel is None or channel.publisher != publisher or not channel.is_active:
        return None
    return Signing(channel.language, of(channel.settings), channel.settings)


def of(settings: dict[str, str]) -> str:
    """The token in these settings of a channel; empty when there is none that we can read."""
    try:
        return _fernet().decrypt(settings.get(SETTING, "")).decode()
    except InvalidToken:
        return ""


def _secret(channel: Channel) -> str:
    return channels.settings_of(channel).get(SIGNED_WITH[channel.publisher])


def _fernet() -> Fernet:
    key = hmac.new(installation.current().keys.intake_key, b"webhook token", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
