"""The second person reads exactly what goes out, and signs it or gives it back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from appeal.models.appeal import Revision
from appeal.routes.desk import approval_page, owing
from appeal.routes.desk.gate import actor, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.approvals import (
    ApproveForm,
    FurtherForm,
    OwedForm,
    RecordForm,
    ReturnForm,
    approve_form,
    record_form,
)
from appeal.routes.forms.base import DeskForm, new_request_id
from appeal.rules import clock
from appeal.rules.errors import AppealError, BadInput, NotAllowed, WrongState
from appeal.rules.lifecycle import RevisionState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, approvals, authorities, force, releases, signatures

pages = Blueprint("approvals", __name__)


@pages.get("/appeals/<int:appeal_id>/approval")
@needs(Permission.READ_APPEALS)
def show(appeal_id: int) -> str:
    """The frozen revision, every post as it goes out, and the signature."""
    return approval_page.shown(_revision(appeal_id))


@pages.post("/appeals/<int:appeal_id>/approval")
@needs(Permission.APPROVE)
def approve(appeal_id: int) -> ResponseReturnValue:
    """Sign and plan the release in one act."""
    revision, now = _revision(appeal_id), clock.now()
    form = approval_page.offered(approve_form(revision)(), revision)

    def work() -> str:
        return _launched(revision, form, form.answers(), now, _("Approved. It goes out as the page says."))

    return _pressed(revision, "form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/authority")
@needs(Permission.TAKE_DOWN)
def record(appeal_id: int) -> ResponseReturnValue:
    """Write down the authority that another officer gave by telephone, and plan the release."""
    revision, now = _revision(appeal_id), clock.now()
    form = approval_page.offered_record(record_form(revision)(prefix=approval_page.RECORD), revision)

    def work() -> str:
        answers = {
            **form.ticks(),
            **{name: str(form[name].data) for name in ("recorded_for", "authority_words")},
            **{name: str(revision.facts.get(name, "") or "") for name in signatures.REASON_WORDS},
            "statement": form.authority_words.data,
        }
        return _launched(revision, form, answers, now, _("Written down. The approver confirms it within 4 hours."))

    return _pressed(revision, "record_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/further")
@needs(Permission.APPROVE)
def further(appeal_id: int) -> ResponseReturnValue:
    """Sign as the further approver that a rule asks for, before the approval or after an urgent one."""
    revision, now = _revision(appeal_id), clock.now()
    revision = revision if revision.state == RevisionState.SUBMITTED else _signed(appeal_id)
    form = FurtherForm(prefix=owing.FURTHER)

    def work() -> str:
        signatures.sign_further(
            actor(),
            revision_id=revision.id,
            content_sha256=form.content_sha256.data,
            statement=form.statement.data,
            now=now,
        )
        flash(_("Signed. Another approver can approve it now."), "success")
        return url_for("approvals.show", appeal_id=appeal_id)

    return _pressed(revision, "further_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/confirm")
@needs(Permission.APPROVE)
def confirm(appeal_id: int) -> ResponseReturnValue:
    """The approver says that the authority that was written down was theirs."""
    revision, now = _signed(appeal_id), clock.now()
    form = DeskForm(prefix=owing.CONFIRM)

    def work() -> str:
        approvals.confirm(actor(), approval_id=approval_page.standing(revision).id, now=now)
        flash(_("Confirmed."), "success")
        return url_for("appeals.show", appeal_id=appeal_id)

    return _pressed(revision, "confirm_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/disown")
@needs(Permission.APPROVE)
def disown(appeal_id: int) -> ResponseReturnValue:
    """The approver says that the authority that was written down was not theirs."""
    revision, now = _signed(appeal_id), clock.now()
    form = DeskForm(prefix=owing.CONFIRM)

    def work() -> str:
        authorities.disown(actor(), approval_id=approval_page.standing(revision).id, now=now)
        flash(_("It is coming down. All approvers and administrators were told."), "success")
        return url_for("appeals.show", appeal_id=appeal_id)

    return _pressed(revision, "confirm_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/owed")
@needs(Permission.APPROVE)
def complete(appeal_id: int) -> ResponseReturnValue:
    """Give the reasons that an urgent approval still owes."""
    revision, now = _signed(appeal_id), clock.now()
    form = OwedForm(prefix=owing.OWED)

    def work() -> str:
        answers = {name: str(form[name].data or "") for name in signatures.REASON_WORDS}
        approvals.complete(actor(), approval_id=approval_page.standing(revision).id, answers=answers, now=now)
        flash(_("The reasons are kept."), "success")
        return url_for("appeals.show", appeal_id=appeal_id)

    return _pressed(revision, "owed_form", form, now, work)


@pages.post("/appeals/<int:appeal_id>/return")
@needs(Permission.APPROVE)
def give_back(appeal_id: int) -> ResponseReturnValue:
    """Give the revision back to its author with a reason and comments at fields."""
    revision, now = _revision(appeal_id), clock.now()
    form = ReturnForm(prefix=approval_page.BACK)
    form.offer(approval_page.commentable(revision))

    def work() -> str:
        approvals.give_back(
            actor(), revision_id=revision.id, reason=form.reason.data, comments=form.comments(), now=now
        )
        flash(_("It was returned. The author was told by mail."), "success")
        return url_for("appeals.show", appeal_id=appeal_id)

    return _pressed(revision, "return_form", form, now, work)


def _pressed(
    revision: Revision, name: str, form: DeskForm, now: datetime, work: Callable[[], str]
) -> ResponseReturnValue:
    """Do what was pressed, or show the page again with the sentences at their fields and nothing lost."""
    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
        except (WrongState, NotAllowed) as error:
            return _refused(revision.appeal_id, name, form, error)
    return approval_page.shown(revision, **{name: form}), 400


def _refused(appeal_id: int, name: str, form: DeskForm, error: AppealError) -> ResponseReturnValue:
    """What is there now, for the next press: the answers stay, the hashes are those of the page that is shown."""
    form.form_errors.append(error.words)
    revision = _revision(appeal_id)
    form.request_id.data = new_request_id()
    if "content_sha256" in form:
        form["content_sha256"].data = revision.content_sha256
    if "posts_sha256" in form:
        form["posts_sha256"].data = approvals.posts_sha256(approvals.previews(revision.id))
    return approval_page.shown(revision, **{name: form}), 403 if isinstance(error, NotAllowed) else 409


def _launched(
    revision: Revision, form: ApproveForm | RecordForm, answers: dict[str, str], now: datetime, said: str
) -> str:
    review_on = form.review_on.data if isinstance(form, ApproveForm) else _review_on(revision, now)
    releases.launch(
        actor(),
        revision_id=revision.id,
        content_sha256=form.content_sha256.data,
        posts_sha256=form.posts_sha256.data,
        answers=answers,
        review_on=review_on,
        now=now,
    )
    flash(said, "success")
    return url_for("appeals.show", appeal_id=revision.appeal_id)


def _review_on(revision: Revision, now: datetime) -> date:
    settings = force.settings()
    latest = signatures.latest_review_on(revision, False, now)
    today = now.astimezone(ZoneInfo(settings["zone"])).date()
    return latest or today + timedelta(days=int(settings["review_days"]))


def _signed(appeal_id: int) -> Revision:
    """The revision whose approval stands, whatever is written beside it."""
    found = appeals.view(appeal_id).revisions
    signed = [one for one in found if any(own.ended_at is None for own in one.approvals)]
    return appeals.revision((signed or found)[-1].id)


def _revision(appeal_id: int) -> Revision:
    return appeals.revision(appeals.view(appeal_id).revisions[-1].id)
