"""Signs of life: which machine and process this is, and when the clock last ticked."""

import hashlib
import os
import socket
from datetime import datetime

from appeal import db, installation
from appeal.models.force import Heartbeat


def place() -> str:
    """This machine, instance folder and role: only one process at a time holds it, and its copies die with it."""
    held = installation.current()
    digest = hashlib.sha256(str(held.config.instance).encode()).hexdigest()[:8]
    return f"{socket.gethostname()[:32]}/{digest}/{held.role[:16]}".replace(":", "_")


def owner() -> str:
    """How this process signs the copies that it claims."""
    return f"{place()}:{os.getpid()}"


def beat(name: str, *, now: datetime) -> None:
    """Note that `name` is alive."""
    with db.writing() as session:
        session.merge(Heartbeat(name=name, ticked_at=now))


def last(name: str) -> datetime | None:
    """When `name` last gave a sign of life."""
    with db.reading() as session:
        row = session.get(Heartbeat, name)
        return row.ticked_at if row else None
