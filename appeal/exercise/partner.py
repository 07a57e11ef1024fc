"""A partner who shows the force's appeals on a site of its own, under /partner: takes signed events, each once."""

import base64
import json
import time
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Blueprint, Response, request

from appeal.exercise.calls import Dialect, fired_now, framed
from appeal.exercise.faults import Fault
from appeal.exercise.rooms import Answer, NotPossible, Room, Thing
from appeal.exercise.world import World

Told = Mapping[str, object]


class PartnerRoom(Room):
    """What the partner shows, by the key that the force gave it. `events` are those that were taken, by their ids."""

    def __init__(self) -> None:
        super().__init__()
        self.events: dict[str, dict[str, object]] = {}


def create_partner(world: World) -> Blueprint:
    """Return the partner's one address."""
    partner = Blueprint("partner", __name__, url_prefix="/partner")
    dialect = Dialect("partner", lambda _operation: _door(world), _refused, _throttled, _broken, lambda answer: answer)
    acts: dict[str, tuple[str, Callable[[World, Told], dict[str, object]]]] = {
        "appeal.published": ("publish", _show),
        "appeal.updated": ("update", _change),
        "appeal.recalled": ("retract", _recall),
        "appeal.status": ("lookup", _status),
        "appeal.ping": ("account", lambda _world, _told: {}),
    }
    views = {kind: framed(world, dialect, operation)(_taking(world, act)) for kind, (operation, act) in acts.items()}
    partner.add_url_rule("/hook", "hook", lambda: _answered(views), methods=["POST"])
    return partner


def say(world: World, author: str, text: str, parent: str) -> Answer:  # noqa: ARG001
    """Nobody writes to the force at a partner; its readers are sent to the force's page."""
    raise NotPossible("Readers of the partner answer on the force's own page.")


def wrong(status: int, words: str) -> Response:
    """The answer to any other address."""
    return _answer({"error": words}, status)


def _answered(views: Mapping[str, Callable[[], Response]]) -> Response:
    view = views.get(str(_told().get("type")))
    return view() if view else _answer({"error": "unknown event"}, 422)


def _taking(world: World, act: Callable[[World, Told], dict[str, object]]) -> Callable[[], Response]:
    def take() -> Response:
        """An event whose id was taken before gets the same answer and is not carried out again."""
        room, event_id = world.room(PartnerRoom), request.headers.get("Idempotency-Key", "")
        with world.lock:
            if event_id not in room.events or str(_told().get("type")) in {"appeal.status", "appeal.ping"}:
                room.events[event_id] = act(world, _told())
            return _answer(room.events[event_id])

    return take


def _told() -> Told:
    told = request.get_json(force=True, silent=True)
    return told if isinstance(told, dict) else {}


def _answer(body: Mapping[str, object], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def _door(world: World) -> Response | None:
    event_id, given = request.headers.get("Webhook-Id", ""), request.headers.get("Webhook-Signature", "")
    if not event_id or event_id != _told().get("id") or request.headers.get("Idempotency-Key") != event_id:
        return _answer({"error": "the event has no id of its own"}, 400)
    if not given.startswith("v1a,") or not _is_signed(world.settings.partner_public_key, event_id, given[4:]):
        return _answer({"error": "the signature is wrong"}, 401)
    return None


def _is_signed(public_key: str, event_id: str, signature: str) -> bool:
    """With no key given, whatever looks like a signature passes."""
    try:
        raw = base64.b64decode(signature, validate=True)
        if public_key:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
            key.verify(raw, event_id.encode() + b"." + request.get_data(cache=True))
        return len(raw) == 64
    except (ValueError, InvalidSignature):
        return False


def _refused(fault: Fault) -> Response:
    return _answer({"error": "the exercise refuses this request"}, fault.status or 422)


def _throttled(fault: Fault) -> Response:
    said = _answer({"error": "later"}, 429)
    said.headers["Retry-After"] = str(max(1, round(fault.seconds)))
    return said


def _broken(fault: Fault) -> Response:
    return _answer({"error": "something is broken"}, fault.status or 500)


def _show(world: World, told: Told) -> dict[str, object]:
    room, key = world.room(PartnerRoom), str(told.get("key"))
    thing = Thing(*world.moments(fired_now()), key, str(told.get("text", "")), note=str(told.get("card", "")))
    thing.is_answerable = False
    room.things[key] = thing
    return {"url": f"{request.host_url}#partner-{key}", "is_shown": True}


def _change(world: World, told: Told) -> dict[str, object]:
    thing = world.room(PartnerRoom).public(str(told.get("replaces")))
    if thing is None:
        return {"is_shown": False}
    thing.text = str(told.get("text", ""))
    return {"url": f"{request.host_url}#partner-{thing.id}", "is_shown": True}


def _recall(world: World, told: Told) -> dict[str, object]:
    thing = world.room(PartnerRoom).public(str(told.get("recalls")))
    if thing is not None:
        thing.deleted_at = time.time()
    return {"is_shown": False}


def _status(world: World, told: Told) -> dict[str, object]:
    room, key = world.room(PartnerRoom), str(told.get("asks"))
    thing = room.things.get(key)
    if thing is None or not thing.is_listed(time.time()):
        return {"is_shown": False}
    return {"url": f"{request.host_url}#partner-{key}", "is_shown": True}
