"""Tips that were restricted instead of erased: the list, opening one for a reason, ending the restriction."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, needs
from appeal.routes.forms.holds import AsideForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.tips import aside, board

pages = Blueprint("tip_aside", __name__)


@pages.get("/tips/restricted")
@needs(Permission.ASSESS)
def show() -> ResponseReturnValue:
    """Every tip that a legal hold keeps although it was to be erased; nothing of what it says."""
    rows = aside.listed(actor())
    references = {row.id: board.reference(row.id) for row in rows}
    form = AsideForm(formdata=None)
    return render_template("desk/tips/restricted.html", rows=rows, references=references, form=form)


@pages.post("/tips/<int:tip_id>/restricted")
@needs(Permission.ASSESS)
def open_one(tip_id: int) -> ResponseReturnValue:
    """What it says, for a reason; shown in the answer only."""
    try:
        found = aside.open_one(actor(), tip_id=tip_id, why=AsideForm().why.data or "", now=clock.now())
    except BadInput as error:
        flash(error.words, "error")
        return redirect(url_for("tip_aside.show"))
    form = AsideForm(formdata=None)
    return render_template("desk/tips/restricted_tip.html", tip=found, reference=board.reference(tip_id), form=form)


@pages.post("/tips/<int:tip_id>/unrestrict")
@needs(Permission.ASSESS)
def take_back(tip_id: int) -> ResponseReturnValue:
    """End the restriction."""
    form, now = AsideForm(), clock.now()

    def act() -> str:
        aside.take_back(actor(), tip_id=tip_id, why=form.why.data or "", now=now)
        flash(_("The tip is no longer restricted."), "success")
        return url_for("tips.show", tip_id=tip_id)

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        flash(error.words, "error")
        return redirect(url_for("tip_aside.show"))
