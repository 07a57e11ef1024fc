"""Complete publishers whose platforms live in memory and fail as they are told to."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from appeal.publishers.base import (
    Capabilities,
    Comment,
    Find,
    Found,
    Health,
    LookUp,
    Pace,
    Pictures,
    Receipt,
    Removal,
    Setting,
    Settings,
    Shown,
)
from appeal.rules.content import Content, Picture, Post
from appeal.rules.errors import ChannelStopped, ContentRefused, DoesNotFit, Gone, OutcomeUnknown, TryLater

TEXT_LIMIT = 400


class Killed(BaseException):
    """The process dies at this point: nothing of ours catches it."""


@dataclass
class Out:
    """One thing that went out: what everybody can see until it is taken away."""

    platform: str
    external_id: str
    key: str
    address: str
    text: str
    is_up: bool = True
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in one call: whether the platform acts all the same, and what the caller gets to feel."""

    error: BaseException | None = None
    acts: bool = False
    until: threading.Event | None = None


def refuse() -> Trouble:
    """The platform will never take this."""
    return Trouble(ContentRefused("The platform does not take this."))


def later(seconds: float = 90.0) -> Trouble:
    """The platform asks for patience and publishes nothing."""
    return Trouble(TryLater("Too many at once.", after_seconds=seconds))


def throttled(seconds: float = 90.0) -> Trouble:
    """The platform wants the whole channel to wait."""
    return Trouble(TryLater("Too many at once.", after_seconds=seconds, is_for_all=True))


def acts() -> Trouble:
    """Nothing goes wrong."""
    return Trouble(acts=True)


def stopped() -> Trouble:
    """The account is locked."""
    return Trouble(ChannelStopped("The account is locked."))


def unknown(*, acts: bool) -> Trouble:
    """No answer comes."""
    return Trouble(OutcomeUnknown("No answer came."), acts=acts)


def crash(*, acts: bool) -> Trouble:
    """Our process dies before or after the platform acted."""
    return Trouble(Killed(), acts=acts)


def nonsense(*, acts: bool) -> Trouble:
    """The client library trips over the answer."""
    return Trouble(ValueError("unexpected answer"), acts=acts)


def slow(until: threading.Event) -> Trouble:
    """The answer comes when the event is set."""
    return Trouble(acts=True, until=until)


class Platforms:
    """What all fake platforms hold and what is to go wrong next, by platform and operation."""

    def __init__(self) -> None:
        self.out: list[Out] = []
        self.calls: list[tuple[str, str]] = []
        self.lost: set[str] = set()
        self.blind: set[str] = set()
        self.deaf: set[str] = set()
        self.is_well = True
        self.meanwhile: Callable[[], object] | None = None
        self._troubles: dict[tuple[str, str], deque[Trouble]] = defaultdict(deque)
        self._lock = threading.Lock()

    def arm(self, platform: str, *troubles: Trouble, operation: str = "send") -> None:
        """Let the next calls fail in this way, one after another."""
        self._troubles[platform, operation].extend(troubles)

    def texts(self, platform: str) -> list[str]:
        """What can be seen there now, oldest first."""
        return [one.text for one in self.out if one.platform == platform and one.is_up]

    def sent_to(self, platform: str) -> list[str]:
        """The addresses that got something, in order, each as often as it did."""
        return [one.address for one in self.out if one.platform == platform]

    def count(self, platform: str, operation: str) -> int:
        """How often the operation was called."""
        return self.calls.count((platform, operation))

    def call(self, platform: str, operation: str, act: Callable[[], Receipt]) -> Receipt:
        """One call with its trouble."""
        with self._lock:
            self.calls.append((platform, operation))
            waiting = self._troubles[platform, operation]
            trouble = waiting.popleft() if waiting else Trouble(acts=True)
            receipt = act() if trouble.acts else None
        if trouble.until is not None and not trouble.until.wait(20):
            raise AssertionError("nobody let this call go on")
        if trouble.error is not None:
            raise trouble.error
        assert receipt is not None
        return receipt


