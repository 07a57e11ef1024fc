"""Pictures of appeals: as pages of the desk show them, and the page on which one is described, cut and blacked out."""

from datetime import datetime

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appeal.models.appeal import Revision, RevisionPicture
from appeal.pages import LANGUAGES
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms import photos as forms
from appeal.routes.forms.base import new_request_id
from appeal.rules import clock
from appeal.rules.content import Rendition
from appeal.rules.errors import BadInput, Changed, NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import alt_texts, appeals, barring, force, photos, presses, renditions

SIDES = (240, 480, 960, 1600)
GRID_SIDE = 960
NO_SUCH_SIZE = _("Pictures are not made in this size.")

pages = Blueprint("photos", __name__)


@pages.get("/photos/<int:photo_id>/<int:side>")
@needs(Permission.READ_APPEALS)
def show(photo_id: int, side: int) -> ResponseReturnValue:
    """One JPEG whose sides are at most `side`; only sides that pages use are made."""
    if side not in SIDES:
        raise NotFound(NO_SUCH_SIZE)
    return _answer(renditions.rendition(photo_id, side))


@pages.get("/photos/<int:photo_id>/whole/<int:side>")
@needs(Permission.READ_APPEALS)
def whole(photo_id: int, side: int) -> ResponseReturnValue:
    """The whole picture as it came in, nothing cut or blacked out."""
    if side not in SIDES:
        raise NotFound(NO_SUCH_SIZE)
    return _answer(renditions.whole(photo_id, side))


@pages.get("/photos/<int:photo_id>/grid")
@needs(Permission.DRAFT)
def grid(photo_id: int) -> ResponseReturnValue:
    """The whole picture with numbered lines, for placing boxes by numbers."""
    return Response(renditions.grid(photo_id, GRID_SIDE), mimetype="image/jpeg")


@pages.get("/appeals/<int:appeal_id>/pictures/progress")
@needs(Permission.DRAFT)
def progress(appeal_id: int) -> ResponseReturnValue:
    """How far the finished pictures of the draft are, for a page that asks again and again."""
    found = renditions.progress(_revision(appeal_id).id, now=clock.now())
    return render_template("desk/photos/progress.html", progress=found, appeal_id=appeal_id)


@pages.get("/appeals/<int:appeal_id>/pictures/<int:photo_id>")
@needs(Permission.DRAFT)
def edit(appeal_id: int, photo_id: int) -> ResponseReturnValue:
    """Everything about one picture of the draft; an empty description begins with a proposal."""
    revision = _revision(appeal_id)
    if revision.state not in appeals.OPEN_STATES:
        return redirect(url_for("appeals.show", appeal_id=appeal_id))
    picture = _picture(revision, photo_id)
    given = forms.stored(picture, revision.version)
    for one in _languages():
        given[f"alt_{one}"] = given.get(f"alt_{one}") or alt_texts.propose(revision, picture.photo, one)
    return _page(revision, picture, _form_class()(formdata=None, data=given))


@pages.post("/appeals/<int:appeal_id>/pictures/<int:photo_id>")
@needs(Permission.DRAFT)
def save(appeal_id: int, photo_id: int) -> ResponseReturnValue:
    """Keep what was typed and cut the picture anew where that changed."""
    revision, now = _revision(appeal_id), clock.now()
    picture, form = _picture(revision, photo_id), _form_class()()
    if not form.validate_on_submit():
        return _page(revision, picture, form), 400
    # No transaction may be open while a picture is cut, so the press is noted first.
    if not presses.is_first(actor(), request_id=str(form.request_id.data), now=now):
        return redirect(url_for("appeals.drafts.edit", appeal_id=appeal_id) + "#pictures")
    try:
        return redirect(_changed(revision, photo_id, form, now))
    except Changed as error:
        form.form_errors.append(error.words)
        form.expected_version.raw_data, form.expected_version.data = None, _revision(appeal_id).version
    except BadInput as error:
        form.show(error)
    form.request_id.data = new_request_id()
    return _page(revision, picture, form), 400


def _changed(revision: Revision, photo_id: int, form: forms.PictureForm, now: datetime) -> str:
    kept = photos.change(
        actor(),
        revision_id=revision.id,
        photo_id=photo_id,
        expected_version=form.version,
        source=forms.source(form),
        cut=forms.cut(form),
        alt=forms.alt(form),
        is_marked=bool(form.is_marked.data),
        now=now,
    )
    flash(_("Saved. This is the picture that goes out."), "success")
    return url_for("photos.edit", appeal_id=revision.appeal_id, photo_id=kept)


def _page(revision: Revision, picture: RevisionPicture, form: forms.PictureForm) -> str:
    known = barring.alike(revision).get(picture.photo_id, [])
    titles = {one.appeal_id: appeals.title(appeals.view(one.appeal_id), language()) for one in known}
    return render_template(
        "desk/photos/picture.html",
        appeal_id=revision.appeal_id,
        picture_of=picture,
        number=1 + [one.photo_id for one in revision.pictures].index(picture.photo_id),
        title=appeals.title(appeals.view(revision.appeal_id), language()),
        main=_languages()[0],
        languages=_languages(),
        alike=list(titles.items()),
        is_barred=picture.photo_id in barring.barred(revision),
        is_proposed=not any(picture.alt.values()),
        form=form,
    )


def _form_class() -> type[forms.PictureForm]:
    return forms.picture_form(_languages(), language(), LANGUAGES)


def _languages() -> list[str]:
    settings = force.settings()
    return list(dict.fromkeys([settings["language"], *settings["languages"].split()]))


def _revision(appeal_id: int) -> Revision:
    return appeals.revision(appeals.view(appeal_id).revisions[-1].id)


def _picture(revision: Revision, photo_id: int) -> RevisionPicture:
    for one in revision.pictures:
        if one.photo_id == photo_id:
            return one
    raise NotFound(photos.GONE)


def _answer(made: Rendition) -> Response:
    answer = Response(made.data, mimetype=made.mime)
    answer.headers["Cache-Control"] = "private, max-age=3600, immutable"
    return answer
