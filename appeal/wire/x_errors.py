"""What the answers of X that are not 2xx mean for us."""

from collections.abc import Callable
from typing import Any

import tweepy

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import _
from appeal.wire.http import reading_failed, wait_until, writing_failed

CALLED = "X"
WINDOW_SECONDS = 900.0

DUPLICATE = "duplicate content"
# Words in the type or detail of a 403 that mean the account or the application, not this post.
STOPPING = (
    "suspend",
    "locked",
    "permissions",
    "client-forbidden",
    "client app",
    "usage-capped",
    "not-enrolled",
    "credit",
)

# HTTP status: error and words. What is not here is unknown.
MEANINGS: dict[int, tuple[type[PublisherError], str]] = {
    400: (ContentRefused, _("X refuses this post.")),
    401: (ChannelStopped, _("X does not accept the credentials of this channel.")),
    402: (ChannelStopped, _("The X account has no credit left.")),
    403: (ContentRefused, _("X refuses this post.")),
    404: (Gone, _("X does not know what was asked for.")),
    410: (Gone, _("X does not know what was asked for.")),
    413: (ContentRefused, _("The post is too large for X.")),
    422: (ContentRefused, _("X refuses this post.")),
    451: (ContentRefused, _("X withholds this post for legal reasons.")),
}


def asked(call: Callable[[], Any], *allowed: type[PublisherError]) -> Any:
    """Do what publishes nothing. Raises TryLater, ChannelStopped and what is allowed; a failure is TryLater."""
    try:
        return call()
    except PublisherError:
        raise
    except tweepy.HTTPException as error:
        found = _meaning(error)
        if isinstance(found, OutcomeUnknown):
            found = TryLater("X has a fault of its own.", 60.0, found.detail)
        elif not isinstance(found, (TryLater, ChannelStopped, *allowed)):
            found = ChannelStopped("X does not answer what this channel asks.", found.detail)
        raise found from None
    except Exception as error:  # an answer in a shape that X never had must not stop the caller
        raise reading_failed(error, CALLED) from None


def ordered(call: Callable[[], Any]) -> Any:
    """Do what may publish or delete; whatever is not a clear no is unknown."""
    try:
        return call()
    except PublisherError:
        raise
    except tweepy.HTTPException as error:
        raise _meaning(error) from None
    except Exception as error:  # anything unforeseen after the request may have left is unknown
        raise writing_failed(error, CALLED) from None


def _meaning(error: tweepy.HTTPException) -> PublisherError:
    answer = error.response
    detail = f"HTTP {answer.status_code}"
    if answer.status_code == 429:
        return TryLater(
            "X asks us to wait.",
            wait_until(answer.headers, "x-rate-limit-reset", WINDOW_SECONDS),
            detail,
            is_for_all=True,
        )
    # Looked through and never shown: it may quote the post.
    said = answer.text[:5000].lower()
    if answer.status_code == 403 and DUPLICATE in said:
        return OutcomeUnknown("X says that it already has this post.", detail)
    if answer.status_code == 403 and any(word in said for word in STOPPING):
        return ChannelStopped("X does not let this account or application publish.", detail)
    unknown = (OutcomeUnknown, _("X gave an answer that does not say whether it did what was asked."))
    kind, words = MEANINGS.get(answer.status_code, unknown)
    return kind(words, detail=detail)
