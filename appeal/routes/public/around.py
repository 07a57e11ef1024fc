"""What stands around every page of the public side: the force, its numbers, and when somebody reads."""

import re
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from flask import current_app
from sqlalchemy.exc import DBAPIError

from appeal import installation, pages
from appeal.rules.force import DEFAULTS
from appeal.services import force, rota

KEPT, READY = "appeal_around", "appeal_ready_pages"
KEPT_FOR = timedelta(seconds=10)
_making = Lock()
MARKUP = re.compile(r"[&<>\"'\0]")


def render(template: str, language: str, now: datetime, **context: Any) -> str:
    """A page of the public side; needs no request and, after the first time, no database."""
    return pages.render(f"public/tell/{template}", language, **around(language, now), **context)


def filled(key: Hashable, now: datetime, values: Mapping[str, str], make: Callable[[], str]) -> str:
    """A page that is made at most every 10 seconds; `values` then take the place of the words that stand for them.

    Many fields cost more to render than their words to seal and store. ValueError for a value that would have to be
    escaped: they are put in as they are.
    """
    if any(MARKUP.search(value) for value in values.values()):
        raise ValueError("this cannot be put into a page as it is")
    page = _ready(key, now, make)
    for word, value in values.items():
        page = page.replace(word, value)
    return page


def _ready(key: Hashable, now: datetime, make: Callable[[], str]) -> str:
    """One thread makes the page; the others wait for it instead of making it as well, the first time most of all."""
    ready: dict[Hashable, tuple[datetime, str]] = current_app.extensions.setdefault(READY, {})
    known = ready.get(key)
    if known is None or now - known[0] >= KEPT_FOR:
        with _making:
            known = ready.get(key)
            if known is None or now - known[0] >= KEPT_FOR:
                known = ready[key] = (now, make())
    return known[1]


def around(language: str, now: datetime) -> dict[str, Any]:
    """Settings and sentences, read again every 10 seconds; while the database is away, the last ones known."""
    kept: dict[str, tuple[datetime, dict[str, Any]]] = current_app.extensions.setdefault(KEPT, {})
    known = kept.get(language)
    if known is not None and now - known[0] < KEPT_FOR:
        return known[1]
    try:
        found = _values(dict(force.settings()), rota.reading_words(language, now))
    except DBAPIError:
        return known[1] if known else _values(dict(DEFAULTS), "")
    kept[language] = (now, found)
    return found


def _values(settings: dict[str, str], reading: str) -> dict[str, Any]:
    names = ("force_name", "zone", "emergency_number", "phone", "duty_number", "sms_number", "leave_url")
    is_exercise = installation.current().config.is_exercise
    return {name: settings[name] for name in names} | {"reading": reading, "is_exercise": is_exercise}
