"""How a trial message of ours is known: it takes the public way and never comes before an officer."""

import hmac

from appeal import installation, sealing

SOURCE = "heartbeat"


def sign(token: str) -> str:
    """What marks the words under this token as ours; only who holds the intake key can say it."""
    return sealing.keyed_hash(installation.current().keys.intake_key, SOURCE, token)


def is_ours(token: str, given: str) -> bool:
    """Whether this is our mark for this token."""
    return bool(given) and hmac.compare_digest(given.encode(), sign(token).encode())
