"""Takes an erased comment out of what was kept of posts before they were taken down.

The sealed record is written anew without the comment and without the platform's own answer, which holds its words too;
it says when and how many. The ledger's entry of the keeping stays as it was, with the key of the first record; an entry
of its own leads from there to the new one. The first record goes from the store like every file of an erased tip.

A comment has no number in the record: it is known by its words and its author. Where the platform hid the author, its
words alone decide. What these keys cannot open stays as it is: nobody reads it here.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import installation, ledger
from appeal.models.capture import Capture
from appeal.models.erased import DoomedFile
from appeal.models.tip import Tip
from appeal.rules.errors import CannotOpen, FileDamaged, NotFound
from appeal.tips import opening

# Words and author of one message, both as they are compared.
Told = tuple[str, str]


def erase(session: Session, tip: Tip, *, now: datetime) -> int:
    """Within the caller's transaction, before the tip's rows go: how many comments were taken out of records."""
    channels = {one.channel_id for one in tip.messages if one.channel_id is not None}
    if not channels:
        return 0
    wanted = select(Capture).where(Capture.channel_id.in_(channels), Capture.comments > 0, Capture.file != "")
    if tip.appeal_id is not None:
        wanted = wanted.where(Capture.appeal_id == tip.appeal_id)
    locked = wanted.order_by(Capture.removal_id).with_for_update()
    rows = session.scalars(locked, execution_options={"populate_existing": True}).all()
    said = _said(tip) if rows else ()
    return sum(_rewrite(session, row, said, now) for row in rows) if said else 0


def _said(tip: Tip) -> Sequence[Told]:
    found: list[Told] = []
    for message in tip.messages:
        try:
            content = opening.content_of(message.content.sealed)
        except CannotOpen:
            continue
        if content["text"].strip():
            found.append((_alike(content["text"]), _name(content["sender"])))
    return found


def _rewrite(session: Session, row: Capture, said: Iterable[Told], now: datetime) -> int:
    held = installation.current()
    try:
        kept: dict[str, Any] = json.loads(held.desk_keys.open(held.files.open(row.file)))
    except (NotFound, FileDamaged, CannotOpen):
        return 0
    left = [one for one in kept["comments"] if not _is_among(one, said)]
    count = len(kept["comments"]) - len(left)
    if not count:
        return 0
    kept |= {"comments": left, "answer": "", "erased": [*kept.get("erased", ()), (now.isoformat(), count)]}
    before = row.file
    row.file = held.files.put(held.keys.seal(json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()))
    row.comments = len(left)
    session.merge(DoomedFile(file=before))
    fields = {"before": before, "file": row.file, "comments": str(count)}
    target = f"copy:{row.copy_id}"
    ledger.record(session, at=now, actor="system", action="erase from kept post", target=target, fields=fields)
    return count


def _is_among(comment: Sequence[str], said: Iterable[Told]) -> bool:
    author, words = _name(comment[0]), _alike(comment[1])
    return any(words == text and (not author or not sender or author == sender) for text, sender in said)


def _alike(text: str) -> str:
    """Without what platforms change in spaces, and with the sign for letters that no record can hold."""
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _name(author: str) -> str:
    return author.strip().removeprefix("@").casefold()
