"""A backup of a running installation, restored elsewhere; a ledger that cannot be changed unseen; the recovery key."""

import os
import shutil
from pathlib import Path

import pytest

from appeal.story.running import Running
from tests import live
from tests.journeys.conftest import DRAFTED

pytestmark = pytest.mark.journey


@pytest.fixture
def elsewhere(force: Running, tmp_path: Path) -> Running:
    """An empty installation with the same keys, as on a new machine."""
    running = Running(tmp_path / "elsewhere", os.environ)
    shutil.copytree(force.config.keys, running.config.keys)
    return running


def test_a_backup_of_a_running_installation_lives_elsewhere(
    force: Running, public_id: str, elsewhere: Running, tmp_path: Path
) -> None:
    made = force.command("database", "backup", str(tmp_path / "copy"))
    assert made.returncode == 0, made.stderr
    assert not list((tmp_path / "copy").rglob("*.key")) + list((tmp_path / "copy").rglob("*identity*"))

    restored = elsewhere.command("database", "restore", str(tmp_path / "copy"))

    assert restored.returncode == 0, restored.stderr
    assert "The ledger adds up" in restored.stdout
    assert "The ledger adds up" in elsewhere.command("ledger", "verify").stdout
    assert live.stored(elsewhere).standing(DRAFTED)["public_id"] == public_id
    page = Path("en") / "appeals" / public_id / "index.html"
    assert (elsewhere.config.site / page).read_bytes() == (force.config.site / page).read_bytes()
    elsewhere.start()
    try:
        with live.officer(elsewhere, "auditor") as auditor:
            assert auditor.browser.get(f"/appeals/{DRAFTED}").status == 200
    finally:
        elsewhere.stop()


def test_one_changed_byte_in_an_export_is_found_and_named(force: Running, public_id: str, tmp_path: Path) -> None:
    export = tmp_path / "ledger.jsonl"
    assert force.command("ledger", "export", str(export)).returncode == 0
    assert force.command("ledger", "verify", str(export)).returncode == 0
    whole = export.read_bytes()
    lines = whole.splitlines(keepends=True)
    for place in (1, 3, len(lines) - 1):
        middle = sum(map(len, lines[:place])) + len(lines[place]) // 2
        export.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        found = force.command("ledger", "verify", str(export))
        assert found.returncode == 1
        assert f"entry {place}" in found.stderr


def test_the_recovery_identity_opens_and_another_does_not(force: Running, elsewhere: Running, tmp_path: Path) -> None:
    right = force.command("key", "check", typed=force.recovery + "\n")
    assert (right.returncode, right.stdout) == (0, "This identity opens the sample.\n")
    stranger = Running(tmp_path / "stranger", os.environ)
    stranger.make()
    wrong = force.command("key", "check", typed=stranger.recovery + "\n")
    assert (wrong.returncode, wrong.stdout) == (1, "This identity does NOT open the sample.\n")
