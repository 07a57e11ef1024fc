"""Large files in pieces of 1 MB: each is sealed and durable before the next, so that a lost line loses one piece.

The public process cannot open what it sealed. It keeps a list of pieces for each upload, on disk, and hands a sealed
list of them to the desk, which alone can put the file together.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appeal import installation, sealing
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.words import _
from appeal.tips import intake
from appeal.tips.inbound import Inbound, KeptFile
from appeal.tips.sources import webform

PIECE_BYTES = 1024 * 1024
MOST_BYTES = 100 * PIECE_BYTES
MOST_FILES = 10
LONGEST_NAME = 200
HASH_LETTERS = 24
OPEN, DONE = ".open", ".done"

TOO_LARGE = _("This file is too large: 100 MB at most.")
TOO_MANY = _("These are too many files: 10 at most.")
EMPTY = _("This file is empty. Choose it again.")
STRANGE = _("This file is no photo, video, sound or PDF that we know.")
UNFINISHED = _("This file did not arrive completely. Send it again.")


@dataclass(frozen=True)
class Upload:
    """One file on its way: how many pieces are here already, of how many."""

    id: str
    here: int
    pieces: int


def begin(token: str, *, name: str, size: int, modified: str) -> Upload:
    """Begin to take a file, or go on where it stopped; the same token, name, size and date are the same file.

    Raises `BadInput` for what is too large, too many, empty, or finds no room.
    """
    key = installation.current().keys.intake_key
    own = sealing.keyed_hash(key, "upload", token)[:HASH_LETTERS]
    upload = own + sealing.keyed_hash(key, "upload", token, name, str(size), modified)[:HASH_LETTERS]
    if size < 1 or size > MOST_BYTES:
        raise BadInput(TOO_LARGE if size > 0 else EMPTY)
    if _path(upload, DONE).exists():
        return Upload(upload, _count(size), _count(size))
    if not intake.has_room(size):
        raise BadInput(intake.NO_ROOM)
    if not _path(upload, OPEN).exists():
        if len(list(_folder().glob(f"{own}*"))) >= MOST_FILES:
            raise BadInput(TOO_MANY)
        _folder().mkdir(parents=True, exist_ok=True, mode=0o2770 if installation.current().config.group else 0o700)
    with _list(upload, size) as (_handle, keys):
        return Upload(upload, len(keys), _count(size))


def add(token: str, upload: str, number: int, data: bytes) -> Upload:
    """Seal one piece durably; one that is here already is not stored again.

    Raises `NotFound` for an upload that was not begun with this token, `WrongState` when an earlier piece is missing,
    `BadInput` when the piece has the wrong size or the file begins like none that we know.
    """
    held = installation.current()
    with _list(_own(token, upload), None) as (handle, keys):
        size = int(_lines(handle)[0])
        if number > len(keys) or number >= _count(size):
            raise WrongState(UNFINISHED)
        if len(data) != min(PIECE_BYTES, size - number * PIECE_BYTES):
            raise BadInput(UNFINISHED)
        if number == 0 and not webform.media_type(data):
            raise BadInput(STRANGE)
        if number == len(keys):
            stored = held.files.put(held.keys.seal(data))
            os.write(handle, f"{stored}\n".encode())
            os.fsync(handle)
        return Upload(upload, max(len(keys), number + 1), _count(size))


def finish(token: str, upload: str, *, name: str, language: str, now: datetime) -> intake.Received:
    """Make the file a message of the token's tip; pressing again is the same message. `WrongState` if pieces miss."""
    held = installation.current()
    done = _path(_own(token, upload), DONE)
    path = done if done.exists() else _path(upload, OPEN)
    if not path.exists():
        raise NotFound(UNFINISHED)
    size, *keys = path.read_text(encoding="ascii").split()
    if len(keys) != _count(int(size)):
        raise WrongState(UNFINISHED)
    whole = held.files.put(held.keys.seal(json.dumps(keys).encode()))
    file = KeptFile(name[:LONGEST_NAME], whole, int(size))
    inbound = Inbound(webform.NAME, f"{token}/{upload}", now, "", language=language, kept=(file,))
    received = intake.receive(inbound, token=token)
    path.replace(done)
    return received


def sweep(*, older_than: datetime) -> int:
    """Forget uploads that were begun before and never ended, with their pieces; how many pieces were removed."""
    files, count = installation.current().files, 0
    for path in _folder().glob("*.*"):
        if path.stat().st_mtime >= older_than.timestamp():
            continue
        if path.suffix == OPEN:
            for key in path.read_text(encoding="ascii").split()[1:]:
                files.delete(key)
                count += 1
        path.unlink(missing_ok=True)
    return count


@contextmanager
def _list(upload: str, size: int | None) -> Iterator[tuple[int, Sequence[str]]]:
    """The open list of an upload, for one at a time, and the keys in it; begun with `size` unless that is None."""
    flags = os.O_RDWR | os.O_APPEND | (0 if size is None else os.O_CREAT)
    try:
        handle = os.open(_path(upload, OPEN), flags, 0o660)
    except FileNotFoundError:
        raise NotFound(UNFINISHED) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not os.fstat(handle).st_size:
            os.write(handle, f"{size}\n".encode())
            os.fsync(handle)
        yield handle, _lines(handle)[1:]
    finally:
        os.close(handle)


def _lines(handle: int) -> list[str]:
    """Whole lines only: one that a crash cut off is no piece, and is written again."""
    text = os.pread(handle, 100_000, 0).decode("ascii")
    whole = text[: text.rfind("\n") + 1]
    if len(whole) != len(text):
        os.ftruncate(handle, len(whole))
    return whole.split()


def _own(token: str, upload: str) -> str:
    """The upload, if this token began it; only letters and figures of a hash ever become a path."""
    own = sealing.keyed_hash(installation.current().keys.intake_key, "upload", token)[:HASH_LETTERS]
    is_hash = len(upload) == 2 * HASH_LETTERS and set(upload) <= set("0123456789abcdef")
    if not is_hash or not upload.startswith(own):
        raise NotFound(UNFINISHED)
    return upload


def _count(size: int) -> int:
    return -(-size // PIECE_BYTES)


def _folder() -> Path:
    return installation.current().config.uploads


def _path(upload: str, suffix: str) -> Path:
    return _folder() / f"{upload}{suffix}"
