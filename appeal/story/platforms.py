"""The exercise world as the story sees it: what is out there, what the public says, what goes wrong."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from appeal.rules.errors import AppealError

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)

# The faults of a release: each strikes one call of a platform, counted from when it is armed.
AT_RELEASE: tuple[Mapping[str, object], ...] = (
    {"platform": "x", "operation": "upload", "kind": "slow", "when": "nth", "number": 1, "seconds": 3},
    {"platform": "x", "kind": "throttle", "when": "nth", "number": 1, "seconds": 3},
    {"platform": "x", "kind": "publish_late", "when": "nth", "number": 2, "seconds": 5},
    {"platform": "twilio", "kind": "drop_after", "when": "nth", "number": 1},
    {"platform": "twilio", "kind": "error_after", "when": "nth", "number": 2},
    {"platform": "twilio", "kind": "throttle", "when": "nth", "number": 3, "seconds": 2},
    {"platform": "twilio", "kind": "list_late", "when": "nth", "number": 4, "seconds": 5},
    {"platform": "smtp", "kind": "drop_after", "when": "nth", "number": 1},
    {"platform": "smtp", "kind": "throttle", "when": "nth", "number": 2, "seconds": 2},
    {"platform": "smtp", "kind": "error_after", "when": "nth", "number": 3},
)
AT_TAKE_DOWN: tuple[Mapping[str, object], ...] = (
    {"platform": "x", "operation": "retract", "kind": "drop_after", "when": "nth", "number": 1},
    {"platform": "twilio", "kind": "publish_late", "when": "nth", "number": 1, "seconds": 5},
    {"platform": "twilio", "kind": "slow", "when": "nth", "number": 2, "seconds": 3},
    {"platform": "smtp", "kind": "drop_before", "when": "nth", "number": 1},
    {"platform": "smtp", "kind": "slow", "when": "nth", "number": 2, "seconds": 3},
)


class Platforms:
    """The control interface of the exercise platforms; safe to use from many threads."""

    def __init__(self, address: str) -> None:
        self._address = f"{address}/control"

    def state(self) -> dict[str, Any]:
        """Everything that the force published."""
        found: dict[str, Any] = self._ask("GET", "/state?by=force")
        return found

    def arm(self, faults: Sequence[Mapping[str, object]]) -> None:
        """Switch faults on."""
        self._ask("POST", "/faults", [dict(fault) for fault in faults])

    def struck(self) -> int:
        """How many calls were answered badly or not at all, or late."""
        calls = self._ask("GET", "/calls")["calls"]
        return sum(call["status"] == 0 or call["status"] >= 400 for call in calls if call["operation"] != "webhook")

    def disarm(self) -> None:
        """Switch all faults off."""
        self._ask("DELETE", "/faults")

    def reply(self, author: str, text: str, post_id: str) -> str:
        """Answer a post of the force on X as somebody; returns the id of the answer."""
        said = self._ask("POST", "/x/reply", {"author": author, "text": text, "in_reply_to": post_id})
        return str(said["id"])

    def remove(self, platform: str, key: str) -> None:
        """Remove a post by hand on the platform itself, as the person does who is asked to."""
        self._ask("POST", "/remove", {"platform": platform, "key": key})

    def text(self, sender: str, body: str) -> tuple[str, bool]:
        """Send a text message to the force; returns its id and whether the force's webhook took it."""
        sent = self._ask("POST", "/sms", {"from": sender, "body": body})
        return str(sent["sid"]), any(200 <= status < 300 for status in sent["webhook_statuses"])

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        for pause in PAUSES:
            try:
                with requests.Session() as session:
                    session.trust_env = False
                    answer = session.request(method, self._address + path, json=body, timeout=90)
            except requests.ConnectionError:
                time.sleep(pause)
                continue
            if not answer.ok:
                raise AppealError(f"The exercise platforms refuse: {answer.text[:200]}")
            return answer.json()
        raise AppealError("The exercise platforms cannot be reached.")


def occurrences(state: Mapping[str, Any]) -> dict[str, int]:
    """How often the public got each copy: by its link key, the words that follow a post included."""
    found: dict[str, int] = {}
    rooms = (one for room in state.get("rooms", {}).values() for one in room)
    for one in (*state["posts"], *state["texts"], *state["mails"], *rooms):
        for key in one["keys"]:
            found[key] = found.get(key, 0) + 1
    return found


def still_on_x(state: Mapping[str, Any]) -> list[str]:
    """The posts of the force that the public can still see."""
    return [post["id"] for post in state["posts"] if post["is_public"]]


def still_in_rooms(state: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Platform and link key of the force's posts on the plainer platforms that the public can still see."""
    rooms = state.get("rooms", {}).items()
    return [(name, key) for name, room in rooms for one in room if one["is_public"] for key in one["keys"]]


def x_post(state: Mapping[str, Any], keys: Sequence[str]) -> str:
    """The id of the public post on X that carries one of these link keys; empty if there is none."""
    wanted = set(keys)
    return next((post["id"] for post in state["posts"] if post["is_public"] and wanted & set(post["keys"])), "")
