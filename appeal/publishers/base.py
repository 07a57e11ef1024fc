"""What every publisher is: a name, its capabilities as data, compose, send, check, and small optional protocols."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from appeal.rules import pacing
from appeal.rules.content import Content, Post
from appeal.rules.words import _


class Find(StrEnum):
    """How far a look-up can be trusted when it says that something is not there."""

    NONE = "none"
    USUAL = "usual"
    SURE = "sure"


class Removal(StrEnum):
    """What a platform does when something is taken down."""

    REMOVES = "removes"
    FOLLOWS_UP = "follows up"


class Found(StrEnum):
    """What a look-up answers."""

    THERE = "there"
    NOT_THERE = "not there"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Pictures:
    """What a platform takes: number, sides in pixels, bytes, media types; `widths` asks for several renditions."""

    number: int = 0
    max_side: int = 4096
    max_bytes: int = 5_000_000
    formats: tuple[str, ...] = ("image/jpeg",)
    alt_limit: int = 0
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Setting:
    """One field of a channel's form; secret ones are kept encrypted and never shown again.

    `choices` are (value, words) pairs where only these may be chosen.
    """

    name: str
    label: str
    is_secret: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()


NOBODY_WRITES = _("Nobody writes to the force there.")

# So many calls in so many seconds, as the platform publishes it.
Pace = pacing.Pace


@dataclass(frozen=True)
class Capabilities:
    """What a publisher can do and its limits; the form, the check and the sender read this one table.

    `is_repeatable`: sending again with the same key publishes nothing a second time. `outings` and
    `removals`: how fast the platform lets things go out and be taken down, where it publishes that. `can_hide`: an
    answer of the public can be hidden there. `answered_in_public`: people write under its posts. `limits_answers`: a
    post says who may.
    `rings`: a message sounds on somebody's telephone, so that what follows up waits for the morning.
    `answers_itself`: a correction answers the earlier post, whose id is in `post.files["In-Reply-To"]`.
    `apply_for` and `costs`: what a force needs before it can connect one, and what it pays.
    `refuses_duplicates`: the same words are taken only once within a while, so that every copy has to read otherwise.
    `by_hand`: nothing is sent; a person posts, changes and removes there.
    `no_thanks`: why nobody who writes to the force there is thanked by itself outside hours, in words; empty where it
    can.
    """

    label: str
    text_limit: int
    counts: str
    pictures: Pictures = Pictures()
    is_list: bool = False
    can_update: bool = False
    removal: Removal = Removal.REMOVES
    find: Find = Find.NONE
    settle_seconds: float = 300.0
    parallel: int = 2
    settings: tuple[Setting, ...] = ()
    is_repeatable: bool = False
    outings: Pace | None = None
    removals: Pace | None = None
    can_hide: bool = False
    limits_answers: bool = False
    answered_in_public: bool = False
    answers_itself: bool = False
    apply_for: str = ""
    costs: str = ""
    by_hand: bool = False
    rings: bool = False
    refuses_duplicates: bool = False
    no_thanks: str = NOBODY_WRITES


@dataclass(frozen=True)
class Receipt:
    """What the platform answered: its own id and where the post can be seen."""

    external_id: str
    permalink: str = ""


@dataclass(frozen=True)
class LookUp:
    """The answer to "is it there?"; a receipt only when it is."""

    found: Found
    receipt: Receipt | None = None


@dataclass(frozen=True)
class Comment:
    """What somebody wrote under a post in public."""

    author: str = field(repr=False)
    text: str = field(repr=False)
    written_at: datetime | None = None


@dataclass(frozen=True)
class Shown:
    """A post as its platform shows it, for keeping before it goes.

    `counts` by the platform's own words (likes, shares); `pictures` are pairs of bytes and alt text; `html` is the page
    where the post is one; `raw` is the platform's own answer; `missing` says in words what could not be fetched.
    """

    text: str = field(repr=False)
    permalink: str = ""
    posted_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    comments: tuple[Comment, ...] = field(default=(), repr=False)
    pictures: tuple[tuple[bytes, str], ...] = field(default=(), repr=False)
    html: str = field(default="", repr=False)
    raw: bytes = field(default=b"", repr=False)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    """Whether the channel can publish now, in words.

    `expires_at` is when its credentials end, where the platform says so; `warning` is what will soon be in the way
    (little credit, most of a quota used), in words, while it still works.
    """

    is_well: bool
    words: str
    expires_at: datetime | None = None
    warning: str = ""


@dataclass(frozen=True)
class Settings:
    """One channel as its publisher sees it: plain settings and opened secrets; `folder` is the site's."""

    values: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str:
        """A setting or secret by name; empty when it was not given."""
        return self.secrets.get(name) or self.values.get(name, "")


class Publisher(Protocol):
    """Speaks to one platform for one channel. Raises only `PublisherError` and its kinds."""

    name: str
    capabilities: Capabilities

    def compose(self, content: Content) -> Post:
        """The post for this platform: pure, reads nothing but its argument; raises `DoesNotFit` with all reasons."""
        ...

    def send(self, post: Post, address: str, key: str) -> Receipt:
        """Publish once; `address` is empty unless the channel is a list, `key` is the copy's own link key."""
        ...

    def check(self) -> Health:
        """Whether the account answers and may publish."""
        ...


@runtime_checkable
class Updates(Protocol):
    """Can change what is out without a new post."""

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:
        """Replace the content of what is out."""
        ...


@runtime_checkable
class Retracts(Protocol):
    """Can remove what is out; `Gone` when it is not there any more."""

    def retract(self, external_id: str, post: Post) -> Receipt:
        """Remove it; `post` is what stands in its place where the platform can replace."""
        ...

    def is_out(self, external_id: str) -> LookUp:
        """Whether the thing with this id can still be seen."""
        ...


@runtime_checkable
class Thanks(Protocol):
    """Can write to one person who wrote to the force alone, where nobody else sees it."""

    def thank(self, post: Post, address: str, key: str) -> Receipt:
        """Answer once; `address` is what the source gave as the place to answer to."""
        ...


@runtime_checkable
class Shows(Protocol):
    """Can be asked what everybody sees of a post."""

    def shown(self, external_id: str) -> Shown:
        """The post with its pictures and what was written under it; `Gone` when it is not there."""
        ...


@runtime_checkable
class KnowsAddresses(Protocol):
    """Can tell its own number of a post from the address at which a person sees it."""

    def number_at(self, permalink: str, pictures: int) -> str:
        """The id for an address that a person pasted, of a post with so many pictures; empty for another address."""
        ...


@runtime_checkable
class Hides(Protocol):
    """Can hide what somebody answered in public; it stays where its author wrote it."""

    def hide(self, external_id: str) -> None:
        """Hide one answer; harmless to repeat, `Gone` when it is not there any more."""
        ...

    def show_again(self, external_id: str) -> None:
        """Let everybody see it again; harmless to repeat, `Gone` when it is not there any more."""
        ...


@runtime_checkable
class Prepares(Protocol):
    """A place that we serve ourselves and that has to stand before anything is published."""

    def prepare(self) -> None:
        """Make or mend the empty place; harmless to repeat."""
        ...


@runtime_checkable
class FindsByKey(Protocol):
    """Can be asked whether a copy went out although no answer came."""

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:
        """Look for the copy by its key among what was published since the attempt began."""
        ...
