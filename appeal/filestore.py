"""Files kept under the hash of their bytes, in a local folder; whoever puts private bytes seals them first."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from appeal.rules.errors import FileDamaged, NotFound

KEY = re.compile(r"[0-9a-f]{64}")
# Private to the user, or below a folder that hands its group down (setgid) to that group.
FILE_MODE, FOLDER_MODE = 0o600, 0o700
SHARED_FILE_MODE, SHARED_FOLDER_MODE = 0o660, 0o770
LEAST_RESERVE = 2_000_000_000
UNFINISHED = "unfinished-"
WAITING, ASIDE = ".waiting", ".aside"


class FileStore:
    """One folder with two levels of folders below it: `ab/cd/abcd…`; a file is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _make_folder(folder)

    def put(self, data: bytes) -> str:
        """Store durably and return the key, the SHA-256 in hex; putting the same bytes again changes nothing."""
        key = hashlib.sha256(data).hexdigest()
        target = self.path(key)
        if not self._holds(target, data):
            for parent in (target.parent.parent, target.parent):
                _make_folder(parent)
            _write_whole(target, data)
        return key

    def open(self, key: str) -> bytes:
        """The bytes; raises `NotFound`, or `FileDamaged` if they are not what was put."""
        try:
            data = self.path(key).read_bytes()
        except FileNotFoundError:
            raise NotFound("This file is not here.", key) from None
        if hashlib.sha256(data).hexdigest() != key:
            raise FileDamaged("A stored file was changed or is damaged.", key)
        return data

    def path(self, key: str) -> Path:
        """Where the file of this key is or would be; raises `NotFound` for what cannot be a key."""
        if not KEY.fullmatch(key):
            raise NotFound("There is no such file.", "not a key")
        return self.folder / key[:2] / key[2:4] / key

    def delete(self, key: str) -> None:
        """Remove the file; one that is not there stays so."""
        target = self.path(key)
        target.unlink(missing_ok=True)
        if target.parent.is_dir():
            _sync_folder(target.parent)

    def exists(self, key: str) -> bool:
        """Whether there is a file under this key; its bytes are not looked at."""
        return self.path(key).is_file()

    def keys(self) -> Iterator[str]:
        """Every key, in order."""
        for path in sorted(self.folder.glob("??/??/*")):
            if KEY.fullmatch(path.name):
                yield path.name

    def has_room(self, size: int, reserve_percent: int) -> bool:
        """Whether so many bytes leave that share of the disk free, and at least 2 GB; always when the share is 0."""
        if not reserve_percent:
            return True
        disk = shutil.disk_usage(self.folder)
        return disk.free - size >= max(disk.total * reserve_percent // 100, LEAST_RESERVE)

    def sweep(self, older_than: float) -> int:
        """Remove what a crash left half written before this moment (seconds since 1970); how many there were."""
        left = [path for path in self.folder.glob(f"??/??/{UNFINISHED}*") if path.stat().st_mtime < older_than]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _holds(self, target: Path, data: bytes) -> bool:
        """A damaged file counts as missing, so that putting the bytes again mends it."""
        try:
            return target.read_bytes() == data
        except FileNotFoundError:
            return False


class FileCache:
    """Files by a name of the caller's choice that can be made again at any time; bytes come and go as they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> bytes | None:
        """The bytes kept under this name, or None."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, name: str) -> bool:
        """Whether something is kept under this name; its bytes are not looked at."""
        return self._path(name).is_file()

    def put(self, name: str, data: bytes) -> None:
        """Keep the bytes; a reader sees all of them or none."""
        target = self._path(name)
        _make_folder(target.parent)
        _write_whole(target, data)

    def _path(self, name: str) -> Path:
        digest = hashlib.sha256(name.encode()).hexdigest()
        return self.folder / digest[:2] / digest


class FileQueue:
    """Small files that wait in the order of their names; one is there whole and durably, or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes) -> None:
        """Add one; OSError when the disk does not take it."""
        _make_folder(self.folder)
        _write_whole(self.folder / f"{name}{WAITING}", data)

    def names(self, ending: str = WAITING) -> list[str]:
        """The names of all that wait, the smallest first; with `ASIDE` of those that were put aside."""
        try:
            found = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name.removesuffix(ending) for name in found if name.endswith(ending))

    def count(self) -> int:
        """How many wait."""
        return len(self.names())

    def get(self, name: str, ending: str = WAITING) -> bytes:
        """The bytes of one; raises FileNotFoundError when it was removed."""
        return (self.folder / f"{name}{ending}").read_bytes()

    def remove(self, name: str, ending: str = WAITING) -> None:
        """Take one out; one that is not there stays so."""
        (self.folder / f"{name}{ending}").unlink(missing_ok=True)

    def put_aside(self, name: str) -> None:
        """Keep the file under another name that nobody waits for."""
        path = self.folder / f"{name}{WAITING}"
        path.rename(path.with_suffix(ASIDE))


def _write_whole(target: Path, data: bytes) -> None:
    """Write beside, make durable, then rename: mkstemp gives mode 0600 from the first byte on."""
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), SHARED_FILE_MODE if _is_shared(target.parent) else FILE_MODE)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _make_folder(folder: Path) -> None:
    """Make the folder, private, and durable in its parent; one that is there is left as it is."""
    if folder.is_dir():
        return
    above = next(parent for parent in folder.parents if parent.is_dir())
    folder.mkdir(mode=SHARED_FOLDER_MODE if _is_shared(above) else FOLDER_MODE, parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _is_shared(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_ISGID)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
