"""The shift page: who is on, what was handed over, what changed since you left and what waits for whom."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from appeal.models.rota import Desk
from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.shifts import NoteForm, ShiftForm
from appeal.rules import clock, hours
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, changes, desks, officers, outcomes, rota, shifts

AHEAD = timedelta(days=7)
BACK = timedelta(hours=12)

pages = Blueprint("shifts", __name__)


@pages.get("/shift")
@needs(Permission.READ_APPEALS)
def show() -> ResponseReturnValue:
    """Everything that whoever begins a shift has to know."""
    return _page(None, None)


@pages.post("/shift/note")
@needs(Permission.READ_TIPS)
def hand_over() -> ResponseReturnValue:
    """Leave a note for the next shift."""
    form, now = NoteForm(), clock.now()

    def act() -> str:
        shifts.hand_over(actor(), words=form.words.data or "", now=now)
        flash(_("The note is kept for the next shift."), "success")
        return url_for("shifts.show", desk=request.args.get("desk"))

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return _page(None, form)


@pages.post("/shifts")
@needs(Permission.ADMINISTER)
def put_on() -> ResponseReturnValue:
    """Put an officer on."""
    form, now, desk = _shift_form(ShiftForm()), clock.now(), _desk()
    zone = rota.rota(desk_id=desk.id).zone

    def act() -> str:
        shifts.put_on(
            actor(),
            desk_id=desk.id,
            officer_id=form.officer.data,
            starts_at=hours.instant(zone, form.starts_at.data),
            ends_at=hours.instant(zone, form.ends_at.data),
            now=now,
        )
        flash(_("The officer is on."), "success")
        return url_for("shifts.show", desk=desk.id)

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return _page(form, None)


@pages.post("/shifts/<int:shift_id>/remove")
@needs(Permission.ADMINISTER)
def take_off(shift_id: int) -> ResponseReturnValue:
    """Remove a shift."""
    now = clock.now()

    def act() -> str:
        shifts.take_off(actor(), shift_id=shift_id, now=now)
        flash(_("The shift is removed."), "success")
        return url_for("shifts.show", desk=request.args.get("desk"))

    try:
        return redirect(press.once(DeskForm(), now, act))
    except NotFound as error:
        flash(error.words, "error")
        return redirect(url_for("shifts.show"))


def _desk() -> Desk:
    given = request.args.get("desk", "")
    known = desks.every()
    found = next((one for one in known if str(one.id) == given), None) if given else (known[0] if known else None)
    if found is None:
        raise NotFound(_("There is no such desk."))
    return found


def _shift_form(form: ShiftForm) -> ShiftForm:
    form.officer.choices = [SelectChoice(one.id, one.name) for one in officers.everyone() if one.active]
    return form


def _page(shift_form: ShiftForm | None, note_form: NoteForm | None) -> ResponseReturnValue:
    now, desk = clock.now(), _desk()
    left_at = shifts.left_at(actor(), now=now) or now - BACK
    waiting = outcomes.waiting_for(actor())
    listed = {one.id: one for one in (*waiting.approvals, *waiting.asked, *waiting.returned)}
    wrong = any(form.errors for form in (shift_form, note_form) if form)
    return render_template(
        "desk/rota/shift.html",
        desk=desk,
        desks=desks.every(),
        now=now,
        left_at=left_at,
        planned=shifts.between(desk.id, start=now - BACK, end=now + AHEAD),
        notes=shifts.notes(desk.id, now=now) if actor().may(Permission.READ_TIPS) else [],
        changed=changes.since(left_at),
        waiting=waiting,
        titles={one.id: appeals.title(one, language()) for one in listed.values()},
        reading_words=rota.reading_words(language(), now, desk_id=desk.id),
        shift_form=shift_form or _shift_form(ShiftForm(formdata=None)),
        note_form=note_form or NoteForm(formdata=None),
        press_form=DeskForm(formdata=None),
    ), 400 if wrong else 200
