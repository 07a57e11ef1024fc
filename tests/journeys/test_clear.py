"""The search for words in clear would find them."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.clear import found_in

WORD = "canary0123456789"
KEPT: dict[str, Callable[[bytes], bytes]] = {
    "raw": lambda text: text,
    "upper case": bytes.upper,
    "utf-16": lambda text: text.decode().encode("utf-16"),
    "hex": lambda text: text.hex().encode(),
    "base64": base64.b64encode,
}


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("kind", KEPT)
def test_a_word_is_found_however_it_was_kept(tmp_path: Path, kind: str, before: int) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "wal").write_bytes(b"\0noise" + KEPT[kind](b"x" * before + WORD.encode() + b" more"))
    assert found_in(tmp_path, [], [WORD, "another"]) == [f"{tmp_path / 'below' / 'wal'}: {WORD}"] * len(
        found_in(tmp_path, [], [WORD])
    )
    assert found_in(tmp_path, [], [WORD])


def test_a_deleted_file_that_is_still_open_is_searched(tmp_path: Path) -> None:
    import os
    import tempfile

    with tempfile.TemporaryFile(dir=tmp_path) as unlinked:
        unlinked.write(WORD.encode())
        unlinked.flush()
        assert found_in(tmp_path, [os.getpid()], [WORD]) != []
    assert found_in(tmp_path, [os.getpid()], [WORD]) == []
