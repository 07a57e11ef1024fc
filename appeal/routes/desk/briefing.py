"""One screen of a telephone and one sheet of paper about an appeal, for whoever reads no tips."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from appeal.routes.desk.gate import actor, language, needs
from appeal.rules import clock
from appeal.rules.permissions import Permission
from appeal.services import appeals, outcomes, schedule
from appeal.tips import briefing, leads
from appeal.tips.sameness import REASONS

MOST_EVENTS = 5

pages = Blueprint("briefing", __name__)


@pages.get("/appeals/<int:appeal_id>/briefing")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> ResponseReturnValue:
    """What is out and not, tips in and unread, the best leads, what was checked, what happens next."""
    appeal, now = appeals.view(appeal_id), clock.now()
    return render_template(
        "desk/insight/briefing.html",
        appeal=appeal,
        title=appeals.title(appeal, language()),
        state=outcomes.APPEAL_STATES[outcomes.appeal_state(appeal)],
        standings=outcomes.overview(appeal_id),
        states=outcomes.CHANNEL_STATES,
        found=briefing.look(actor(), appeal_id=appeal_id, now=now),
        cap=briefing.UNREAD_CAP,
        came_cap=briefing.CAME_CAP,
        likeness=REASONS,
        findings=leads.FINDINGS,
        events=schedule.events(appeal, now=now)[:MOST_EVENTS],
        now=now,
    )
