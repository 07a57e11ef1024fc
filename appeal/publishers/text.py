"""Counts texts as each platform does and makes them fit without touching what must never be cut."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import regex  # type: ignore[import-untyped]

from appeal.publishers.base import Pictures
from appeal.rules.content import Content, Picture
from appeal.rules.errors import DoesNotFit
from appeal.rules.words import _, joined, say

# X: links and emoji have a weight of their own, these ranges weigh 1, everything else weighs 2.
LINK_WEIGHT, EMOJI_WEIGHT, HEAVY_WEIGHT = 23, 2, 2
LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
KNOWN_ENDINGS = "com|org|net|info|edu|gov|mil|int|app|dev|online|police"
ADDRESS = re.compile(
    r"(?P<full>https?://[^\s<>\"']+)"
    rf"|(?<![\w@./-])(?P<known>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{KNOWN_ENDINGS})\b(?:/[^\s<>\"']*)?)"
    r"|(?<![\w@./-])(?P<likely>(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b(?:/[^\s<>\"']*)?)",
    re.IGNORECASE,
)
PUNCTUATION = ".,;:!?)]}'»”…"
PICTOGRAM = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
MODIFIER = "[\ufe0f\U0001f3fb-\U0001f3ff]?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    f"|[{PICTOGRAM}]{MODIFIER}(?:\u200d[\u2640-\u27bf\U0001f000-\U0001faff]{MODIFIER})*"
)

# Text messages: one character outside these makes every part hold 70 instead of 160.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
LOOK_ALIKES = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)

# Joins the cluster before it: marks, joiners, skin tones, flags written in tags.
ATTACHED = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
GRAPHEME = regex.compile(r"\X")
ELLIPSIS = "…"

TOO_LONG = _("The text is too long even without the story: %(counted)s. Never cut, so to be shortened: %(named)s.")
LARGE = _("Picture %(number)s is larger than %(limit)s bytes.")
STRANGE = _("Picture %(number)s is not of a kind that is taken (%(formats)s).")
WORDY = _("The description of picture %(number)s is longer than %(limit)s characters.")


@dataclass(frozen=True)
class TextMessage:
    """How a body travels: GSM-7 or UCS-2, its units, the parts that are charged, and what forces UCS-2."""

    encoding: str
    units: int
    parts: int
    forced_by: str

    def price(self, per_part: Decimal, numbers: int) -> Decimal:
        """What it costs to send it to so many numbers."""
        return per_part * self.parts * numbers


def weighted_length(text: str) -> int:
    """The length that X compares with 280; a bare name that X may or may not take for a link counts as the longer."""
    rest, links = unicodedata.normalize("NFC", text), 0
    for match in reversed(list(ADDRESS.finditer(rest))):
        address = match.group().rstrip(PUNCTUATION)
        links += LINK_WEIGHT if match["likely"] is None else max(LINK_WEIGHT, _weight(address))
        rest = rest[: match.start()] + rest[match.start() + len(address) :]
    return links + _weight(rest)


def graphemes(text: str) -> int:
    """The number of characters as a reader sees them, by the rules of Unicode."""
    return len(GRAPHEME.findall(text))


def text_message(body: str) -> TextMessage:
    """Count a text message."""
    forced_by = "".join(dict.fromkeys(char for char in body if char not in GSM_BASIC and char not in GSM_DOUBLE))
    if forced_by:
        encoding, single, each = "UCS-2", 70, 67
        sizes = [2 if ord(char) > 0xFFFF else 1 for char in body]
    else:
        encoding, single, each = "GSM-7", 160, 153
        sizes = [2 if char in GSM_DOUBLE else 1 for char in body]
    units = sum(sizes)
    return TextMessage(encoding, units, 1 if units <= single else _parts(sizes, each), forced_by)


def plain_for_texts(text: str) -> str:
    """The text with typographic marks replaced that look the same and would more than double the price."""
    return text.translate(LOOK_ALIKES)


def clusters(text: str) -> list[str]:
    """The characters as a reader sees them: accents, joined emoji and flags stay in one piece."""
    found: list[str] = []
    for char in text:
        if found and _belongs_to(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def cut(text: str, fits: Callable[[str], bool], ellipsis: str = ELLIPSIS) -> str:
    """The longest beginning that fits, ended at a word and marked as cut; the whole text if it fits, else nothing."""
    if fits(text):
        return text
    ends = _word_ends(text)
    count = bisect_right(range(len(ends)), False, key=lambda index: not fits(_ended(text[: ends[index]], ellipsis)))
    return _ended(text[: ends[count - 1]], ellipsis) if count else ""


def fitted(
    content: Content, render: Callable[[Content], str], fits: Callable[[str], bool], ellipsis: str = ELLIPSIS
) -> str | None:
    """The rendered text with as much of the story as fits; when none does, of where and when. None if nothing helps.

    Danger line, contacts and link are never cut: the renderer puts them in whole whatever is left of the rest.
    """
    if fits(render(content)):
        return render(content)
    story = cut(content.happened, lambda part: fits(render(replace(content, happened=part))), ellipsis)
    shorter = replace(content, happened=story)
    if not story:
        where = cut(content.where, lambda part: fits(render(replace(shorter, where=part))), ellipsis)
        # Half a date would mislead: it stands whole or not at all.
        shorter = replace(shorter, where=where, when=content.when if where else "")
    return next((text for text in map(render, (shorter, replace(shorter, when=""))) if fits(text)), None)


def tidy(text: str) -> str:
    """A rendered template without the gaps that empty fields leave."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def refuse_if(reasons: Sequence[str]) -> None:
    """Raise `DoesNotFit` with all reasons, if there are any."""
    if reasons:
        raise DoesNotFit(reasons)