class FakePlace:
    """A platform with posts that can be removed and found."""

    name: ClassVar[str] = "x"
    platforms: ClassVar[Platforms]
    capabilities: ClassVar[Capabilities] = Capabilities(
        label="Place",
        text_limit=TEXT_LIMIT,
        counts="characters",
        pictures=Pictures(number=2, max_side=400, max_bytes=200_000, alt_limit=1000),
        find=Find.SURE,
        settings=(Setting("username", "Account"), Setting("password", "Password", is_secret=True)),
    )

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def compose(self, content: Content) -> Post:
        """A line with everything that tests look at."""
        words = f"{content.action}: {content.title} {content.link}"
        if content.action == "retract":
            words = f"{content.closing} {content.ending}".strip()
        words = f"EXERCISE {words}" if content.is_exercise else words
        if len(words) > TEXT_LIMIT:
            raise DoesNotFit([f"{len(words)} of {TEXT_LIMIT} characters."])
        return Post(words, language=content.language, pictures=content.pictures, length=len(words), limit=TEXT_LIMIT)

    def send(self, post: Post, address: str, key: str) -> Receipt:
        """Publish."""
        return self.platforms.call(self.name, "send", lambda: self._publish(post, address, key))

    def check(self) -> Health:
        """As the test wants it."""
        return Health(self.platforms.is_well, "well" if self.platforms.is_well else "locked")

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:
        """Among everything that is up."""
        self.platforms.calls.append((self.name, "find"))
        if self.platforms.meanwhile:
            self.platforms.meanwhile()
        if self.name in self.platforms.blind:
            return LookUp(Found.CANNOT_TELL)
        for one in self.platforms.out:
            is_same = one.key == key and one.address == address and one.platform == self.name
            if is_same and one.is_up and one.external_id not in self.platforms.lost:
                return LookUp(Found.THERE, Receipt(one.external_id, f"https://{self.name}.example/{one.external_id}"))
        return LookUp(Found.NOT_THERE)

    def retract(self, external_id: str, post: Post) -> Receipt:
        """Remove."""
        return self.platforms.call(self.name, "retract", lambda: self._remove(external_id))

    def is_out(self, external_id: str) -> LookUp:
        """Whether it can still be seen."""
        self.platforms.calls.append((self.name, "is_out"))
        if self.name in self.platforms.blind:
            return LookUp(Found.CANNOT_TELL)
        is_up = any(one.external_id == external_id and one.is_up for one in self._own())
        return LookUp(Found.THERE, Receipt(external_id)) if is_up else LookUp(Found.NOT_THERE)

    def _publish(self, post: Post, address: str, key: str) -> Receipt:
        number = f"{self.name}-{len(self.platforms.out) + 1}"
        self.platforms.out.append(Out(self.name, number, key, address, post.text, files=dict(post.files)))
        return Receipt(number, f"https://{self.name}.example/{number}")

    def _remove(self, external_id: str) -> Receipt:
        found = [one for one in self._own() if one.external_id == external_id and one.is_up]
        if not found:
            raise Gone("It is not there.")
        if self.name not in self.platforms.deaf:
            found[0].is_up = False
        return Receipt(external_id)

    def _own(self) -> list[Out]:
        return [one for one in self.platforms.out if one.platform == self.name]


class FakeSite(FakePlace):
    """A place of our own: one page for each appeal, changed where it stands."""

    name = "site"
    capabilities = Capabilities(
        label="Site",
        text_limit=TEXT_LIMIT,
        counts="characters",
        pictures=Pictures(number=3, max_side=600, max_bytes=200_000, alt_limit=1000, widths=(200, 400)),
        can_update=True,
        find=Find.SURE,
        settle_seconds=5.0,
    )

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:
        """Change the page."""
        return self.platforms.call(self.name, "update", lambda: self._change(external_id, post, key))

    def _change(self, external_id: str, post: Post, key: str) -> Receipt:
        page = next(one for one in self._own() if one.external_id == external_id)
        page.text, page.key, page.is_up = post.text, key, True
        return Receipt(external_id)


class FakeTexts(FakePlace):
    """A list that can be asked what it sent and can take nothing back."""

    name = "sms"
    capabilities = Capabilities(
        label="Texts",
        text_limit=TEXT_LIMIT,
        counts="characters",
        is_list=True,
        rings=True,
        removal=Removal.FOLLOWS_UP,
        find=Find.SURE,
    )


class FakeMail:
    """A list that can be asked nothing; whoever writes there is thanked."""

    name = "email"
    platforms: ClassVar[Platforms]
    capabilities = Capabilities(
        label="Mail",
        text_limit=TEXT_LIMIT,
        counts="characters",
        is_list=True,
        removal=Removal.FOLLOWS_UP,
        no_thanks="",
    )

    def __init__(self, settings: Settings) -> None:
        self._inner = FakeTexts(settings)
        self._inner.name = self.name  # type: ignore[misc]
        self.compose, self.send, self.check = self._inner.compose, self._inner.send, self._inner.check

    def thank(self, post: Post, address: str, key: str) -> Receipt:
        """Answer one person."""
        platforms = self._inner.platforms
        return platforms.call(self.name, "thank", lambda: self._inner._publish(post, address, key))


class FakeUsual(FakePlace):
    """A place whose search usually finds what is there."""

    name = "usual"
    capabilities = Capabilities(label="Usual", text_limit=TEXT_LIMIT, counts="characters", find=Find.USUAL)


class FakeWindow(FakePlace):
    """A place that says what everybody sees there, with one comment; `meanwhile` happens while it is asked."""

    name = "window"
    capabilities = Capabilities(label="Window", text_limit=TEXT_LIMIT, counts="characters", find=Find.SURE)

    def shown(self, external_id: str) -> Shown:
        """What is up, as a page."""
        self.platforms.call(self.name, "shown", lambda: Receipt(external_id))
        found = next(one for one in self._own() if one.external_id == external_id)
        said = Comment("@neighbour", "I saw him at the bridge.")
        return Shown(found.text, counts={"likes": 3}, comments=(said,), raw=b'{"likes": 3}')


FAKES = (FakePlace, FakeSite, FakeTexts, FakeMail, FakeUsual, FakeWindow)


def paced(capabilities: Capabilities, pace: Pace) -> Capabilities:
    """The same, with a limit on how fast things come down."""
    return replace(capabilities, removals=pace)


def post(words: str, pictures: tuple[Picture, ...] = ()) -> Post:
    """What a fake platform would show."""
    return Post(words, language="en", pictures=pictures, length=len(words), limit=TEXT_LIMIT)
