"""Pictures of an appeal: taken in clean, the original sealed, described, cut, barred; frozen with their revision."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, imaging, installation, ledger
from appeal.imaging import Box, Cleaned
from appeal.models.appeal import Photo, Revision, RevisionPicture
from appeal.rules.errors import BadInput, Changed, NotFound, PictureRefused, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.pictures import KINDS, LIMITS, MOST_BOXES, gaps, is_last_of
from appeal.rules.words import _, say
from appeal.services.barring import barred, is_barred

MOST = 10
ALT_LIMIT = 1000
GONE = _("This picture is not part of the draft any more.")
BARRED = _("This picture was barred because it showed the wrong person. It cannot be used again.")


@dataclass(frozen=True)
class Source:
    """Where a picture comes from and how it may be used; `kind` is one of `rules.pictures.KINDS` or empty."""

    kind: str = ""
    source_system: str = ""
    source_record: str = ""
    taken_by: str = ""
    taken_on: date | None = None
    consent: str = ""
    conditions: str = ""


@dataclass(frozen=True)
class Cut:
    """What is cut away and blacked out: left, top, width and height in thousandths of the whole picture."""

    crop: tuple[int, ...] = ()
    boxes: tuple[tuple[int, ...], ...] = ()


def add(
    actor: Actor,
    *,
    revision_id: int,
    data: bytes,
    source_record: str,
    alt: Mapping[str, str],
    now: datetime,
    source: Source | None = None,
) -> int:
    """Add a picture to a draft and return its id; raises `PictureRefused` with the reason in words.

    `source` says more about where it comes from; its record is `source_record` unless it names one itself.
    """
    require(actor, Permission.DRAFT)
    told = source or Source()
    told = _checked(replace(told, source_record=told.source_record or source_record))
    cleaned = imaging.clean(data)
    held, sha256 = installation.current(), hashlib.sha256(data).hexdigest()
    sealed_file = held.files.put(held.keys.seal(data))
    master_file = held.files.put(held.keys.seal(cleaned.data))
    with db.writing() as session:
        revision = _draft(session.get(Revision, revision_id, populate_existing=True, with_for_update=True))
        if len(revision.pictures) >= MOST:
            raise BadInput(fields={"picture": say("An appeal takes %(most)s pictures at the most.", most=MOST)})
        position = 1 + max((picture.position for picture in revision.pictures), default=0)
        photo = _row(cleaned, told)
        photo.appeal_id, photo.position = revision.appeal_id, position
        photo.original_sha256, photo.sealed_file, photo.master_file = sha256, sealed_file, master_file
        photo.added_by_id, photo.added_at = actor.id, now
        if is_barred(session, photo):
            raise PictureRefused(BARRED)
        session.add(photo)
        session.flush()
        revision.pictures.append(RevisionPicture(photo_id=photo.id, position=position, alt=_limited(alt)))
        revision.version += 1
        _note(session, actor, revision, "add photo", now, {"original": sha256})
        return photo.id


def describe(actor: Actor, *, revision_id: int, photo_id: int, alt: Mapping[str, str], now: datetime) -> None:
    """Set the alt texts of a draft's picture."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        revision = _draft(session.get(Revision, revision_id, populate_existing=True, with_for_update=True))
        picture = _picture(revision, photo_id)
        if picture.alt != _limited(alt):
            picture.alt = _limited(alt)
            _note(session, actor, revision, "describe photo", now, dict(alt))


