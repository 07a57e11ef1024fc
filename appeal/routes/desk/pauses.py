"""Pausing the force: what is held, on which channels, and letting each appeal go again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.models.release import Channel
from appeal.pages import translate
from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.pauses import PauseForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, channels, pauses

PAUSED = _("Paused. %(count)s copies that were about to go out are held.")

pages = Blueprint("pauses", __name__)


@pages.get("/pause")
@needs(Permission.READ_APPEALS)
def show() -> ResponseReturnValue:
    """What is paused since when, what was held, and the form that pauses."""
    return _page(_form())


@pages.post("/pause")
@needs(Permission.APPROVE)
def pause() -> ResponseReturnValue:
    """Hold everything that is not out, on all or on the chosen channels."""
    form, now = _form(), clock.now()

    def act() -> str:
        count = pauses.pause(actor(), channel_ids=form.channels.data or (), now=now)
        flash(translate(language(), PAUSED, count=count), "success")
        return url_for("pauses.show")

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return _page(form)


@pages.post("/pause/resume")
@needs(Permission.APPROVE)
def resume() -> ResponseReturnValue:
    """New things go out again; what was held waits for a decision on each appeal."""
    now = clock.now()

    def act() -> str:
        pauses.resume(actor(), now=now)
        flash(_("Resumed. Decide below on each appeal that was held."), "success")
        return url_for("pauses.show")

    try:
        return redirect(press.once(DeskForm(), now, act))
    except WrongState as error:
        flash(error.words, "error")
        return redirect(url_for("pauses.show"))


@pages.post("/pause/appeals/<int:appeal_id>/<any(go, drop):choice>")
@needs(Permission.APPROVE)
def decide(appeal_id: int, choice: str) -> ResponseReturnValue:
    """Let what was held of one appeal go, or drop it."""
    now = clock.now()

    def act() -> str:
        if choice == "go":
            pauses.let_go(actor(), appeal_id=appeal_id, now=now)
            flash(_("It goes out at its next moment."), "success")
        else:
            pauses.drop(actor(), appeal_id=appeal_id, now=now)
            flash(_("It was dropped. Nothing of it goes out."), "success")
        return url_for("pauses.show")

    try:
        return redirect(press.once(DeskForm(), now, act))
    except (WrongState, NotFound) as error:
        flash(error.words, "error")
        return redirect(url_for("pauses.show"))


def _form() -> PauseForm:
    return PauseForm.with_channels(_channels())


def _channels() -> list[Channel]:
    return [one for one in channels.every() if one.purpose == channels.APPEALS and one.is_active]


def _page(form: PauseForm) -> ResponseReturnValue:
    kept = pauses.kept()
    titles = {one.appeal_id: appeals.title(appeals.view(one.appeal_id), language()) for one in kept}
    return render_template(
        "desk/rota/pause.html",
        form=form,
        press_form=DeskForm(formdata=None),
        standing=pauses.standing(),
        kept=kept,
        titles=titles,
    ), 400 if form.errors else 200
