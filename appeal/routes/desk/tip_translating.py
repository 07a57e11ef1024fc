"""Translations of a tip: a colleague's words, or a program of this machine."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept
from appeal.tips import translating

pages = Blueprint("tip_translating", __name__)


@pages.post("/tips/<int:tip_id>/messages/<int:message_id>/<any(translate,program):what>")
@needs(Permission.ASSESS)
def add(tip_id: int, message_id: int, what: str) -> ResponseReturnValue:
    """Keep a colleague's translation, or ask the program for one, in the language of whoever asks."""
    form, now, here = DeskForm(), clock.now(), url_for("tips.show", tip_id=tip_id)
    about = {"tip_id": tip_id, "message_id": message_id}

    def act() -> str:
        words = request.form.get("words", "")
        translating.write(actor(), **about, language=language(), words=words, now=now)
        flash(_("The translation stands below the original."), "success")
        return here

    try:
        if what == "translate":
            return redirect(press.once(form, now, act))
        # Not inside the transaction of a press: the program may take its time. A second press adds a second text.
        translating.ask_program(actor(), **about, language=language(), now=now)
        flash(_("The translation stands below the original."), "success")
    except (BadInput, WrongState, NotAllowed) as error:
        words = next(iter(error.fields.values()), error.words) if isinstance(error, BadInput) else error.words
        flash(kept(words), "error")
    return redirect(here)