def change(
    actor: Actor,
    *,
    revision_id: int,
    photo_id: int,
    expected_version: int,
    source: Source,
    cut: Cut,
    alt: Mapping[str, str],
    is_marked: bool,
    now: datetime,
) -> int:
    """Set everything about a draft's picture; returns its id, a new one where an earlier revision shows it as it was.

    The pixels under boxes are destroyed in every file that goes out; the sealed original stays whole.
    """
    require(actor, Permission.DRAFT)
    told, wanted = _checked(source), _allowed(cut)
    found = _shown(revision_id, photo_id)
    made = _cut_file(found, wanted) if wanted != _cut_of(found) else None
    with db.writing() as session:
        revision = _draft(session.get(Revision, revision_id, populate_existing=True, with_for_update=True))
        if revision.version != expected_version:
            raise Changed(
                _("Somebody else changed this draft meanwhile. Read the page again, then save once more."), {}
            )
        picture = _picture(revision, photo_id)
        old = picture.photo
        is_changed = made is not None or told != _source_of(old)
        photo = _own(session, revision, old) if is_changed else old
        for name, value in {**vars(told), **(made or {})}.items():
            setattr(photo, name, value)
        if made or picture.is_marked != is_marked:
            photo.prepared_at = None
        session.flush()
        picture.photo_id, picture.alt, picture.is_marked = photo.id, _limited(alt), is_marked
        revision.version += 1
        fields = {**{name: str(value) for name, value in vars(told).items()}, "shown": photo.master_file, **alt}
        _note(session, actor, revision, "change photo", now, fields)
        return photo.id


def remove(actor: Actor, *, revision_id: int, photo_id: int, now: datetime) -> None:
    """Take a picture out of a draft; the sealed original is kept."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        revision = _draft(session.get(Revision, revision_id, populate_existing=True, with_for_update=True))
        revision.pictures.remove(_picture(revision, photo_id))
        revision.version += 1
        _note(session, actor, revision, "remove photo", now)


def lacking(revision: Revision) -> list[str]:
    """What still stops its pictures beside their descriptions, one sentence each."""
    refused, found = barred(revision), []
    for number, one in enumerate(revision.pictures, 1):
        found += gaps(number, kind=one.photo.kind, source_record=one.photo.source_record)
        if one.photo_id in refused:
            found.append(say("Picture %(number)s was barred: it showed the wrong person. Take it out.", number=number))
    return found


def to_read(revision: Revision) -> list[tuple[int, RevisionPicture]]:
    """Number and picture of each whose record the approver has to read: all that no earlier approval showed."""
    earlier = [one for one in revision.appeal.revisions if one.number < revision.number and one.approvals]
    known = {one.photo_id for past in earlier for one in past.pictures}
    return [(number, one) for number, one in enumerate(revision.pictures, 1) if one.photo_id not in known]


def unread(revision: Revision, answers: Mapping[str, str]) -> dict[str, str]:
    """Whether somebody read each picture's record in its source: its last four characters at `record_<photo id>`.

    Returns a sentence for each that was not; empty when all were.
    """
    return {
        record_field(one): say(
            "These are not the last four characters of the record of picture %(number)s.", number=number
        )
        for number, one in to_read(revision)
        if not is_last_of(one.photo.source_record, answers.get(record_field(one), ""))
    }


def record_field(picture: RevisionPicture) -> str:
    """The name of the answer about a picture's record."""
    return f"record_{picture.photo_id}"


def frozen(picture: RevisionPicture) -> list[object]:
    """The canonical form of one picture of a revision: what the revision's hash covers."""
    photo = picture.photo
    details: dict[str, object] = {name: str(value) for name, value in vars(_source_of(photo)).items() if value}
    details.pop("source_record", None)
    details |= {"crop": list(photo.crop)} if photo.crop else {}
    details |= {"boxes": [list(box) for box in photo.boxes]} if photo.boxes else {}
    details |= {"is_marked": True} if picture.is_marked else {}
    said: list[object] = [photo.original_sha256, photo.source_record, sorted(picture.alt.items())]
    return [*said, sorted(details.items())] if details else said


def original(actor: Actor, *, photo_id: int, now: datetime) -> bytes:
    """The sealed original, opened; a logged act."""
    require(actor, Permission.READ_APPEALS)
    with db.writing() as session:
        photo = session.get(Photo, photo_id)
        if photo is None:
            raise NotFound(_("There is no such picture."))
        ledger.record(session, at=now, actor=actor.label, action="open original photo", target=f"photo:{photo_id}")
    held = installation.current()
    return held.desk_keys.open(held.files.open(photo.sealed_file))


