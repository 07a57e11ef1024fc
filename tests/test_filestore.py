"""The content-addressed folder."""

import hashlib
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appeal.filestore import FileQueue, FileStore
from appeal.rules.errors import FileDamaged, NotFound

ABSENT = "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_the_key_is_the_hash_and_opens_the_bytes(store: FileStore) -> None:
    key = store.put(b"a sealed picture")
    assert key == hashlib.sha256(b"a sealed picture").hexdigest()
    assert store.open(key) == b"a sealed picture"
    assert store.path(key) == store.folder / key[:2] / key[2:4] / key


def test_putting_twice_keeps_one_untouched_file(store: FileStore) -> None:
    key = store.put(b"once")
    before = store.path(key).stat()
    assert store.put(b"once") == key
    after = store.path(key).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert list(store.keys()) == [key]


def test_keys_are_all_there_in_order(store: FileStore) -> None:
    keys = [store.put(bytes([number])) for number in range(20)]
    (store.folder / "notes.txt").write_text("noise")
    assert list(store.keys()) == sorted(keys)


def test_delete_removes_one_file_and_forgives_a_missing_one(store: FileStore) -> None:
    key, other = store.put(b"goes"), store.put(b"stays")
    store.delete(key)
    store.delete(key)
    store.delete(ABSENT)
    assert (store.exists(key), store.exists(other)) == (False, True)


def test_a_missing_file_is_not_found(store: FileStore) -> None:
    with pytest.raises(NotFound):
        store.open(ABSENT)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_what_is_no_key_leads_nowhere(store: FileStore, key: str) -> None:
    with pytest.raises(NotFound):
        store.path(key)


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_changed_byte_is_noticed_and_putting_again_mends_it(store: FileStore, place: int) -> None:
    key = store.put(b"evidence")
    spoiled = bytearray(b"evidence")
    spoiled[place] ^= 1
    store.path(key).write_bytes(spoiled)
    with pytest.raises(FileDamaged):
        store.open(key)
    store.put(b"evidence")
    assert store.open(key) == b"evidence"


def test_files_and_folders_are_private(store: FileStore) -> None:
    old = os.umask(0)
    try:
        path = store.path(store.put(b"private"))
    finally:
        os.umask(old)
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, path.parent.parent, store.folder)]
    assert modes == [0o600, 0o700, 0o700, 0o700]


def test_a_failed_write_leaves_nothing(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError("disk is full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="disk is full"):
        store.put(b"never")
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_sweep_removes_what_a_crash_left_and_nothing_else(store: FileStore) -> None:
    key = store.put(b"whole")
    left = store.path(key).parent / "unfinished-x"
    left.write_bytes(b"half")
    young = store.path(key).parent / "unfinished-y"
    young.write_bytes(b"half")
    os.utime(left, (1000, 1000))
    assert store.sweep(2000) == 1
    assert (left.exists(), young.exists(), store.exists(key)) == (False, True, True)
    assert list(store.keys()) == [key]


def test_many_threads_put_the_same_bytes(store: FileStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(store.put, [b"the same"] * 50))
    assert [*keys] == list(store.keys())
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


def test_a_queue_gives_back_in_the_order_of_names(tmp_path: Path) -> None:
    queue = FileQueue(tmp_path / "spool")
    assert (queue.names(), queue.count()) == ([], 0)
    for name in ("20-b", "10-a", "30-c"):
        queue.put(name, name.encode())
    (queue.folder / "unfinished-1").write_bytes(b"half")
    assert [queue.get(name) for name in queue.names()] == [b"10-a", b"20-b", b"30-c"]
    queue.remove("10-a")
    queue.remove("10-a")
    queue.put_aside("20-b")
    assert (queue.names(), queue.count()) == (["30-c"], 1)
    assert stat.S_IMODE((queue.folder / "30-c.waiting").stat().st_mode) == 0o600


def test_room_is_what_is_left_above_the_reserve(store: FileStore) -> None:
    assert store.has_room(10**15, 0)
    assert not store.has_room(10**15, 1)
