"""The disclosure bundle: chosen tips or a whole appeal as one ZIP that anybody can check offline.

First what points away from the person sought. In it: tips as JSON, CSV and one PDF each, the sealed originals as they
are kept (age), why and where each tip stood when it was first read, its ledger entries, what was kept of each post
before it was taken down and what could not be, and a signed manifest of the hashes of all of it. Who a person is stands
in the sealed originals only.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from appeal import db, installation, ledger
from appeal.models.appeal import Appeal
from appeal.models.desk import FirstReading
from appeal.models.erased import ErasedTip
from appeal.models.lead import LeadMember
from appeal.models.people import User
from appeal.models.tip import Assessment, Message, MessageContent, Tip
from appeal.rules.errors import BadInput, CannotOpen, FileDamaged, NotFound
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say
from appeal.tips import board, bundle_captures, bundles, custody, dialogue, opening, visible
from appeal.tips.bundle_pages import printed

FORMAT = "appeal disclosure 1"
MOST_TIPS = 200
MOST_COUNTED = 100_000
PARTS = _("This appeal has %(count)s tips: they make %(parts)s bundles. Say which one, from 1.")
MOST_BYTES = 400 * 1024 * 1024
LOCKED = b"This file is locked as suspected abuse material. No copy is made; the sealed original stays in the store.\n"
MANIFEST, SIGNATURE = "manifest.json", "manifest.signature"
_LOADED = (selectinload(Tip.messages).selectinload(Message.files), selectinload(Tip.assessments))
COLUMNS = (
    "reference",
    "points_away",
    "closed_unread",
    "state",
    "received_at",
    "source",
    "language",
    "lane_at_first_reading",
    "place_at_first_reading",
    "decision",
    "reason",
    "said",
)


@dataclass(frozen=True)
class Bundle:
    """The ZIP, a name for it, and how many tips are in it; `purged` of them are there without their words."""

    name: str
    data: bytes
    tips: int
    purged: int


def make(
    actor: Actor,
    *,
    why: str,
    now: datetime,
    tip_ids: Sequence[int] = (),
    appeal: str = "",
    part: int = 0,
    most: int = MOST_TIPS,
) -> Bundle:
    """Bundle these tips, or all of an appeal (public id) that the actor may see; the ledger keeps why and which.

    An appeal with more than `most` tips is handed over in parts, from 1, in the same order.
    """
    require(actor, Permission.ASSESS)
    if not why.strip():
        raise BadInput(fields={"why": _("Say for whom and why.")})
    with db.reading() as session:
        tips = _tips(session, actor, tip_ids, appeal, part, most)
        names = {row[0]: row[1] for row in session.execute(select(User.id, User.name))}
        described = [_described(session, tip, names) for tip in tips]
        originals = _originals(session, tips)
        erased = _erased(session, appeal)
        entries = [line for tip in tips for line in _entries(tip.id)]
    posts = bundle_captures.files(sorted({tip.appeal_id for tip in tips if tip.appeal_id}))
    files = _files(described, entries, now) | originals | posts
    data = _zipped(files, actor, now, described, erased)
    purged = len(erased) + sum(one["is_purged"] for one in described)
    with db.writing() as session:
        fields = {"tips": " ".join(str(tip.id) for tip in tips), "sha256": hashlib.sha256(data).hexdigest()}
        target = f"appeal:{appeal}" if appeal else "tips"
        counts = {"tips": len(tips), "purged": purged, "sha256": fields["sha256"]}
        bundles.note(session, actor, appeal=appeal, why=why, now=now, **counts)
        ledger.record(
            session, at=now, actor=actor.label, action="export bundle", target=target, fields=fields, words=why
        )
    name = f"disclosure-{now:%Y%m%d-%H%M}.zip"
    return Bundle(name, data, len(tips), purged)


def _tips(session: Session, actor: Actor, tip_ids: Sequence[int], appeal: str, part: int, most: int) -> Sequence[Tip]:
    wanted = select(Tip).where(visible.condition(actor, with_aside=True)).options(*_LOADED)
    if appeal:
        wanted = wanted.join(Appeal, Appeal.id == Tip.appeal_id).where(Appeal.public_id == appeal)
    else:
        wanted = wanted.where(Tip.id.in_(tip_ids))
    ordered = wanted.order_by(Tip.points_away.desc(), Tip.received_at, Tip.id)
    if appeal and part < 1:
        some = wanted.with_only_columns(Tip.id).limit(MOST_COUNTED).subquery()
        count = session.scalar(select(func.count()).select_from(some)) or 0
        if count > most:
            raise BadInput(fields={"part": say(PARTS, count=count, parts=-(-count // most))})
    ordered = ordered.limit(most + 1) if part < 1 else ordered.offset((part - 1) * most).limit(most)
    tips = session.scalars(ordered, execution_options={"populate_existing": True}).all()
    if len(tips) > most:
        words = say("These are more than %(most)s tips: choose fewer and make several bundles.", most=most)
        raise BadInput(fields={"tips": words})
    if not tips or (tip_ids and len(tips) != len(set(tip_ids))):
        raise NotFound(_("One of these tips is not there, or you may not see it."))
    return tips


def _erased(session: Session, appeal: str) -> list[dict[str, Any]]:
    """What is still known of tips of this appeal that were erased."""
    wanted = select(ErasedTip).join(Appeal, Appeal.id == ErasedTip.appeal_id).where(Appeal.public_id == appeal)
    same = ("source", "decision", "message_count", "file_count", "cause")
    return [
        {name: getattr(one, name) for name in same}
        | {"reference": board.reference(one.tip_id)}
        | {"received_at": one.received_at.isoformat(), "erased_at": one.erased_at.isoformat()}
        for one in session.scalars(wanted.order_by(ErasedTip.received_at, ErasedTip.tip_id))
    ]


def _described(session: Session, tip: Tip, names: Mapping[int, str]) -> dict[str, Any]:
    """Everything of a tip that may be read, as plain values."""
    first = session.get(FirstReading, tip.id)
    messages = [_message(session, message) for message in tip.messages]
    return {
        "reference": board.reference(tip.id),
        "id": tip.id,
        "points_away": tip.points_away,
        "is_closed_unread": tip.is_closed_unread,
        "kept_instead_of_erased": tip.set_aside_at is not None,
        "is_purged": not messages or any(one["is_purged"] for one in messages),
        "state": tip.state,
        "received_at": tip.received_at.isoformat(),
        "came_after_closing": tip.is_late,
        "source": tip.source,
        "language": tip.language,
        "first_reading": _first(first, names) if first else None,
        "lead": session.scalar(
            select(LeadMember.lead_id).where(LeadMember.tip_id == tip.id, LeadMember.left_at.is_(None))
        ),
        "messages": messages,
        "dialogue": [_dialogue(one) for one in dialogue.lines(session, tip.id)],
        "assessments": [_assessment(one, names) for one in tip.assessments],
    }


def _first(first: FirstReading, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "weights": first.weights,
        "lane": first.lane,
        "score": first.score,
        "reasons": list(first.reasons),
        "read_by_machine_at": first.read_at.isoformat(),
        "opened_at": first.opened_at.isoformat() if first.opened_at else None,
        "opened_by": names.get(first.opened_by_id or 0, ""),
        "place_in_queue": first.place,
        "drawn_from_below": first.is_drawn,
    }


def _message(session: Session, message: Message) -> dict[str, Any]:
    """One message; its words are gone if it was purged, and that is said."""
    plain: dict[str, Any] = {"id": message.id, "received_at": message.received_at.isoformat(), "is_purged": False}
    content = session.get(MessageContent, message.id)
    if content is None:
        return plain | {"is_purged": True, "said": "", "note": "The content was erased; nothing of it is left here."}
    try:
        opened = opening.content_of(content.sealed)
    except CannotOpen:
        return plain | {"said": "", "note": "The sealed original cannot be opened with the keys of this installation."}
    facts = {name: value for name, value in opened["facts"].items() if name not in opening.CONTACT}
    return plain | {
        "received_at": opened["received_at"],
        "said": opened["text"],
        "facts": facts,
        "sender": opening.alias(opened["sender"]),
        "files": [{"position": file.position, "size": file.size, "sha256": file.file} for file in message.files],
    }


def _dialogue(line: dialogue.Line) -> dict[str, Any]:
    seen = line.seen_at.isoformat() if line.seen_at else None
    return {
        "kind": line.kind,
        "said": line.words,
        "officer": line.officer,
        "at": line.said_at.isoformat(),
        "seen": seen,
    }


def _assessment(row: Assessment, names: Mapping[int, str]) -> dict[str, Any]:
    words = installation.current().desk_keys.open(row.sealed_words).decode() if row.sealed_words else ""
    same = ("decision", "reason", "grade", "points_away", "is_unread")
    return {
        **{name: getattr(row, name) for name in same},
        "words": words,
        "officer": names.get(row.officer_id, ""),
        "decided_at": row.decided_at.isoformat(),
        "repeats": board.reference(row.duplicate_of_id) if row.duplicate_of_id else "",
    }


def _originals(session: Session, tips: Sequence[Tip]) -> dict[str, bytes]:
    """The sealed bytes as they are kept; too much at once is said before memory is full."""
    files: dict[str, bytes] = {}
    store, size = installation.current().files, 0
    for tip in tips:
        folder = f"originals/{board.reference(tip.id)}"
        for message in tip.messages:
            content = session.get(MessageContent, message.id)
            if content is not None:
                files[f"{folder}/{message.id}.json.age"] = content.sealed
            for file in message.files:
                if file.state == custody.LOCKED:
                    files[f"{folder}/{message.id}-{file.position}.locked"] = LOCKED
                    continue
                size += file.size
                if size > MOST_BYTES:
                    raise BadInput(fields={"tips": _("The files of these tips are too large together: choose fewer.")})
                try:
                    files[f"{folder}/{message.id}-{file.position}.age"] = store.open(file.file)
                except (NotFound, FileDamaged):
                    files[f"{folder}/{message.id}-{file.position}.missing"] = (
                        b"This file is not in the store any more.\n"
                    )
    return files


def _entries(tip_id: int) -> list[dict[str, Any]]:
    """The ledger's entries about a tip that have a place, with what vouches for them."""
    found = ledger.entries(0, 1_000, f"tip:{tip_id}")
    marks = ("sha256", "signature")
    return [
        ledger.content_of(entry) | {name: getattr(entry, name) for name in marks}
        for entry in found
        if entry.place is not None
    ]


