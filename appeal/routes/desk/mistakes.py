"""Somebody was shown by mistake: the order of what follows on one page, and the correction that is ready for it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.pages import LANGUAGES
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.appeals import ToldForm
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.mistakes import CorrectionForm, MistakeForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.rules.lifecycle import WORDS
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, corrections, force, mistakes, officers, outcomes
from appeal.tips import mistaken

pages = Blueprint("mistakes", __name__)


@pages.get("/appeals/<int:appeal_id>/mistaken")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> str:
    """The order, each step with its state."""
    return _page(appeal_id, MistakeForm(formdata=None))


@pages.post("/appeals/<int:appeal_id>/mistaken")
@needs(Permission.END)
def declare(appeal_id: int) -> ResponseReturnValue:
    """The control room knows: everything comes down, the correction follows."""
    form, now = MistakeForm(), clock.now()

    def work() -> str:
        mistakes.declare(actor(), appeal_id=appeal_id, told_name=form.told_name.data or "", now=now)
        flash(_("It is coming down everywhere. The correction follows. Now the person has to be told."), "success")
        return url_for("mistakes.show", appeal_id=appeal_id)

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
        except WrongState as error:
            form.form_errors.append(error.words)
    return _page(appeal_id, form), 400


@pages.get("/corrections")
@needs(Permission.READ_APPEALS)
def index() -> str:
    """The standing correction in each language, approved and waiting."""
    return _corrections(_offered(CorrectionForm(formdata=None)))


@pages.post("/corrections")
@needs(Permission.DRAFT)
def write() -> ResponseReturnValue:
    """Write it in one language."""
    form, now = _offered(CorrectionForm()), clock.now()

    def work() -> str:
        corrections.write(actor(), language=form.language.data, body=form.body.data or "", now=now)
        flash(_("Kept. Another officer has to approve it."), "success")
        return url_for("mistakes.index")

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
    return _corrections(form), 400


@pages.post("/corrections/<int:correction_id>/approve")
@needs(Permission.APPROVE)
def approve(correction_id: int) -> ResponseReturnValue:
    """Another officer approves it."""
    form, now = DeskForm(), clock.now()

    def work() -> str:
        corrections.approve(actor(), correction_id=correction_id, now=now)
        flash(_("Approved. It is said from now on."), "success")
        return url_for("mistakes.index")

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except (WrongState, NotAllowed) as error:
            flash(error.words, "error")
    return redirect(url_for("mistakes.index"))


def _page(appeal_id: int, form: MistakeForm) -> str:
    appeal = appeals.view(appeal_id)
    standings = outcomes.overview(appeal_id)
    restricted, waiting = mistaken.count(appeal_id)
    return render_template(
        "desk/appeals/mistaken.html",
        appeal=appeal,
        title=appeals.title(appeal, language()),
        form=form,
        told_form=ToldForm(formdata=None),
        press_form=DeskForm(formdata=None),
        is_mistaken=appeal.ending == "mistaken",
        progress=mistakes.progress(appeal_id),
        correction=mistakes.words(),
        language_names=LANGUAGES,
        standings=standings,
        channel_states=outcomes.CHANNEL_STATES,
        copy_words=WORDS,
        to_take_down=sum(bool(one.counts.keys() & {"out", "asked", "unknown", "moving"}) for one in standings),
        restricted=restricted,
        waiting=waiting,
    )


def _offered(form: CorrectionForm) -> CorrectionForm:
    form.offer([(one, LANGUAGES.get(one, one)) for one in force.settings()["languages"].split()])
    return form


def _corrections(form: CorrectionForm) -> str:
    return render_template(
        "desk/appeals/corrections.html",
        form=form,
        press_form=DeskForm(formdata=None),
        current=mistakes.words(),
        rows=corrections.listed(),
        names={one.id: one.name for one in officers.everyone()},
        my_id=actor().id,
        language_names=LANGUAGES,
    )
