"""The part of a disclosure bundle about the posts: what was kept before each went, and what could not be."""

import json
from collections.abc import Sequence
from typing import Any

from appeal import installation
from appeal.models.capture import Capture
from appeal.models.release import Channel
from appeal.pages import translate
from appeal.rules.errors import CannotOpen, FileDamaged, NotFound
from appeal.services import captures
from appeal.tips.capture_pages import LANGUAGE, page, printed
from appeal.tips.captures import read

NAME = "posts.json"
CANNOT_BE_OPENED = "What was kept cannot be opened with the keys of this installation."


def files(appeal_ids: Sequence[int]) -> dict[str, bytes]:
    """Page, PDF and sealed record of each post that was taken down, and one list that says what is missing."""
    found: dict[str, bytes] = {}
    listed = [_put(found, row, channel) for row, channel in captures.of_appeals(appeal_ids)]
    found[NAME] = json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return found


def _put(found: dict[str, bytes], row: Capture, channel: Channel) -> dict[str, Any]:
    missing = [translate(LANGUAGE, words) for words in captures.statements(row)]
    name = f"posts/{row.removal_id:06}-{channel.publisher}"
    told: dict[str, Any] = {"channel": channel.name, "copy": row.copy_id, "as_sent": row.is_as_sent}
    told |= {"taken_down_from": row.planned_at.isoformat(), "comments": row.comments, "files": []}
    told |= {"kept_at": row.ended_at.isoformat() if row.ended_at and row.file else None}
    told |= {"answers_fetched_at": row.answers_at.isoformat() if row.answers_at else None}
    if row.file:
        try:
            record = read(row, channel)
            made = {f"{name}.html": page(record), f"{name}.pdf": printed(record)}
            made[f"{name}.json.age"] = installation.current().files.open(row.file)
            found |= made
            told["files"] = sorted(made)
            told["erased"] = [{"at": at, "comments": count} for at, count in record.erased]
            missing += [translate(LANGUAGE, words) for words in record.missing]
        except (NotFound, FileDamaged, CannotOpen):
            missing.append(CANNOT_BE_OPENED)
    return told | {"not_collected": missing}
