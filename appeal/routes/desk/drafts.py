"""The one page on which an appeal is written, with its pictures, what still blocks it and how it will look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.decoding import MAX_BYTES
from appeal.models.appeal import Revision
from appeal.models.release import Channel
from appeal.pages import LANGUAGES, translate
from appeal.routes.desk import approval_page, shown
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms import drafts
from appeal.routes.forms import subjects as subject_fields
from appeal.routes.forms.base import new_request_id
from appeal.routes.forms.drafts import DraftForm
from appeal.rules import clock, endings, identification, subjects, wording
from appeal.rules.drafting import CHOICES, KIND_WORDS, TEXT_LIMITS
from appeal.rules.errors import BadInput, Changed, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import appeals, approvals, channels, contents, force, lines, photos, presses, renditions
from appeal.services import subjects as subject_service

SUBMIT, PREVIEW, PICTURE, ADD = "submit", "preview", "picture", "add "

pages = Blueprint("drafts", __name__)


@dataclass(frozen=True)
class Draft:
    """An open revision with what its form is made of; `languages` has the main one first."""

    revision: Revision
    languages: Sequence[str]
    channels: Sequence[Channel]
    dangers: Mapping[str, str]

    @property
    def appeal_id(self) -> int:
        """The appeal that is written."""
        return self.revision.appeal_id

    def form_class(self) -> type[DraftForm]:
        """The form for this kind, these languages and these pictures."""
        return drafts.draft_form(self.revision, self.languages, self.channels, language(), self.dangers)


@pages.get("/appeals/<int:appeal_id>/draft")
@needs(Permission.DRAFT)
def edit(appeal_id: int) -> ResponseReturnValue:
    """Everything that is written about the appeal, on one page."""
    draft = _draft(appeal_id)
    if draft.revision.state not in appeals.OPEN_STATES:
        return redirect(url_for("appeals.show", appeal_id=appeal_id))
    return _page(draft, draft.form_class()(formdata=None, data=drafts.stored(draft.revision, draft.languages)))


@pages.post("/appeals/<int:appeal_id>/draft")
@needs(Permission.DRAFT)
def save(appeal_id: int) -> ResponseReturnValue:
    """Save what was typed; then add or remove a picture, preview or submit, as the button says."""
    draft, now = _draft(appeal_id), clock.now()
    form = draft.form_class()()
    if not form.validate_on_submit():
        return _page(draft, form), 400
    try:
        return redirect(_saved(draft, form, now))
    except Changed as error:
        return _conflict(draft, form, error), 409
    except BadInput as error:
        form.show(_at_fields(error, draft.languages[0]))
    except WrongState as error:
        form.form_errors.append(error.words)
    return _page(_draft(appeal_id), form), 400


def _saved(draft: Draft, form: DraftForm, now: datetime) -> str:
    """Each step stands by itself: what was typed is kept even if the picture or the submission is refused."""
    request_id, asked = str(form.request_id.data), request.form.get("do", "")
    version = int(presses.act(actor(), request_id=request_id, now=now, work=lambda: _save(draft, form, now)))
    _renew(form, version)
    here = url_for("appeals.drafts.edit", appeal_id=draft.appeal_id)
    removed = request.form.get("remove", "", str)
    if removed.isdigit():
        presses.act(actor(), request_id=f"{request_id}:r", now=now, work=lambda: _remove(draft, int(removed), now))
        return f"{here}#pictures"
    drop, more = request.form.get("drop", ""), asked.removeprefix(ADD)
    if drop or asked.startswith(ADD):
        work = partial(_drop, draft, drop, now) if drop else partial(_more_subjects, draft, more, now)
        return f"{here}#{presses.act(actor(), request_id=f'{request_id}:u', now=now, work=work)}"
    opened = request.form.get("open_picture", "", str)
    if opened.isdigit():
        return url_for("photos.edit", appeal_id=draft.appeal_id, photo_id=int(opened))
    if form.picture.data:
        _renew(form, version + _add(draft, form, f"{request_id}:p", now))
        if asked != SUBMIT:
            return f"{here}#pictures"
    if asked == SUBMIT:
        return presses.act(actor(), request_id=f"{request_id}:s", now=now, work=lambda: _submit(draft, form, now))
    flash(_("Saved."), "success")
    return f"{here}#previews" if asked == PREVIEW else here


def _save(draft: Draft, form: DraftForm, now: datetime) -> str:
    version = appeals.save(
        actor(),
        revision_id=draft.revision.id,
        expected_version=form.version,
        facts=drafts.facts(form),
        texts=drafts.texts(form, draft.languages),
        now=now,
    )
    for photo_id in [one.photo_id for one in draft.revision.pictures]:
        alt = drafts.alt(form, draft.languages, photo_id)
        photos.describe(actor(), revision_id=draft.revision.id, photo_id=photo_id, alt=alt, now=now)
    return str(version)


def _remove(draft: Draft, photo_id: int, now: datetime) -> str:
    photos.remove(actor(), revision_id=draft.revision.id, photo_id=photo_id, now=now)
    flash(_("The picture was taken out of this draft."), "success")
    return ""


def _more_subjects(draft: Draft, what: str, now: datetime) -> str:
    key = subject_service.add(actor(), revision_id=draft.revision.id, what=what, now=now)
    flash(_("Added. Fill it in below."), "success")
    return f"subject-{key}"


def _drop(draft: Draft, key: str, now: datetime) -> str:
    subject_service.drop(actor(), revision_id=draft.revision.id, key=key, now=now)
    flash(_("It was taken out of this draft."), "success")
    return "subjects"


def _add(draft: Draft, form: DraftForm, request_id: str, now: datetime) -> int:
    """Add the chosen picture, with no transaction open while it is read; returns how many were added."""
    data = form.picture.data.read(MAX_BYTES + 1)
    if not presses.is_first(actor(), request_id=request_id, now=now):
        return 1
    try:
        photos.add(
            actor(),
            revision_id=draft.revision.id,
            data=data,
            source_record=form.source_record.data or "",
            source=photos.Source(kind=form.picture_kind.data or "", source_system=form.source_system.data or ""),
            alt=drafts.alt(form, draft.languages),
            now=now,
        )
    except BadInput as error:
        raise BadInput(fields={"picture": error.words}) from error
    flash(_("The picture was added. You can add another one."), "success")
    return 1


def _submit(draft: Draft, form: DraftForm, now: datetime) -> str:
    appeals.submit(actor(), revision_id=draft.revision.id, expected_version=form.version, now=now)
    flash(_("Submitted. The approvers were told by mail."), "success")
    return url_for("appeals.show", appeal_id=draft.appeal_id)


def _renew(form: DraftForm, version: int) -> None:
    """What was typed is stored: if the page is shown again, it begins from there and is a press of its own."""
    form.expected_version.raw_data, form.expected_version.data = None, version
    form.request_id.data = new_request_id()


def _draft(appeal_id: int) -> Draft:
    revision = appeals.revision(appeals.view(appeal_id).revisions[-1].id)
    settings = force.settings()
    languages = list(dict.fromkeys([settings["language"], *settings["languages"].split()]))
    return Draft(revision, languages, channels.active(), lines.dangers(language()))


def _at_fields(error: BadInput, main: str) -> BadInput:
    """The same sentences at the names that the form's fields have; texts are meant in the main language."""
    named = {f"{name}_{main}" if _is_text(name) else name: words for name, words in error.fields.items()}
    return BadInput(error.words, named)


