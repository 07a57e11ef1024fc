"""The second person reads exactly what goes out, and signs it or gives it back."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from appeal.models.appeal import Revision
from appeal.pages import LANGUAGES
from appeal.routes.desk import facts, shown
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.approvals import ApproveForm, ReturnForm
from appeal.routes.forms.base import new_request_id
from appeal.routes.forms.drafts import label
from appeal.rules import clock
from appeal.rules.drafting import KIND_WORDS, REASONED, TEXT_LIMITS
from appeal.rules.errors import BadInput, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, approvals, force, outcomes, releases

ANSWERS = ("legal_basis", *REASONED, "statement")
BACK = "back"

pages = Blueprint("approvals", __name__)


@pages.get("/appeals/<int:appeal_id>/approval")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> str:
    """The frozen revision, every post as it goes out, and the signature."""
    revision = _revision(appeal_id)
    return _page(revision, _fresh(revision), ReturnForm(formdata=None, prefix=BACK))


@pages.post("/appeals/<int:appeal_id>/approval")
@needs(Permission.APPROVE)
def approve(appeal_id: int) -> ResponseReturnValue:
    """Sign and plan the release in one act."""
    revision, now = _revision(appeal_id), clock.now()
    form = _with_choices(ApproveForm())
    if form.validate_on_submit():
        try:
            return redirect(once(form, now, lambda: _launched(revision, form, now)))
        except BadInput as error:
            form.show(error)
        except WrongState as error:
            form.form_errors.append(error.words)
            return _page(_renewed(appeal_id, form), form, ReturnForm(formdata=None, prefix=BACK)), 409
    return _page(revision, form, ReturnForm(formdata=None, prefix=BACK)), 400


@pages.post("/appeals/<int:appeal_id>/return")
@needs(Permission.APPROVE)
def give_back(appeal_id: int) -> ResponseReturnValue:
    """Give the revision back to its author with a reason."""
    revision, now = _revision(appeal_id), clock.now()
    form = ReturnForm(prefix=BACK)

    def work() -> str:
        approvals.give_back(actor(), revision_id=revision.id, reason=form.reason.data, now=now)
        flash(_("It was returned. The author was told by mail."), "success")
        return url_for("appeals.show", appeal_id=appeal_id)

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
        except WrongState as error:
            form.form_errors.append(error.words)
            return _page(_revision(appeal_id), _fresh(revision), form), 409
    return _page(revision, _fresh(revision), form), 400


def _launched(revision: Revision, form: ApproveForm, now: datetime) -> str:
    releases.launch(
        actor(),
        revision_id=revision.id,
        content_sha256=form.content_sha256.data,
        posts_sha256=form.posts_sha256.data,
        answers={name: str(form[name].data or "") for name in ANSWERS},
        review_on=form.review_on.data,
        now=now,
    )
    flash(_("Approved. It goes out as the page says."), "success")
    return url_for("appeals.show", appeal_id=revision.appeal_id)


def _revision(appeal_id: int) -> Revision:
    return appeals.revision(appeals.view(appeal_id).revisions[-1].id)


def _fresh(revision: Revision) -> ApproveForm:
    """The author's words to adopt or change, and the review date of the force."""
    settings = force.settings()
    today = clock.now().astimezone(ZoneInfo(settings["zone"])).date()
    given: dict[str, object] = {name: str(revision.facts.get(name, "") or "") for name in REASONED}
    given["review_on"] = today + timedelta(days=int(settings["review_days"]))
    given["content_sha256"] = revision.content_sha256
    given["posts_sha256"] = approvals.posts_sha256(approvals.previews(revision.id))
    return _with_choices(ApproveForm(formdata=None, data=given))


def _with_choices(form: ApproveForm) -> ApproveForm:
    bases = force.settings()["legal_bases"].splitlines()
    form.legal_basis.choices = [SelectChoice("", _("Choose")), *(SelectChoice(one, one) for one in bases)]
    return form


def _renewed(appeal_id: int, form: ApproveForm) -> Revision:
    """What is there now, for the next press: the answers stay, the hashes are those of the page that is shown."""
    revision = _revision(appeal_id)
    form.content_sha256.data = revision.content_sha256
    form.posts_sha256.data = approvals.posts_sha256(approvals.previews(revision.id))
    form.request_id.data = new_request_id()
    return revision


def _page(revision: Revision, form: ApproveForm, return_form: ReturnForm) -> str:
    settings, author = force.settings(), {revision.author_id, revision.appeal.author_id}
    previews = approvals.previews(revision.id)
    return render_template(
        "desk/approvals/approval.html",
        revision=revision,
        appeal=revision.appeal,
        kind_words=KIND_WORDS[revision.appeal.kind],
        title=appeals.title(appeals.view(revision.appeal_id), language()),
        language_names=LANGUAGES,
        without_text=approvals.without_text(revision.id),
        text_fields=[(name, label(name)) for name in TEXT_LIMITS],
        facts=facts.public(revision, settings),
        inner=facts.inner(revision, settings),
        subjects=facts.of_subjects(revision, settings),
        goings=shown.goings(revision, previews, clock.now()),
        form=form,
        return_form=return_form,
        revision_state=outcomes.REVISION_STATES[revision.state],
        is_submitted=revision.state == RevisionState.SUBMITTED,
        is_author=actor().id in author,
        now=clock.now(),
    )
