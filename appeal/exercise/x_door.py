"""The door of X: signature first, then the rate limit of each call."""

import math
import time

from flask import Response, g, request

from appeal.exercise.calls import Dialect
from appeal.exercise.faults import Fault
from appeal.exercise.oauth import is_signed
from appeal.exercise.world import World
from appeal.exercise.x_shapes import invalid, problem

WINDOW_SECONDS = 900


def x_dialect(world: World) -> Dialect:
    """Return how X lets calls in and how it says no."""

    def door(operation: str) -> Response | None:
        if not is_signed(world, request):
            return problem(401, "Unauthorized", "Unauthorized")
        g.rate, may_go = _window(world, operation)
        return None if may_go else problem(429, "Too Many Requests", "Too Many Requests")

    def throttled(fault: Fault) -> Response:
        g.rate = (g.rate[0], 0, math.ceil(time.time() + fault.seconds))
        return problem(429, "Too Many Requests", "Too Many Requests")

    def finish(response: Response) -> Response:
        if rate := g.get("rate"):
            for name, value in zip(("limit", "remaining", "reset"), rate, strict=True):
                response.headers[f"x-rate-limit-{name}"] = str(value)
        return response

    return Dialect("x", door, _refused, throttled, _broken, finish)


def _refused(fault: Fault) -> Response:
    status = fault.status or 403
    if status == 400:
        return invalid("text", "", "The exercise refuses this request.")
    return problem(status, "Forbidden", "You are not permitted to perform this action.")


def _broken(fault: Fault) -> Response:
    return problem(fault.status or 500, "Internal Server Error", "Something is broken. This is an exercise.")


def _window(world: World, operation: str) -> tuple[tuple[int, int, int], bool]:
    """Count one call; return limit, calls left and Unix second of the reset, and whether the call may go on."""
    now = time.time()
    with world.lock:
        limit = world.limits[operation]
        reset_at, used = world.windows.get(operation, (0.0, 0))
        if reset_at <= now:
            reset_at, used = now + WINDOW_SECONDS, 0
        world.windows[operation] = (reset_at, used + 1)
        return (limit, max(0, limit - used - 1), math.ceil(reset_at)), used < limit
