"""The JSON that the Bot API answers: results, problems, messages."""

import json

from flask import Response

from appeal.exercise.rooms import Thing


def answer(result: object) -> Response:
    """Return a result."""
    return Response(json.dumps({"ok": True, "result": result}), content_type="application/json")


def problem(status: int, description: str, parameters: dict[str, int] | None = None) -> Response:
    """Return a refusal."""
    body: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Response(json.dumps(body), status, content_type="application/json")


def stored(chat: dict[str, object], thing: Thing) -> dict[str, object]:
    """Return one message of the channel."""
    body: dict[str, object] = {
        "message_id": int(thing.id),
        "sender_chat": chat,
        "chat": chat,
        "date": int(thing.received_at),
    }
    if thing.group:
        body["media_group_id"] = thing.group
    if not thing.pictures:
        return body | {"text": thing.text}
    sizes = [photo_size(f"photo-{thing.id}", len(thing.pictures[0].content))]
    return body | {"photo": sizes} | ({"caption": thing.text} if thing.text else {})


def photo_size(file_id: str, size: int) -> dict[str, object]:
    """Return one size of a photo."""
    return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "width": 40, "height": 40, "file_size": size}
