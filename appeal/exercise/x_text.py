"""How X counts, shortens and shows the text of a post."""

import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass

TEXT_LIMIT = 280
LINK_WEIGHT = 23
LIGHT_RANGES = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))

LINK = re.compile(
    r"https?://[^\s<>\"']+"
    r"|(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|org|net|info|eu|es|uk|us|de|fr|police)\b(?:/[^\s<>\"']*)?",
    re.IGNORECASE,
)
TRAILING = ".,;:!?)]}'»”"

# One emoji as people see it: a base with skin tone or selector, joined ones, a flag, a keycap.
EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u27bf\u2934-\u2b55\U0001f000-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]?"
    "(?:\u200d[\u2190-\u27bf\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?)*)"
)


@dataclass(frozen=True)
class Shortened:
    """The text as X answers it, with one entity per link."""

    text: str
    entities: tuple[dict[str, object], ...]


def weighted_length(text: str) -> int:
    """Return the length that X compares with 280: links 23, emoji 2, light characters 1, others 2."""
    rest = unicodedata.normalize("NFC", text)
    links = links_in(rest)
    for link in links:
        rest = rest.replace(link, "", 1)
    rest, emoji = EMOJI.subn("", rest)
    return LINK_WEIGHT * len(links) + 2 * emoji + sum(1 if _is_light(char) else 2 for char in rest)


def links_in(text: str) -> list[str]:
    """Return the links of a text in order, without closing punctuation."""
    return [found.group().rstrip(TRAILING) for found in LINK.finditer(text)]


def shorten(text: str, picture_address: str | None, picture_keys: list[str]) -> Shortened:
    """Replace links by t.co addresses, append the picture link, escape as the API does.

    Places in the entities count characters of the escaped text.
    """
    parts: list[str] = []
    entities: list[dict[str, object]] = []
    position = done = 0
    for link in links_in(text):
        start = text.index(link, done)
        before = html.escape(text[done:start], quote=False)
        position += len(before)
        entities.append(_entity(link, position))
        parts += [before, str(entities[-1]["url"])]
        position += LINK_WEIGHT
        done = start + len(link)
    parts.append(html.escape(text[done:], quote=False))
    if picture_address:
        position = sum(map(len, parts)) + 1
        entities += [_entity(picture_address, position) | {"media_key": key} for key in picture_keys]
        parts.append(f" {entities[-1]['url']}")
    return Shortened("".join(parts), tuple(entities))


def _entity(link: str, start: int) -> dict[str, object]:
    expanded = link if "://" in link else f"http://{link}"
    key = hashlib.sha256(expanded.encode()).hexdigest()[:10]
    shown = expanded.split("://", 1)[1]
    return {
        "start": start,
        "end": start + LINK_WEIGHT,
        "url": f"https://t.co/{key}",
        "expanded_url": expanded,
        "display_url": shown if len(shown) <= 27 else f"{shown[:26]}…",
    }


def _is_light(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in LIGHT_RANGES)
