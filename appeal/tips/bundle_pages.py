"""One tip of a disclosure bundle as printed pages, in English: the language of the file's other parts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from appeal.printing import Sheet

RED, PURPLE = (212, 53, 28), (106, 27, 154)
LANGUAGE = "en"


def printed(one: Mapping[str, Any], now: datetime) -> bytes:
    """A PDF of what `bundle` describes of a tip."""
    sheet = Sheet("A4", title=f"Tip {one['reference']}", language=LANGUAGE, made_at=now)
    try:
        _head(sheet, one)
        for message in one["messages"]:
            _message(sheet, message)
        for assessment in one["assessments"]:
            _assessment(sheet, assessment)
        return sheet.output()
    except BaseException:
        sheet.close()
        raise


def _head(sheet: Sheet, one: Mapping[str, Any]) -> None:
    if one["points_away"]:
        sheet.band("Points away from the person sought", PURPLE, size=12)
    if one["is_closed_unread"]:
        sheet.band("Closed without anybody having opened it", RED, size=12)
    if one["is_purged"]:
        sheet.band("Content erased", RED, size=12)
    sheet.heading(f"Tip {one['reference']}")
    first = one["first_reading"] or {}
    place = first.get("place_in_queue")
    sheet.facts(
        [
            ("Received", one["received_at"]),
            ("Source, language, state", f"{one['source']}, {one['language'] or 'not known'}, {one['state']}"),
            (
                "Stood first in",
                f"{first.get('lane', '')}, score {first.get('score', '')}, weights {first.get('weights', '')}",
            ),
            ("Why", ", ".join(first.get("reasons", ())) or "no reason"),
            ("Place in the queue when first opened", str(place) if place else "never opened"),
            ("First opened", f"{first.get('opened_at') or ''} {first.get('opened_by') or ''}".strip() or "never"),
        ]
    )


def _message(sheet: Sheet, message: Mapping[str, Any]) -> None:
    sheet.paragraph(f"Message of {message['received_at']}", is_bold=True)
    sheet.paragraph(message["said"] or message.get("note") or "(no words)")
    sheet.facts([(name, str(value)) for name, value in message.get("facts", {}).items() if value])
    for file in message.get("files", ()):
        sheet.paragraph(f"File {file['position']}: {file['size']} bytes, sealed original {file['sha256']}", size=8)


def _assessment(sheet: Sheet, one: Mapping[str, Any]) -> None:
    sheet.paragraph(f"{one['decision']}: {one['reason']}", is_bold=True)
    grade = f", graded {one['grade']}" if one["grade"] else ""
    unread = ", unread" if one["is_unread"] else ""
    sheet.paragraph(f"{one['officer']}, {one['decided_at']}{grade}{unread}. {one['words']}".strip())