def _files(
    described: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]], now: datetime
) -> dict[str, bytes]:
    files = {"tips.json": _json(described), "tips.csv": _table(described)}
    files["ledger.jsonl"] = b"".join(ledger.canonical(entry) + b"\n" for entry in entries)
    for number, one in enumerate(described, start=1):
        files[f"tips/{number:04}-{one['reference']}.pdf"] = printed(one, now)
    return files


def _table(described: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    for one in described:
        first, last = one["first_reading"] or {}, (one["assessments"] or [{}])[-1]
        said = "\n".join(message["said"] or message.get("note", "") for message in one["messages"])
        table.writerow(
            {name: one[name] for name in ("reference", "points_away", "state", "received_at", "source", "language")}
            | {"closed_unread": one["is_closed_unread"], "said": _harmless(said)}
            | {"lane_at_first_reading": first.get("lane"), "place_at_first_reading": first.get("place_in_queue")}
            | {name: last.get(name, "") for name in ("decision", "reason")}
        )
    return out.getvalue().encode()


def _harmless(said: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{said}" if said[:1] in {"=", "+", "-", "@", "\t", "\r"} else said


def _zipped(
    files: Mapping[str, bytes],
    actor: Actor,
    now: datetime,
    described: Sequence[Mapping[str, Any]],
    erased: Sequence[Mapping[str, Any]],
) -> bytes:
    seed = installation.current().desk_keys.ledger_seed
    manifest = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "made_by": actor.name,
        "public_key": ledger.public_key(seed),
        "tips": len(described),
        "points_away": [one["reference"] for one in described if one["points_away"]],
        "closed_unread": [one["reference"] for one in described if one["is_closed_unread"]],
        "purged": [one["reference"] for one in described if one["is_purged"]],
        "erased": erased,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    written = _json(manifest)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(written).hex().encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {MANIFEST: written, SIGNATURE: signature, **files}.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=now.timetuple()[:6]), data)
    return out.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "replace")
