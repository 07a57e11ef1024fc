"""The door of Bluesky: sessions with tokens that run out, and how the platform says no."""

import base64
import hashlib
import hmac
import json
import math
import time

from flask import Response, g, request

from appeal.exercise.bluesky_room import force
from appeal.exercise.calls import Dialect
from appeal.exercise.faults import Fault
from appeal.exercise.world import World

ACCESS_SECONDS, REFRESH_SECONDS = 7_200, 60 * 86_400
OPEN = {"login", "picture"}
WINDOW = "3000;w=300"


def answer(body: dict[str, object], status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(body), status, content_type="application/json; charset=utf-8")


def error(status: int, name: str, message: str) -> Response:
    """Return an error in the form of the platform."""
    return answer({"error": name, "message": message}, status)


def wrong(status: int, words: str) -> Response:
    """The answer to an address that Bluesky does not have."""
    return error(status, "XRPCNotSupported" if status == 404 else "InvalidRequest", words)


def invalid(message: str, name: str = "InvalidRequest") -> Response:
    """Return 400."""
    return error(400, name, message)


def bluesky_dialect(world: World) -> Dialect:
    """Return how Bluesky lets calls in and how it says no."""

    def door(operation: str) -> Response | None:
        if operation in OPEN:
            return None
        scope = "refresh" if operation == "refresh" else "access"
        return _judged(world, request.headers.get("Authorization", "").removeprefix("Bearer "), scope)

    def throttled(fault: Fault) -> Response:
        g.reset = math.ceil(time.time() + fault.seconds)
        return error(429, "RateLimitExceeded", "Rate Limit Exceeded")

    def finish(response: Response) -> Response:
        if reset := g.get("reset"):
            named = {"Limit": "3000", "Remaining": "0", "Reset": str(reset), "Policy": WINDOW}
            for name, value in named.items():
                response.headers[f"RateLimit-{name}"] = value
        return response

    return Dialect("bluesky", door, _refused, throttled, _broken, finish)


def tokens(world: World) -> dict[str, object]:
    """A new session of the force's account."""
    return {
        "accessJwt": _token(world, "access", ACCESS_SECONDS),
        "refreshJwt": _token(world, "refresh", REFRESH_SECONDS),
        "handle": world.settings.bluesky_handle,
        "did": force(world),
        "active": True,
    }


def _refused(fault: Fault) -> Response:
    return error(fault.status or 400, "InvalidRequest", "The exercise refuses this request.")


def _broken(fault: Fault) -> Response:
    return error(fault.status or 500, "InternalServerError", "Internal Server Error")


def _token(world: World, scope: str, seconds: int) -> str:
    head = _packed({"alg": "HS256", "typ": "at+jwt"})
    now = int(time.time())
    claims = {"sub": force(world), "scope": f"com.atproto.{scope}", "iat": now, "exp": now + seconds}
    signed = f"{head}.{_packed(claims)}"
    return f"{signed}.{_signature(world, signed)}"


def _judged(world: World, token: str, scope: str) -> Response | None:
    signed, _dot, signature = token.rpartition(".")
    if not token:
        return error(401, "AuthMissing", "Authentication Required")
    if not hmac.compare_digest(signature.encode(), _signature(world, signed).encode()):
        return invalid("Token could not be verified", "InvalidToken")
    claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    if claims["scope"] != f"com.atproto.{scope}":
        return invalid("Bad token scope", "InvalidToken")
    return invalid("Token has expired", "ExpiredToken") if claims["exp"] < time.time() else None


def _packed(claims: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def _signature(world: World, signed: str) -> str:
    made = hmac.new(world.settings.bluesky_password.encode(), signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
