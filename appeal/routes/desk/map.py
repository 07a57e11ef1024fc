"""The map and the clock of an appeal, the outline that maps are drawn on, and beside them how the appeal does."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import briefing, insight, press, tip_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.map import BACK, HOURS, ON, MapForm, OutlineForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import outline
from appeal.tips import board, map_sheet, map_sightings

pages = Blueprint("map", __name__)
pages.context_processor(tip_words.context)
pages.register_blueprint(insight.pages)
pages.register_blueprint(briefing.pages)


@pages.route("/appeals/<int:appeal_id>/map", methods=["GET", "POST"])
@needs(Permission.READ_TIPS)
def show(appeal_id: int) -> ResponseReturnValue:
    """Where and when an appeal's sightings were; nothing of the place is kept in the address."""
    form, now = MapForm(), clock.now()
    is_sent = request.method == "POST"
    is_good = not is_sent or form.validate()
    public_id, begun_at = map_sightings.about(appeal_id)
    asked = _asked(form, begun_at, now) if is_good else map_sightings.Asked(until=now)
    found = map_sightings.find(actor(), appeal_id=appeal_id, asked=asked, now=now)
    sheet = map_sheet.draw(found.sightings, outline.outline(), asked.frame)
    return render_template(
        "desk/map/map.html",
        form=form,
        asked=asked,
        found=found,
        sheet=sheet,
        begun_at=begun_at,
        last_step=form.last_step(begun_at, now),
        hours=HOURS,
        appeal_id=appeal_id,
        public_id=public_id,
        title=board.titles(language()).get(public_id, ""),
        reference_of=board.reference,
    ), 200 if is_good else 400


@pages.route("/map/outline", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def ground() -> ResponseReturnValue:
    """The outline of the force's ground: what is kept, and a file in its place."""
    form, now = OutlineForm(), clock.now()

    def act() -> str:
        given = form.outline.data
        raw = given.read() if given else b""
        if not raw:
            raise BadInput(fields={"outline": _("Choose a file.")})
        outline.keep(actor(), raw=raw, now=now)
        flash(_("The outline is kept. Every map is drawn on it from now on."), "success")
        return url_for("map.ground")

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    kept = outline.outline()
    sheet = map_sheet.draw((), kept, None)
    return render_template("desk/map/outline.html", form=form, kept=kept, sheet=sheet), 400 if form.errors else 200


def _asked(form: MapForm, begun_at: datetime, now: datetime) -> map_sightings.Asked:
    """The clock and the frame after what was pressed."""
    pressed = request.form.get("do", "")
    form.step.data, until = form.until(begun_at, now)
    if pressed in {BACK, ON}:
        hours = form.hours.data or 1
        form.step.data += hours if pressed == ON else -hours
        form.step.data, until = form.until(begun_at, now)
    frame = None if pressed == "all" else form.frame()
    frame = frame.moved(pressed) if frame else None
    before = form.before.data if pressed == "older" else None
    return map_sightings.Asked(until=until, hours=form.hours.data or 0, frame=frame, before=before)
