"""Legal holds: what is kept whoever wants it erased, and how two officers lift that."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, needs
from appeal.routes.forms.holds import HoldForm, LiftForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotAllowed, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import force, retention
from appeal.tips import erasing

SOON_DAYS, MOST_COUNTED = 30, 1000

pages = Blueprint("holds", __name__)


@pages.get("/holds")
@needs(Permission.READ_APPEALS)
def show() -> ResponseReturnValue:
    """Every hold that stands."""
    return _page(HoldForm())


@pages.post("/holds")
@needs(Permission.READ_APPEALS)
def hold() -> ResponseReturnValue:
    """Hold an appeal by hand; the service asks for the role."""
    form, now = HoldForm(), clock.now()

    def act() -> str:
        retention.hold(actor(), appeal_id=form.appeal_id.data or 0, words=form.words.data or "", now=now)
        flash(_("The hold stands."), "success")
        return url_for("holds.show")

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
        except NotFound as error:
            form.show(BadInput(fields={"appeal_id": error.words}))
    return _page(form)


@pages.post("/holds/<int:hold_id>/lift")
@needs(Permission.READ_APPEALS)
def lift(hold_id: int) -> ResponseReturnValue:
    """Ask to lift a hold, or agree to it."""
    form, now = LiftForm(), clock.now()

    def act() -> str:
        is_lifted = retention.lift(actor(), hold_id=hold_id, words=form.words.data or "", now=now)
        flash(_("The hold is lifted.") if is_lifted else _("Asked. It stands until the other role agrees."), "success")
        return url_for("holds.show")

    try:
        return redirect(press.once(form, now, act))
    except (BadInput, WrongState, NotAllowed) as error:
        flash(error.words, "error")
        return redirect(url_for("holds.show"))


def _page(form: HoldForm) -> ResponseReturnValue:
    found = retention.standing(actor())
    now, keep_days = clock.now(), int(force.settings()["keep_tips_days"])
    may_hold = actor().may(Permission.ADMINISTER) or actor().may(Permission.APPROVE)
    status = 400 if form.errors else 200
    shown = render_template(
        "desk/holds.html",
        holds=found,
        form=form,
        lift_form=LiftForm(formdata=None),
        why=retention.WHY,
        may_hold=may_hold,
        keep_days=keep_days,
        due=erasing.due_within(SOON_DAYS, now=now, most=MOST_COUNTED),
        most=MOST_COUNTED,
    )
    return shown, status
