"""Who may see a tip: restrict it, open it again, keep it from an officer; information without the person."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press, tip_words
from appeal.routes.desk.gate import actor, needs, signed_in
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.triage import ShareForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotAllowed
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept
from appeal.tips import board, sharing, visible

pages = Blueprint("tip_readers", __name__)
pages.context_processor(tip_words.context)


@pages.get("/tips/<int:tip_id>/readers")
@needs(Permission.ASSESS)
def show(tip_id: int) -> ResponseReturnValue:
    """Who may see the tip, and what can be changed about it."""
    return render_template(
        "desk/tips/readers.html",
        head=board.head(actor(), tip_id),
        reference=board.reference(tip_id),
        readers=visible.readers(actor(), tip_id=tip_id),
        officers=visible.able(),
        own_id=actor().id,
        form=DeskForm(formdata=None),
    )


@pages.post("/tips/<int:tip_id>/readers/<any(restrict,open,bar,me):what>")
@needs(Permission.ASSESS)
def change(tip_id: int, what: str) -> ResponseReturnValue:
    """Restrict the tip, open it again, keep it from an officer or from the one who asks."""
    form, now, why = DeskForm(), clock.now(), request.form.get("why", "")
    ids = [int(one) for one in request.form.getlist("reader") if one.isdecimal()]

    def act() -> str:
        if what in {"bar", "me"}:
            officer_id = actor().id if what == "me" else request.form.get("officer_id", type=int) or 0
            visible.bar(actor(), tip_id=tip_id, officer_id=officer_id, why=why, now=now)
        elif what == "restrict" and not ids:
            raise BadInput(fields={"reader": _("Choose who may read it.")})
        else:
            visible.restrict(actor(), tip_id=tip_id, reader_ids=ids if what == "restrict" else [], why=why, now=now)
        flash(_("It is kept who may see this tip."), "success")
        return url_for("tips.queue") if what == "me" else url_for("tip_readers.show", tip_id=tip_id)

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        flash(kept(next(iter(error.fields.values()), error.words)), "error")
        return redirect(url_for("tip_readers.show", tip_id=tip_id))


@pages.route("/tips/<int:tip_id>/information", methods=["GET", "POST"])
@needs(Permission.ASSESS)
def write(tip_id: int) -> ResponseReturnValue:
    """Write out what somebody needs to know, without the person who told it."""
    form, now = ShareForm(), clock.now()
    form.for_id.choices = sharing.receivers(actor())
    try:
        if request.method == "GET":
            form.words.data = sharing.proposal(actor(), tip_id=tip_id)
        elif form.validate_on_submit():
            return redirect(press.once(form, now, lambda: _written(tip_id, form)))
    except BadInput as error:
        form.show(error)
    except NotAllowed as error:
        flash(kept(error.words), "warning")
        return redirect(url_for("tips.show", tip_id=tip_id))
    return render_template(
        "desk/tips/write_out.html",
        form=form,
        reference=board.reference(tip_id),
        tip_id=tip_id,
        given=sharing.given(actor(), tip_id=tip_id),
    ), 400 if form.errors else 200


@pages.get("/information")
@signed_in
def index() -> ResponseReturnValue:
    """What was written out for whoever asks."""
    return render_template("desk/tips/information.html", rows=sharing.received(actor()), one=None)


@pages.get("/information/<int:share_id>")
@signed_in
def read(share_id: int) -> ResponseReturnValue:
    """One piece of it; that it was read is recorded."""
    one = sharing.read(actor(), share_id=share_id, now=clock.now())
    return render_template("desk/tips/information.html", rows=(), one=one)


def _written(tip_id: int, form: ShareForm) -> str:
    words, why = form.words.data or "", form.why.data or ""
    sharing.write(actor(), tip_id=tip_id, for_id=int(form.for_id.data), words=words, why=why, now=clock.now())
    flash(_("It is written out, and the officer is told."), "success")
    return url_for("tips.show", tip_id=tip_id)
