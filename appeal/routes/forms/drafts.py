"""The one page on which an appeal is written: facts, texts in every language, subjects, channels, a picture to add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_wtf.file import FileField
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, DateInput, DateTimeLocalInput, ListWidget

from appeal.models.appeal import Revision
from appeal.models.release import Channel
from appeal.pages import translate
from appeal.routes.forms import subjects as subject_fields
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.moments import a_day, a_moment
from appeal.routes.forms.photos import KIND_CHOICES
from appeal.rules import endings, identification
from appeal.rules.drafting import CHOICES, FACT_LIMITS, LABELS, ONLY_FOR, REQUIRED, TEXT_LIMITS
from appeal.rules.drafting import label as rule_label
from appeal.rules.pictures import LABELS as PICTURE_LABELS
from appeal.rules.pictures import LIMITS as PICTURE_LIMITS
from appeal.rules.subjects import subjects_of
from appeal.rules.words import _, say

ALT_LIMIT = 1000
ALSO_AT = _("Also show at: %(name)s (%(code)s)")
TEXT_AREAS = frozenset({"happened", "contact", *endings.TEXTS})

HINTS: Mapping[str, str] = {
    "title": _("Short and plain. It stands first on every channel."),
    "happened": _("Plain sentences that anybody understands."),
    "contact": _("One line each: where to call, and for what."),
    "case_reference": _("Shown to the public, so that callers can name it."),
    "area": _("Town, district or region."),
    "danger_own": _("Only if you chose a line of your own. The approver has to dial what it names."),
    "missing_risk": _("At high risk somebody is asked again until an answer comes."),
    "court_order": _("Only where your law wants one."),
    "risk": _("Not shown to the public; the approver adopts or changes it."),
    "necessity": _("Not shown to the public; the approver adopts or changes it."),
    "proportionality": _("Not shown to the public; the approver adopts or changes it."),
}


@dataclass(frozen=True)
class Shape:
    """What a form was made for: the facts and texts of the kind, and the subjects with their key and type."""

    facts: tuple[str, ...]
    texts: tuple[str, ...]
    subjects: tuple[Mapping[str, str], ...]
    languages: tuple[str, ...]


class DraftForm(DeskForm):
    """What is the same for every kind and language; `draft_form` adds the rest."""

    shape: ClassVar[Shape]

    picture = FileField(
        _("Add a picture"), description=_("JPEG, PNG, WebP, AVIF or HEIC, up to 25 MB. Hidden details are removed.")
    )
    picture_kind = SelectField(PICTURE_LABELS["kind"], choices=KIND_CHOICES)
    source_system = StringField(
        PICTURE_LABELS["source_system"], validators=[Length(max=PICTURE_LIMITS["source_system"])]
    )
    source_record = StringField(
        PICTURE_LABELS["source_record"],
        description=_("The approver reads it there and types its last four characters. Not shown to the public."),
        validators=[Length(max=PICTURE_LIMITS["source_record"])],
    )


def draft_form(
    revision: Revision,
    languages: Sequence[str],
    channels: Sequence[Channel],
    shown_in: str,
    dangers: Mapping[str, str],
) -> type[DraftForm]:
    """The form of one draft: a field for each fact, each text in each language and each alt text.

    `dangers` are code and words of the force's danger lines in the officer's language.
    """
    kind = revision.appeal.kind
    shape = shape_of(revision, languages)
    fields: dict[str, Any] = {name: _fact(name, kind, shown_in, dangers) for name in shape.facts}
    for one in shape.subjects:
        fields |= subject_fields.facts(one, kind, shown_in)
    for language in languages:
        fields |= {f"{name}_{language}": _text(name, kind, shown_in) for name in shape.texts}
        for one in shape.subjects:
            fields |= subject_fields.texts(one, language, shown_in)
        fields[f"alt_{language}"] = _alt(translate(shown_in, _("What the picture shows")))
        for picture in revision.pictures:
            fields[f"alt_{picture.photo_id}_{language}"] = _alt(translate(shown_in, _("What the picture shows")))
    fields["channels"] = SelectMultipleField(
        _("Channels"),
        choices=[SelectChoice(one.id, _channel_words(one)) for one in channels],
        coerce=int,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    return type("DraftFormOfKind", (DraftForm,), {**fields, "shape": shape})


def shape_of(revision: Revision, languages: Sequence[str]) -> Shape:
    """What a draft of this kind, with these subjects, is made of."""
    kind = revision.appeal.kind
    own = tuple(name for name in TEXT_LIMITS if name not in endings.TEXTS)
    return Shape(
        facts=tuple(name for name in FACT_LIMITS if kind in ONLY_FOR.get(name, (kind,))),
        texts=(*own, *endings.fields(kind)),
        subjects=tuple({"key": one["key"], "type": one["type"]} for one in subjects_of(revision.facts)),
        languages=tuple(languages),
    )


def label(name: str) -> str:
    """The label of a fact or text, in the source language."""
    return _("Channels") if name == "channels" else rule_label(name)


def stored(revision: Revision, languages: Sequence[str]) -> dict[str, Any]:
    """What a draft holds, by the names of the form's fields."""
    given: dict[str, Any] = {name: str(revision.facts.get(name, "") or "") for name in FACT_LIMITS}
    chosen = revision.facts.get("channels")
    given["channels"] = [int(str(one)) for one in chosen] if isinstance(chosen, list) else []
    given |= subject_fields.stored(subjects_of(revision.facts))
    given |= {f"{one.field}_{one.language}": one.body for one in revision.texts}
    for picture in revision.pictures:
        given |= {f"alt_{picture.photo_id}_{language}": picture.alt.get(language, "") for language in languages}
    return given | {"expected_version": revision.version}


