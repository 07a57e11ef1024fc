"""What is planned with an appeal: reminders that ask first, an embargo, and everything that happens when."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.planning import EmbargoForm, ReadingDeskForm, ReminderForm
from appeal.rules import clock, hours
from appeal.rules.errors import AppealError, BadInput, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeal_desks, appeals, desks, embargoes, force, officers, reminders, schedule

pages = Blueprint("planning", __name__)


@pages.get("/appeals/<int:appeal_id>/plan")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> ResponseReturnValue:
    """The next events, the series of reminders and the embargo."""
    return _page(appeal_id, None, None)


@pages.post("/appeals/<int:appeal_id>/reminders")
@needs(Permission.DRAFT)
def remind(appeal_id: int) -> ResponseReturnValue:
    """Plan a series of reminders."""
    form, now = _reminder_form(ReminderForm()), clock.now()

    def act() -> str:
        reminders.plan(
            actor(),
            appeal_id=appeal_id,
            officer_id=form.officer.data,
            every_days=form.days(),
            at=form.at.data,
            first_on=form.first_on.data,
            until_on=form.until_on.data,
            now=now,
        )
        flash(_("The reminders are planned. Before each the officer in the case is asked."), "success")
        return url_for("planning.show", appeal_id=appeal_id)

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except (BadInput, WrongState) as error:
            _show(form, error)
    return _page(appeal_id, form, None)


@pages.post("/appeals/<int:appeal_id>/reminders/<int:reminder_id>/stop")
@needs(Permission.DRAFT)
def stop(appeal_id: int, reminder_id: int) -> ResponseReturnValue:
    """End a series."""
    now = clock.now()

    def act() -> str:
        reminders.stop(actor(), reminder_id=reminder_id, now=now)
        flash(_("No further reminder of this series goes out."), "success")
        return url_for("planning.show", appeal_id=appeal_id)

    try:
        return redirect(press.once(DeskForm(), now, act))
    except NotFound as error:
        flash(error.words, "error")
        return redirect(url_for("planning.show", appeal_id=appeal_id))


@pages.post("/appeals/<int:appeal_id>/embargo")
@needs(Permission.DRAFT)
def embargo(appeal_id: int) -> ResponseReturnValue:
    """Set or lift the embargo."""
    form, now = EmbargoForm(), clock.now()

    def act() -> str:
        at = hours.instant(force.settings()["zone"], form.at.data) if form.at.data else None
        embargoes.hold_until(actor(), appeal_id=appeal_id, at=at, now=now)
        flash(_("The embargo is kept.") if at else _("There is no embargo any more."), "success")
        return url_for("planning.show", appeal_id=appeal_id)

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return _page(appeal_id, None, form)


@pages.post("/appeals/<int:appeal_id>/desk")
@needs(Permission.DRAFT)
def choose_desk(appeal_id: int) -> ResponseReturnValue:
    """Choose the desk that reads this appeal."""
    form, now = _desk_form(ReadingDeskForm()), clock.now()

    def act() -> str:
        appeal_desks.choose(actor(), appeal_id=appeal_id, desk_id=form.desk.data or None, now=now)
        flash(_("The desk is kept. What has not gone out follows its hours."), "success")
        return url_for("planning.show", appeal_id=appeal_id)

    try:
        if form.validate_on_submit():
            return redirect(press.once(form, now, act))
    except (BadInput, WrongState) as error:
        flash(error.words, "error")
    return redirect(url_for("planning.show", appeal_id=appeal_id))


def _desk_form(form: ReadingDeskForm) -> ReadingDeskForm:
    by_language = SelectChoice(0, _("The desk that reads the language of each channel"))
    form.desk.choices = [by_language, *(SelectChoice(one.id, one.name) for one in desks.every())]
    return form


def _reminder_form(form: ReminderForm) -> ReminderForm:
    form.officer.choices = [SelectChoice(one.id, one.name) for one in officers.everyone() if one.active]
    return form


def _show(form: DeskForm, error: AppealError) -> None:
    form.show(error if isinstance(error, BadInput) else BadInput(error.words))


def _page(appeal_id: int, reminder_form: ReminderForm | None, embargo_form: EmbargoForm | None) -> ResponseReturnValue:
    now, appeal = clock.now(), appeals.view(appeal_id)
    series = reminders.of_appeal(appeal_id)
    names = {one.id: one.name for one in officers.everyone()}
    wrong = any(form.errors for form in (reminder_form, embargo_form) if form)
    return render_template(
        "desk/appeals/plan.html",
        appeal=appeal,
        title=appeals.title(appeal, language()),
        events=schedule.events(appeal, now=now),
        series=[(one, reminders.goes_at(one), names.get(one.officer_id, "")) for one in series],
        reminder_form=reminder_form or _reminder_form(ReminderForm(formdata=None, officer=appeal.author_id)),
        desk_form=_desk_form(ReadingDeskForm(formdata=None, desk=appeal.desk_id or 0)),
        embargo_form=embargo_form or EmbargoForm(formdata=None, at=_local(appeal.not_before)),
        press_form=DeskForm(formdata=None),
    ), 400 if wrong else 200


def _local(at: datetime | None) -> datetime | None:
    return hours.local(force.settings()["zone"], at) if at else None
