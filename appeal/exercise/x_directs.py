"""Direct messages on X: what the public writes to the force alone, listed newest first."""

import time

from flask import Response, request

from appeal.exercise.rooms import Answer, Room, said
from appeal.exercise.world import World
from appeal.exercise.x_shapes import answer, invalid, problem, stamp, user_shape

LONGEST = 10_000
KEPT_SECONDS = 30 * 86_400


class XDirects(Room):
    """The letters; lives in the world and is empty after its reset. `told` is what the force wrote back, by account."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, list[str]] = {}


def write_to_force(world: World, author: str, text: str) -> Answer:
    """Write a direct message; raises NotPossible."""
    words, name = said(text, author, LONGEST)
    now = time.time()
    with world.lock:
        letter = Answer(now, now, now, world.snowflake(now), world.user(name).username, words)
        world.room(XDirects).answers[letter.id] = letter
    return letter


def write_back(world: World, user_id: str) -> Response:
    """Write to one account that wrote before; others have not opened their messages to the force."""
    body = request.get_json(silent=True)
    text = str(body.get("text") or "") if isinstance(body, dict) else ""
    room = world.room(XDirects)
    if not text or len(text) > LONGEST:
        return invalid("text", text, "text is empty or too long")
    if not any(world.user(one.author).id == user_id for one in room.letters()):
        return problem(403, "Forbidden", "You do not have permission to DM one or more participants.")
    room.told.setdefault(user_id, []).append(text)
    made = {"dm_conversation_id": f"{world.force.id}-{user_id}", "dm_event_id": world.snowflake(time.time())}
    return answer({"data": made}, 201)


def direct_events(world: World) -> Response:
    """Return one page, newest first, 30 days back; there is no way to ask for what came after one."""
    size = request.args.get("max_results", 100, type=int)
    if not 1 <= size <= 100:
        return invalid("max_results", size, "`max_results` must be between 1 and 100.")
    oldest, below = time.time() - KEPT_SECONDS, request.args.get("pagination_token", "")
    found = [one for one in world.room(XDirects).letters() if one.published_at >= oldest]
    found = [one for one in found if not below or int(one.id) < int(below)]
    page = found[:size]
    body: dict[str, object] = {"meta": {"result_count": len(page)}}
    if page:
        people = {one.author: world.user(one.author) for one in page}
        body |= {
            "data": [_event(world, one) for one in page],
            "includes": {"users": [user_shape(one) for one in people.values()]},
        }
    if len(found) > size:
        body["meta"] = {"result_count": len(page), "next_token": page[-1].id}
    return answer(body)


def _event(world: World, letter: Answer) -> dict[str, object]:
    sender = world.user(letter.author).id
    return {
        "id": letter.id,
        "event_type": "MessageCreate",
        "text": letter.text,
        "sender_id": sender,
        "dm_conversation_id": f"{world.force.id}-{sender}",
        "created_at": stamp(letter.published_at),
    }
