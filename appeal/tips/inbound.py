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
class KeptFile:
    """One file that was sealed piece by piece before; `file` is the key of the sealed list, `size` in bytes."""

    name: str = field(repr=False)
    file: str
    size: int


@dataclass(frozen=True)
class Inbound:
    """One message: `external_id` makes it one whatever repeats; `thread` ties several to one tip.

    `facts` are further answers by name (where, when, contact …). `sender` is the handle, number or address.
    `is_parked`: it came in a flood; `is_trial`: it only tries the way. `thank_to` is the place at which this person
    alone can be answered, a space and what is answered there; empty for what others see and for what programs write.
    """

    source: str
    external_id: str
    received_at: datetime
    text: str = field(repr=False)
    thread: str = ""
    appeal: str = ""
    channel_id: int | None = None
    sender: str = field(default="", repr=False)
    thank_to: str = field(default="", repr=False)
    language: str = ""
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: tuple[InboundFile, ...] = field(default=(), repr=False)
    kept: tuple[KeptFile, ...] = field(default=(), repr=False)
    is_live: bool = False
    is_about_me: bool = False
    is_parked: bool = False
    is_trial: bool = False
