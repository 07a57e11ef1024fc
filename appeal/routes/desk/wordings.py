"""Words written by hand for one channel of a draft, with the post they make beside them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.models.appeal import Revision
from appeal.models.release import Channel
from appeal.routes.desk import shown
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.wordings import WordingForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, Changed, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, approvals, wordings

pages = Blueprint("wordings", __name__)


@pages.get("/appeals/<int:appeal_id>/wording/<int:channel_id>")
@needs(Permission.DRAFT)
def show(appeal_id: int, channel_id: int) -> str:
    """The words as they are, and the post."""
    revision, channel = _found(appeal_id, channel_id)
    given = {"words": wordings.of(revision, channel), "expected_version": revision.version}
    return _page(revision, channel, WordingForm(formdata=None, data=given))


@pages.post("/appeals/<int:appeal_id>/wording/<int:channel_id>")
@needs(Permission.DRAFT)
def write(appeal_id: int, channel_id: int) -> ResponseReturnValue:
    """Keep the words and show the post that they make."""
    revision, channel = _found(appeal_id, channel_id)
    form, now = WordingForm(), clock.now()

    def work() -> str:
        wordings.write(
            actor(),
            revision_id=revision.id,
            channel_id=channel_id,
            words=form.words.data or "",
            expected_version=form.version,
            now=now,
        )
        flash(_("Saved. Below is what goes out here."), "success")
        return url_for("wordings.show", appeal_id=appeal_id, channel_id=channel_id)

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except BadInput as error:
            form.show(error)
        except Changed as error:
            form.form_errors.append(error.words)
            form.expected_version.data = revision.version
            return _page(revision, channel, form), 409
        except WrongState as error:
            form.form_errors.append(error.words)
            return _page(revision, channel, form), 409
    return _page(revision, channel, form), 400


def _found(appeal_id: int, channel_id: int) -> tuple[Revision, Channel]:
    revision = appeals.revision(appeals.view(appeal_id).revisions[-1].id)
    found = next((one.channel for one in approvals.previews(revision.id) if one.channel.id == channel_id), None)
    if found is None or not wordings.can_be_written(found):
        raise NotFound(_("There is no such channel."))
    return revision, found


def _page(revision: Revision, channel: Channel, form: WordingForm) -> str:
    fresh = appeals.revision(revision.id)
    now = clock.now()
    previews = [one for one in approvals.previews(fresh.id) if one.channel.id == channel.id]
    return render_template(
        "desk/wordings/wording.html",
        appeal=fresh.appeal,
        title=appeals.title(appeals.view(fresh.appeal_id), language()),
        channel=channel,
        form=form,
        goings=shown.goings(fresh, previews, now),
        now=now,
    )
