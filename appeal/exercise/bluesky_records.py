"""Writing on Bluesky: pictures, posts under keys, who may answer them, deletion."""

import io
import json
import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request
from PIL import Image, UnidentifiedImageError

from appeal.exercise.bluesky_door import answer, error, invalid
from appeal.exercise.bluesky_room import (
    GATE,
    GRAPHEME,
    POST,
    TEXT_BYTES,
    TEXT_GRAPHEMES,
    BlueskyRoom,
    Post,
    content_id,
    force,
)
from appeal.exercise.calls import fired_now
from appeal.exercise.rooms import Picture
from appeal.exercise.world import World

KEY = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
PICTURE_BYTES, PICTURES = 1_000_000, 4
PICTURE_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


def upload(world: World) -> Response:
    """Take one picture; nothing refers to it yet."""
    content = request.get_data()
    try:
        with Image.open(io.BytesIO(content), formats=list(PICTURE_FORMATS)) as picture:
            picture.load()
            kind = PICTURE_FORMATS[str(picture.format)]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return invalid("Referenced Mimetype does not match stored blob.", "InvalidMimeType")
    room = world.room(BlueskyRoom)
    return answer({"blob": room.blob_shape(room.keep_blob(Picture(content, kind)))})


def put(world: World) -> Response:
    """Write a record under a key; the same once more changes nothing."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("record"), dict):
        return invalid("Input must have the property record")
    key = str(body.get("rkey") or world.room(BlueskyRoom).new_key())
    if stopped := _fault_in(world, body.get("repo"), str(body.get("collection")), key, body["record"]):
        return stopped
    return answer(_kept(world, str(body["collection"]), key, body["record"]) | {"validationStatus": "valid"})


def apply(world: World) -> Response:
    """Write several records in one commit, or none of them."""
    body = request.get_json(silent=True)
    writes = body.get("writes") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(writes, list):
        return invalid("Input must have the property writes")
    with world.lock:
        for one in writes:
            stopped = _fault_in(world, body.get("repo"), str(one["collection"]), str(one["rkey"]), one["value"])
            if stopped:
                return stopped
            if one["collection"] == POST and world.room(BlueskyRoom).public(str(one["rkey"])):
                return invalid("There is already a value at this key")
        results = [_kept(world, str(one["collection"]), str(one["rkey"]), one["value"]) for one in writes]
    return answer({"results": results})


def delete(world: World) -> Response:
    """Delete a record, or make sure that it is not there."""
    body = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    if body.get("repo") not in _own(world):
        return error(403, "InvalidRequest", "Could not find repo")
    room, key = world.room(BlueskyRoom), str(body.get("rkey"))
    with world.lock:
        if body.get("collection") == GATE:
            room.gates.pop(key, None)
        elif post := room.public(key):
            post.deleted_at = time.time()
    return answer({})


def _fault_in(world: World, repo: object, collection: str, key: str, record: Mapping[str, Any]) -> Response | None:
    if repo not in _own(world):
        return error(403, "InvalidRequest", "Could not find repo")
    if not KEY.fullmatch(key):
        return invalid(f"Invalid rkey: {key}")
    if collection not in {POST, GATE}:
        return invalid(f"Unvalidated record, could not validate: {collection}")
    if wrong := (_wrong_post(world, record) if collection == POST else _wrong_gate(record)):
        return invalid(f"Invalid {collection} record: {wrong}")
    return None


def _wrong_post(world: World, record: Mapping[str, Any]) -> str:
    text = str(record.get("text", ""))
    count = len(GRAPHEME.findall(text))
    if count > TEXT_GRAPHEMES:
        return f"grapheme too big (maximum {TEXT_GRAPHEMES}, got {count}) at $.record.text"
    if len(text.encode()) > TEXT_BYTES:
        return f"string too big (maximum {TEXT_BYTES}) at $.record.text"
    try:
        datetime.fromisoformat(str(record["createdAt"]))
        for facet in record.get("facets", []):
            index = facet["index"]
            text.encode()[index["byteStart"] : index["byteEnd"]].decode()
    except (KeyError, TypeError, ValueError):
        return "createdAt or facets are not as they should be"
    return _wrong_pictures(world, record)


def _wrong_pictures(world: World, record: Mapping[str, Any]) -> str:
    images = record.get("embed", {}).get("images", [])
    if len(images) > PICTURES:
        return f"array too big (maximum {PICTURES}) at $.record.embed.images"
    for image in images:
        kept = world.room(BlueskyRoom).blobs.get(str(image.get("image", {}).get("ref", {}).get("$link")))
        if not isinstance(image.get("alt"), str):
            return 'Missing required key "alt" at $.record.embed.images'
        if kept is None:
            return "Could not find blob"
        if len(kept.content) > PICTURE_BYTES:
            return f"blob too big (maximum {PICTURE_BYTES}, got {len(kept.content)})"
    return ""


def _wrong_gate(record: Mapping[str, Any]) -> str:
    return "" if str(record.get("post", "")).startswith("at://") else 'Missing required key "post"'


def _own(world: World) -> set[str]:
    return {force(world), world.settings.bluesky_handle}


def _kept(world: World, collection: str, key: str, record: Mapping[str, Any]) -> dict[str, object]:
    room = world.room(BlueskyRoom)
    cid = content_id(json.dumps(record, sort_keys=True).encode(), 0x71)
    with world.lock:
        if collection == GATE:
            room.gates[key] = record
            _close(room, key, record)
        else:
            known = room.things.get(key)
            if not isinstance(known, Post) or known.deleted_at is not None or known.cid != cid:
                room.things[key] = _post(world, key, cid, record)
            if fired_now().get("publish_twice"):
                again = room.new_key()
                room.things[again] = _post(world, again, cid, record)
    return {"uri": f"at://{force(world)}/{collection}/{key}", "cid": cid}


def _close(room: BlueskyRoom, key: str, gate: Mapping[str, Any]) -> None:
    """Let only those answer whom the gate lets through, and hide what it hides."""
    if thing := room.things.get(key):
        thing.is_answerable = "allow" not in gate
    for hidden in gate.get("hiddenReplies", []):
        if answered := room.answers.get(str(hidden).rsplit("/", 1)[-1]):
            answered.is_hidden = True


def _post(world: World, key: str, cid: str, record: Mapping[str, Any]) -> Post:
    room = world.room(BlueskyRoom)
    images = record.get("embed", {}).get("images", [])
    names = tuple(image["image"]["ref"]["$link"] for image in images)
    kept = [(room.blobs[name], image["alt"]) for name, image in zip(names, images, strict=True)]
    pictures = tuple(Picture(blob.content, blob.media_type, alt) for blob, alt in kept)
    moments, text = world.moments(fired_now()), str(record.get("text", ""))
    note = "an answer to an earlier post" if "reply" in record else ""
    post = Post(*moments, key, text, pictures, note, cid=cid, value=record, blobs=names, did=force(world))
    post.is_answerable = "allow" not in room.gates.get(key, {})
    return post
