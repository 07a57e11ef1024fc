"""The control interface: JSON to arm faults, read everything that happened, and act as the public."""

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, Response, request

from appeal.exercise.faults import PLATFORMS, WrongFault, parse_fault
from appeal.exercise.guests import GUESTS
from appeal.exercise.public import say_on_x, send_text
from appeal.exercise.rooms import NotPossible, written
from appeal.exercise.world import Mail, Media, Post, Published, Text, World
from appeal.exercise.x_text import links_in

SHORT_LINK_KEY = re.compile(r"/r/([A-Za-z0-9_-]{8})(?![A-Za-z0-9_-])")


def create_control(world: World) -> Blueprint:
    """Return the routes under /control."""
    control = Blueprint("control", __name__, url_prefix="/control")
    views: list[tuple[str, str, Callable[[World], Response]]] = [
        ("POST", "/faults", _arm),
        ("GET", "/faults", lambda world: _answer({"faults": world.faults.listed()})),
        ("DELETE", "/faults", _disarm),
        ("POST", "/settings", _adjust),
        ("GET", "/state", _state),
        ("GET", "/calls", _calls),
        ("POST", "/reset", _reset),
        ("POST", "/x/reply", _say),
        ("POST", "/sms", _text),
        ("POST", "/say", _say_there),
        ("POST", "/remove", _remove),
        ("GET", "/smtp-certificate", lambda world: Response(world.smtp_certificate, mimetype="application/x-pem-file")),
    ]
    for method, path, view in views:
        control.add_url_rule(path, f"{method}{path}", _bound(view, world), methods=[method])
    control.register_error_handler(WrongFault, _refuse)
    control.register_error_handler(NotPossible, _refuse)
    return control


def keys_in(text: str) -> list[str]:
    """Return the keys of the force's short links in a text, each once, in order."""
    return list(dict.fromkeys(SHORT_LINK_KEY.findall(text)))


def _bound(view: Callable[[World], Response], world: World) -> Callable[[], Response]:
    return lambda: view(world)


def _arm(world: World) -> Response:
    body = request.get_json(force=True, silent=True)
    listed = body if isinstance(body, list) else [body]
    described = [each for each in listed if isinstance(each, dict)]
    if len(described) < len(listed):
        raise WrongFault("Send one fault as a JSON object, or a list of them.")
    for fault in [parse_fault(each) for each in described]:
        world.faults.arm(fault)
    return _answer({"faults": world.faults.listed()}, 201)


def _disarm(world: World) -> Response:
    platform = request.args.get("platform")
    if platform and platform not in PLATFORMS:
        raise WrongFault(f"platform must be one of {', '.join(PLATFORMS)}.")
    world.faults.clear(platform)
    return _answer({"faults": world.faults.listed()})


def _adjust(world: World) -> Response:
    """Change latency in seconds by platform and X limits by operation; both keep their value until the reset."""
    body = _object()
    latency = _numbers(body, "latency_seconds", set(world.latency_seconds))
    limits = _numbers(body, "limits", set(world.limits))
    world.latency_seconds |= latency
    world.limits |= {name: int(value) for name, value in limits.items()}
    return _answer({"latency_seconds": world.latency_seconds, "limits": world.limits})


def _numbers(body: dict[str, object], name: str, known: set[str]) -> dict[str, float]:
    changes = body.get(name, {})
    if not isinstance(changes, dict) or not changes.keys() <= known:
        raise WrongFault(f"{name} is an object with the names {', '.join(sorted(known))}.")
    if not all(isinstance(value, int | float) and value >= 0 for value in changes.values()):
        raise WrongFault(f"{name} holds numbers from 0.")
    return {str(key): float(value) for key, value in changes.items()}


def _state(world: World) -> Response:
    """Return everything; ?by=force leaves out what the public wrote."""
    posts, texts, mails = world.snapshot()
    if request.args.get("by") == "force":
        posts = [post for post in posts if post.author == world.force]
        texts = [text for text in texts if text.direction != "inbound"]
    now = time.time()
    return _answer(
        {
            "now": now,
            "posts": [_post(post, now) for post in posts],
            "texts": [_text_message(text, now) for text in texts],
            "mails": [_mail(mail, now) for mail in mails],
            "rooms": {name: _room(world, name) for name in GUESTS},
            "opted_out": sorted(world.opted_out),
            "media_count": len(world.media),
            "faults": world.faults.listed(),
        }
    )


