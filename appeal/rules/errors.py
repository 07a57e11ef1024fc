"""The one tree of errors; every one has words for the officer and detail for the log.

AppealError
├── NotAllowed            this officer may not do this
├── NotFound              there is no such thing
├── WrongState            the thing is in a state in which this cannot be done
│   └── Changed           somebody else changed it meanwhile; both texts are shown
├── BadInput              fields with a sentence each
│   └── PictureRefused    a picture that cannot be used
├── Overloaded            come back in a moment; nothing was stored
│   ├── DatabaseAway      the database does not go on
│   └── NotStored         not even the disk takes anything
├── CannotOpen            sealed bytes that none of our identities opens
├── FileDamaged           a stored file is not what was put
├── LedgerBroken          a ledger that does not add up
├── ConfigurationWrong    all mistakes of the configuration at once
└── PublisherError        what may leave a publisher, and nothing else
    ├── TryLater          refused for now, certainly not published
    ├── OutcomeUnknown    it may or may not have been published
    ├── ContentRefused    the platform will never take this content
    │   ├── DoesNotFit    our own check says so, with all reasons
    │   └── OptedOut      this one address wants nothing more from us
    ├── ChannelStopped    the account cannot publish until a person acts
    └── Gone              what should be changed or removed is not there
"""

from collections.abc import Mapping, Sequence

from appeal.rules.words import joined


class AppealError(Exception):
    """`words` are for the officer, `detail` is for the log and never holds what a person told us."""

    def __init__(self, words: str = "", detail: str = "") -> None:
        super().__init__(words or type(self).__name__)
        self.words = words
        self.detail = detail


class NotAllowed(AppealError):
    """This officer may not do this."""


class NotFound(AppealError):
    """There is no such thing."""


class WrongState(AppealError):
    """The thing is in a state in which this cannot be done."""


class Changed(WrongState):
    """Somebody else saved first; `theirs` maps field names to what is stored now."""

    def __init__(self, words: str, theirs: Mapping[str, str]) -> None:
        super().__init__(words)
        self.theirs = dict(theirs)


class BadInput(AppealError):
    """`fields` maps field names to one sentence each."""

    def __init__(self, words: str = "", fields: Mapping[str, str] | None = None, detail: str = "") -> None:
        super().__init__(words or joined((fields or {}).values()), detail)
        self.fields = dict(fields or {})


class PictureRefused(BadInput):
    """A picture that cannot be used, with the reason in words."""

    def __init__(self, words: str, detail: str = "") -> None:
        super().__init__(words, {}, detail)


class Overloaded(AppealError):
    """Nothing was stored; `after` is how many seconds to wait."""

    def __init__(self, words: str = "", after: int = 2) -> None:
        super().__init__(words)
        self.after = after


class DatabaseAway(Overloaded):
    """The database does not go on, or not in time; nothing was stored, and nothing will be."""


class NotStored(Overloaded):
    """Neither the database nor the disk takes anything."""


class CannotOpen(AppealError):
    """Sealed bytes that none of our identities opens, or that were changed."""


class FileDamaged(AppealError):
    """A stored file is not what was put."""


class LedgerBroken(AppealError):
    """A ledger that does not add up; `words` name the entry."""


class ConfigurationWrong(AppealError):
    """`mistakes` lists everything that is wrong, not only the first."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = list(mistakes)


class PublisherError(AppealError):
    """What may leave a publisher, and nothing else."""


class TryLater(PublisherError):
    """Refused for now and certainly not published; `after_seconds` until it is worth asking again.

    `is_for_all` says that the platform wants the whole channel to wait (its rate limit), not only this one.
    """

    def __init__(self, words: str, after_seconds: float = 60.0, detail: str = "", *, is_for_all: bool = False) -> None:
        super().__init__(words, detail)
        self.after_seconds = after_seconds
        self.is_for_all = is_for_all


class OutcomeUnknown(PublisherError):
    """It may or may not have been published; only a look-up or a person can tell."""


class ContentRefused(PublisherError):
    """The platform will never take this content."""


class DoesNotFit(ContentRefused):
    """Our own check says that the content cannot go out there; `reasons` lists all of them."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(joined(reasons))
        self.reasons = list(reasons)


class OptedOut(ContentRefused):
    """This one address of a list wants nothing more from us; it gets nothing more."""


class ChannelStopped(PublisherError):
    """The account cannot publish until a person acts: bad credentials, suspended, no credit."""


class Gone(PublisherError):
    """What should be changed or removed is not there."""