def _page(draft: Draft, form: DraftForm, conflict: Sequence[tuple[str, str, str]] = ()) -> str:
    revision = draft.revision
    blocking = appeals.missing(revision.id) if revision.state in appeals.OPEN_STATES else []
    made = renditions.progress(revision.id, now=clock.now())
    goings = shown.goings(revision, approvals.previews(revision.id), clock.now()) if made.is_over else []
    return render_template(
        "desk/drafts/draft.html",
        form=form,
        revision=revision,
        appeal=revision.appeal,
        title=appeals.title(appeals.view(draft.appeal_id), language()),
        kind_words=KIND_WORDS[revision.appeal.kind],
        languages=draft.languages,
        language_names=LANGUAGES,
        without_text=approvals.without_text(revision.id),
        blocking=[(_anchor(one.field, draft.languages[0]), shown.blocker(one, language())) for one in blocking],
        goings=goings,
        progress=made,
        conflict=conflict,
        now=clock.now(),
        subjects=[_shown_subject(one, form, draft.languages[0]) for one in form.shape.subjects],
        add_words=subjects.ADD,
        ending_fields=endings.fields(revision.appeal.kind),
        level=identification.LEVELS.get(str(revision.facts.get("level", ""))),
        flags=_flags(draft),
        reasons=wording.REASONS,
        comment_labels=dict(approval_page.commentable(revision)) if revision.return_comments else {},
        most_pictures=photos.MOST,
        open_languages=[one for one in draft.languages[1:] if _has_errors(form, f"_{one}")],
    )


