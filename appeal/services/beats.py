"""Signs of life: which machine and process this is, and when the clock last ticked."""

import os
import socket
from datetime import datetime

from appeal import db
from appeal.config import Config
from appeal.models.force import Heartbeat


def machine(config: Config) -> str:
    """This machine and instance folder, as owners of copies are named."""
    return f"{socket.gethostname()[:40]}{config.instance}".replace(":", "_")[-60:]


def process() -> str:
    """This process."""
    return str(os.getpid())


def beat(name: str, *, now: datetime) -> None:
    """Note that `name` is alive."""
    with db.writing() as session:
        session.merge(Heartbeat(name=name, ticked_at=now))


def last(name: str) -> datetime | None:
    """When `name` last gave a sign of life."""
    with db.reading() as session:
        row = session.get(Heartbeat, name)
        return row.ticked_at if row else None
