"""What the contract knows of every way in, and how a channel is connected for it."""

from collections.abc import Mapping
from typing import Protocol

from appeal.db import writing
from appeal.models.release import Channel
from appeal.rules.clock import now
from appeal.services import channels

TEXTS = ("first \u202e ñ €", "second", "third")


class Source(Protocol):
    """One way in as the contract sees it; `cannot` names what cannot happen there, and why."""

    name: str
    cannot: Mapping[str, str]

    def say(self, number: int) -> None:
        """Let the public say TEXTS[number], and let it come in."""
        ...

    def again(self, number: int) -> None:
        """Let the same message come in once more."""
        ...

    def garbage(self) -> None:
        """Let nonsense come in."""
        ...

    def without_picture(self) -> None:
        """Let TEXTS[0] come in with a picture that is gone when it is asked for."""
        ...


def connect(publisher: str, values: dict[str, str], secrets: dict[str, str]) -> int:
    with writing() as session:
        row = Channel(publisher=publisher, name=publisher, language="en", settings=values, created_at=now())
        row.sealed_secrets = channels._encrypted(secrets)
        session.add(row)
    return row.id
