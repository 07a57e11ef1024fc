"""The calendar of a desk as days, a week or a plain list, and its feed at an address of the officer's own."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from appeal.models.rota import Desk
from appeal.routes.desk.gate import language, needs
from appeal.rules import clock
from appeal.rules.errors import NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, calendar, closings, desks, rota

VIEWS = {"day": (1, _("Day")), "week": (7, _("Week")), "list": (14, _("List"))}

pages = Blueprint("calendar", __name__)


@pages.get("/calendar")
@needs(Permission.READ_APPEALS)
def show() -> ResponseReturnValue:
    """So many days from a date on; a week begins on Monday."""
    now, desk, view = clock.now(), _desk(), _view()
    zone = rota.rota(desk_id=desk.id).zone
    start, (count, _words) = _start(now.astimezone(ZoneInfo(zone)).date(), view), VIEWS[view]
    days = calendar.days(desk.id, start=start, count=count)
    listed = {entry.appeal_id for day in days for entry in day.entries if entry.appeal_id}
    return render_template(
        "desk/rota/calendar.html",
        desk=desk,
        desks=desks.every(),
        view=view,
        views=VIEWS,
        days=days,
        desk_zone=zone,
        today=now.astimezone(ZoneInfo(zone)).date(),
        earlier=start - timedelta(days=count),
        later=start + timedelta(days=count),
        held=closings.held(now=now),
        titles={one: appeals.title(appeals.view(one), language()) for one in listed},
        feed=url_for("calendar.feed", token=calendar.token(current_user), _external=True),
    )


@pages.get("/calendar/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """Shifts, releases and reminders for a calendar program; the address itself is the key."""
    made = calendar.feed(token, now=clock.now())
    return Response(made, mimetype="text/calendar", headers={"Cache-Control": "private, max-age=300"})


def _view() -> str:
    given = request.args.get("view", "week")
    return given if given in VIEWS else "week"


def _start(today: date, view: str) -> date:
    try:
        asked = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        asked = today
    asked = min(max(asked, today - timedelta(days=3660)), today + timedelta(days=3660))
    return asked - timedelta(days=asked.weekday()) if view == "week" else asked


def _desk() -> Desk:
    given, known = request.args.get("desk", ""), desks.every()
    found = next((one for one in known if str(one.id) == given), None) if given else (known[0] if known else None)
    if found is None:
        raise NotFound(_("There is no such desk."))
    return found
