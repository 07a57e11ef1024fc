"""The staffed hours: the week, the days that replace it, and whether somebody reads now."""

from datetime import date, datetime, time

from babel.dates import format_date
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.pages import LOCALES, translate
from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.rota import MOST_WINDOWS, WEEKDAYS, ExceptionForm, RotaForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, closings, desks, proposals, rota

LEFT_OPEN = _("Something is due on %(day)s, so it stays as it is. Add that day by itself if it is to wait.")
CLOSED_ON = _("The desk is closed on %(count)s public holidays more.")
FIRST_ROW = {"weekday": 0, "opens": time(8), "closes": time(16)}

pages = Blueprint("rota", __name__)


@pages.get("/rota")
@needs(Permission.READ_APPEALS)
def week() -> ResponseReturnValue:
    """The hours as they are kept, for administrators as forms."""
    return _page(_kept(), ExceptionForm(formdata=None))


@pages.post("/rota")
@needs(Permission.ADMINISTER)
def save_week() -> ResponseReturnValue:
    """Keep the week, or add and remove a row of what was typed without keeping anything."""
    form, now = RotaForm(), clock.now()
    if "add" in request.form or "remove" in request.form:
        return _page(_with_rows_changed(form), ExceptionForm(formdata=None))
    if not form.validate_on_submit():
        return _page(form, ExceptionForm(formdata=None))

    def act() -> str:
        rota.set_windows(actor(), windows=form.values(), now=now, desk_id=_desk_id())
        flash(_("The rota is kept. What has not gone out yet follows it."), "success")
        return _week()

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        form.show(error)
        return _page(form, ExceptionForm(formdata=None))


@pages.post("/rota/days")
@needs(Permission.ADMINISTER)
def save_day() -> ResponseReturnValue:
    """Keep one day that replaces the week's windows."""
    form, now = ExceptionForm(), clock.now()
    if not form.validate_on_submit():
        return _page(_kept(), form)

    def act() -> str:
        rota.set_exception(
            actor(),
            on=form.on.data,
            windows=form.windows(),
            reason=(form.reason.data or "").strip(),
            now=now,
            desk_id=_desk_id(),
            is_sure=bool(form.is_sure.data),
        )
        flash(_("The day is kept."), "success")
        return _week()

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        form.show(error)
        return _page(_kept(), form)


@pages.post("/rota/holidays")
@needs(Permission.ADMINISTER)
def close_on_holidays() -> ResponseReturnValue:
    """Close the desk on the ticked public holidays."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        days = [_date(one) for one in request.form.getlist("on")]
        closed, left = proposals.close_on(actor(), desk_id=_desk_id(), days=days, language=language(), now=now)
        flash(translate(language(), CLOSED_ON, count=len(closed)), "success")
        for on in left:
            flash(translate(language(), LEFT_OPEN, day=format_date(on, "long", locale=LOCALES[language()])), "error")
        return _week()

    return redirect(press.once(form, now, act))


@pages.post("/rota/days/<on>/remove")
@needs(Permission.ADMINISTER)
def remove_day(on: str) -> ResponseReturnValue:
    """Let the weekly windows count again on a day."""
    now = clock.now()

    def act() -> str:
        rota.remove_exception(actor(), on=_date(on), now=now, desk_id=_desk_id())
        flash(_("The week's hours count on this day again."), "success")
        return _week()

    return redirect(press.once(DeskForm(), now, act))


def _page(form: RotaForm, day_form: ExceptionForm) -> ResponseReturnValue:
    now, desk_id, every = clock.now(), _desk_id(), desks.every()
    desk = next((one for one in every if one.id == desk_id), None) or (every[0] if every else None)
    found, held = rota.exceptions(desk_id), closings.held(now=now)
    return render_template(
        "desk/rota/week.html",
        desk=desk,
        desks=every,
        picked=desk_id,
        proposed=_proposed(desk_id, now),
        closing=closings.closing(desk.id, now=now) if desk else None,
        held=held,
        titles={one.appeal_id: appeals.title(appeals.view(one.appeal_id), language()) for one in held},
        form=form,
        day_form=day_form,
        press_form=DeskForm(formdata=None),
        weekdays=WEEKDAYS,
        exceptions=found,
        is_open=rota.is_open(now, desk_id=desk_id),
        reading_words=rota.reading_words(language(), now, desk_id=desk_id),
        cover_minutes=rota.cover_minutes(),
        next_release=rota.next_release(now, desk_id=desk_id),
    ), 400 if form.errors or day_form.errors else 200


def _kept() -> RotaForm:
    windows = sorted(rota.rota(desk_id=_desk_id()).windows, key=lambda one: (one.weekday, one.opens))
    rows = [{"weekday": one.weekday, "opens": one.opens, "closes": one.closes} for one in windows]
    return RotaForm(formdata=None, data={"windows": rows})


def _with_rows_changed(form: RotaForm) -> RotaForm:
    """The rows as typed, one more or one fewer; half-typed times stay as they are."""
    if "add" in request.form:
        if len(form.windows) < MOST_WINDOWS:
            last = form.windows.entries[-1].data if len(form.windows) else FIRST_ROW
            form.windows.append_entry({**FIRST_ROW, "weekday": last["weekday"] if last["weekday"] is not None else 0})
        return form
    given = request.form["remove"]
    if given.isdecimal() and int(given) < len(form.windows):
        del form.windows.entries[int(given)]
    return form


def _proposed(desk_id: int | None, now: datetime) -> list[proposals.Proposal]:
    """Public holidays, for those who may close the desk on them."""
    if not actor().may(Permission.ADMINISTER):
        return []
    return proposals.proposals(desk_id, language=language(), now=now)


def _desk_id() -> int | None:
    """The desk that the address names; None for the default one, `NotFound` for one that is not there."""
    given = request.args.get("desk", "")
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < 10):
        raise NotFound(_("There is no such desk."))
    return desks.desk(int(given)).id


def _week() -> str:
    desk_id = _desk_id()
    return url_for("rota.week", desk=desk_id) if desk_id else url_for("rota.week")


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotFound(_("There is no exception on this day.")) from None
