"""Copy an installation while it runs, put it back elsewhere, and try whether a recovery identity opens anything.

A backup holds the database, the files, the site and what waits in the spool, with a manifest of hashes. It never holds
keys: whoever steals it can open nothing, and whoever restores it must bring the keys.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

from appeal import keys, ledger_check, sealing
from appeal.config import Config
from appeal.db import db
from appeal.rules.errors import BadInput, CannotOpen, FileDamaged

DATABASE, FILES, SITE, SPOOL, MANIFEST = "appeal.sqlite3", "files", "site", "spool", "manifest.json"
FORMAT = "appeal backup 1"
BEGUN = ".unfinished"


def database_backup(config: Config, folder: Path) -> int:
    """Copy everything but the keys into an empty folder while the installation runs; returns how many files.

    The spool goes first, because what waits there moves into the database; the database goes before the files, because
    every file it names was stored before it was named.
    """
    database = _database(config)
    if not database.is_file():
        raise BadInput("There is no database to copy yet.", detail=str(database))
    _make_empty(folder)
    _copy_tree(config.spool, folder / SPOOL)
    _copy_database(database, folder / DATABASE)
    for name, source in ((FILES, config.files), (SITE, config.site)):
        _copy_tree(source, folder / name)
    hashes = {path: _sha256(folder / path) for path in _paths(folder)}
    _write(folder / MANIFEST, json.dumps({"format": FORMAT, "sha256": hashes}, indent=1, sort_keys=True))
    return len(hashes)


def database_restore(config: Config, folder: Path) -> ledger_check.Verified:
    """Put a backup into an instance folder that holds nothing but its keys, and verify the ledger.

    Raises `BadInput` if anything would be overwritten or keys are missing, `FileDamaged` if a byte of the backup
    changed, `LedgerBroken` if the ledger does not add up under these keys.
    """
    database = _database(config)
    keys.load_desk(config.keys)
    _refuse_to_overwrite(config, database)
    _check_manifest(folder)
    for name, target in ((FILES, config.files), (SITE, config.site), (SPOOL, config.spool)):
        _copy_tree(folder / name, target)
    begun = database.with_name(database.name + BEGUN)
    shutil.copyfile(folder / DATABASE, begun)
    begun.chmod(0o600)
    begun.replace(database)
    return verify_ledger(config)


def verify_ledger(config: Config) -> ledger_check.Verified:
    """Verify the ledger of an installation's database with the public key that lies beside it."""
    app = Flask("ledger")
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    db.init_app(app)
    with app.app_context():
        return ledger_check.verify_database((config.keys / keys.LEDGER_PUBLIC).read_text(encoding="ascii").strip())


def check_key(folder: Path, identity: str) -> bool:
    """Whether this identity (the desk's or the recovery identity) opens the sample that was sealed with the keys."""
    try:
        opened = sealing.open_sealed((folder / keys.SAMPLE).read_bytes(), [identity.strip()])
    except CannotOpen:
        return False
    return opened == keys.SAMPLE_WORDS


def _database(config: Config) -> Path:
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BadInput("This copies SQLite databases only. Use pg_dump and pg_restore, and copy files and site.")
    return Path(url.database)


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise BadInput("The folder for the backup is not empty. Name a new one.", detail=str(folder))


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own online copy; the journal mode is set back so that the copy is one file and not three."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(handle)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _copy_tree(source: Path, target: Path) -> None:
    """Files that vanish while we copy were deleted on purpose; unfinished ones are not there yet."""
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in _paths(source):
        copied = target / path
        copied.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copy2(source / path, copied)
        except FileNotFoundError:
            continue


def _paths(folder: Path) -> Iterator[str]:
    """Every file below, as a path relative to the folder, in order."""
    if folder.is_dir():
        yield from sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _refuse_to_overwrite(config: Config, database: Path) -> None:
    taken = [str(database)] if database.exists() else []
    taken += [str(path) for path in (config.files, config.site, config.spool) if any(_paths(path))]
    if taken:
        raise BadInput("There is an installation here already. Nothing was overwritten.", detail=", ".join(taken))


def _check_manifest(folder: Path) -> None:
    wanted = _manifest(folder)
    there = set(_paths(folder)) - {MANIFEST}
    wrong = sorted(there ^ wanted.keys())
    wrong += [path for path in sorted(there & wanted.keys()) if _sha256(folder / path) != wanted[path]]
    if wrong:
        raise FileDamaged(
            f"This backup is damaged: {wrong[0]} is missing, changed or not part of it.", ", ".join(wrong)
        )


def _manifest(folder: Path) -> Mapping[str, str]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput("This folder is not a finished backup: its manifest cannot be read.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadInput("This folder is not a backup of this software.")
    hashes: Mapping[str, str] = manifest["sha256"]
    return hashes


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
