"""Two users who share a group: the public side stores what comes in and reads no key that opens anything."""

import grp
import os
import pwd
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from appeal import keys, ownership
from appeal.config import Config, load_config
from appeal.filestore import FileStore
from appeal.rules.errors import ConfigurationWrong

GROUP, WEB, DESK = "daemon", "nobody", "daemon"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as several users")


@pytest.fixture
def config(database_url: str, instance: Path) -> Config:
    environ = {"APPEAL_INSTANCE": str(instance), "APPEAL_DATABASE_URL": database_url}
    return load_config({**environ, "APPEAL_GROUP": GROUP, "APPEAL_WEB_USER": WEB, "APPEAL_DESK_USER": DESK})


@pytest.fixture
def shared(config: Config) -> Iterator[Config]:
    """An installation in a place that other users can reach, given to both."""
    mask = os.umask(0o022)
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        held = replace(config, instance=Path(name) / "instance")
        held.instance.mkdir()
        keys.create(held.keys)
        (held.instance / "appeal.sqlite3").touch()
        FileStore(held.files)
        ownership.begin(held)
        ownership.share(held)
        yield held
    os.umask(mask)


def as_user(config: Config, name: str, act: Callable[[], object]) -> bool:
    """Whether a process of this name may do it, tried by one with the rights of its user."""
    own = ownership.account(config, name)
    child = os.fork()
    if not child:
        os.setgroups([])
        os.setgid(grp.getgrnam(own["group"]).gr_gid)
        os.setuid(pwd.getpwnam(own["user"]).pw_uid)
        os.umask(own["umask"])
        try:
            act()
        except PermissionError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@needs_root
def test_the_public_side_reads_no_key_that_opens_anything(shared: Config) -> None:
    names = sorted(path.name for path in shared.keys.iterdir())
    readable = [name for name in names if as_user(shared, "web", (shared.keys / name).read_bytes)]
    assert readable == sorted(ownership.OPEN_KEYS)
    assert [name for name in names if not as_user(shared, "desk", (shared.keys / name).read_bytes)] == []


@needs_root
def test_what_one_side_stores_the_other_reads(shared: Config) -> None:
    store = FileStore(shared.files)
    key = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
    assert as_user(shared, "web", lambda: store.put(b"foo"))
    assert as_user(shared, "desk", lambda: store.open(key))
    assert as_user(shared, "desk", lambda: store.delete(key))
    assert list(store.keys()) == []


@needs_root
def test_both_sides_write_the_database_and_make_its_journal(shared: Config) -> None:
    database = shared.instance / "appeal.sqlite3"
    for name in ("web", "desk"):
        assert as_user(shared, name, lambda: database.open("ab").write(b"x"))
        assert as_user(shared, name, lambda name=name: (shared.instance / f"journal-{name}").touch())  # type: ignore[misc]


@needs_root
def test_the_public_side_does_not_start_where_it_can_read_the_identity(shared: Config) -> None:
    (shared.keys / keys.IDENTITY).chmod(0o644)
    assert ownership.opens_too_much(shared, "web")
    assert "chmod 600" in ownership.opens_too_much(shared, "desk")


def test_one_user_alone_shares_nothing(instance: Path, database_url: str) -> None:
    config = load_config({"APPEAL_INSTANCE": str(instance), "APPEAL_DATABASE_URL": database_url})
    before = {path: path.stat().st_mode for path in instance.rglob("*")}
    ownership.share(config)
    assert {path: path.stat().st_mode for path in instance.rglob("*")} == before
    assert ownership.account(config, "web") == {}
    assert ownership.opens_too_much(config, "web") == ""


def test_files_below_a_folder_that_is_not_shared_are_private(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    path = store.path(store.put(b"foo"))
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]


def test_unknown_users_and_groups_are_named(config: Config) -> None:
    strange = replace(config, group="no-such-group", web_user="no-such-user", desk_user="")
    assert ownership.mistakes(strange) == [
        "APPEAL_GROUP is 'no-such-group'; this machine has no such group.",
        "APPEAL_WEB_USER is 'no-such-user'; this machine has no such user.",
    ]
    with pytest.raises(ConfigurationWrong, match="no-such-group"):
        ownership.share(strange)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"APPEAL_WEB_USER": WEB}, "need APPEAL_GROUP"),
        ({"APPEAL_GROUP": GROUP, "APPEAL_WEB_USER": WEB, "APPEAL_DESK_USER": WEB}, "must differ"),
    ],
)
def test_users_that_would_not_separate_anything_are_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationWrong, match=words):
        load_config(given)
