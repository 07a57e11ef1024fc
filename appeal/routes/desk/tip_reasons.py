"""The force's list of reasons, for administrators."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press, tip_words
from appeal.routes.desk.gate import actor, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.triage import ReasonForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept
from appeal.tips import own_reasons

pages = Blueprint("tip_reasons", __name__)
pages.context_processor(tip_words.context)


@pages.route("/tips/reasons", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    """All reasons, and a form for one more."""
    form, now = ReasonForm(), clock.now()
    form.decision.choices = [(code, words) for code, words in tip_words.DECISIONS.items() if code != "undone"]
    if form.is_submitted() and form.validate():
        try:
            return redirect(press.once(form, now, lambda: _added(form)))
        except BadInput as error:
            form.show(error)
    return render_template(
        "desk/tips/reasons.html", form=form, rows=own_reasons.listed(), press_form=DeskForm(formdata=None)
    ), 400 if form.errors else 200


@pages.post("/tips/reasons/<code>/<any(on,off):what>")
@needs(Permission.ADMINISTER)
def switch(code: str, what: str) -> ResponseReturnValue:
    """Use a reason no more, or again."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        own_reasons.switch(actor(), code=code, is_off=what == "off", now=now)
        return url_for("tip_reasons.index")

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        flash(kept(error.words), "error")
        return redirect(url_for("tip_reasons.index"))


def _added(form: ReasonForm) -> str:
    given = {name: form[name].data or "" for name in ("decision", "key", "words")}
    own_reasons.add(actor(), **given, now=clock.now())
    flash(_("The reason is on the list."), "success")
    return url_for("tip_reasons.index")
