"""The part of Mastodon's API that the force uses, in its wire format, under /mastodon."""

import hmac
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime

import regex  # type: ignore[import-untyped]
from flask import Blueprint, Response, g, request
from PIL import Image, UnidentifiedImageError

from appeal.exercise.calls import Dialect, fired_now, framed
from appeal.exercise.faults import Fault
from appeal.exercise.mastodon_room import FORCE_ID, LINK, TEXT_LIMIT, MastodonRoom, Media, Status
from appeal.exercise.mastodon_shapes import account, answer, answer_shape, media_shape, notification, problem, shape
from appeal.exercise.world import World

PICTURES, PICTURE_BYTES, DESCRIPTION = 4, 16 * 1024 * 1024, 1500
ADDRESS_LENGTH = 23
READY_AFTER_SECONDS = 0.15
GRAPHEME = regex.compile(r"\X")


def create_mastodon(world: World) -> Blueprint:
    """Return the routes of the server over this world."""
    mastodon = Blueprint("mastodon", __name__, url_prefix="/mastodon")
    dialect = _dialect(world)
    views: list[tuple[str, str, str, Callable[..., Response]]] = [
        ("GET", "/api/v2/instance", "account", lambda: answer(_instance())),
        ("GET", "/api/v1/accounts/verify_credentials", "account", lambda: answer(account(world))),
        ("GET", "/api/v1/accounts/<account_id>/statuses", "timeline", lambda account_id: _own(world, account_id)),
        ("POST", "/api/v2/media", "upload", lambda: _upload(world)),
        ("GET", "/api/v1/media/<media_id>", "describe", lambda media_id: _media(world, media_id)),
        ("POST", "/api/v1/statuses", "publish", lambda: _publish(world)),
        ("GET", "/api/v1/statuses/<status_id>", "lookup", lambda status_id: _lookup(world, status_id)),
        ("PUT", "/api/v1/statuses/<status_id>", "update", lambda status_id: _update(world, status_id)),
        ("DELETE", "/api/v1/statuses/<status_id>", "retract", lambda status_id: _retract(world, status_id)),
        ("GET", "/api/v1/statuses/<status_id>/context", "thread", lambda status_id: _context(world, status_id)),
        ("GET", "/api/v1/notifications", "mentions", lambda: _notifications(world)),
    ]
    for number, (method, path, operation, view) in enumerate(views):
        framing = framed(world, dialect, operation)
        mastodon.add_url_rule(path, f"{operation}-{number}", framing(view), methods=[method])
    mastodon.add_url_rule("/media/<media_id>", "file", lambda media_id: _file(world, media_id))
    return mastodon


def wrong(status: int, words: str) -> Response:
    """The answer to an address that the server does not have."""
    return problem(status, words)


def _dialect(world: World) -> Dialect:
    def door(_operation: str) -> Response | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(token.encode(), world.settings.mastodon_token.encode()):
            return None
        return problem(401, "The access token is invalid")

    def throttled(fault: Fault) -> Response:
        g.reset = datetime.fromtimestamp(time.time() + fault.seconds, UTC)
        return problem(429, "Too many requests")

    def finish(response: Response) -> Response:
        if reset := g.get("reset"):
            named = {"Limit": "300", "Remaining": "0", "Reset": f"{reset:%Y-%m-%dT%H:%M:%S.%f}Z"}
            for name, value in named.items():
                response.headers[f"X-RateLimit-{name}"] = value
        return response

    refused = "Validation failed: the exercise refuses this request"
    return Dialect(
        "mastodon",
        door,
        lambda fault: problem(fault.status or 422, refused),
        throttled,
        lambda fault: problem(fault.status or 500, "We're sorry, but something went wrong on our end."),
        finish,
    )


def _instance() -> dict[str, object]:
    statuses = {"max_characters": TEXT_LIMIT, "max_media_attachments": PICTURES}
    media = {"image_size_limit": PICTURE_BYTES, "image_matrix_limit": 33_177_600, "description_limit": DESCRIPTION}
    configuration = {
        "statuses": statuses | {"characters_reserved_per_url": ADDRESS_LENGTH},
        "media_attachments": media | {"supported_mime_types": ["image/jpeg", "image/png", "image/gif", "image/webp"]},
    }
    return {"domain": "exercise.example", "version": "4.4.0", "configuration": configuration}


def _upload(world: World) -> Response:
    """Take one picture; the server still works on it when it answers."""
    given, description = request.files.get("file"), request.form.get("description", "")
    content = given.read() if given else b""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "GIF", "WEBP"]) as picture:
            kind = Image.MIME[str(picture.format)]
    except (UnidentifiedImageError, OSError, ValueError):
        return problem(422, "Validation failed: File content type is invalid")
    if len(content) > PICTURE_BYTES or len(description) > DESCRIPTION:
        return problem(422, "Validation failed: Description is too long or file is too large")
    room = world.room(MastodonRoom)
    with world.lock:
        media = Media(content, kind, description, room.new_id(), time.time() + READY_AFTER_SECONDS)
        room.media[media.id] = media
    return answer(media_shape(media), 202)


