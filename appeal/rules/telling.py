"""What site and feeds tell of an appeal in the same way."""

from typing import Any

from appeal.rules.content import Content
from appeal.rules.words import _

EXERCISE = _("EXERCISE")
NO_LONGER_SHOWN = _("This appeal is no longer shown")
SUMMARY_LENGTH = 200

# Codes of descriptors and what the public reads; a code without words is shown as it is.
DESCRIPTORS = {
    "age": _("Age"),
    "height": _("Height"),
    "sex": _("Sex"),
    "build": _("Build"),
    "hair": _("Hair"),
    "eyes": _("Eyes"),
    "clothing": _("Clothing"),
    "marks": _("Distinguishing marks"),
    "aliases": _("Other names"),
    "languages": _("Languages spoken"),
    "seen": _("Last seen"),
    "ethnicity": _("Ethnicity"),
    "health": _("Health"),
    "plate": _("Number plate"),
    "colour": _("Colour"),
    "make": _("Make"),
    "serial": _("Serial number"),
    "details": _("More about it"),
}


def marked(content: Content, text: str, exercise: str) -> str:
    """The text, with the word for an exercise in front of it in an exercise."""
    return f"{exercise} – {text}" if content.is_exercise else text


def summary(text: str) -> str:
    """The beginning of the text in one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= SUMMARY_LENGTH:
        return line
    return line[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + " …"


def identity(content: Content) -> dict[str, Any]:
    """What may be kept of an appeal even when it is withdrawn: nothing of what it said."""
    return {
        "appeal": content.appeal,
        "language": content.language,
        "is_exercise": content.is_exercise,
        "issued": content.issued_at.isoformat(timespec="seconds"),
    }
