"""The force's own form; it is checked by its token before this is called."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from appeal.tips.inbound import Inbound, InboundFile

NAME = "webform"

# What the form may add to the words, by field name.
CONTACT = ("standing", "name", "phone", "email", "safe")
WITNESS = ("who", "relation", "whereabouts")
RECOGNITION = ("seen_how", "seen_with", "told_before", "recognised_by", "known_since", "doubts")
FACTS = ("where", "position", "when", *WITNESS, *RECOGNITION, *CONTACT)

# How files of cameras and telephones begin: offset, bytes, media type. A name or a browser's word is no proof.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (4, b"moov", "video/quicktime"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
)


def parse(
    values: Mapping[str, str],
    files: Sequence[InboundFile] = (),
    *,
    external_id: str,
    language: str,
    now: datetime,
    is_parked: bool = False,
) -> Inbound:
    """One message of the form: `words` and what was added to them; empty answers are left out."""
    return Inbound(
        source=NAME,
        external_id=external_id,
        received_at=now,
        text=values.get("words", ""),
        appeal=values.get("appeal", ""),
        language=language,
        facts={name: values[name] for name in FACTS if values.get(name)},
        files=tuple(files),
        is_live=values.get("kind") == "live",
        is_about_me=values.get("kind") == "about_me",
        is_parked=is_parked,
    )


def media_type(data: bytes) -> str:
    """The type of a picture, video, sound or PDF by its first bytes; empty for anything else."""
    for offset, first, mime in SIGNATURES:
        if data[offset : offset + len(first)] == first:
            return mime
    return ""
