"""Keys are made once, readable by one user only; the public process never opens the desk's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from appeal import keys, sealing
from appeal.config import ROOT
from appeal.rules.errors import CannotOpen, ConfigurationWrong

# Which files under the folder of keys a process opens while it makes the application.
WATCH = """
import json, os, sys
folder, opened = os.environ["APPEAL_INSTANCE"] + "/keys/", set()
def note(event, arguments):
    if event == "open" and str(arguments[0]).startswith(folder):
        opened.add(os.path.basename(arguments[0]))
sys.addaudithook(note)
from appeal.app import create_public_app
from appeal.config import load_config
from appeal.installation import NAME
app = create_public_app(load_config(os.environ))
app.test_client().get("/health")
held = app.extensions[NAME].keys
print(json.dumps([sorted(opened), type(held).__name__, hasattr(held, "identities")]))
"""


def test_what_the_desk_seals_opens_with_either_identity(tmp_path: Path) -> None:
    recovery = keys.create(tmp_path / "keys")
    desk = keys.load_desk(tmp_path / "keys")
    sealed = desk.seal(b"words")
    assert (desk.open(sealed), sealing.open_sealed(sealed, [recovery])) == (b"words", b"words")
    stranger, _recipient = sealing.make_identity()
    with pytest.raises(CannotOpen):
        sealing.open_sealed(sealed, [stranger])


def test_the_recovery_identity_is_stored_nowhere(tmp_path: Path) -> None:
    recovery = keys.create(tmp_path / "keys")
    assert [one for one in (tmp_path / "keys").iterdir() if recovery.encode() in one.read_bytes()] == []


def test_only_one_user_can_read_the_keys(made_keys: Path) -> None:
    assert {one.name: one.stat().st_mode & 0o077 for one in made_keys.iterdir()} == dict.fromkeys(
        [one.name for one in made_keys.iterdir()], 0
    )


def test_keys_are_never_written_over(tmp_path: Path) -> None:
    keys.create(tmp_path / "keys")
    before = {one.name: one.read_bytes() for one in (tmp_path / "keys").iterdir()}
    with pytest.raises(FileExistsError):
        keys.create(tmp_path / "keys")
    assert {one.name: one.read_bytes() for one in (tmp_path / "keys").iterdir()} == before


def test_every_missing_key_is_named(tmp_path: Path) -> None:
    keys.create(tmp_path / "keys")
    for name in (keys.IDENTITY, keys.SEARCH):
        (tmp_path / "keys" / name).unlink()
    with pytest.raises(ConfigurationWrong) as caught:
        keys.load_desk(tmp_path / "keys")
    assert [name in words for name, words in zip((keys.IDENTITY, keys.SEARCH), caught.value.mistakes, strict=True)]
    assert keys.load_public(tmp_path / "keys").recipients


def test_keys_do_not_show_themselves(made_keys: Path) -> None:
    shown = repr(keys.load_desk(made_keys))
    assert "SECRET" not in shown
    assert "identities" not in shown


def test_the_public_process_loads_no_key_that_opens_anything(environ: dict[str, str], database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCH], env=environ, cwd=ROOT, capture_output=True, text=True, check=True
    )
    opened, kind, has_identities = json.loads(done.stdout.splitlines()[-1])
    assert (opened, kind, has_identities) == (sorted(keys.PUBLIC_FILES), "PublicKeys", False)
    assert os.environ.get("APPEAL_INSTANCE") != environ["APPEAL_INSTANCE"]
