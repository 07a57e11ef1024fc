"""Finished pictures: made once for each place, kept sealed by content, read again from memory or disk."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeal import db, imaging, installation, publishers
from appeal.filestore import FileCache
from appeal.imaging import Fit
from appeal.models.appeal import Photo, Revision, RevisionPicture
from appeal.models.release import Channel
from appeal.pages import translate
from appeal.publishers.base import Pictures
from appeal.rules.content import Rendition
from appeal.rules.errors import AppealError, NotFound
from appeal.rules.lifecycle import RevisionState
from appeal.rules.words import _

EXERCISE_MARK = "EXERCISE"
VALID_AT = _("Valid only at %(page)s")
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
DESK_SIDES = (480, 960)
DESK_BYTES = 2_000_000
MEMORY_BYTES = 64_000_000
# After this time nobody waits for the background any more: whoever needs a picture makes it.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Progress:
    """How many of the pictures that are wanted are finished."""

    made: int
    wanted: int

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be made."""
        return self.made >= self.wanted


def renditions(photo: Photo, wanted: Pictures, mark: str = "") -> tuple[Rendition, ...]:
    """The finished files of a photo for one place, smallest first; made once, then read from the store."""
    return tuple(_made(photo.master_file, fits(wanted, mark)))


def rendition(photo_id: int, side: int) -> Rendition:
    """One JPEG of what is shown of a photo, its sides at most `side`, for pages of the desk."""
    return _made(_photo(photo_id).master_file, [_desk_fit(side)])[0]


def whole(photo_id: int, side: int) -> Rendition:
    """One JPEG of the whole picture as it came in, nothing cut or blacked out, for pages of the desk."""
    photo = _photo(photo_id)
    return _made(photo.uncut_file or photo.master_file, [_desk_fit(side)])[0]


def grid(photo_id: int, side: int) -> bytes:
    """The whole picture as JPEG with a numbered line at each tenth of its width and height."""
    photo, held = _photo(photo_id), installation.current()
    return imaging.gridded(held.desk_keys.open(held.files.open(photo.uncut_file or photo.master_file)), side)


def fits(wanted: Pictures, mark: str = "") -> list[Fit]:
    """What has to be made for a place; `mark` is written across each, after the word of an exercise."""
    formats = tuple(FORMATS[mime] for mime in wanted.formats if mime in FORMATS)
    sides = wanted.widths or (wanted.max_side,)
    return [Fit(side, wanted.max_side, wanted.max_bytes, formats, mark=_mark(mark)) for side in sides]


def mark_of(picture: RevisionPicture, page: str, language: str) -> str:
    """What is written across a picture of a revision; empty unless its author wanted it."""
    return translate(language, VALID_AT, page=page) if picture.is_marked else ""


def page_of(public_id: str, language: str) -> str:
    """The public address of an appeal's own page."""
    return f"{installation.current().config.public_url}/{language}/appeals/{public_id}/"


def kit_of(public_id: str) -> str:
    """The public address of a kit for the press."""
    return f"{installation.current().config.public_url}/press/{public_id}/"


def progress(revision_id: int, *, now: datetime) -> Progress:
    """How far the pictures of a draft are, as far as anybody still works at them."""
    with db.reading() as session:
        revision = session.get(Revision, revision_id)
        pictures = list(revision.pictures) if revision else []
        young = [one for one in pictures if one.photo.prepared_at is None and one.photo.added_at > now - PATIENCE]
        names = {name for one in young for name in _names(session, one.photo)}
    cache = _cache()
    return Progress(sum(cache.has(name) for name in names), len(names))


def unprepared(limit: int = 20) -> Sequence[int]:
    """The photos whose finished pictures nobody has made yet, oldest first."""
    with db.reading() as session:
        rows = select(Photo.id).where(Photo.prepared_at.is_(None)).order_by(Photo.id).limit(limit)
        return list(session.scalars(rows))


def prepare(photo_id: int, *, now: datetime) -> int:
    """Make everything that a photo needs with no transaction open; returns how many pictures it needs.

    A photo that was removed or changed meanwhile is left to its next turn; one that cannot be made smaller for some
    place is prepared all the same, because composing says that in words.
    """
    with db.reading() as session:
        photo = session.get(Photo, photo_id)
        wanted = _wanted(session, photo) if photo else []
    if photo is None:
        return 0
    try:
        _made(photo.master_file, wanted)
    except AppealError:
        wanted = []
    with db.writing() as session:
        found = session.get(Photo, photo_id, populate_existing=True)
        if found is not None and found.master_file == photo.master_file:
            found.prepared_at = now
    return len(wanted)


