"""What the answers of a Mastodon server that are not 2xx mean for us."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import requests

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import _, say
from appeal.wire.http import LONGEST_WAIT_SECONDS, reading_failed, writing_failed

CALLED = "Mastodon"
WINDOW_SECONDS = 300.0

REFUSED = _("Mastodon refuses this post.")
# HTTP status: error and words. What is not here is unknown.
MEANINGS: dict[int, tuple[type[PublisherError], str]] = {
    400: (ContentRefused, REFUSED),
    401: (ChannelStopped, _("Mastodon does not accept the credentials of this channel.")),
    403: (ChannelStopped, _("Mastodon does not let this account or application do this.")),
    404: (Gone, _("Mastodon does not know what was asked for.")),
    410: (Gone, _("Mastodon does not know what was asked for.")),
    413: (ContentRefused, _("A picture is too large for this Mastodon server.")),
    422: (ContentRefused, REFUSED),
    451: (ContentRefused, _("Mastodon withholds this post for legal reasons.")),
}

Result = TypeVar("Result")


class Answered(Exception):
    """An answer that is not 2xx."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__("an answer that is no yes")
        self.response = response


def asked(call: Callable[[], Result], *allowed: type[PublisherError]) -> Result:
    """Do what publishes nothing. Raises TryLater, ChannelStopped and what is allowed; a failure is TryLater."""
    try:
        return call()
    except Exception as error:  # an answer in a shape that Mastodon never had must not stop the caller
        cause = _cause(error)
        if isinstance(cause, Answered):
            raise _asked(_meaning(cause.response), allowed) from None
        if isinstance(cause, PublisherError):
            raise cause from None
        raise reading_failed(cause, CALLED) from None


def ordered(call: Callable[[], Result]) -> Result:
    """Do what may publish, change or delete; whatever is not a clear no is unknown."""
    try:
        return call()
    except Exception as error:  # anything unforeseen after the request may have left is unknown
        cause = _cause(error)
        if isinstance(cause, Answered):
            raise _meaning(cause.response) from None
        if isinstance(cause, PublisherError):
            raise cause from None
        raise writing_failed(cause, CALLED) from None


def wait_until(headers: Mapping[str, str]) -> float:
    """Seconds until the moment in X-RateLimit-Reset, ISO or Unix seconds, by the server's own clock."""
    try:
        reset, now = headers["X-RateLimit-Reset"], parsedate_to_datetime(headers["Date"]).astimezone(UTC)
        at = datetime.fromtimestamp(int(reset), UTC) if reset.isdigit() else datetime.fromisoformat(reset)
        wait = (at - now).total_seconds()
    except (KeyError, ValueError, TypeError, OverflowError):
        wait = WINDOW_SECONDS
    return min(max(wait, 1.0), LONGEST_WAIT_SECONDS)


def _asked(found: PublisherError, allowed: tuple[type[PublisherError], ...]) -> PublisherError:
    if isinstance(found, OutcomeUnknown):
        return TryLater(say("%(platform)s has a fault of its own.", platform=CALLED), 60.0, found.detail)
    if isinstance(found, (TryLater, ChannelStopped, *allowed)):
        return found
    return ChannelStopped(say("%(platform)s does not answer what this channel asks.", platform=CALLED), found.detail)


def _meaning(answer: requests.Response) -> PublisherError:
    detail = f"HTTP {answer.status_code}"
    if answer.status_code == 429:
        return TryLater(
            say("%(platform)s asks us to wait.", platform=CALLED),
            wait_until(answer.headers),
            detail,
            is_for_all=True,
        )
    unclear = say("%(platform)s gave an answer that does not say whether it did what was asked.", platform=CALLED)
    kind, words = MEANINGS.get(answer.status_code, (OutcomeUnknown, unclear))
    return kind(words, detail=detail)


def _cause(error: Exception) -> Exception:
    """What really failed: the library wraps it and keeps the first error behind its own."""
    first = error.__context__
    return first if isinstance(first, (requests.RequestException, Answered)) else error
