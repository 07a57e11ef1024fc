"""The force's danger lines and contact lines: written, dialled, taken off the list."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.pages import LANGUAGES
from appeal.routes.desk.gate import actor, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.lines import KIND_WORDS, LineForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import force, lines, officers

pages = Blueprint("lines", __name__)


@pages.get("/lines")
@needs(Permission.ADMINISTER)
def index() -> str:
    """Every line with the day on which somebody called it."""
    return _page(_offered(LineForm(formdata=None)))


@pages.post("/lines")
@needs(Permission.ADMINISTER)
def keep() -> ResponseReturnValue:
    """Write one line in one language."""
    form, now = _offered(LineForm()), clock.now()

    def work() -> str:
        given = {name: str(form[name].data) for name in ("kind", "code", "language", "body")}
        lines.keep(actor(), **given, now=now)
        flash(_("Kept. Dial it, then say so here."), "success")
        return url_for("lines.index")

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
    return _page(form), 400


@pages.post("/lines/<int:line_id>/dialled")
@needs(Permission.ADMINISTER)
def dialled(line_id: int) -> ResponseReturnValue:
    """Somebody called every number of the line and was answered."""
    now = clock.now()
    return _pressed(lambda: lines.dialled(actor(), line_id=line_id, now=now))


@pages.post("/lines/<int:line_id>/drop")
@needs(Permission.ADMINISTER)
def drop(line_id: int) -> ResponseReturnValue:
    """Take a line off the list."""
    now = clock.now()
    return _pressed(lambda: lines.drop(actor(), line_id=line_id, now=now))


def _pressed(act: Callable[[], None]) -> ResponseReturnValue:
    form = DeskForm()

    def work() -> str:
        act()
        return url_for("lines.index")

    if form.validate_on_submit():
        try:
            return redirect(once(form, clock.now(), work))
        except NotFound as error:
            flash(error.words, "error")
    return redirect(url_for("lines.index"))


def _offered(form: LineForm) -> LineForm:
    form.offer([(one, LANGUAGES.get(one, one)) for one in force.settings()["languages"].split()])
    return form


def _page(form: LineForm) -> str:
    return render_template(
        "desk/admin/lines.html",
        form=form,
        press_form=DeskForm(formdata=None),
        lines=lines.listed(),
        kinds=KIND_WORDS,
        names={one.id: one.name for one in officers.everyone()},
        language_names=LANGUAGES,
    )
