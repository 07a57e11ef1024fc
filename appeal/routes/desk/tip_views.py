"""An officer's own views of the queue and single keys, and the list of closed tips that wait for a second reader."""

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press, tip_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.triage import KeysForm, SettleForm, ViewForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.tips import board, own_reasons, rereading, views

pages = Blueprint("tip_views", __name__)
pages.context_processor(tip_words.context)


@pages.post("/tips/views")
@needs(Permission.READ_TIPS)
def save() -> ResponseReturnValue:
    """Keep the filters of the page under a name."""
    form, now = ViewForm(), clock.now()
    filters = {name: request.form.get(name, "") for name in views.FILTERS}
    here = f"{url_for('tips.queue')}?{urlencode({name: value for name, value in filters.items() if value})}"

    def act() -> str:
        views.save(actor(), name=form.name.data or "", filters=filters, now=now)
        flash(_("The view is kept."), "success")
        return here

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        flash(error.words, "error")
        return redirect(here)


@pages.post("/tips/views/<int:view_id>/remove")
@needs(Permission.READ_TIPS)
def remove(view_id: int) -> ResponseReturnValue:
    """Forget a view."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        views.remove(actor(), view_id=view_id)
        return url_for("tips.queue")

    return redirect(press.once(form, now, act))


@pages.route("/tips/keys", methods=["GET", "POST"])
@needs(Permission.READ_TIPS)
def keys() -> ResponseReturnValue:
    """Switch single keys on or off, and change them."""
    form = KeysForm()
    is_on, current = views.keys(actor())
    typed = {code: request.form.get(code, key) for code, key in current.items()}
    if request.method == "GET":
        form.is_on.data = is_on
    elif form.validate_on_submit():
        try:
            views.choose_keys(actor(), is_on=bool(form.is_on.data), changed=typed)
            flash(_("Your keys are kept."), "success")
            return redirect(url_for("tip_views.keys"))
        except BadInput as error:
            wrong = error.fields
            return render_template("desk/tips/keys.html", form=form, keys=typed, wrong=wrong, **_words()), 400
    return render_template("desk/tips/keys.html", form=form, keys=current, wrong={}, **_words())


@pages.get("/tips/second")
@needs(Permission.READ_TIPS)
def second() -> ResponseReturnValue:
    """Closed tips that wait for somebody else than who closed them."""
    waiting = rereading.waiting(actor())
    return render_template(
        "desk/tips/second.html",
        waiting=waiting,
        why=rereading.WHY,
        titles=board.titles(language()),
        references={one.row.id: board.reference(one.row.id) for one in waiting},
    )


@pages.post("/tips/second/<int:rereading_id>")
@needs(Permission.ASSESS)
def settle(rereading_id: int) -> ResponseReturnValue:
    """Agree with the closing, or put the tip back into the queue."""
    form, now = SettleForm(), clock.now()

    def act() -> str:
        if not form.validate():
            raise BadInput(_("Choose yes or no."))
        rereading.settle(actor(), rereading_id=rereading_id, is_agreed=form.is_agreed.data == "yes", now=now)
        flash(_("Your second reading is kept."), "success")
        return url_for("tip_views.second")

    return redirect(press.once(form, now, act))


def _words() -> dict[str, object]:
    return {"reason_codes": own_reasons.known()}
