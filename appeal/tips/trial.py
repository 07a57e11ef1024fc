"""How a trial message of ours is known: it takes the public way and never comes before an officer."""

import hmac
from dataclasses import replace

from appeal import installation, sealing
from appeal.tips.inbound import Inbound
from appeal.tips.sources.base import TRIAL

SOURCE = "heartbeat"


def sign(token: str) -> str:
    """What marks the words under this token as ours; only who holds the intake key can say it."""
    return sealing.keyed_hash(installation.current().keys.intake_key, SOURCE, token)


def is_ours(token: str, given: str) -> bool:
    """Whether this is our mark for this token."""
    return bool(given) and hmac.compare_digest(given.encode("utf-8", "replace"), sign(token).encode())


def named(name: str) -> str:
    """What a message carries that shall be known as the trial message of this name."""
    return f"{name} {sign(name)}"


def marked(message: Inbound) -> Inbound:
    """A message that carries our mark becomes the trial message that it is; from any other the claim is taken away."""
    claimed = message.facts.get(TRIAL, "")
    if not claimed:
        return message
    name, _space, given = claimed.rpartition(" ")
    if name and is_ours(name, given):
        return Inbound(SOURCE, name, message.received_at, name, is_trial=True)
    return replace(message, facts={key: value for key, value in message.facts.items() if key != TRIAL})
