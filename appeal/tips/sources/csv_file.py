"""Tips from a table that another system wrote: its columns, which of them means what, and one line as a message."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from appeal.rules import terms
from appeal.rules.errors import BadInput
from appeal.rules.urgency import fold
from appeal.rules.words import _
from appeal.tips.inbound import Inbound

NAME = "import"
MOST_BYTES, MOST_LINES, MOST_COLUMNS = 500_000, 2_000, 60
MOST_TEXT, MOST_FACT = 50_000, 2_000
# What a column may mean, in the order of the page.
FIELDS: Mapping[str, str] = {
    "words": _("What was said"),
    "where": _("Where"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "when": _("When it was"),
    "received": _("When it came in"),
    "id": _("Number in the other system"),
    "appeal": _("The appeal's id"),
    "language": _("Language, as two letters"),
    "name": _("Name"),
    "phone": _("Telephone"),
    "email": _("E-mail"),
}
# How such columns are often called, folded.
USUAL: Mapping[str, str] = {
    "words": "words text texto message mensaje description descripcion information informacion tip aviso summary body",
    "where": "where place location address donde lugar direccion ubicacion city ciudad",
    "latitude": "lat latitude latitud",
    "longitude": "lon lng long longitude longitud",
    "when": "when cuando",
    "received": "received recibido date fecha received_at timestamp time created",
    "id": "id number numero reference referencia ref",
    "appeal": "appeal llamamiento appeal_id",
    "language": "language idioma lang",
    "name": "name nombre caller",
    "phone": "phone telefono telephone number_of_caller mobile movil",
    "email": "email mail correo",
}
FACTS = ("where", "when", "name", "phone", "email")
# Day, month, year and perhaps a time, as spreadsheets write them.
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,?[ T](\d{1,2}:\d{2})(?::\d{2})?)?$")
OLDEST = datetime(1970, 1, 1, tzinfo=UTC)

NOT_TEXT = _("This file is no table of text. Save it as CSV in UTF-8.")
TOO_LARGE = _("This file is too large: 500 kB and 2,000 lines at most. Split it.")
NO_LINES = _("This file has no line below its head.")
NO_WORDS = _("Choose the column that holds what was said.")


@dataclass(frozen=True)
class Table:
    """A head and the lines below it, each as long as the head."""

    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...] = field(repr=False)


@dataclass(frozen=True)
class Line:
    """One line of the table: its message, or in one sentence why it is none. `number` counts from 2, below the head."""

    number: int
    message: Inbound | None = field(repr=False)
    wrong: str = ""


def table(raw: bytes) -> Table:
    """Read a CSV file with commas, semicolons or tabs; `BadInput` says what is wrong with it as a whole."""
    if len(raw) > MOST_BYTES:
        raise BadInput(fields={"file": TOO_LARGE})
    text = _decoded(raw)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) if any(row)]
    except csv.Error:
        raise BadInput(fields={"file": NOT_TEXT}) from None
    if len(rows) > MOST_LINES + 1 or (rows and len(rows[0]) > MOST_COLUMNS):
        raise BadInput(fields={"file": TOO_LARGE})
    if len(rows) < 2:
        raise BadInput(fields={"file": NO_LINES})
    head = tuple(name.strip() or f"{number}" for number, name in enumerate(rows[0], start=1))
    return Table(head, tuple(tuple((row + [""] * len(head))[: len(head)]) for row in rows[1:]))


def guess(head: Sequence[str]) -> dict[str, int]:
    """Which column means what, by its name; each column once."""
    found: dict[str, int] = {}
    for field_, usual in USUAL.items():
        names = usual.split()
        places = [at for at, name in enumerate(head) if fold(name).replace(" ", "_") in names]
        place = next((at for at in places if at not in found.values()), None)
        if place is not None:
            found[field_] = place
    return found


def messages(
    found: Table, mapping: Mapping[str, int], *, appeal: str, known_appeals: Sequence[str], zone: str, now: datetime
) -> list[Line]:
    """Every line as a message, or with the reason why it is none. `BadInput` when no column holds the words."""
    if "words" not in mapping:
        raise BadInput(fields={"words": NO_WORDS})
    mapping = {name: at for name, at in mapping.items() if name in FIELDS and 0 <= at < len(found.head)}
    lines, first = [], dict[str, int]()
    for number, row in enumerate(found.lines, start=2):
        said = {name: row[at].strip() for name, at in mapping.items()}
        line = _line(number, said, row, appeal, known_appeals, zone, now)
        if line.message and first.setdefault(line.message.external_id, number) != number:
            line = Line(number, None, _("The same as a line above."))
        lines.append(line)
    return lines


def _line(
    number: int,
    said: Mapping[str, str],
    row: Sequence[str],
    appeal: str,
    known_appeals: Sequence[str],
    zone: str,
    now: datetime,
) -> Line:
    received = _moment(said.get("received", ""), zone, now)
    about = said.get("appeal") or appeal
    wrong = _wrong(said, received, about, known_appeals, now)
    if wrong or received is None:
        return Line(number, None, wrong)
    facts = {name: said[name] for name in FACTS if said.get(name)}
    if said.get("latitude") and said.get("longitude"):
        facts["position"] = f"{said['latitude']}, {said['longitude']}"
    message = Inbound(
        source=NAME,
        external_id=_key(said, row),
        received_at=received,
        text=said["words"],
        appeal=about,
        language=said.get("language", "").lower(),
        facts=facts,
    )
    return Line(number, message)


def _wrong(
    said: Mapping[str, str], received: datetime | None, about: str, known_appeals: Sequence[str], now: datetime
) -> str:
    """The first thing that is wrong with a line; empty when nothing is."""
    placed = f"{said.get('latitude', '')}, {said.get('longitude', '')}"
    language = said.get("language", "")
    checks = (
        (not said["words"], _("Nothing was said.")),
        (len(said["words"]) > MOST_TEXT, _("What was said is longer than 50,000 characters.")),
        (any(len(said.get(name, "")) > MOST_FACT for name in FACTS), _("An answer is longer than 2,000 characters.")),
        (received is None, _("The moment cannot be read. Write it as 2026-03-01 18:30 or 01/03/2026 18:30.")),
        (received is not None and received > now + timedelta(minutes=5), _("The moment has not come yet.")),
        (received is not None and received < OLDEST, _("The moment is before 1970.")),
        (placed != ", " and terms.position(placed) is None, _("The coordinates lie outside the world.")),
        (bool(about) and about not in known_appeals, _("There is no such appeal.")),
        (bool(language) and not (len(language) == 2 and language.isalpha()), _("The language is no two letters.")),
    )
    return next((words for is_wrong, words in checks if is_wrong), "")


def _key(said: Mapping[str, str], row: Sequence[str]) -> str:
    """The other system's number where there is one, else the whole line: a second run makes nothing twice."""
    if said.get("id"):
        return f"id/{said['id']}"
    return "line/" + hashlib.sha256(json.dumps(list(row)).encode("utf-8", "surrogatepass")).hexdigest()


def _moment(written: str, zone: str, now: datetime) -> datetime | None:
    """A moment in the force's zone unless it names its own; now for an empty one, None for what is none."""
    if not written:
        return now
    try:
        found = datetime.fromisoformat(_DAY_FIRST.sub(_year_first, written))
        return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _year_first(match: re.Match[str]) -> str:
    day, month, year, clock = match.groups()
    return f"{year}-{int(month):02}-{int(day):02}" + (f"T{clock.zfill(5)}" if clock else "")


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding)
        except ValueError:
            continue
        if "\x00" not in text:
            return text
    raise BadInput(fields={"file": NOT_TEXT})


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)
