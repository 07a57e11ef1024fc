"""What comes in, as frozen plain data, before anything is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class InboundFile:
    """One file that came with a message, still in clear and only in memory."""

    name: str
    mime: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Inbound:
    """One message: `external_id` makes it one whatever repeats; `thread` ties several to one tip.

    `facts` are further answers by name (where, when, contact …). `sender` is the handle, number or address.
    """

    source: str
    external_id: str
    received_at: datetime
    text: str = field(repr=False)
    thread: str = ""
    appeal: str = ""
    channel_id: int | None = None
    sender: str = field(default="", repr=False)
    language: str = ""
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: tuple[InboundFile, ...] = field(default=(), repr=False)
    is_live: bool = False
    is_about_me: bool = False
