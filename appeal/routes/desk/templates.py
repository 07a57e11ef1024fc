"""Beginning from what is there: templates of the force, copies, and the search among appeals."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import shown
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.templates import CopyForm, FindForm, TemplateForm
from appeal.rules import clock
from appeal.rules.drafting import KIND_WORDS
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, finding, officers, outcomes, templates

pages = Blueprint("templates", __name__)


@pages.get("/templates")
@needs(Permission.DRAFT)
def index() -> str:
    """The templates of the force, each with a button that begins an appeal."""
    return render_template(
        "desk/appeals/templates.html",
        rows=templates.listed(),
        kinds=KIND_WORDS,
        names={one.id: one.name for one in officers.everyone()},
        press_form=DeskForm(formdata=None),
    )


@pages.post("/templates/<int:template_id>/begin")
@needs(Permission.DRAFT)
def begin(template_id: int) -> ResponseReturnValue:
    """Begin an appeal from a template."""
    now = clock.now()

    def work() -> str:
        appeal_id = templates.begin(actor(), template_id=template_id, now=now)
        flash(_("Begun from the template. The person and the matter are yours to fill in."), "success")
        return url_for("appeals.drafts.edit", appeal_id=appeal_id)

    return _pressed(DeskForm(), work, url_for("templates.index"))


@pages.post("/templates/<int:template_id>/drop")
@needs(Permission.DRAFT)
def drop(template_id: int) -> ResponseReturnValue:
    """Offer a template no more."""
    now = clock.now()

    def work() -> str:
        templates.drop(actor(), template_id=template_id, now=now)
        flash(_("It is not offered any more."), "success")
        return url_for("templates.index")

    return _pressed(DeskForm(), work, url_for("templates.index"))


@pages.post("/appeals/<int:appeal_id>/template")
@needs(Permission.DRAFT)
def make(appeal_id: int) -> ResponseReturnValue:
    """Make a template of an appeal."""
    form, now = TemplateForm(), clock.now()

    def work() -> str:
        templates.make(actor(), appeal_id=appeal_id, name=form.name.data or "", now=now)
        flash(_("The template is kept, without the person."), "success")
        return url_for("templates.index")

    return _pressed(form, work, url_for("appeals.show", appeal_id=appeal_id))


@pages.post("/appeals/<int:appeal_id>/copy")
@needs(Permission.DRAFT)
def copy(appeal_id: int) -> ResponseReturnValue:
    """Begin an appeal that says what this one says."""
    form, now = CopyForm(), clock.now()

    def work() -> str:
        made = templates.copy(actor(), appeal_id=appeal_id, with_people=bool(form.with_people.data), now=now)
        flash(_("Copied into a new draft. Pictures and approval are not copied."), "success")
        return url_for("appeals.drafts.edit", appeal_id=made)

    return _pressed(form, work, url_for("appeals.show", appeal_id=appeal_id))


@pages.get("/appeals/find")
@needs(Permission.READ_APPEALS)
def ask() -> str:
    """Words and filters."""
    return _found(FindForm(formdata=None), None)


@pages.post("/appeals/find")
@needs(Permission.READ_APPEALS)
def find() -> ResponseReturnValue:
    """What was found, newest first."""
    form = FindForm()
    if not form.validate_on_submit():
        return _found(form, None), 400
    given = {name: str(form[name].data or "") for name in ("words", "kind", "state")}
    return _found(form, finding.find(actor(), finding.Asked(**given, before=form.before.data)))


def _found(form: FindForm, found: finding.Found | None) -> str:
    rows = found.appeals if found else ()
    return render_template(
        "desk/appeals/find.html",
        form=form,
        found=found,
        titles={one.id: appeals.title(one, language()) for one in rows},
        states=shown.states(rows),
        kinds=KIND_WORDS,
        revision_states=outcomes.REVISION_STATES,
    )


def _pressed(form: DeskForm, work: Callable[[], str], back: str) -> ResponseReturnValue:
    if form.validate_on_submit():
        try:
            return redirect(once(form, clock.now(), work))
        except (BadInput, NotFound) as error:
            words = next(iter(error.fields.values()), error.words) if isinstance(error, BadInput) else error.words
            flash(words, "error")
    else:
        flash(next((str(one.errors[0]) for one in form if one.errors), _("Please try again.")), "error")
    return redirect(back)