def _shown_subject(one: Mapping[str, str], form: DraftForm, main: str) -> dict[str, object]:
    """The fields of one subject: those that stand on the page at once, and the rest."""
    what, key = one["type"], one["key"]
    first = [f"{key}_{name}" for name in subject_fields.FIRST[what]]
    first += [f"{key}_{name}_{main}" for name in subject_fields.FIRST_TEXTS[what]]
    every = [f"{key}_{name}" for name in subjects.FACTS[what]] + [
        f"{key}_{name}_{main}" for name in subjects.TEXTS[what]
    ]
    more = [name for name in every if name not in first]
    return {
        "key": key,
        "words": subjects.TYPES[what],
        "first": first,
        "more": more,
        "texts": subject_fields.text_names(one),
        "is_open": any(form[name].errors for name in more),
    }


def _flags(draft: Draft) -> list[tuple[str, wording.Flag]]:
    """Words to look at again with the field they stand in, in every language that is written."""
    found = []
    for one in draft.languages:
        texts = contents.texts(draft.revision, one)
        for flag in wording.of_draft(draft.revision.appeal.kind, draft.revision.facts, texts):
            found.append((_anchor(flag.field, one), flag))
    return list(dict.fromkeys(found))


def _has_errors(form: DraftForm, ending: str) -> bool:
    return any(field.errors for field in form if field.name.endswith(ending))


def _is_text(name: str) -> bool:
    key, _between, field = name.partition("_")
    is_subjects = bool(subjects.KEY.fullmatch(key)) and any(field in texts for texts in subjects.TEXTS.values())
    return name in TEXT_LIMITS or is_subjects


def _anchor(field: str, main: str) -> str:
    return f"{field}_{main}" if _is_text(field) else field


def _conflict(draft: Draft, form: DraftForm, error: Changed) -> str:
    """Nothing is overwritten: the form keeps mine with the version that is stored now, and both stand side by side."""
    now_stored = _draft(draft.appeal_id)
    _renew(form, now_stored.revision.version)
    mine = {name: str(value) for name, value in drafts.facts(form).items() if name != "subjects"}
    for one in form.shape.subjects:
        mine |= {f"{one['key']}_{name}": value for name, value in subject_fields.read(form, one).items()}
    mine = {name: value for name, value in mine.items() if not name.endswith(("_key", "_type"))}
    mine |= {
        f"{name}.{one}": text for one, own in drafts.texts(form, draft.languages).items() for name, text in own.items()
    }
    names = [name for name in mine if mine[name] != error.theirs.get(name, "")]
    said = [(_said(draft, name, mine[name]), _said(draft, name, error.theirs.get(name, ""))) for name in names]
    rows = [(_label(name), *both) for name, both in zip(names, said, strict=True)]
    return _page(now_stored, form, rows)


def _label(name: str) -> str:
    field, _dot, code = name.partition(".")
    words = translate(language(), drafts.label(field))
    return f"{words} ({LANGUAGES.get(code, code)})" if code else words


def _said(draft: Draft, name: str, value: str) -> str:
    """A stored value as an officer reads it."""
    if name == "channels":
        wanted = {int(one) for one in value.strip("[]").split(",") if one.strip().isdigit()}
        return ", ".join(one.name for one in draft.channels if one.id in wanted)
    choices = CHOICES.get(name) or subjects.CHOICES.get(name.partition("_")[2], {})
    return choices.get(value, value)
