"""The same picture again: in another appeal, which is worth a warning, or one that was barred, which is refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, ledger
from appeal.models.appeal import Photo, Revision
from appeal.models.picture import BarredPicture
from appeal.rules import likeness
from appeal.rules.permissions import Actor


@dataclass(frozen=True)
class Likeness:
    """A picture of another appeal that shows the same."""

    photo_id: int
    appeal_id: int
    is_same_file: bool


def bar(session: Session, actor: Actor, *, appeal_id: int, now: datetime) -> int:
    """Within the caller's transaction: no picture of this appeal is ever taken in again; returns how many were barred.

    Call it when an appeal showed the wrong person. Barring again changes nothing.
    """
    known = set(session.scalars(select(BarredPicture.original_sha256)))
    rows = session.scalars(select(Photo).where(Photo.appeal_id == appeal_id).order_by(Photo.id)).all()
    fresh = {photo.original_sha256: photo for photo in rows if photo.original_sha256 not in known}
    for sha256, photo in fresh.items():
        row = BarredPicture(original_sha256=sha256, fingerprint=photo.fingerprint, barred_by_id=actor.id, barred_at=now)
        row.shown_fingerprint = photo.shown_fingerprint
        session.add(row)
    if fresh:
        fields = {"count": str(len(fresh))}
        target = f"appeal:{appeal_id}"
        ledger.record(session, at=now, actor=actor.label, action="bar photos", target=target, fields=fields)
    return len(fresh)


def barred(revision: Revision) -> list[int]:
    """The photos of a revision that may not go out, because they were barred since they were added."""
    with db.reading() as session:
        return [one.photo_id for one in revision.pictures if is_barred(session, one.photo)]


def alike(revision: Revision) -> dict[int, list[Likeness]]:
    """For each photo of a revision the pictures of other appeals that show the same, newest first."""
    with db.reading() as session:
        columns = Photo.id, Photo.appeal_id, Photo.original_sha256, Photo.fingerprint, Photo.shown_fingerprint
        rows = session.execute(
            select(*columns).where(Photo.appeal_id != revision.appeal_id).order_by(Photo.id.desc())
        ).all()
    return {
        one.photo_id: [
            Likeness(row.id, row.appeal_id, row.original_sha256 == one.photo.original_sha256)
            for row in rows
            if _is_like(one.photo, row, likeness.ALIKE)
        ]
        for one in revision.pictures
    }


def is_barred(session: Session, photo: Photo) -> bool:
    """Whether this picture, or one that is nearly the same, was barred."""
    return any(
        row.original_sha256 == photo.original_sha256 or _is_like(photo, row, likeness.SAME)
        for row in session.scalars(select(BarredPicture))
    )


def _is_like(photo: Photo, row: object, most: int) -> bool:
    """Whether a photo and a row with fingerprints show the same, whole or as shown."""
    if photo.original_sha256 == row.original_sha256:  # type: ignore[attr-defined]
        return True
    ours = {photo.fingerprint, photo.shown_fingerprint}
    theirs = {row.fingerprint, row.shown_fingerprint}  # type: ignore[attr-defined]
    return any(likeness.is_alike(one, other, most) for one in ours for other in theirs)
