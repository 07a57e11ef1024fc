"""What a platform shows of a post, as far as it is alike everywhere: pictures, counts, and its own answer in full."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from appeal.rules.errors import PublisherError
from appeal.rules.words import _
from appeal.wire.http import Named, download, reading_failed

MOST_PICTURES = 10
MOST_PICTURE_BYTES = 10_000_000
NO_PICTURE = _("A picture could not be fetched from the platform.")

Result = TypeVar("Result")
Fetched = tuple[tuple[tuple[bytes, str], ...], tuple[str, ...]]


def read(platform: str, made: Callable[[], Result]) -> Result:
    """What is made of an answer; one in a shape that the platform never had is asked for again later."""
    try:
        return made()
    except PublisherError:
        raise
    except Exception as error:
        raise reading_failed(error, platform) from None


def pictures(settings: Named, wanted: Iterable[tuple[str, str]]) -> Fetched:
    """The pictures at these addresses with their alt texts, and what could not be fetched, in words."""
    found: list[tuple[bytes, str]] = []
    missing: list[str] = []
    for address, alt in list(wanted)[:MOST_PICTURES]:
        try:
            found.append((download(settings, address, MOST_PICTURE_BYTES)[0], alt))
        except (PublisherError, ValueError):
            missing.append(NO_PICTURE)
    return tuple(found), tuple(missing)


def counts(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, int]:
    """Those of the names that stand in the row as whole numbers."""
    return {name: row[name] for name in names if isinstance(row.get(name), int)}


def raw(answer: object) -> bytes:
    """An answer as it came, as JSON."""
    return json.dumps(answer, ensure_ascii=False, default=str, sort_keys=True).encode("utf-8", "replace")


def moment(written: object) -> datetime | None:
    """A moment in ISO form; None for anything else."""
    try:
        return datetime.fromisoformat(str(written))
    except ValueError:
        return None
