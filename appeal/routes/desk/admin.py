"""Administration: the force's settings, officers, and how the installation does."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, needs, signed_in
from appeal.routes.forms.admin import ROLE_WORDS, OfficerForm, SettingsForm, settings_form
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import force, officers
from appeal.services import status as services_status
from appeal.tips import comparing, polling, spool, trial_ways

SAVED = _("The settings are kept.")

pages = Blueprint("admin", __name__)


@pages.route("/settings", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def settings() -> ResponseReturnValue:
    """The force's settings; only what was changed is kept and recorded."""
    kept = force.settings()
    form = settings_form(data=dict(kept))
    if not form.validate_on_submit():
        return _settings_page(form)
    now = clock.now()

    def act() -> str:
        changed = {name: value for name, value in form.given().items() if value != kept[name]}
        if changed:
            force.change(actor(), values=changed, now=now)
        flash(SAVED, "success")
        return url_for("admin.settings")

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        form.show(error)
        return _settings_page(form)


@pages.get("/status")
@needs(Permission.ADMINISTER)
def status() -> ResponseReturnValue:
    """The clock, the disk, and what waits for a person."""
    now = clock.now()
    found = services_status.look(actor(), polled=polling.channels_read(), now=now)
    return render_template(
        "desk/admin/status.html",
        status=found,
        cap=services_status.COUNT_CAP,
        compared=comparing.states(actor(), now=now),
        lives=trial_ways.lives(actor(), now=now),
    )


@pages.get("/status/line")
@signed_in
def status_line() -> ResponseReturnValue:
    """One line for the head of every page: how long ago the clock ticked, and what waits on the disk."""
    state = services_status.clock(clock.now())
    return render_template("desk/admin/clock_line.html", state=state, waiting=spool.waiting())


@pages.get("/officers")
@needs(Permission.ADMINISTER)
def all_officers() -> ResponseReturnValue:
    """Everybody who has or had an account, and the form for one more."""
    return _officers_page(OfficerForm(formdata=None))


@pages.post("/officers")
@needs(Permission.ADMINISTER)
def create_officer() -> ResponseReturnValue:
    """Make an officer, who cannot sign in before accepting an invitation."""
    form, now = OfficerForm(), clock.now()

    def act() -> str:
        officers.create(
            actor(), name=form.name.data, email=form.email.data, roles=form.roles.data, password=None, now=now
        )
        flash(_("The officer is kept. Press “Invite” and pass on the link."), "success")
        return url_for("admin.all_officers")

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return _officers_page(form)


@pages.post("/officers/<int:officer_id>/invite")
@needs(Permission.ADMINISTER)
def invite(officer_id: int) -> ResponseReturnValue:
    """A link, shown in the answer and nowhere else; a second press of the same button makes none."""
    form, now = DeskForm(), clock.now()
    made: list[str] = []

    def act() -> str:
        made.append(officers.invite(actor(), officer_id=officer_id, now=now))
        return url_for("admin.all_officers")

    address = press.once(form, now, act)
    if not made:
        flash(_("The link was shown once already. Press “Invite” again for a new one."), "warning")
        return redirect(address)
    link = url_for("account.accept", token=made[0], _external=True)
    officer = next(one for one in officers.everyone() if one.id == officer_id)
    return render_template("desk/admin/invited.html", officer=officer, link=link)


@pages.post("/officers/<int:officer_id>/active")
@needs(Permission.ADMINISTER)
def switch(officer_id: int) -> ResponseReturnValue:
    """Deactivate an active officer, activate one who is not."""
    form, now = DeskForm(), clock.now()

    def act() -> str:
        is_active = next((one.active for one in officers.everyone() if one.id == officer_id), False)
        change = officers.deactivate if is_active else officers.activate
        change(actor(), officer_id=officer_id, now=now)
        flash(_("The officer cannot sign in any more.") if is_active else _("The officer can sign in."), "success")
        return url_for("admin.all_officers")

    try:
        return redirect(press.once(form, now, act))
    except WrongState as error:
        flash(error.words, "error")
        return redirect(url_for("admin.all_officers"))


def _settings_page(form: SettingsForm) -> ResponseReturnValue:
    return render_template("desk/admin/settings.html", form=form), 400 if form.errors else 200


def _officers_page(form: OfficerForm) -> ResponseReturnValue:
    return render_template(
        "desk/admin/officers.html",
        officers=officers.everyone(),
        form=form,
        press_form=DeskForm(formdata=None),
        role_words=ROLE_WORDS,
        me=actor().id,
    ), 400 if form.errors else 200