def _wanted(session: Session, photo: Photo) -> list[Fit]:
    """Every finished picture that pages and active channels will ask for."""
    found = [_desk_fit(side) for side in DESK_SIDES]
    states = (RevisionState.DRAFT.value, RevisionState.RETURNED.value, RevisionState.SUBMITTED.value)
    shown = session.execute(
        select(RevisionPicture, Revision)
        .join(Revision, Revision.id == RevisionPicture.revision_id)
        .where(RevisionPicture.photo_id == photo.id, Revision.state.in_(states))
    ).all()
    active = session.scalars(select(Channel).where(Channel.is_active)).all()
    for picture, revision in shown:
        for channel in active:
            page = page_of(revision.appeal.public_id, channel.language)
            wanted = publishers.get(channel.publisher).capabilities.pictures
            if wanted.number:
                found += fits(wanted, mark_of(picture, page, channel.language))
    return list(dict.fromkeys(found))


def _names(session: Session, photo: Photo) -> set[str]:
    return {_name(photo.master_file, fit) for fit in _wanted(session, photo)}


def _made(master_file: str, wanted: Sequence[Fit]) -> list[Rendition]:
    """In the order of `wanted`; what is missing is made with one decoding of the master."""
    found = {fit: _kept(_name(master_file, fit)) for fit in wanted}
    missing = [fit for fit, kept in found.items() if kept is None]
    if missing:
        held, cache = installation.current(), _cache()
        master = held.desk_keys.open(held.files.open(master_file))
        for fit, made in zip(missing, imaging.fit_all(master, missing), strict=True):
            cache.put(_name(master_file, fit), held.keys.seal(_packed(made)))
            _MEMORY.put(_name(master_file, fit), made)
            found[fit] = made
    return [kept for fit in wanted if (kept := found[fit]) is not None]


def _kept(name: str) -> Rendition | None:
    remembered = _MEMORY.get(name)
    if remembered is not None:
        return remembered
    packed = _cache().get(name)
    if packed is None:
        return None
    made = _unpacked(installation.current().desk_keys.open(packed))
    _MEMORY.put(name, made)
    return made


def _name(master_file: str, fit: Fit) -> str:
    shape = f"{fit.max_width}x{fit.max_height} {fit.min_ratio}-{fit.max_ratio}"
    return f"{master_file} {shape} {fit.max_bytes} {','.join(fit.formats)} {fit.mark or ''}"


def _cache() -> FileCache:
    return FileCache(installation.current().config.instance / "renditions")


def _packed(made: Rendition) -> bytes:
    return f"{made.sha256} {made.mime} {made.width} {made.height}\n".encode() + made.data


def _unpacked(packed: bytes) -> Rendition:
    head, data = packed.split(b"\n", 1)
    sha256, mime, width, height = head.decode().split(" ")
    return Rendition(sha256=sha256, mime=mime, width=int(width), height=int(height), data=data)


def _desk_fit(side: int) -> Fit:
    return Fit(side, side, DESK_BYTES, ("JPEG",), mark=_mark(""))


def _mark(words: str) -> str | None:
    is_exercise = installation.current().config.is_exercise
    return " – ".join(one for one in (EXERCISE_MARK if is_exercise else "", words) if one) or None


def _photo(photo_id: int) -> Photo:
    with db.reading() as session:
        photo = session.get(Photo, photo_id)
    if photo is None:
        raise NotFound(_("There is no such picture."))
    return photo


class _Memory:
    """The finished pictures that this process used last, up to a number of bytes; the desk's process only."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Rendition] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, name: str) -> Rendition | None:
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def put(self, name: str, made: Rendition) -> None:
        with self._lock:
            before = self._kept.pop(name, None)
            self._bytes += len(made.data) - (len(before.data) if before else 0)
            self._kept[name] = made
            while self._bytes > MEMORY_BYTES and len(self._kept) > 1:
                _oldest, gone = self._kept.popitem(last=False)
                self._bytes -= len(gone.data)


_MEMORY = _Memory()
