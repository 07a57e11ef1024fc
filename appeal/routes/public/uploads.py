"""Requests whose files stay in memory: nothing that the public sends touches a disk in clear."""

from collections.abc import Sequence
from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage

from appeal.rules.words import _
from appeal.tips import intake
from appeal.tips.inbound import InboundFile
from appeal.tips.sources import webform

# 25 MB of files and room for the answers around them.
MOST_BYTES = 26 * 1024 * 1024
MOST_FORM_BYTES = 1024 * 1024
LONGEST_NAME = 200

EMPTY = _("One of the files is empty. Choose it again.")
STRANGE = _("One of the files is no photo, video, sound or PDF that we know. The others were stored.")


class InMemoryRequest(Request):
    """A request that keeps uploads in memory."""

    max_content_length = MOST_BYTES
    max_form_memory_size = MOST_FORM_BYTES

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        return BytesIO()


def taken(uploads: Sequence[FileStorage]) -> tuple[list[InboundFile], list[str]]:
    """The files that can be stored, and one sentence for each kind of mistake among the others."""
    files, mistakes = [], []
    for upload in uploads:
        data, name = upload.stream.read(), (upload.filename or "")[:LONGEST_NAME]
        mime = webform.media_type(data)
        if data and mime:
            files.append(InboundFile(name, mime, data))
        elif name:
            mistakes.append(STRANGE if data else EMPTY)
    if files and not intake.has_room(sum(len(file.data) for file in files)):
        files, mistakes = [], [*mistakes, intake.NO_ROOM]
    return files, list(dict.fromkeys(mistakes))
