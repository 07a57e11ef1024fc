"""Takes out of a text what says who told it: a proposal for a person to read and correct, never the last word."""

import re

from appeal.rules import naming, terms

GAP = "[…]"
_PARTS = (
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
    re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(r"(?<!\w)@\w{2,}"),
    re.compile(r"(?<![\w.])\+?\d[\d ()./-]{6,}\d(?![\w.])"),
    re.compile(r"(?<!\w)[XYZxyz]?\d{7,8}[ -]?[A-Za-z](?!\w)"),
)
# Whoever says who they are: the words behind it that begin with a capital letter.
_SELF = re.compile(
    r"(?P<before>\b(?:[Mm]y name is|[Ii] am|[Ii]['’]?m|[Tt]his is|[Ss]oy|[Mm]e llamo|[Mm]i nombre es)\s+)"
    r"(?:[A-ZÀ-ÞĀ-Ž][\w'’-]+[ ]?){1,4}"
)


def without_persons(text: str) -> str:
    """The text with mail and web addresses, handles, telephone and identity numbers and names taken out.

    Places given as coordinates stay: they are what the reader needs.
    """
    for pattern in _PARTS:
        text = _cut(pattern, text)
    text = _SELF.sub(rf"\g<before>{GAP} ", text)
    for name in sorted(naming.names(text), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", GAP, text)
    return text


def _cut(pattern: re.Pattern[str], text: str) -> str:
    places = [match.span() for match in terms.POSITION.finditer(text)]

    def cut(found: re.Match[str]) -> str:
        is_place = any(start < found.end() and found.start() < end for start, end in places)
        return found[0] if is_place else GAP

    return pattern.sub(cut, text)
