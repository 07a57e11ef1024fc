"""The frame around every platform call: delay, door, faults, answer or dropped connection, and the note."""

import functools
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec

from flask import Response, g, request

from appeal.exercise.faults import Fault, Fired
from appeal.exercise.world import World

P = ParamSpec("P")
View = Callable[P, Response]


@dataclass(frozen=True)
class Dialect:
    """How one platform says no. `door` returns an answer for calls that it does not let in."""

    platform: str
    door: Callable[[str], Response | None]
    refused: Callable[[Fault], Response]
    throttled: Callable[[Fault], Response]
    broken: Callable[[Fault], Response]
    finish: Callable[[Response], Response]


def framed(world: World, dialect: Dialect, operation: str) -> Callable[[View[P]], View[P]]:
    """Decorate a view so that delay, door, faults and the note happen around it."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def call(*args: P.args, **kwargs: P.kwargs) -> Response:
            began_at = time.time()
            request.get_data(cache=True, parse_form_data=True)
            time.sleep(world.latency_seconds[dialect.platform])
            answer = _answered(world, dialect, operation, lambda: view(*args, **kwargs))
            world.note(dialect.platform, operation, began_at, answer.status_code if answer else 0)
            return dialect.finish(answer) if answer else _drop()

        return call

    return decorate


def fired_now() -> Fired:
    """Return the faults that strike the call in hand."""
    fired = g.get("fired")
    return fired if isinstance(fired, Fired) else Fired()


def _answered(world: World, dialect: Dialect, operation: str, act: Callable[[], Response]) -> Response | None:
    """Return the answer, or None when the connection is to be dropped."""
    if (stopped := dialect.door(operation)) is not None:
        return stopped
    g.fired = fired = world.faults.fire(dialect.platform, operation)
    time.sleep(fired.seconds("slow"))
    for kind, say_no in (("refuse", dialect.refused), ("throttle", dialect.throttled)):
        if fault := fired.get(kind):
            return say_no(fault)
    if fired.get("drop_before"):
        return None
    answer = act()
    if fired.get("drop_after") or fired.get("publish_late"):
        return None
    if fault := fired.get("error_after"):
        return dialect.broken(fault)
    return answer


def _drop() -> Response:
    """Close the caller's connection without a byte of answer.

    Only a server that hands its socket to the application can do that, which is why the exercise runs on
    werkzeug's threaded server and not on waitress.
    """
    connection = request.environ.get("werkzeug.socket")
    if not isinstance(connection, socket.socket):
        raise ConnectionResetError("the exercise dropped this connection")
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=204)
