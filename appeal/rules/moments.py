"""When something was seen, from the words of whoever tells it: English and Spanish, relative to when they told it."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from appeal.rules.urgency import fold

MOST_HOURS_AGO = 72

_CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-3])[:.h]([0-5]\d)\s*([ap])?\.?m?(?![\d])", re.IGNORECASE)
_TWELVE = re.compile(r"\b(1[0-2]|[1-9])\s*([ap])\.?m\b", re.IGNORECASE)
_SPANISH = re.compile(r"\ba las? (1?\d|2[0-3])(?: y (media|cuarto|\d{1,2}))?(?: de la (manana|tarde|noche|madrugada))?")
_AGO = re.compile(
    r"\b(?:hace (?:unos |unas )?(\d{1,3}|media|una|un) (min|hora)\w*|(\d{1,3}|an|one|half an) (min|hour)\w* ago)"
)
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0), "mediodia": time(12), "medianoche": time(0)}
_YESTERDAY = re.compile(r"\b(yesterday|last night|ayer|anoche)\b")
_DAY_BEFORE = re.compile(r"\b(day before yesterday|anteayer|antes de ayer)\b")
_WORDS = {"media": 30, "half an": 30, "una": 1, "un": 1, "an": 1, "one": 1}
_EVENING = {"tarde", "noche"}


def moment(text: str, told_at: datetime, zone: str) -> datetime:
    """The moment a text speaks of; when it was told if it names none. A bare clock time is the last such time."""
    folded = fold(text)
    ago = _AGO.search(folded)
    if ago:
        return told_at - _length(ago)
    clock = _clock(text, folded)
    if clock is None:
        return told_at
    local = told_at.astimezone(ZoneInfo(zone))
    days = 2 if _DAY_BEFORE.search(folded) else 1 if _YESTERDAY.search(folded) else 0
    said = datetime.combine(local.date() - timedelta(days=days), clock, local.tzinfo)
    if "last night" in folded or "anoche" in folded:
        said += timedelta(days=1) if clock < time(6) else timedelta(0)
    while said > local + timedelta(minutes=10):
        said -= timedelta(days=1)
    return said.astimezone(told_at.tzinfo)


def _length(match: re.Match[str]) -> timedelta:
    number, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
    value = int(number) if number.isdigit() else _WORDS[number]
    if unit == "min" or number in {"media", "half an"}:
        return timedelta(minutes=value)
    return timedelta(hours=min(value, MOST_HOURS_AGO))


def _clock(text: str, folded: str) -> time | None:
    found = _CLOCK.search(text)
    if found:
        return _of_day(int(found[1]), int(found[2]), (found[3] or "").lower(), folded)
    found = _TWELVE.search(text)
    if found:
        return _of_day(int(found[1]), 0, found[2].lower(), folded)
    found = _SPANISH.search(folded)
    if found:
        minutes = {"media": 30, "cuarto": 15}.get(found[2] or "", int(found[2]) if (found[2] or "").isdigit() else 0)
        is_late = found[3] in _EVENING and int(found[1]) < 12
        return time(int(found[1]) % 24 + (12 if is_late else 0), minutes % 60)
    return next((clock for word, clock in _NAMED.items() if re.search(rf"\b{word}\b", folded)), None)


def _of_day(hour: int, minute: int, half: str, folded: str) -> time:
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif hour < 12 and re.search(r"\bde la (tarde|noche)\b|\bin the (afternoon|evening)\b|\btonight\b", folded):
        hour += 12
    return time(hour % 24, minute)
