"""After the ending, and before a review: who was told, go on without change, the letter for the person concerned."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.appeals import RenewForm, ToldForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotAllowed, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import letters, reviews, told

RENEW = "renew"

pages = Blueprint("endings", __name__)


@pages.post("/appeals/<int:appeal_id>/told")
@needs(Permission.TAKE_DOWN)
def tick(appeal_id: int) -> ResponseReturnValue:
    """Somebody was told before the closing words go out."""
    form, now = ToldForm(), clock.now()

    def work() -> str:
        is_last = told.tick(actor(), appeal_id=appeal_id, code=form.code.data, name=form.name.data, now=now)
        words = (
            _("Everybody knows. The closing words go out now.")
            if is_last
            else _("Ticked, with your name and the time.")
        )
        flash(words, "success")
        return _address(appeal_id)

    return _pressed(form, work, appeal_id)


@pages.post("/appeals/<int:appeal_id>/renew")
@needs(Permission.APPROVE)
def renew(appeal_id: int) -> ResponseReturnValue:
    """Go on without change until another day."""
    form, now = RenewForm(prefix=RENEW), clock.now()

    def work() -> str:
        reviews.renew(actor(), appeal_id=appeal_id, review_on=form.review_on.data, now=now)
        flash(_("Renewed. The texts and pictures are the same, and so is their hash."), "success")
        return _address(appeal_id)

    return _pressed(form, work, appeal_id)


@pages.get("/appeals/<int:appeal_id>/letter.pdf")
@needs(Permission.TAKE_DOWN)
def letter(appeal_id: int) -> Response:
    """The letter for the person concerned, to be printed: every place, since when, until when, and what remains."""
    printed = letters.printed(actor(), appeal_id=appeal_id, language=language(), now=clock.now())
    return Response(
        printed, mimetype="application/pdf", headers={"Content-Disposition": "attachment; filename=letter.pdf"}
    )


def _pressed(form: ToldForm | RenewForm, work: Callable[[], str], appeal_id: int) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            return redirect(once(form, clock.now(), work))
        except (BadInput, WrongState, NotAllowed) as error:
            flash(error.words, "error")
    else:
        flash(next((str(one.errors[0]) for one in form if one.errors), _("Please try again.")), "error")
    return redirect(_address(appeal_id))


def _address(appeal_id: int) -> str:
    return url_for("appeals.show", appeal_id=appeal_id)
