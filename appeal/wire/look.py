"""Looks at our own public addresses as anybody would, past caches, without following where they point."""

from typing import Any

import requests

from appeal.wire import http

PAST_CACHES = {"Cache-Control": "no-cache", "Pragma": "no-cache"}


def status(base: str, address: str) -> int:
    """The status of a GET of `address` under `base`; 0 when no answer came."""
    answer = _get(base, address)
    return 0 if answer is None else answer.status_code


def page(base: str, address: str) -> str | None:
    """The HTML that stands there; None when none does."""
    answer = _get(base, address)
    return answer.content.decode("utf-8", "replace") if answer is not None and answer.status_code == 200 else None


def picture(base: str, address: str) -> bytes | None:
    """The bytes of a picture that stands there; None when none does."""
    answer = _get(base, address)
    return answer.content if answer is not None and answer.status_code == 200 else None


def document(base: str, address: str) -> Any | None:
    """The JSON that stands there; None when it is not there, too large or not JSON."""
    answer = _get(base, address)
    if answer is None or answer.status_code != 200:
        return None
    try:
        return answer.json()
    except ValueError:
        return None


def _get(base: str, address: str) -> requests.Response | None:
    try:
        with http.Session(base) as session:
            return session.get(base + address, headers=PAST_CACHES)
    except requests.RequestException:
        return None
