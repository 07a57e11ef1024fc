"""The whole story with everything that can go wrong: nothing lost, nothing doubled, nothing left up."""

import json
import os
from pathlib import Path

import pytest

from appeal.rules.errors import BadInput
from appeal.story.play import Options, play

DATA = Path(__file__).parent / "data"
pytestmark = [pytest.mark.journey, pytest.mark.kill]


@pytest.mark.timeout(400)
def test_the_story_with_faults_loses_doubles_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "photo.jpg").write_bytes((DATA / "photo.jpg").read_bytes())
    (photos / "broken.jpg").write_bytes((DATA / "photo.jpg").read_bytes()[:400])
    kept = tmp_path / "kept"

    status = play(os.environ, Options(tips=DATA / "tips.csv", photos=photos, has_faults=True, keep=kept, is_json=True))

    printed = capsys.readouterr()
    verdict = json.loads(printed.out)
    assert verdict["is_good"], printed.err
    assert status == 0
    assert verdict["messages"] == {"sent": 23, "stored": 23, "lost": 0, "doubled": 0}
    assert {one["name"]: one["sent"] for one in verdict["channels"]} == {
        "Site in English": 1,
        "Site in Spanish": 1,
        "Feeds in English": 1,
        "Feeds in Spanish": 1,
        "X": 1,
        "Telegram": 1,
        "Facebook": 1,
        "Bluesky": 1,
        "Mastodon": 1,
        "Job service": 1,
        "Press list": 3,
        "Text messages": 3,
    }
    assert verdict["kills"] == 5
    assert sum(one["unknown"] for one in verdict["channels"]) >= 3
    assert verdict["assessed"] == 6
    assert "broken.jpg was refused" in printed.err
    assert {"appeal.sqlite3", "files", "site", "log.txt", "ledger.jsonl"} <= {path.name for path in kept.iterdir()}


def test_a_folder_that_holds_something_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match="not empty"):
        play(os.environ, Options(keep=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
