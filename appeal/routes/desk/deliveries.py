"""Every delivery of an appeal with its copies, and what a person says about those that a platform could not tell."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.pages import translate
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.deliveries import AGAIN, YES, AnswerForm
from appeal.rules import clock, lifecycle
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, say
from appeal.services import appeals, captures, copies, lookups, press_lists, removals
from appeal.services.attempts import NOT_TRIED

NOT_TRIED_WORDS = _("not tried")
STOPPED = _("Stopped on: %(names)s. What is out stays out.")
NOTHING_WAITED = _("Nothing waited any more.")
AGAIN_NOW = _("Tried once more now: %(count)s.")
LEFT = _("Left, so it does not go out: %(count)s.")

pages = Blueprint("deliveries", __name__)


@pages.get("/appeals/<int:appeal_id>/deliveries")
@needs(Permission.READ_APPEALS)
def index(appeal_id: int) -> str:
    """All deliveries, or the next page of the copies of one."""
    return _page(appeal_id)


@pages.post("/deliveries/copies/<int:copy_id>/answer")
@needs(Permission.SETTLE)
def answer(copy_id: int) -> ResponseReturnValue:
    """Whether it is there, seen by a person; where it is not, it may be sent again."""
    form, now = AnswerForm(prefix=_prefix(copy_id)), clock.now()

    def work() -> None:
        lookups.answer(
            actor(),
            copy_id=copy_id,
            is_there=form.answer.data == YES,
            permalink=form.permalink.data or "",
            again=form.answer.data == AGAIN,
            now=now,
        )

    return _settled(copy_id, form, now, work)


@pages.post("/deliveries/copies/<int:copy_id>/removed")
@needs(Permission.SETTLE)
def removed(copy_id: int) -> ResponseReturnValue:
    """A person removed it by hand and says so."""
    form, now = DeskForm(prefix=_prefix(copy_id)), clock.now()
    return _settled(copy_id, form, now, lambda: lookups.removed_by_hand(actor(), copy_id=copy_id, now=now))


@pages.post("/appeals/<int:appeal_id>/deliveries/stop")
@needs(Permission.TAKE_DOWN)
def stop(appeal_id: int) -> ResponseReturnValue:
    """Stop what has not gone out; what is out stays."""
    now = clock.now()

    def work() -> str:
        names = removals.stop_waiting(actor(), appeal_id=appeal_id, now=now)
        words = say(STOPPED, names=", ".join(names)) if names else NOTHING_WAITED
        flash(translate(language(), words), "success")
        return url_for("deliveries.index", appeal_id=appeal_id)

    return redirect(once(DeskForm(), now, work))


@pages.post("/appeals/<int:appeal_id>/deliveries/<int:delivery_id>/put-off")
@needs(Permission.SETTLE)
def put_off(appeal_id: int, delivery_id: int) -> ResponseReturnValue:
    """What a platform put off again and again: once more, or never."""
    form, now = AnswerForm(), clock.now()

    def work() -> str:
        count = removals.decide_put_off(actor(), delivery_id=delivery_id, again=form.answer.data == AGAIN, now=now)
        words = AGAIN_NOW if form.answer.data == AGAIN else LEFT
        flash(translate(language(), say(words, count=count)), "success")
        return url_for("deliveries.index", appeal_id=appeal_id)

    return redirect(once(form, now, work))


def _settled(copy_id: int, form: DeskForm, now: datetime, act: Callable[[], None]) -> ResponseReturnValue:
    appeal_id = copies.appeal_of(copy_id)
    if appeal_id is None:
        raise NotFound("There is no such copy.")

    def work() -> str:
        act()
        flash(_("Thank you. Your answer was kept."), "success")
        return url_for("deliveries.index", appeal_id=appeal_id)

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except (BadInput, WrongState) as error:
            form.form_errors.append(error.words)
    return _page(appeal_id, copy_id, form), 400


def _page(appeal_id: int, answered: int = 0, answer_form: DeskForm | None = None) -> str:
    """`answered` and its form are the ones that had a mistake."""
    to_look_at = copies.to_look_at(appeal_id)
    forms = {one.copy.id: _form_of(one) for one in to_look_at}
    if answer_form is not None and answered in forms:
        forms[answered] = answer_form
    appeal = appeals.view(appeal_id)
    delivery_id = request.args.get("delivery", type=int)
    return render_template(
        "desk/deliveries/deliveries.html",
        appeal=appeal,
        title=appeals.title(appeal, language()),
        to_look_at=to_look_at,
        forms=forms,
        problem_form=answer_form,
        delivery_id=delivery_id,
        copy_words={**lifecycle.WORDS, NOT_TRIED: NOT_TRIED_WORDS},
        coming_down=removals.coming_down(appeal_id, now=clock.now()),
        jobs=removals.JOBS,
        kept=[(row, channel, captures.statements(row)) for row, channel in captures.of_appeals([appeal_id])],
        waiting=removals.waiting(appeal_id),
        press_lists=press_lists.sent(appeal_id),
        press_form=DeskForm(formdata=None),
        put_off_form=AnswerForm(formdata=None),
        listing=copies.listing(appeal_id, delivery_id=delivery_id, after=request.args.get("after", 0, type=int)),
    )


def _form_of(one: copies.Shown) -> DeskForm:
    kind = AnswerForm if one.asks == "there" else DeskForm
    return kind(formdata=None, prefix=_prefix(one.copy.id))


def _prefix(copy_id: int) -> str:
    """Many copies stand on one page, each with a form of its own."""
    return f"copy{copy_id}"
