"""Work on one tip beside its decision: notes, tasks, passing it on, what came of it, handing it over."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, needs
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock
from appeal.rules.errors import WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept
from appeal.tips import triage, work

pages = Blueprint("tip_work", __name__)


@pages.post("/tips/<int:tip_id>/note")
@needs(Permission.ASSESS)
def note(tip_id: int) -> ResponseReturnValue:
    """Keep a note or a task."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        is_task = request.form.get("is_task") == "y"
        work.note(actor(), tip_id=tip_id, words=request.form.get("words", ""), is_task=is_task, now=now)
        flash(_("It is kept beside the tip."), "success")
        return _here(tip_id)

    return redirect(press.once(form, now, act))


@pages.post("/tips/tasks/<int:note_id>/finish")
@needs(Permission.ASSESS)
def finish(note_id: int) -> ResponseReturnValue:
    """A task is done."""
    form, now = DeskForm(), clock.now()
    return redirect(press.once(form, now, lambda: _here(work.finish(actor(), note_id=note_id, now=now))))


@pages.post("/tips/<int:tip_id>/pass")
@needs(Permission.ASSESS)
def pass_on(tip_id: int) -> ResponseReturnValue:
    """Note to whom the tip was passed at this moment."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        work.pass_on(actor(), tip_id=tip_id, unit=request.form.get("unit", ""), now=now)
        flash(_("It is noted to whom it was passed, and when."), "success")
        return _here(tip_id)

    return redirect(press.once(form, now, act))


@pages.post("/tips/actions/<int:action_id>/outcome")
@needs(Permission.ASSESS)
def outcome(action_id: int) -> ResponseReturnValue:
    """Note what came of it."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        return _here(work.settle(actor(), action_id=action_id, outcome=request.form.get("outcome", ""), now=now))

    return redirect(press.once(form, now, act))


@pages.post("/tips/<int:tip_id>/hand-over")
@needs(Permission.ASSESS)
def hand_over(tip_id: int) -> ResponseReturnValue:
    """Give a tip that is held here to a colleague."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        officer_id = request.form.get("officer_id", type=int) or 0
        triage.hand_over(actor(), tip_id=tip_id, officer_id=officer_id, now=now)
        flash(_("Your colleague has the tip now."), "success")
        return url_for("tips.queue")

    try:
        return redirect(press.once(form, now, act))
    except WrongState as error:
        flash(kept(error.words), "warning")
        return redirect(_here(tip_id))


def _here(tip_id: int) -> str:
    return url_for("tips.show", tip_id=tip_id, read=1)
