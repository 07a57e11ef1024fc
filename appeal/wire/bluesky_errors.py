"""What the answers of Bluesky that are not 2xx mean for us."""

from collections.abc import Callable
from typing import Any, TypeVar

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import _, say
from appeal.wire.http import reading_failed, wait_until

CALLED = "Bluesky"
WINDOW_SECONDS = 300.0

# Names of errors, which say more than the status; the first that fits counts.
REFUSED = _("Bluesky refuses this post.")
NOT_OURS = _("Bluesky does not accept the credentials of this channel.")
NO_DOUBT: dict[str, tuple[type[PublisherError], str]] = {
    "AuthenticationRequired": (ChannelStopped, NOT_OURS),
    "AuthMissing": (ChannelStopped, NOT_OURS),
    "InvalidToken": (ChannelStopped, NOT_OURS),
    "ExpiredToken": (ChannelStopped, NOT_OURS),
    "AuthFactorTokenRequired": (ChannelStopped, _("Bluesky asks for a second factor: use an app password.")),
    "AccountTakedown": (ChannelStopped, _("Bluesky has taken this account down.")),
    "AccountDeactivated": (ChannelStopped, _("This Bluesky account is switched off.")),
    "AccountSuspended": (ChannelStopped, _("Bluesky has suspended this account.")),
    "RecordNotFound": (Gone, _("The post is not on Bluesky any more.")),
    "NotFound": (Gone, _("The post is not on Bluesky any more.")),
    "MethodNotImplemented": (ChannelStopped, _("Bluesky is not to be found at the address of this channel.")),
    "BlobTooLarge": (ContentRefused, _("A picture is too large for Bluesky.")),
}
MEANINGS: dict[int, tuple[type[PublisherError], str]] = {
    400: (ContentRefused, REFUSED),
    401: (ChannelStopped, NOT_OURS),
    403: (ContentRefused, REFUSED),
    404: (ChannelStopped, _("Bluesky is not to be found at the address of this channel.")),
    413: (ContentRefused, _("A picture is too large for Bluesky.")),
    451: (ContentRefused, _("Bluesky withholds this post for legal reasons.")),
}
UNKNOWN = (OutcomeUnknown, _("Bluesky gave an answer that does not say whether it did what was asked."))
EXPIRED = ("ExpiredToken", "InvalidToken")

Result = TypeVar("Result")


def asked(call: Callable[[], Result], *allowed: type[PublisherError]) -> Result:
    """Do what publishes nothing. Raises TryLater, ChannelStopped and what is allowed; a failure is TryLater."""
    try:
        return call()
    except PublisherError:
        raise
    except Exception as error:  # an answer in a shape that Bluesky never had must not stop the caller
        response = answer_of(error)
        if response is None:
            raise reading_failed(error, CALLED) from None
        found = _meaning(response)
        if isinstance(found, OutcomeUnknown):
            found = TryLater(say("%(platform)s has a fault of its own.", platform=CALLED), 60.0, found.detail)
        elif not isinstance(found, (TryLater, ChannelStopped, *allowed)):
            words = say("%(platform)s does not answer what this channel asks.", platform=CALLED)
            found = ChannelStopped(words, found.detail)
        raise found from None


def ordered(call: Callable[[], Result], never_left: Callable[[Exception], bool]) -> Result:
    """Do what may publish or delete; whatever is not a clear no is unknown."""
    try:
        return call()
    except PublisherError:
        raise
    except Exception as error:  # anything unforeseen after the request may have left is unknown
        response = answer_of(error)
        if response is not None:
            raise _meaning(response) from None
        detail = type(error).__name__
        if never_left(error):
            raise TryLater(say("%(platform)s cannot be reached.", platform=CALLED), 30.0, detail) from None
        words = say("%(platform)s took the message and gave no answer that we understand.", platform=CALLED)
        raise OutcomeUnknown(words, detail) from None


def answer_of(error: Exception) -> Any:
    """The answer that an error of the library carries; None when there was none."""
    return getattr(error, "response", None)


def name_of(response: Any) -> str:
    """How the platform calls its error; empty when it says nothing that can be read."""
    return str(getattr(response.content, "error", "") or "")


def _meaning(response: Any) -> PublisherError:
    status, name = int(response.status_code), name_of(response)
    detail = f"HTTP {status} {name[:40] if name.isalnum() else ''}".strip()
    if status == 429:
        wait = wait_until(_titled(response.headers), "Ratelimit-Reset", WINDOW_SECONDS)
        return TryLater(say("%(platform)s asks us to wait.", platform=CALLED), wait, detail, is_for_all=True)
    kind, words = MEANINGS.get(status, UNKNOWN)
    if status < 500:
        kind, words = NO_DOUBT.get(name, (kind, words))
    return kind(words, detail=detail)


def _titled(headers: dict[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}
