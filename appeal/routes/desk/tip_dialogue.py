"""Asking the person who sent a tip, and telling them in neutral words what came of it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, needs
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock, tasking
from appeal.rules.permissions import Permission
from appeal.rules.words import _, say
from appeal.tips import board, dialogue

pages = Blueprint("tip_dialogue", __name__)


@pages.post("/tips/<int:tip_id>/ask")
@needs(Permission.ASSESS)
def ask(tip_id: int) -> ResponseReturnValue:
    """Put a question; one that seems to send the person out is shown once more with a reminder, never refused."""
    form, now, question = DeskForm(), clock.now(), request.form.get("question", "")
    asked = tasking.found(question)
    if asked and "reminded" not in request.form:
        return render_template(
            "desk/dialogue/reminder.html",
            tip_id=tip_id,
            reference=board.reference(tip_id),
            question=question,
            reminder=say(tasking.REMINDER, words=", ".join(f"“{one}”" for one in asked)),
            form=DeskForm(formdata=None),
        )

    def act() -> str:
        dialogue.ask(actor(), tip_id=tip_id, words=question, now=now)
        flash(_("The person reads the question when they come back with their code."), "success")
        return _here(tip_id)

    return redirect(press.once(form, now, act))


@pages.post("/tips/<int:tip_id>/outcome")
@needs(Permission.ASSESS)
def outcome(tip_id: int) -> ResponseReturnValue:
    """Let the person read what came of it."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        dialogue.tell_outcome(actor(), tip_id=tip_id, outcome=request.form.get("outcome", ""), now=now)
        flash(_("The person reads it when they come back with their code."), "success")
        return _here(tip_id)

    return redirect(press.once(form, now, act))


def of_tip(tip_id: int) -> dict[str, object]:
    """What the page of a tip needs to show the dialogue."""
    return {
        "dialogue": dialogue.of_tip(tip_id),
        "dialogue_outcomes": dialogue.OUTCOMES,
        "can_answer": dialogue.can_answer(tip_id),
    }


def _here(tip_id: int) -> str:
    return url_for("tips.show", tip_id=tip_id, read=1)