def _row(cleaned: Cleaned, source: Source) -> Photo:
    """What is known of a new photo before it has its place."""
    return Photo(
        mime=cleaned.mime,
        width=cleaned.width,
        height=cleaned.height,
        fingerprint=cleaned.fingerprint,
        shown_fingerprint=cleaned.fingerprint,
        **vars(source),
    )


def _cut_file(photo: Photo, wanted: Cut) -> dict[str, object]:
    """The columns of a photo after its picture was cut anew from the whole, with no transaction open."""
    held, whole = installation.current(), photo.uncut_file or photo.master_file
    master = held.desk_keys.open(held.files.open(whole))
    crop = Box(*wanted.crop) if wanted.crop else None
    made = imaging.cut(master, crop, [Box(*box) for box in wanted.boxes])
    is_whole = wanted == Cut()
    return {
        "uncut_file": "" if is_whole else whole,
        "master_file": whole if is_whole else held.files.put(held.keys.seal(made.data)),
        "width": made.width,
        "height": made.height,
        "shown_fingerprint": made.fingerprint,
        "crop": list(wanted.crop),
        "boxes": [list(box) for box in wanted.boxes],
    }


def _own(session: Session, revision: Revision, photo: Photo) -> Photo:
    """The photo itself, or a copy of its row where another revision shows it as it is."""
    others = select(RevisionPicture.photo_id).where(
        RevisionPicture.photo_id == photo.id, RevisionPicture.revision_id != revision.id
    )
    if session.execute(others.limit(1)).first() is None:
        return photo
    columns = {column.key: getattr(photo, column.key) for column in Photo.__table__.columns if column.key != "id"}
    copy = Photo(**columns)
    session.add(copy)
    session.flush()
    return copy


def _shown(revision_id: int, photo_id: int) -> Photo:
    with db.reading() as session:
        return _picture(_draft(session.get(Revision, revision_id)), photo_id).photo


def _checked(source: Source) -> Source:
    """Trimmed; refused at its fields where something is too long or of an unknown type."""
    texts: dict[str, Any] = {name: str(getattr(source, name) or "").strip() for name in LIMITS}
    trimmed = replace(source, **texts)
    wrong: dict[str, str] = {
        name: say("This is too long: %(limit)s characters are the most.", limit=limit)
        for name, limit in LIMITS.items()
        if len(getattr(trimmed, name)) > limit
    }
    if trimmed.kind and trimmed.kind not in KINDS:
        wrong["kind"] = _("Choose the type of the picture.")
    if wrong:
        raise BadInput(fields=wrong)
    return trimmed


def _allowed(cut: Cut) -> Cut:
    if len(cut.boxes) > MOST_BOXES:
        raise BadInput(fields={"boxes": say("%(most)s boxes are the most.", most=MOST_BOXES)})
    return cut


def _source_of(photo: Photo) -> Source:
    return Source(**{name: getattr(photo, name) for name in vars(Source())})


def _cut_of(photo: Photo) -> Cut:
    return Cut(tuple(photo.crop or ()), tuple(tuple(box) for box in photo.boxes or ()))


def _draft(revision: Revision | None) -> Revision:
    if revision is None:
        raise NotFound(_("There is no such draft."))
    if revision.state not in {RevisionState.DRAFT, RevisionState.RETURNED}:
        raise WrongState(_("This revision is frozen. Begin the next one to change its pictures."))
    return revision


def _picture(revision: Revision, photo_id: int) -> RevisionPicture:
    for picture in revision.pictures:
        if picture.photo_id == photo_id:
            return picture
    raise NotFound(GONE)


def _limited(alt: Mapping[str, str]) -> dict[str, str]:
    return {language: words.strip()[:ALT_LIMIT] for language, words in alt.items()}


def _note(
    session: Session,
    actor: Actor,
    revision: Revision,
    action: str,
    now: datetime,
    fields: Mapping[str, str] | None = None,
) -> None:
    target = f"appeal:{revision.appeal_id}"
    ledger.record(session, at=now, actor=actor.label, action=action, target=target, fields=dict(fields or {}))
