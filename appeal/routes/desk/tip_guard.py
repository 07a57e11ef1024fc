"""Protects who reads: lock suspected abuse material, pass on what cannot be borne, lift a lock as two."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press, tip_words
from appeal.routes.desk.gate import actor, needs, signed_in
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept
from appeal.tips import board, guarded

pages = Blueprint("tip_guard", __name__)
pages.context_processor(tip_words.context)


@pages.post("/tips/<int:tip_id>/files/<int:message_id>/<int:position>/lock")
@needs(Permission.READ_TIPS)
def lock(tip_id: int, message_id: int, position: int) -> ResponseReturnValue:
    """Lock a file at once."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        guarded.lock(actor(), tip_id=tip_id, message_id=message_id, position=position, now=now)
        flash(_("The file is locked. Nobody sees it here any more; the officers named for this are told."), "success")
        return url_for("tips.show", tip_id=tip_id, read=1)

    return redirect(press.once(form, now, act))


@pages.post("/tips/<int:tip_id>/unbearable")
@needs(Permission.ASSESS)
def unbearable(tip_id: int) -> ResponseReturnValue:
    """Pass the tip to the officer who is named for this, or to the colleague who was chosen."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        to_id = request.form.get("officer_id", type=int) or guarded.usual_receiver() or 0
        guarded.unbearable(actor(), tip_id=tip_id, to_id=to_id, now=now)
        flash(_("It is passed on. Its pictures are not shown to you again. Take a moment if you need one."), "success")
        return url_for("tips.queue")

    try:
        return redirect(press.once(form, now, act))
    except (BadInput, WrongState) as error:
        words = next(iter(error.fields.values()), error.words) if isinstance(error, BadInput) else error.words
        flash(kept(words), "warning")
        return redirect(url_for("tips.show", tip_id=tip_id))


@pages.get("/tips/locked")
@signed_in
def index() -> ResponseReturnValue:
    """What is locked, for the two officers whom the force has named."""
    return render_template(
        "desk/tips/locked.html",
        rows=guarded.locked(actor()),
        own_id=actor().id,
        reference_of=board.reference,
        form=DeskForm(formdata=None),
    )


@pages.post("/tips/locked/<int:lock_id>/<any(ask,lift):what>")
@signed_in
def change(lock_id: int, what: str) -> ResponseReturnValue:
    """Say that a lock was an error, or agree as the second of two."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        if what == "ask":
            guarded.ask(actor(), lock_id=lock_id, why=request.form.get("why", ""), now=now)
            flash(_("The other of the two is told."), "success")
        else:
            guarded.lift(actor(), lock_id=lock_id, now=now)
            flash(_("The lock is lifted. The file is examined like one that has just come in."), "success")
        return url_for("tip_guard.index")

    try:
        return redirect(press.once(form, now, act))
    except (BadInput, WrongState) as error:
        words = next(iter(error.fields.values()), error.words) if isinstance(error, BadInput) else error.words
        flash(kept(words), "error")
        return redirect(url_for("tip_guard.index"))
