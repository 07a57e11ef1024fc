"""What the Graph API's answers that are not good mean for us, by its error codes first and by HTTP status last."""

import json
from collections.abc import Mapping

import requests

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import _
from appeal.wire.http import LONGEST_WAIT_SECONDS
from appeal.wire.plain import Body, as_object, unclear

CALLED = "Facebook"
WAIT_SECONDS = 300.0
NOT_THERE = _("The post is not on Facebook any more.")
REFUSED = _("Facebook refuses this post.")

THROTTLED = frozenset({4, 17, 32, 613, *range(80001, 80015)})
USAGE = ("X-Business-Use-Case-Usage", "X-Page-Usage", "X-App-Usage")
# 100 with this subcode, and 803: the thing does not exist, or the token may not see it.
MISSING_SUBCODE, MISSING = 33, 803
DUPLICATE = 506
STOPPED: Mapping[int, str] = {
    3: _("The application of this channel may not do this on Facebook."),
    10: _("The token of this channel lacks a permission on Facebook."),
    102: _("Facebook does not accept the token of this channel."),
    190: _("Facebook does not accept the token of this channel."),
    368: _("Facebook has blocked the page for a while: a person has to look there."),
}
PERMISSIONS = range(200, 300)
STATUSES: Mapping[int, tuple[type[PublisherError], str]] = {
    401: (ChannelStopped, _("Facebook does not accept the token of this channel.")),
    403: (ChannelStopped, _("The token of this channel lacks a permission on Facebook.")),
    413: (ContentRefused, _("The pictures are too large for Facebook.")),
    451: (ContentRefused, _("Facebook withholds this post for legal reasons.")),
}


def meaning(answer: requests.Response, body: Body) -> PublisherError | None:
    """The error that an answer stands for; None when it is a good one."""
    error, status = as_object(body.get("error")), answer.status_code
    if status == 200 and not error:
        return None
    code, subcode = (_number(error.get(name)) for name in ("code", "error_subcode"))
    detail = f"HTTP {status}, code {code}, subcode {subcode}"
    if code in THROTTLED or status == 429:
        return TryLater(_("Facebook asks us to wait."), _wait(answer), detail, is_for_all=True)
    if status in STATUSES and status != 403 and not (code in STOPPED or code in PERMISSIONS):
        kind, words = STATUSES[status]
        return kind(words, detail)
    if status >= 500 or status < 400 or code in {0, 1, 2} or error.get("is_transient") is True:
        return _by_status(status, detail)
    return _refusal(code, subcode, detail)


def _by_status(status: int, detail: str) -> PublisherError:
    kind, words = STATUSES.get(status, (None, ""))
    return kind(words, detail) if kind else unclear(CALLED, detail)


def _refusal(code: int, subcode: int, detail: str) -> PublisherError:
    if code in STOPPED or code in PERMISSIONS:
        return ChannelStopped(STOPPED.get(code, STOPPED[10]), detail)
    if code == MISSING or (code == 100 and subcode == MISSING_SUBCODE):
        return Gone(NOT_THERE, detail)
    if code == DUPLICATE:
        return OutcomeUnknown(_("Facebook says that it already has this post."), detail)
    if code == 100:
        return ContentRefused(REFUSED, detail)
    return unclear(CALLED, detail)


def _wait(answer: requests.Response) -> float:
    """The longest of the waits that the usage headers name, in minutes there; else some minutes."""
    minutes = [_named(answer.headers.get(name, "")) for name in USAGE]
    seconds = max(minutes) * 60.0 or WAIT_SECONDS
    return min(seconds, LONGEST_WAIT_SECONDS)


def _named(header: str) -> int:
    try:
        told = json.loads(header) if header else {}
    except (ValueError, RecursionError):
        return 0
    rows = [as_object(told), *(one for rows in as_object(told).values() if isinstance(rows, list) for one in rows)]
    return max((_number(as_object(row).get("estimated_time_to_regain_access")) for row in rows), default=0)


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
