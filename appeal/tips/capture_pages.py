"""Draws what was kept of a post: a page without scripts or addresses that anything is loaded from, and a PDF."""

import base64
from collections.abc import Sequence

from appeal import imaging
from appeal.pages import render, translate
from appeal.printing import Sheet
from appeal.rules.errors import PictureRefused
from appeal.rules.words import _, say
from appeal.tips.captures import Record

LANGUAGE = "en"
PICTURE_MM = 80
AS_SENT = _("As it was sent: the platform showed us nothing.")
ERASED = _("Comments erased from this record: %(count)s, at %(at)s. The platform’s own answer went with them.")
NO_COMMENTS = _("Nothing was written under it, as far as the platform shows.")


def page(record: Record) -> bytes:
    """One HTML file with everything in it."""
    shown = [(f"data:{one.mime};base64,{base64.b64encode(one.data).decode()}", alt) for one, alt in _pictures(record)]
    return render("captures/post.html", LANGUAGE, record=record, pictures=shown, heading=_heading(record)).encode()


def printed(record: Record) -> bytes:
    """A PDF with the same; the same record gives the same bytes."""
    sheet = Sheet("A4", title=_heading(record), language=LANGUAGE, made_at=record.taken_at)
    try:
        sheet.heading(_heading(record))
        if record.is_as_sent:
            sheet.paragraph(translate(LANGUAGE, AS_SENT), is_bold=True)
        sheet.facts(_facts(record))
        sheet.paragraph(record.text or "–")
        for one, alt in _pictures(record):
            sheet.pictures([(one.data, one.width, one.height, alt)], PICTURE_MM)
        _comments(sheet, record)
        return sheet.output()
    except BaseException:
        sheet.close()
        raise


def _heading(record: Record) -> str:
    return f"{record.channel}, {record.taken_at:%Y-%m-%d %H:%M:%S} UTC"


def _facts(record: Record) -> list[tuple[str, str]]:
    told = [("Place", record.publisher), ("Address", record.permalink), ("Published", record.posted_at)]
    told += [(name, str(count)) for name, count in record.counts.items()]
    told += [("Not fetched", translate(LANGUAGE, words)) for words in record.missing]
    return [(name, value) for name, value in told if value]


def _comments(sheet: Sheet, record: Record) -> None:
    sheet.heading(f"Written under it: {len(record.comments)}", 14)
    for at, count in record.erased:
        sheet.paragraph(translate(LANGUAGE, say(ERASED, count=str(count), at=at)), is_bold=True)
    if not record.comments and not record.erased:
        sheet.paragraph(translate(LANGUAGE, NO_COMMENTS))
    for who, said, at in record.comments:
        sheet.paragraph(f"{who or '–'}, {at or '–'}", 9, is_bold=True)
        sheet.paragraph(said or "–", 10)


def _pictures(record: Record) -> Sequence[tuple[imaging.Cleaned, str]]:
    """Those that are pictures, drawn anew so that nothing else of their bytes is passed on."""
    found: list[tuple[imaging.Cleaned, str]] = []
    for data, alt in record.pictures:
        try:
            found.append((imaging.clean(data), alt))
        except PictureRefused:
            continue
    return found
