"""The force's settings and the installation's mode, as they are kept."""

from collections.abc import Mapping
from datetime import datetime

from appeal import db, ledger
from appeal.models.force import ForceSetting
from appeal.rules.errors import BadInput, ConfigurationWrong
from appeal.rules.force import DEFAULTS, MODE
from appeal.rules.hours import is_time, is_zone
from appeal.rules.permissions import Actor, Permission, require
from appeal.rules.words import _, say

# The largest value of each number.
WHOLE_NUMBERS = {
    "cover_minutes": 1440,
    "tip_minutes": 60,
    "review_days": 1440,
    "claim_minutes": 1440,
    "deadline_live": 60,
    "deadline_about_me": 1440,
    "deadline_urgent": 10080,
    "deadline_to_read": 43200,
    "draw_every": 100,
    "reread_percent": 100,
    "keep_tips_days": 36500,
}
YES_OR_NO = (frozenset({"yes", "no"}), _("Write yes or no."))
# Settings that are one of a few words, and the sentence for any other.
ONE_OF = {
    "lapse_takes_down_missing": YES_OR_NO,
    "telephone_authority": YES_OR_NO,
    "order_needs_file": YES_OR_NO,
    "owed_holds": YES_OR_NO,
    "grading": (frozenset({"", "3x5x2"}), _("Write 3x5x2 or leave it empty.")),
}


def settings() -> Mapping[str, str]:
    """Every setting by name: what was set, else its default."""
    with db.reading() as session:
        kept = {row.name: row.value for row in session.query(ForceSetting)}
    return {name: kept.get(name, default) for name, default in DEFAULTS.items()}


def change(actor: Actor, *, values: Mapping[str, str], now: datetime) -> None:
    """Set some settings; unknown names and impossible values are refused with a sentence each."""
    require(actor, Permission.ADMINISTER)
    wrong = {name: words for name, value in values.items() if (words := _problem(name, value))}
    if wrong:
        raise BadInput(fields=wrong)
    with db.writing() as session:
        for name, value in values.items():
            session.merge(ForceSetting(name=name, value=value))
        ledger.record(session, at=now, actor=actor.label, action="change settings", target="force", fields=dict(values))


def bind_mode(mode: str) -> None:
    """Write the mode into a new database, or refuse to start under another one than it was created with."""
    with db.writing() as session:
        kept = session.get(ForceSetting, MODE)
        if kept is None:
            session.add(ForceSetting(name=MODE, value=mode))
        elif kept.value != mode:
            raise ConfigurationWrong([f"This database was created in {kept.value} mode; APPEAL_MODE is {mode}."])


def _problem(name: str, value: str) -> str:
    if name not in DEFAULTS:
        return "There is no such setting."
    if name in {"quiet_starts", "quiet_ends"} and not is_time(value):
        return _("This must be a time, such as 22:00.")
    if name == "zone" and not is_zone(value):
        return f"{value!r} is not a time zone; one looks like Europe/Madrid."
    if name in WHOLE_NUMBERS and not (value.isdigit() and int(value) <= WHOLE_NUMBERS[name]):
        return say("This must be a whole number up to %(most)s.", most=WHOLE_NUMBERS[name])
    values, words = ONE_OF.get(name, ({value}, ""))
    return "" if value in values else words
