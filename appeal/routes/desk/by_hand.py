"""By hand: what a person posts or removes elsewhere: words and pictures to take along, and where it then stands."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.by_hand import NO, PostedForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, by_hand, lookups

ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}

pages = Blueprint("by_hand", __name__)


@pages.get("/by-hand")
@needs(Permission.SETTLE)
def index() -> str:
    """Everything that waits for a person's hands, over all appeals and channels."""
    found = by_hand.waiting()
    titles = {one.copy.id: appeals.title(one.appeal, language()) for one in found}
    return render_template(
        "desk/by_hand/index.html",
        removals=[one for one in found if one.kind == "retract"],
        posts=[one for one in found if one.kind != "retract"],
        titles=titles,
        form=DeskForm(formdata=None),
    )


@pages.get("/by-hand/<int:copy_id>")
@needs(Permission.SETTLE)
def show(copy_id: int) -> str:
    """What is to be posted, to copy and to download."""
    return _page(copy_id, PostedForm(formdata=None))


@pages.post("/by-hand/<int:copy_id>")
@needs(Permission.SETTLE)
def posted(copy_id: int) -> ResponseReturnValue:
    """The person posted it, here, or will not."""
    form, now = PostedForm(), clock.now()

    def work() -> str:
        is_there = form.answer.data != NO
        permalink = (form.permalink.data or "").strip()
        lookups.answer(actor(), copy_id=copy_id, is_there=is_there, permalink=permalink, now=now)
        flash(_("Thank you. Your answer was kept."), "success")
        return url_for("by_hand.index")

    if form.validate_on_submit():
        try:
            return redirect(once(form, now, work))
        except (BadInput, WrongState) as error:
            form.form_errors.append(error.words)
    return _page(copy_id, form), 400


@pages.get("/by-hand/<int:copy_id>/pictures/<int:number>")
@needs(Permission.SETTLE)
def picture(copy_id: int, number: int) -> Response:
    """One picture, finished for the place; `?download` gives it as a file."""
    pictures = by_hand.post(copy_id).pictures
    if not 1 <= number <= len(pictures):
        raise NotFound("There is no such picture.")
    best = pictures[number - 1].best
    answer = Response(best.data, mimetype=best.mime)
    answer.headers["Cache-Control"] = "private, no-store"
    if "download" in request.args:
        name = f"picture-{number}.{ENDINGS.get(best.mime, 'bin')}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(copy_id: int, form: PostedForm) -> str:
    work = by_hand.work(copy_id)
    if work.kind == "retract":
        raise NotFound("Nothing waits to be posted there.")
    return render_template(
        "desk/by_hand/post.html",
        work=work,
        title=appeals.title(work.appeal, language()),
        post=None if work.is_withdrawn else by_hand.post(copy_id),
        form=form,
    )
