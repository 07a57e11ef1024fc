"""How an appeal does: a curve with its table, figures, and the same as a file."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from appeal.routes.desk import tip_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.rules import clock
from appeal.rules.permissions import Permission
from appeal.services import appeals, force
from appeal.tips import arrived, insight, insight_chart

pages = Blueprint("insight", __name__)
pages.context_processor(tip_words.context)


@pages.get("/appeals/<int:appeal_id>/insight")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> ResponseReturnValue:
    """Tips by the hour against what went out, and how fast they are read."""
    appeal, hours = appeals.view(appeal_id), _hours()
    found = insight.look(actor(), appeal_id=appeal_id, hours=hours, now=clock.now())
    return render_template(
        "desk/insight/insight.html",
        appeal=appeal,
        title=appeals.title(appeal, language()),
        found=found,
        chart=insight_chart.chart(found, force.settings()["zone"]),
        hours=hours,
        spans=insight.SPANS,
        cap=insight.WAITING_CAP,
        looked_at=arrived.MOST,
    )


@pages.get("/appeals/<int:appeal_id>/insight.csv")
@needs(Permission.READ_APPEALS)
def as_file(appeal_id: int) -> Response:
    """The hours as a table for other programs."""
    appeals.view(appeal_id)
    found = insight.look(actor(), appeal_id=appeal_id, hours=_hours(), now=clock.now())
    about = {"Content-Disposition": f'attachment; filename="appeal-{appeal_id}-hours.csv"'}
    return Response(insight.as_csv(found), mimetype="text/csv", headers=about)


def _hours() -> int:
    asked = request.args.get("hours", insight.USUAL_HOURS, type=int)
    return asked if asked in insight.SPANS else insight.USUAL_HOURS