def _media(world: World, media_id: str) -> Response:
    media = world.room(MastodonRoom).media.get(media_id)
    if media is None:
        return problem(404, "Record not found")
    return answer(media_shape(media), 200 if media.ready_at <= time.time() else 206)


def _file(world: World, media_id: str) -> Response:
    room = world.room(MastodonRoom)
    media = room.media.get(media_id)
    if media is None:
        return Response("There is no such picture any more.", 404, mimetype="text/plain")
    return Response(media.content, mimetype=media.media_type)


def _publish(world: World) -> Response:
    """Publish a post. An Idempotency-Key is not heeded: two real servers that speak this language do not either."""
    text, media = request.form.get("status", ""), _asked_media(world)
    if stopped := _fault_in(text, media):
        return stopped
    visibility, language = request.form.get("visibility") or "public", request.form.get("language", "")
    room = world.room(MastodonRoom)
    with world.lock:
        for _ in range(2 if fired_now().get("publish_twice") else 1):
            made = Status(*world.moments(fired_now()), room.new_id(), text, media)
            made.media, made.visibility, made.language = media, visibility, language
            room.things[made.id] = made
    return answer(shape(world, made))


def _update(world: World, status_id: str) -> Response:
    thing = world.room(MastodonRoom).public(status_id)
    if not isinstance(thing, Status):
        return problem(404, "Record not found")
    text, media = request.form.get("status", ""), _asked_media(world)
    if stopped := _fault_in(text, media):
        return stopped
    with world.lock:
        thing.text, thing.media, thing.pictures = text, media, media
        thing.edited_at, thing.note = time.time(), "changed"
    return answer(shape(world, thing))


def _retract(world: World, status_id: str) -> Response:
    """Delete a post, and with delete_media its pictures at once."""
    room = world.room(MastodonRoom)
    with world.lock:
        thing = room.public(status_id)
        if not isinstance(thing, Status):
            return problem(404, "Record not found")
        gone = shape(world, thing)
        thing.deleted_at = time.time()
        if request.args.get("delete_media") or request.form.get("delete_media"):
            for media in thing.media:
                room.media.pop(media.id, None)
    return answer(gone)


def _lookup(world: World, status_id: str) -> Response:
    thing = world.room(MastodonRoom).public(status_id)
    return answer(shape(world, thing)) if thing else problem(404, "Record not found")


def _own(world: World, account_id: str) -> Response:
    if account_id != FORCE_ID:
        return problem(404, "Record not found")
    size, below = _size(20, 40), request.args.get("max_id", "")
    found = sorted(world.room(MastodonRoom).listed(), key=lambda one: int(one.id), reverse=True)
    found = [one for one in found if not below or int(one.id) < int(below)]
    return answer([shape(world, one) for one in found[:size]])


def _context(world: World, status_id: str) -> Response:
    room = world.room(MastodonRoom)
    if room.public(status_id) is None:
        return problem(404, "Record not found")
    below = [one for one in room.replies() if one.parent == status_id]
    return answer({"ancestors": [], "descendants": [answer_shape(world, one) for one in below]})


def _notifications(world: World) -> Response:
    """Return one page, newest first. Everybody here is a stranger, so that without being asked none is shown."""
    if request.args.get("include_filtered") != "true":
        return answer([])
    size, asked = _size(40, 80), request.args
    found = [one for one in world.room(MastodonRoom).replies() if one.names_force and one.is_listed(time.time())]
    found.sort(key=lambda one: int(one.notification))
    after = int(asked.get("min_id") or asked.get("since_id") or 0)
    below = int(asked.get("max_id") or 1 << 62)
    found = [one for one in found if after < int(one.notification) < below]
    page = found[:size] if asked.get("min_id") else found[-size:]
    return answer([notification(world, one) for one in reversed(page)])


def _fault_in(text: str, media: tuple[Media, ...]) -> Response | None:
    if not text and not media:
        return problem(422, "Validation failed: Text can't be blank")
    length = len(GRAPHEME.findall(LINK.sub("x" * ADDRESS_LENGTH, text)))
    if length > TEXT_LIMIT:
        return problem(422, f"Validation failed: Text character limit of {TEXT_LIMIT} exceeded")
    if len(media) > PICTURES:
        return problem(422, "Cannot attach more than 4 files")
    if len(media) < len(request.form.getlist("media_ids[]")):
        return problem(422, "Validation failed: Media not found")
    if any(one.ready_at > time.time() for one in media):
        return problem(422, "Cannot attach files that have not finished processing. Try again in a moment!")
    return None


def _asked_media(world: World) -> tuple[Media, ...]:
    kept = world.room(MastodonRoom).media
    return tuple(kept[name] for name in request.form.getlist("media_ids[]") if name in kept)


def _size(usual: int, most: int) -> int:
    return min(max(request.args.get("limit", usual, type=int), 1), most)
