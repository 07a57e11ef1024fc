"""What can be looked for in a tip, as plain text: words and their starts, place cells, hours, links, text bands.

All of it is pure; `tips.blind` turns every term into a keyed hash before it is kept.
"""

import math
import re
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from appeal.rules.urgency import fold

SHORTEST_START, LONGEST_START = 3, 8
SHORTEST_WORD, LONGEST_WORD = 2, 40

# Height of a row of cells in degrees of latitude: about 5 km and about 1 km.
COARSE, FINE = 0.045, 0.009
MOST_LATITUDE = 85.0

# Letters of scripts that put no spaces between words: they are looked for one by one and in pairs.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]{4,300}", re.IGNORECASE)
POSITION = re.compile(r"(?<![\d.])(-?\d{1,2}\.\d{2,})\s*[,;/ ]\s*(-?\d{1,3}\.\d{2,})(?![\d.])")

SHINGLE, BANDS, ROWS = 3, 4, 2
# Odd factors and offsets of the eight cheap hash functions that the bands are made of.
_MIXES = tuple((0x9E3779B1 + 0x61C88646 * n | 1, 0x85EBCA6B * (n + 1)) for n in range(BANDS * ROWS))
_MASK = 0xFFFFFFFF


def words(text: str) -> list[str]:
    """Folded words in the order of the text, those of one letter left out unless they are figures."""
    found: list[str] = []
    for word in fold(text).split():
        if UNSPACED.search(word):
            found += [*word, *(word[at : at + 2] for at in range(len(word) - 1))]
        elif len(word) >= SHORTEST_WORD or word.isdigit():
            found.append(word[:LONGEST_WORD])
    return found


def starts(word: str) -> list[str]:
    """The first 3 … 8 letters of a word, as far as it goes."""
    return [word[:length] for length in range(SHORTEST_START, min(len(word), LONGEST_START) + 1)]


def position(text: str) -> tuple[float, float] | None:
    """The first pair of coordinates in a text, as latitude and longitude in degrees."""
    for match in POSITION.finditer(text):
        latitude, longitude = float(match[1]), float(match[2])
        if abs(latitude) <= MOST_LATITUDE and abs(longitude) <= 180:
            return latitude, longitude
    return None


def cell(latitude: float, longitude: float, step: float) -> str:
    """The cell of a place; cells of one row are as wide as they are high, so that all measure about the same."""
    row = math.floor(latitude / step)
    return f"{row}:{_column(row, longitude, step)}"


def cells_around(latitude: float, longitude: float, step: float) -> list[str]:
    """The cell of a place and its eight neighbours."""
    middle = math.floor(latitude / step)
    found = []
    for row in (middle - 1, middle, middle + 1):
        column, count = _column(row, longitude, step), _columns(row, step)
        found += [f"{row}:{(column + shift) % count}" for shift in (-1, 0, 1)]
    return found


def cells_in(south: float, west: float, north: float, east: float, step: float, most: int) -> list[str]:
    """Every cell that a box touches; empty when there are more than so many."""
    found: list[str] = []
    for row in range(math.floor(south / step), math.floor(north / step) + 1):
        first, last = (_column(row, longitude, step) for longitude in (west, min(east, 179.999999)))
        if len(found) + last - first + 1 > most:
            return []
        found += [f"{row}:{column}" for column in range(first, last + 1)]
    return found


def hour(moment: datetime) -> int:
    """Hours since 1970."""
    return int(moment.timestamp() // 3600)


def links(text: str) -> list[str]:
    """Addresses as they are compared: without scheme, `www.`, query and last slash; each once."""
    return list(dict.fromkeys(_link(match[0]) for match in LINK.finditer(text)))


def bands(said: Sequence[str]) -> list[str]:
    """Four texts of which two near-duplicates share at least one nearly always; none for fewer than three words."""
    if len(said) < SHINGLE:
        return []
    shingles = {zlib.crc32(" ".join(said[at : at + SHINGLE]).encode()) for at in range(len(said) - SHINGLE + 1)}
    least = [min((factor * one + offset) & _MASK for one in shingles) for factor, offset in _MIXES]
    return [f"{at}:{least[at * ROWS]:x}.{least[at * ROWS + 1]:x}" for at in range(BANDS)]


def picture_bands(fingerprint: str) -> list[str]:
    """The four 16-bit parts of a picture's 64-bit fingerprint: two that differ in three bits share one."""
    return [f"{at}:{fingerprint[at * 4 : at * 4 + 4]}" for at in range(len(fingerprint) // 4)]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way between two places over the ground, in metres."""
    a, b, c, d = (math.radians(value) for value in (*one, *other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12_742_000 * math.asin(math.sqrt(min(1.0, half)))


def unique(found: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(found))


def _columns(row: int, step: float) -> int:
    return max(1, math.floor(360 * math.cos(math.radians((row + 0.5) * step)) / step))


def _column(row: int, longitude: float, step: float) -> int:
    count = _columns(row, step)
    return math.floor((longitude + 180) / 360 * count) % count


def _link(found: str) -> str:
    plain = re.sub(r"^(?:https?://)?(?:www\.|m\.|mobile\.)?", "", found.lower()).rstrip(".,;:!?/")
    path, _mark, query = plain.partition("?")
    video = re.search(r"(?:^|&)v=([\w-]+)", query)
    return path.rstrip("/").split("#")[0].replace("twitter.com", "x.com") + (f"?v={video[1]}" if video else "")
