"""Plain calls to platforms that answer in JSON; what an answer means is each platform's own table."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

import requests

from appeal.rules.errors import ChannelStopped, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.words import say
from appeal.wire.http import Session, reading_failed, writing_failed

Read = TypeVar("Read")
Body = Mapping[str, Any]
Meaning = Callable[[requests.Response, Body], PublisherError | None]
FAULT_SECONDS = 60.0


class Plain:
    """Calls over one session. `meaning` says what an answer stands for; None when it is a good one.

    Neither the address nor the words of an answer ever get into an error: both may hold a credential or a name.
    """

    def __init__(self, session: Session, called: str, meaning: Meaning) -> None:
        self._session, self._called, self._meaning = session, called, meaning

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def ask(
        self,
        method: str,
        address: str,
        read: Callable[[Any], Read],
        *allowed: type[PublisherError],
        **sent: Any,
    ) -> Read:
        """Do what publishes nothing. Raises TryLater, ChannelStopped and what is allowed; a failure is TryLater."""
        try:
            return read(self._answer(method, address, sent))
        except PublisherError as error:
            raise self._asked(error, allowed) from None
        except Exception as error:  # an answer in a shape that the platform never had must not stop the caller
            raise reading_failed(error, self._called) from None

    def order(self, method: str, address: str, read: Callable[[Any], Read], **sent: Any) -> Read:
        """Do what may publish, change or delete; whatever is not a clear no is unknown."""
        try:
            return read(self._answer(method, address, sent))
        except PublisherError as error:
            raise error from None
        except Exception as error:  # anything unforeseen after the request may have left is unknown
            raise writing_failed(error, self._called) from None

    def _answer(self, method: str, address: str, sent: Mapping[str, Any]) -> Body:
        answer = self._session.request(method, address, **sent)
        body = _decoded(answer)
        error = self._meaning(answer, body if isinstance(body, dict) else {})
        if error is not None:
            raise error
        if not isinstance(body, dict):
            raise ValueError("no JSON object")
        return body

    def _asked(self, error: PublisherError, allowed: tuple[type[PublisherError], ...]) -> PublisherError:
        if isinstance(error, OutcomeUnknown):
            return TryLater(say("%(platform)s has a fault of its own.", platform=self._called), FAULT_SECONDS)
        if isinstance(error, (TryLater, ChannelStopped, *allowed)):
            return error
        words = say("%(platform)s does not answer what this channel asks.", platform=self._called)
        return ChannelStopped(words, error.detail)


def unclear(platform: str, detail: str) -> OutcomeUnknown:
    """The error for an answer that is neither a yes nor a no."""
    words = say("%(platform)s gave an answer that does not say whether it did what was asked.", platform=platform)
    return OutcomeUnknown(words, detail)


def as_object(value: object) -> Body:
    """The value if it is a JSON object, else an empty one: error bodies come in every shape."""
    return value if isinstance(value, dict) else {}


def _decoded(answer: requests.Response) -> object:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
