"""Pictures of an appeal: taken in clean, the original sealed, finished once for each place they go to."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from appeal import db, imaging, installation, ledger
from appeal.filestore import FileCache
from appeal.models.appeal import Photo, Revision, RevisionPicture
from appeal.publishers.base import Pictures
from appeal.rules.content import Rendition
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import say

MOST = 10
EXERCISE_MARK = "EXERCISE"
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
ALT_LIMIT = 1000


def add(
    actor: Actor, *, revision_id: int, data: bytes, source_record: str, alt: Mapping[str, str], now: datetime
) -> int:
    """Add a picture to a draft and return its id; raises `PictureRefused` with the reason in words."""
    require(actor, Permission.DRAFT)
    cleaned = imaging.clean(data)
    held = installation.current()
    sealed_file = held.files.put(held.keys.seal(data))
    master_file = held.files.put(held.keys.seal(cleaned.data))
    with db.writing() as session:
        revision = _draft(session.get(Revision, revision_id, populate_existing=True, with_for_update=True))
        position = 1 + max((picture.position for picture in revision.pictures), default=0)
        if len(revision.pictures) >= MOST:
            raise BadInput(fields={"picture": say("An appeal takes %(most)s pictures at the most.", most=MOST)})
        photo = Photo(
            appeal_id=revision.appeal_id,
            position=position,
            original_sha256=hashlib.sha256(data).hexdigest(),
            sealed_file=sealed_file,
            master_file=master_file,
            mime=cleaned.mime,
            width=cleaned.width,
            height=cleaned.height,
            fingerprint=cleaned.fingerprint,
            source_record=source_record[:200],
            added_by_id=actor.id,
            added_at=now,
        )
        session.add(photo)
        session.flush()
        revision.pictures.append(RevisionPicture(photo_id=photo.id, position=position, alt=_limited(alt)))
        revision.version += 1
        fields = {"original": photo.original_sha256}
        ledger.record(
            session, at=now, actor=actor.label, action="add photo", target=f"appeal:{revision.appeal_id}", fields=fields
        )
        return photo.id


def describe(actor: Actor, *, revision_id: int, photo_id: int, alt: Mapping[str, str], now: datetime) -> None:
    """Set the alt texts of a draft's picture."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        revision = _draft(session.get(Revision, revision_id, populate_existing=True, with_for_update=True))
        picture = _picture(revision, photo_id)
        if picture.alt != _limited(alt):
            picture.alt = _limited(alt)
            target = f"appeal:{revision.appeal_id}"
            ledger.record(session, at=now, actor=actor.label, action="describe photo", target=target, fields=dict(alt))


def remove(actor: Actor, *, revision_id: int, photo_id: int, now: datetime) -> None:
    """Take a picture out of a draft; the sealed original is kept."""
    require(actor, Permission.DRAFT)
    with db.writing() as session:
        revision = _draft(session.get(Revision, revision_id, populate_existing=True, with_for_update=True))
        revision.pictures.remove(_picture(revision, photo_id))
        revision.version += 1
        ledger.record(session, at=now, actor=actor.label, action="remove photo", target=f"appeal:{revision.appeal_id}")


def renditions(photo: Photo, wanted: Pictures) -> tuple[Rendition, ...]:
    """The finished files of a photo for one place, smallest first; made once, then read from the store."""
    return tuple(_rendition(photo, fit) for fit in _fits(wanted))


def rendition(photo_id: int, side: int) -> Rendition:
    """One JPEG of a photo whose sides are at most `side`, for pages of the desk."""
    with db.reading() as session:
        photo = session.get(Photo, photo_id)
    if photo is None:
        raise NotFound("There is no such picture.")
    return _rendition(photo, imaging.Fit(side, side, 2_000_000, ("JPEG",), mark=_mark()))


def original(actor: Actor, *, photo_id: int, now: datetime) -> bytes:
    """The sealed original, opened; a logged act."""
    require(actor, Permission.READ_APPEALS)
    with db.writing() as session:
        photo = session.get(Photo, photo_id)
        if photo is None:
            raise NotFound("There is no such picture.")
        ledger.record(session, at=now, actor=actor.label, action="open original photo", target=f"photo:{photo_id}")
    held = installation.current()
    return held.desk_keys.open(held.files.open(photo.sealed_file))


def _rendition(photo: Photo, fit: imaging.Fit) -> Rendition:
    held = installation.current()
    cache = FileCache(held.config.instance / "renditions")
    name = (
        f"{photo.master_file} {fit.max_width}x{fit.max_height} {fit.max_bytes} {','.join(fit.formats)} {fit.mark or ''}"
    )
    kept = cache.get(name)
    if kept is not None:
        return _unpacked(held.desk_keys.open(kept))
    made = imaging.fit(held.desk_keys.open(held.files.open(photo.master_file)), fit)
    cache.put(name, held.keys.seal(_packed(made)))
    return made


def _packed(made: Rendition) -> bytes:
    return f"{made.sha256} {made.mime} {made.width} {made.height}\n".encode() + made.data


def _unpacked(packed: bytes) -> Rendition:
    head, data = packed.split(b"\n", 1)
    sha256, mime, width, height = head.decode().split(" ")
    return Rendition(sha256=sha256, mime=mime, width=int(width), height=int(height), data=data)


def _fits(wanted: Pictures) -> list[imaging.Fit]:
    formats = tuple(FORMATS[mime] for mime in wanted.formats if mime in FORMATS)
    sides = wanted.widths or (wanted.max_side,)
    return [imaging.Fit(side, wanted.max_side, wanted.max_bytes, formats, mark=_mark()) for side in sides]


def _mark() -> str | None:
    return EXERCISE_MARK if installation.current().config.is_exercise else None


def _draft(revision: Revision | None) -> Revision:
    if revision is None:
        raise NotFound("There is no such draft.")
    if revision.state not in {RevisionState.DRAFT, RevisionState.RETURNED}:
        raise WrongState("This revision is frozen. Begin the next one to change its pictures.")
    return revision


def _picture(revision: Revision, photo_id: int) -> RevisionPicture:
    for picture in revision.pictures:
        if picture.photo_id == photo_id:
            return picture
    raise NotFound("This picture is not part of the draft any more.")


def _limited(alt: Mapping[str, str]) -> dict[str, str]:
    return {language: words.strip()[:ALT_LIMIT] for language, words in alt.items()}