def _calls(world: World) -> Response:
    """Return the calls; ?platform=, ?operation= and ?since= (Unix seconds) narrow them."""
    asked = request.args
    since = asked.get("since", 0.0, type=float)
    calls = [
        asdict(call)
        for call in list(world.calls)
        if call.began_at >= since
        and asked.get("platform", call.platform) == call.platform
        and asked.get("operation", call.operation) == call.operation
    ]
    return _answer({"calls": calls})


def _reset(world: World) -> Response:
    world.reset()
    return _answer({})


def _say(world: World) -> Response:
    body = _object()
    parent = body.get("in_reply_to")
    post = say_on_x(world, str(body.get("author", "")), str(body.get("text", "")), str(parent) if parent else None)
    return _answer(_post(post, time.time()), 201)


def _text(world: World) -> Response:
    body = _object()
    text = send_text(world, str(body.get("from", "")), str(body.get("body", "")))
    return _answer(_text_message(text, time.time()), 201)


def _say_there(world: World) -> Response:
    """Answer a post (`parent`) on a platform of the table, or write to the force alone."""
    body = _object()
    guest = GUESTS.get(str(body.get("platform")))
    if guest is None:
        raise NotPossible(f"platform must be one of {', '.join(GUESTS)}.")
    author, text, parent = (str(body.get(name) or "") for name in ("author", "text", "parent"))
    return _answer({"id": guest.say(world, author, text, parent).id}, 201)


def _remove(world: World) -> Response:
    """Remove posts of the force by their link key (`key`) on a platform of the table, as a person does by hand."""
    body = _object()
    guest = GUESTS.get(str(body.get("platform")))
    if guest is None:
        raise NotPossible(f"platform must be one of {', '.join(GUESTS)}.")
    shown = [thing for thing in world.room(guest.room).shown() if thing.deleted_at is None]
    found = [thing for thing in shown if str(body.get("key")) in keys_in(thing.text)]
    for thing in found:
        thing.deleted_at = time.time()
    return _answer({"removed": len(found)})


def _room(world: World, name: str) -> list[dict[str, object]]:
    return [written(thing, keys_in(thing.text)) for thing in reversed(world.room(GUESTS[name].room).shown())]


def _object() -> dict[str, object]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise NotPossible("Send a JSON object.")
    return body


def _moments(thing: Published, now: float) -> dict[str, object]:
    return {
        "received_at": thing.received_at,
        "published_at": thing.published_at,
        "listed_at": thing.listed_at,
        "deleted_at": thing.deleted_at,
        "is_public": thing.is_public(now),
    }


def _post(post: Post, now: float) -> dict[str, object]:
    return _moments(post, now) | {
        "id": post.id,
        "author": post.author.username,
        "text": post.text,
        "links": links_in(post.text),
        "keys": keys_in(post.text),
        "conversation_id": post.conversation_id,
        "in_reply_to": post.in_reply_to,
        "reply_settings": post.reply_settings,
        "media": [_picture(media) for media in post.media],
    }


def _picture(media: Media) -> dict[str, object]:
    return {
        "id": media.id,
        "media_type": media.media_type,
        "alt_text": media.alt_text,
        "width": media.width,
        "height": media.height,
        "sha256": hashlib.sha256(media.content).hexdigest(),
    }


def _text_message(text: Text, now: float) -> dict[str, object]:
    return _moments(text, now) | {
        "sid": text.sid,
        "direction": text.direction,
        "from": text.sender,
        "to": text.recipient,
        "body": text.body,
        "keys": keys_in(text.body),
        "media_urls": list(text.media_urls),
        "webhook_statuses": text.webhook_statuses,
    }


def _mail(mail: Mail, now: float) -> dict[str, object]:
    return _moments(mail, now) | {
        "id": mail.id,
        "from": mail.sender,
        "to": list(mail.recipients),
        "message_id": mail.message_id,
        "subject": mail.subject,
        "headers": mail.headers,
        "text": mail.text,
        "html": mail.html,
        "keys": keys_in(mail.text + mail.html),
        "pictures": [
            {"content_id": content_id, "media_type": kind, "sha256": hashlib.sha256(content).hexdigest()}
            for content_id, kind, content in mail.pictures
        ],
    }


def _refuse(wrong: Exception) -> Response:
    return _answer({"error": str(wrong)}, 400)


def _answer(body: dict[str, object], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")
