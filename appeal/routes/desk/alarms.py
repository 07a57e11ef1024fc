"""Alarms at the desk: the banner over every page, the list of the last days, and one alarm with who was asked."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from appeal.routes.desk import tip_words
from appeal.routes.desk.appeals import WAY_WORDS
from appeal.routes.desk.gate import actor, language, signed_in
from appeal.routes.forms.base import DeskForm, new_request_id
from appeal.rules import clock, lifecycle
from appeal.rules.permissions import Actor
from appeal.rules.words import Sentence, _, say
from appeal.tips import alarm_pages, board, leads
from appeal.tips.alarm_pages import Line

# A count is said aloud at most so often; an alarm that is new at once.
SAID_EVERY_SECONDS = 60

LIVE = _("Somebody is seen at this moment")
ABOUT_ME = _("Somebody says: this is me, or: this is the wrong person")
HEADINGS = {"live": LIVE, "about_me": ABOUT_ME}
NO_PLACE = _("no place given")
MANY_PLACES = _("many other places")

pages = Blueprint("alarms", __name__)
pages.context_processor(tip_words.context)


@pages.get("/alarms")
@signed_in
def index() -> ResponseReturnValue:
    """The alarms of the last two days."""
    lines = alarm_pages.latest(actor(), now=clock.now())
    return render_template("desk/alarms/index.html", lines=lines, **_words())


@pages.get("/alarms/<int:alarm_id>")
@signed_in
def show(alarm_id: int) -> ResponseReturnValue:
    """One alarm: how often, where, who was asked, and the tips it counts."""
    found = alarm_pages.view(actor(), alarm_id=alarm_id)
    return render_template(
        "desk/alarms/alarm.html",
        alarm=found,
        line=found.line,
        can_take=found.paged is not None and found.paged.may_take(actor()),
        press_form=DeskForm(formdata=None),
        way_words=WAY_WORDS,
        copy_words=lifecycle.WORDS,
        reference_of=board.reference,
        **_words(),
    )


@pages.get("/alarms/banner")
@signed_in
def banner() -> ResponseReturnValue:
    """What changed of the banner; 204 if nothing did. A new alarm is said at once, a count at most once a minute."""
    lines = alarm_pages.standing(actor())
    known, said_at = request.args.get("mark", ""), request.args.get("said", "")
    mark, now = alarm_pages.mark(lines), clock.now()
    is_new = max((line.id for line in lines), default=0) > _number(known.partition(".")[0])
    is_due = mark != known and now.timestamp() - _number(said_at) >= SAID_EVERY_SECONDS
    if mark == known or not alarm_pages.may_see(actor()):
        return "", 204
    return render_template(
        "desk/alarms/live.html",
        **around(actor(), lines=lines, said_at=int(now.timestamp()) if is_new or is_due else _number(said_at)),
        is_new=is_new,
        is_due=is_due,
    )


def around(who: Actor, *, lines: Sequence[Line] | None = None, said_at: int = 0) -> dict[str, object]:
    """What the layout needs for the banner over every page."""
    if not alarm_pages.may_see(who):
        return {"alarms": None}
    found = alarm_pages.standing(who) if lines is None else lines
    return {
        "alarms": found,
        "alarm_mark": alarm_pages.mark(found),
        "alarm_said": said_at,
        "alarm_words": words_of,
        "alarm_headings": HEADINGS,
        "alarm_press": new_request_id(),
    }


def words_of(line: Line) -> Sentence:
    """ "7 reports, 3 independent, Plaza de España", in any language."""
    place = MANY_PLACES if line.is_overflow else line.place or NO_PLACE
    if line.tip_count == 1:
        return say("1 report, %(place)s", place=place)
    return say(
        "%(count)d reports, %(independent)d independent, %(place)s",
        count=line.tip_count,
        independent=line.independent_count,
        place=place,
    )


def of_tip(who: Actor, tip_id: int) -> dict[str, object]:
    """What the page of a tip needs to show the alarms that count it."""
    return {
        "tip_alarms": alarm_pages.of_tip(who, tip_id),
        "alarm_words": words_of,
        "alarm_findings": leads.FINDINGS,
    }


def _words() -> dict[str, object]:
    return {
        "headings": HEADINGS,
        "alarm_words": words_of,
        "titles": board.titles(language()),
        "alarm_findings": leads.FINDINGS,
    }


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