def facts(form: DraftForm) -> dict[str, object]:
    """What is the same in every language, as services take it."""
    said: dict[str, object] = {name: _clean(form[name].data) for name in form.shape.facts}
    given = [subject_fields.read(form, one) for one in form.shape.subjects]
    return said | {"channels": list(form["channels"].data or []), "subjects": given}


def texts(form: DraftForm, languages: Sequence[str]) -> dict[str, dict[str, str]]:
    """The texts by language and field, as services take them."""
    names = [*form.shape.texts, *(name for one in form.shape.subjects for name in subject_fields.text_names(one))]
    return {one: {name: _clean(form[f"{name}_{one}"].data) for name in names} for one in languages}


def alt(form: DraftForm, languages: Sequence[str], photo_id: int | None = None) -> dict[str, str]:
    """The alt texts of one picture, or of the one to add."""
    middle = f"alt_{photo_id}_" if photo_id else "alt_"
    return {one: _clean(form[f"{middle}{one}"].data) for one in languages}


def too_long(shown_in: str, limit: int) -> str:
    """The sentence for a text that is too long, in the officer's language."""
    return translate(shown_in, _("This is too long: %(limit)s characters are the most."), limit=limit)


def _clean(typed: object) -> str:
    return str(typed or "").strip().replace("\r\n", "\n")


def _fact(name: str, kind: str, shown_in: str, dangers: Mapping[str, str]) -> Field:
    words, hint = _label(name, kind, shown_in), HINTS.get(name, "")
    if name in CHOICES:
        known = identification.choices(kind) if name == "level" else {}
        offered = {"": _("Choose"), **known} if known else CHOICES[name]
        if name == "danger":
            offered = dangers
        choices = [SelectChoice(code, translate(shown_in, text)) for code, text in offered.items()]
        return SelectField(words, description=hint, choices=choices)
    if name == "when_at":
        return StringField(words, widget=DateTimeLocalInput(), validators=[Optional(), a_moment])
    if name == "circulated_on":
        return StringField(words, widget=DateInput(), validators=[Optional(), a_day])
    length = Length(max=FACT_LIMITS[name], message=too_long(shown_in, FACT_LIMITS[name]))
    kind_of_field = TextAreaField if FACT_LIMITS[name] >= 1000 else StringField
    return kind_of_field(words, description=hint, validators=[length])


def _text(name: str, kind: str, shown_in: str) -> Field:
    length = Length(max=TEXT_LIMITS[name], message=too_long(shown_in, TEXT_LIMITS[name]))
    kind_of_field = TextAreaField if name in TEXT_AREAS else StringField
    return kind_of_field(_label(name, kind, shown_in), description=HINTS.get(name, ""), validators=[length])


def _alt(words: str) -> Field:
    return StringField(words, validators=[Length(max=ALT_LIMIT)])


def _label(name: str, kind: str, shown_in: str) -> str:
    words = translate(shown_in, LABELS[name])
    is_needed = name in REQUIRED[kind] or name in CHOICES or name in endings.TEXTS
    return words if is_needed else f"{words} {translate(shown_in, _('(optional)'))}"


def _channel_words(channel: Channel) -> str:
    """A partner shows the appeal on a site of its own; everything else is the force's."""
    pattern = ALSO_AT if channel.publisher == "partner" else "%(name)s (%(code)s)"
    return say(pattern, name=channel.name, code=channel.language)
