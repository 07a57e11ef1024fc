"""What the form says, and what its files really are."""

from datetime import UTC, datetime

import pytest

from appeal.tips.sources import webform

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_form_becomes_a_message_without_empty_answers() -> None:
    values = {"words": "a\x00b", "where": "", "when": "today", "kind": "live", "appeal": "k3", "stranger": "x"}
    found = webform.parse(values, external_id="t/1", language="es", now=NOW)
    assert (found.text, found.facts, found.appeal, found.language) == ("a\x00b", {"when": "today"}, "k3", "es")
    assert (found.is_live, found.is_about_me, found.sender) == (True, False, "")


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"\xff\xd8\xff\xe1", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"", ""),
        (b"%PDF-1.7", "application/pdf"),
        (b"<svg onload=alert(1)>", ""),
        (b"PK\x03\x04", ""),
    ],
)
def test_type_is_told_by_the_first_bytes(data: bytes, mime: str) -> None:
    assert webform.media_type(data) == mime
