"""Public holidays of the force's country and region, proposed as days on which the desk is closed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appeal import db
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Actor, Permission, require
from appeal.services import desks, force, rota

AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Proposal:
    """A public holiday for which the desk has no hours of its own yet."""

    on: date
    name: str


def proposals(desk_id: int | None, *, language: str, now: datetime) -> list[Proposal]:
    """The public holidays of the next year that are no exception days yet, by date; empty for an unknown country."""
    settings = force.settings()
    with db.reading() as session:
        today = now.astimezone(ZoneInfo(desks.zone(session, desk_id))).date()
    known = {one.on for one in rota.exceptions(desk_id)}
    found = _holidays(settings["country"], settings["region"], today, language)
    return [Proposal(on, name) for on, name in found if today <= on <= today + AHEAD and on not in known]


def close_on(
    actor: Actor, *, desk_id: int | None, days: list[date], language: str, now: datetime
) -> tuple[list[date], list[date]]:
    """Close the desk on those of the proposed days; returns them, and those left open because something is due then."""
    require(actor, Permission.ADMINISTER)
    names = {one.on: one.name for one in proposals(desk_id, language=language, now=now)}
    chosen = sorted({one for one in days if one in names})
    closed = [on for on in chosen if _close(actor, on, names[on], desk_id, now)]
    return closed, [on for on in chosen if on not in closed]


def _close(actor: Actor, on: date, name: str, desk_id: int | None, now: datetime) -> bool:
    try:
        rota.set_exception(actor, on=on, windows=(), reason=name[: rota.LONGEST_REASON], now=now, desk_id=desk_id)
    except BadInput:
        return False
    return True


def _holidays(country: str, region: str, today: date, language: str) -> list[tuple[date, str]]:
    import holidays  # noqa: PLC0415 it takes a moment to load, and only administrators ask

    years = (today.year, today.year + 1)
    try:
        known = holidays.country_holidays(country).supported_languages
        # A name such as en_US is meant by en; one that is not known would follow the machine's own language.
        said = next((one for one in known if one.partition("_")[0] == language), None)
        found = holidays.country_holidays(country, subdiv=region or None, years=years, language=said)
        named = [(on, str(found.get(on))) for on in found]
    except (NotImplementedError, KeyError):
        return []
    return sorted(named)