def without_story(content: Content) -> Content:
    """What is left when everything that may be cut is cut."""
    return replace(content, happened="", where="", when="")


def too_long(content: Content, counted: str) -> str:
    """The sentence for a text that is too long even without its story."""
    fixed = {
        _("the title (%(length)s characters)"): content.title,
        _("the danger line (%(length)s characters)"): content.danger,
        _("the contact lines (%(length)s characters)"): " ".join(content.contacts),
    }
    named = joined((say(name, length=len(words)) for name, words in fixed.items() if words), ", ")
    return say(TOO_LONG, counted=counted, named=named)


def over(length: int, limit: int) -> str:
    """The sentence for a text that is longer than a place takes."""
    return say("The text has %(length)s characters; %(limit)s is the most.", length=length, limit=limit)


def over_pictures(number: int, limit: int) -> str:
    """The sentence for more pictures than a place takes."""
    return say("There are %(number)s pictures; %(limit)s is the most.", number=number, limit=limit)


def picture_reasons(pictures: Sequence[Picture], wanted: Pictures) -> list[str]:
    """Why pictures cannot go out as they are, one sentence each."""
    reasons: list[str] = []
    for number, picture in enumerate(pictures, start=1):
        if len(picture.best.data) > wanted.max_bytes:
            reasons.append(say(LARGE, number=number, limit=f"{wanted.max_bytes:,}"))
        if picture.best.mime not in wanted.formats:
            reasons.append(say(STRANGE, number=number, formats=", ".join(wanted.formats)))
        if len(picture.alt) > wanted.alt_limit:
            reasons.append(say(WORDY, number=number, limit=f"{wanted.alt_limit:,}"))
    return reasons


def _weight(text: str) -> int:
    rest, emoji = EMOJI.subn("", text)
    return EMOJI_WEIGHT * emoji + sum(1 if _is_light(char) else HEAVY_WEIGHT for char in rest)


def _is_light(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in LIGHT)


def _parts(sizes: Sequence[int], each: int) -> int:
    # A pair is never split between two parts, so a part may stay one unit short.
    parts, filled = 1, 0
    for size in sizes:
        if filled + size > each:
            parts, filled = parts + 1, 0
        filled += size
    return parts


def _belongs_to(cluster: str, char: str) -> bool:
    if cluster == "\r" and char == "\n":
        return True
    if unicodedata.category(char) in {"Mn", "Me", "Mc"} or ATTACHED.match(char) or cluster.endswith("\u200d"):
        return True
    return len(cluster) == 1 and _is_flag(cluster) and _is_flag(char)


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _word_ends(text: str) -> list[int]:
    """Places after words; in a script without spaces, after each character as a reader sees it."""
    ends = [match.start() for match in re.finditer(r"(?<=\S)\s", text)]
    if ends:
        return ends
    places, place = [], 0
    for cluster in clusters(text)[:-1]:
        place += len(cluster)
        places.append(place)
    return places


def _ended(text: str, ellipsis: str) -> str:
    return text.rstrip().rstrip(PUNCTUATION + "-–—(¿¡").rstrip() + ellipsis
