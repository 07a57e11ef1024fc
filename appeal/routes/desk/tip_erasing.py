"""Erasing what a tip says, with a reason; while a legal hold stands it is restricted instead."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, needs
from appeal.routes.forms.holds import EraseForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.tips import erasing

ERASED = _("The tip is erased with everything that belonged to it.")
RESTRICTED = _("A legal hold stands: the tip was not erased. It is out of queue, search and leads.")

pages = Blueprint("tip_erasing", __name__)


@pages.post("/tips/<int:tip_id>/erase")
@needs(Permission.ASSESS)
def erase(tip_id: int) -> ResponseReturnValue:
    """Erase, or restrict."""
    form, now = EraseForm(), clock.now()

    def act() -> str:
        is_erased = erasing.erase(actor(), tip_id=tip_id, why=form.why.data or "", now=now)
        flash(ERASED if is_erased else RESTRICTED, "success" if is_erased else "warning")
        return url_for("tips.queue")

    try:
        return redirect(press.once(form, now, act))
    except (BadInput, WrongState) as error:
        flash(error.words, "error")
        return redirect(url_for("tips.show", tip_id=tip_id))
