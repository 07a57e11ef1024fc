"""Backup and restore, up to the verified ledger, and the check of the recovery key."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from appeal import backup, keys, ledger
from appeal.config import Config, load_config
from appeal.db import Base, db, dispose_engines, writing
from appeal.filestore import FileStore
from appeal.installation import Installation, install
from appeal.rules.errors import BadInput, ConfigurationWrong, FileDamaged, LedgerBroken

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    """An installation with a ledger of three entries, one stored file and one page."""
    config = load_config({"APPEAL_INSTANCE": str(tmp_path / "first")})
    keys.create(config.keys)
    files = FileStore(config.files)
    files.put(b"sealed picture")
    (config.site / "en").mkdir(parents=True)
    (config.site / "en" / "index.html").write_text("page", encoding="utf-8")
    with _app(config, files).app_context():
        with writing() as session:
            Base.metadata.create_all(session.connection())
            for trigger in ledger.TRIGGERS["sqlite"]:
                session.execute(text(trigger))
            for number in range(3):
                ledger.record(session, at=NOW, actor="system", action="made", target=f"x:{number}", words="why")
        ledger.chain(NOW)
    yield config
    dispose_engines()


@pytest.fixture
def other(config: Config, tmp_path: Path) -> Config:
    """An empty instance folder on another machine, with the keys put there."""
    other = load_config({"APPEAL_INSTANCE": str(tmp_path / "second")})
    shutil.copytree(config.keys, other.keys)
    return other


def _app(config: Config, files: FileStore) -> Flask:
    app = Flask("backup")
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(app)
    install(app, Installation(config, keys.load_desk(config.keys), files))
    return app


def test_restored_backup_has_everything_and_its_ledger_verifies(config: Config, other: Config, tmp_path: Path) -> None:
    assert backup.database_backup(config, tmp_path / "copy") == 3

    verified = backup.database_restore(other, tmp_path / "copy")

    assert verified.count == 3
    assert verified == backup.verify_ledger(config)
    assert [FileStore(other.files).open(key) for key in FileStore(other.files).keys()] == [b"sealed picture"]  # noqa: SIM118
    assert (other.site / "en" / "index.html").read_text(encoding="utf-8") == "page"


def test_backup_holds_what_was_committed_a_moment_ago_and_no_keys(config: Config, tmp_path: Path) -> None:
    with _app(config, FileStore(config.files)).app_context():
        with writing() as session:
            ledger.record(session, at=NOW, actor="system", action="made", target="x:9")
        ledger.chain(NOW)

    backup.database_backup(config, tmp_path / "copy")

    everything = b"".join(path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file())
    for key in ("desk.identity", "ledger.key", "search.key", "session.key", "channels.key"):
        assert (config.keys / key).read_bytes().strip() not in everything
    assert b"x:9" in everything
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {
        "appeal.sqlite3",
        "files",
        "site",
        "spool",
        "manifest.json",
    }


def test_restore_refuses_to_overwrite_an_installation(config: Config, other: Config, tmp_path: Path) -> None:
    backup.database_backup(config, tmp_path / "copy")
    before = (config.instance / "appeal.sqlite3").read_bytes()

    with pytest.raises(BadInput, match="already"):
        backup.database_restore(config, tmp_path / "copy")

    assert (config.instance / "appeal.sqlite3").read_bytes() == before
    FileStore(other.files).put(b"somebody else's")
    with pytest.raises(BadInput, match="already"):
        backup.database_restore(other, tmp_path / "copy")


def test_restore_names_a_missing_key(config: Config, other: Config, tmp_path: Path) -> None:
    backup.database_backup(config, tmp_path / "copy")
    (other.keys / "ledger.key").unlink()

    with pytest.raises(ConfigurationWrong, match=r"ledger\.key"):
        backup.database_restore(other, tmp_path / "copy")


def test_restore_with_the_keys_of_another_installation_is_found_by_the_ledger(config: Config, tmp_path: Path) -> None:
    backup.database_backup(config, tmp_path / "copy")
    stranger = load_config({"APPEAL_INSTANCE": str(tmp_path / "third")})
    keys.create(stranger.keys)

    with pytest.raises(LedgerBroken, match="entry 1: signature"):
        backup.database_restore(stranger, tmp_path / "copy")


@pytest.mark.parametrize("name", ["appeal.sqlite3", "site/en/index.html"])
def test_restore_finds_a_changed_file(config: Config, other: Config, tmp_path: Path, name: str) -> None:
    backup.database_backup(config, tmp_path / "copy")
    damaged = tmp_path / "copy" / name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")

    with pytest.raises(FileDamaged, match=name):
        backup.database_restore(other, tmp_path / "copy")

    assert not (other.instance / "appeal.sqlite3").exists()


def test_restore_finds_missing_and_strange_files(config: Config, other: Config, tmp_path: Path) -> None:
    backup.database_backup(config, tmp_path / "copy")
    (tmp_path / "copy" / "site" / "stranger").write_text("x", encoding="utf-8")
    with pytest.raises(FileDamaged, match="site/stranger"):
        backup.database_restore(other, tmp_path / "copy")
    (tmp_path / "copy" / "manifest.json").unlink()
    with pytest.raises(BadInput, match="not a finished backup"):
        backup.database_restore(other, tmp_path / "copy")


def test_backup_needs_an_empty_folder_and_sqlite(config: Config, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "old").write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match="not empty"):
        backup.database_backup(config, tmp_path / "copy")

    scaled = load_config({"APPEAL_INSTANCE": str(tmp_path), "APPEAL_DATABASE_URL": "postgresql://localhost/appeal"})
    with pytest.raises(BadInput, match="pg_dump"):
        backup.database_backup(scaled, tmp_path / "other")


def test_check_key_knows_both_identities_and_no_other(tmp_path: Path) -> None:
    recovery = keys.create(tmp_path / "one")
    stranger = keys.create(tmp_path / "two")
    desk = (tmp_path / "one" / "desk.identity").read_text(encoding="ascii")

    assert backup.check_key(tmp_path / "one", recovery)
    assert backup.check_key(tmp_path / "one", desk)
    assert not backup.check_key(tmp_path / "one", stranger)
    assert not backup.check_key(tmp_path / "one", "not a key")
