"""What Facebook holds in the exercise: posts, photos, comments, letters, and the force's webhook."""

import hashlib
import hmac
import json
import time
import zlib
from datetime import UTC, datetime

import requests

from appeal.exercise.rooms import Answer, NotPossible, Picture, Room, said
from appeal.exercise.world import World

TEXT_LIMIT = 8000


class FacebookRoom(Room):
    """One page. `photos` are by id; one that no post shows yet is seen by nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.photos: dict[str, Picture] = {}
        self.shown_in: dict[str, str] = {}
        self.statuses: list[int] = []
        self.token_ends_at = 0

        # What the page wrote back, by person.
        self.told: dict[str, list[str]] = {}

    def photo_ids(self, thing_id: str) -> list[str]:
        """The photos of a post, in order."""
        return [photo_id for photo_id, post_id in self.shown_in.items() if post_id == thing_id]


def moment(at: float) -> str:
    """A moment as the Graph API writes it."""
    return f"{datetime.fromtimestamp(int(at), UTC):%Y-%m-%dT%H:%M:%S+0000}"


def author(answer: Answer) -> dict[str, str]:
    """Who wrote something, as the Graph API names people to a page."""
    return {"id": str(2_000_000 + zlib.crc32(answer.author.lower().encode())), "name": answer.author}


def say(world: World, name: str, text: str, parent: str, pictures: tuple[Picture, ...] = ()) -> Answer:
    """Comment on a post, or write to the page alone when no post is named; raises NotPossible."""
    room = world.room(FacebookRoom)
    words, who = said(text, name, TEXT_LIMIT)
    if parent and room.public(parent) is None:
        raise NotPossible("This post is gone. Nobody can answer it.")
    now = time.time()
    with world.lock:
        number = f"{parent.partition('_')[2]}_{room.next()}" if parent else f"m_{room.next()}"
        answered = Answer(now, now, now, number, who, words, parent, pictures=pictures)
        room.answers[number] = answered
    _call(world, room, answered)
    return answered


def _call(world: World, room: FacebookRoom, answered: Answer) -> None:
    """Tell the force's webhook, signed, once; what it does not take is found by asking."""
    address = world.settings.facebook_webhook_url
    if not address:
        return
    body = json.dumps({"object": "page", "entry": [_entry(world, answered)]}).encode()
    signed = hmac.new(world.settings.facebook_app_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signed}"}
    with requests.Session() as session:
        session.trust_env = False
        try:
            room.statuses.append(session.post(address, data=body, headers=headers, timeout=10).status_code)
        except requests.RequestException:
            room.statuses.append(0)


def _entry(world: World, answered: Answer) -> dict[str, object]:
    page, now = world.settings.facebook_page, int(answered.received_at)
    if not answered.parent:
        message = {"mid": answered.id, "text": answered.text}
        event = {"sender": {"id": author(answered)["id"]}, "recipient": {"id": page}, "timestamp": now * 1000}
        return {"id": page, "time": now * 1000, "messaging": [event | {"message": message}]}
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": answered.id,
        "post_id": answered.parent,
        "parent_id": answered.parent,
        "from": author(answered),
        "message": answered.text,
        "created_time": now,
    }
    return {"id": page, "time": now, "changes": [{"field": "feed", "value": value}]}
