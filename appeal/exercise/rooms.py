"""What the plainer platforms hold and how the wall shows them: posts with pictures, answers under them, letters."""

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass

from appeal.exercise.world import Published


class NotPossible(ValueError):
    """The public could not do this; the words say why."""


@dataclass(frozen=True)
class Picture:
    """One picture or file that was uploaded."""

    content: bytes
    media_type: str
    alt: str = ""


@dataclass
class Thing(Published):
    """One post of the force. `note` is what the wall adds to it, `group` ties the parts of one post together."""

    id: str
    text: str
    pictures: tuple[Picture, ...] = ()
    note: str = ""
    group: str = ""
    is_answerable: bool = True


@dataclass
class Answer(Published):
    """What somebody of the public wrote under a post (`parent`), or to the force alone where there is no parent."""

    id: str
    author: str
    text: str
    parent: str = ""
    is_hidden: bool = False
    pictures: tuple[Picture, ...] = ()


class Room:
    """The state of one platform; lives in the world and is empty after its reset."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.answers: dict[str, Answer] = {}
        self._serial = itertools.count(1)

    def next(self) -> int:
        """A number that nothing else has here."""
        return next(self._serial)

    def public(self, thing_id: str) -> Thing | None:
        """The post if the public can see it now."""
        thing = self.things.get(thing_id)
        return thing if thing and thing.is_public(time.time()) else None

    def shown(self) -> list[Thing]:
        """All posts that were published, newest first, those that are gone included."""
        now = time.time()
        return [thing for thing in reversed(list(self.things.values())) if thing.published_at <= now]

    def listed(self) -> list[Thing]:
        """Posts that lists show now, newest first."""
        now = time.time()
        return [thing for thing in self.shown() if thing.is_listed(now)]

    def under(self, thing_id: str) -> list[Answer]:
        """What the public wrote under one post, oldest first."""
        return [answer for answer in self.answers.values() if answer.parent == thing_id]

    def letters(self) -> list[Answer]:
        """What the public wrote to the force alone, newest first."""
        return [answer for answer in reversed(list(self.answers.values())) if not answer.parent]

    def picture(self, thing_id: str, place: int) -> Picture | None:
        """A picture of a post; None when there is none or it is gone with its post."""
        thing = self.public(thing_id)
        return thing.pictures[place] if thing and place < len(thing.pictures) else None


def said(text: str, author: str, longest: int) -> tuple[str, str]:
    """The words and the name of somebody of the public, tidied; raises NotPossible."""
    words, name = text.strip(), author.strip().lstrip("@")
    if not name:
        raise NotPossible("Say who writes this.")
    if not words or len(words) > longest:
        raise NotPossible(f"This has 1 to {longest:,} characters.")
    return words, name


def written(thing: Thing, keys: Iterable[str]) -> dict[str, object]:
    """One post for the control interface."""
    return {
        "id": thing.id,
        "text": thing.text,
        "keys": list(keys),
        "alts": [picture.alt for picture in thing.pictures],
        "is_public": thing.is_public(time.time()),
        "published_at": thing.published_at,
        "deleted_at": thing.deleted_at,
        "note": thing.note,
    }
