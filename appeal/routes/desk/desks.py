"""Desks: their names, languages and zones, who reads there, and who is paged in which order."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.models.people import User
from appeal.models.rota import Desk
from appeal.pages import LANGUAGES, translate
from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.desks import DeskNameForm, people_form
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import closings, desks, force, officers, rota

CLOSED = _("The desk is closed. %(count)s copies wait until somebody reads again.")

pages = Blueprint("desks", __name__)


@pages.get("/desks")
@needs(Permission.READ_APPEALS)
def index() -> ResponseReturnValue:
    """All desks with their people, and whether each is open."""
    now = clock.now()
    rows = [(one, desks.members(one.id), rota.is_open(now, desk_id=one.id)) for one in desks.every()]
    return render_template("desk/desks/index.html", desks=rows, language_names=LANGUAGES)


@pages.route("/desks/new", methods=["GET", "POST"], defaults={"desk_id": None})
@pages.route("/desks/<int:desk_id>", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def edit(desk_id: int | None) -> ResponseReturnValue:
    """Make a desk or change one."""
    known, now = desks.desk(desk_id) if desk_id else None, clock.now()
    form = _name_form(known)

    def act() -> str:
        made = desks.save(
            actor(),
            desk_id=desk_id,
            name=form.name.data or "",
            languages=form.languages.data or (),
            zone=(form.zone.data or "").strip(),
            expected_version=form.version,
            now=now,
        )
        flash(_("The desk is kept."), "success")
        return url_for("desks.people", desk_id=made)

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except WrongState as error:
            form.show(BadInput(error.words))
        except BadInput as error:
            form.show(error)
    return render_template("desk/desks/edit.html", form=form, desk=known), 400 if form.errors else 200


@pages.route("/desks/<int:desk_id>/people", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def people(desk_id: int) -> ResponseReturnValue:
    """Who reads at a desk, and the order in which those on call are paged."""
    desk, now = desks.desk(desk_id), clock.now()
    everybody = [one for one in officers.everyone() if one.active]
    form = people_form(everybody)(data=_as_kept(desk_id))

    def act() -> str:
        reading = [one.id for one in everybody if form[f"reads_{one.id}"].data]
        desks.set_members(actor(), desk_id=desk_id, officer_ids=reading, on_call=_in_order(form, everybody), now=now)
        flash(_("The people of the desk are kept."), "success")
        return url_for("desks.index")

    if form.validate_on_submit():
        return redirect(press.once(form, now, act))
    return render_template("desk/desks/people.html", form=form, desk=desk, officers=everybody), (
        400 if form.errors else 200
    )


@pages.post("/desks/<int:desk_id>/close")
@needs(Permission.ASSESS)
def close(desk_id: int) -> ResponseReturnValue:
    """Sign off early: nobody reads from now on, and what waits because of it is named on the rota's page."""
    now = clock.now()

    def act() -> str:
        held = closings.close(actor(), desk_id=desk_id, now=now)
        count = sum(one.count for one in held)
        flash(translate(language(), CLOSED, count=count), "success")
        return url_for("rota.week", desk=desk_id)

    return _pressed(act, now, desk_id)


@pages.post("/desks/<int:desk_id>/reopen")
@needs(Permission.ASSESS)
def reopen(desk_id: int) -> ResponseReturnValue:
    """Somebody reads again before the next window."""
    now = clock.now()

    def act() -> str:
        closings.reopen(actor(), desk_id=desk_id, now=now)
        flash(_("The desk is open again. What waited for it goes out."), "success")
        return url_for("rota.week", desk=desk_id)

    return _pressed(act, now, desk_id)


def _pressed(act: Callable[[], str], now: datetime, desk_id: int) -> ResponseReturnValue:
    try:
        return redirect(press.once(DeskForm(), now, act))
    except (WrongState, NotFound) as error:
        flash(error.words, "error")
        return redirect(url_for("rota.week", desk=desk_id))


def _name_form(known: Desk | None) -> DeskNameForm:
    codes = force.settings()["languages"].split()
    if known is None:
        return DeskNameForm.with_languages(codes)
    return DeskNameForm.with_languages(
        codes, name=known.name, languages=known.languages.split(), zone=known.zone, expected_version=known.version
    )


def _as_kept(desk_id: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for one in desks.members(desk_id):
        kept |= {f"reads_{one.officer.id}": True, f"place_{one.officer.id}": one.on_call or None}
    return kept


def _in_order(form: DeskForm, everybody: list[User]) -> list[int]:
    placed = [(form[f"place_{one.id}"].data, one.id) for one in everybody if form[f"place_{one.id}"].data]
    return [officer_id for _place, officer_id in sorted(placed)]
