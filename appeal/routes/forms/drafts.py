"""The one page on which an appeal is written: facts, texts in every language, channels and a picture to add."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_wtf.file import FileField
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, DateTimeLocalInput, ListWidget

from appeal.models.appeal import Revision
from appeal.models.release import Channel
from appeal.pages import translate
from appeal.routes.forms.base import DeskForm
from appeal.rules.drafting import CHOICES, FACT_LIMITS, LABELS, NUMBERS, REQUIRED, TEXT_LIMITS
from appeal.rules.words import _

ALT_LIMIT, SOURCE_LIMIT = 1000, 200
TEXT_AREAS = frozenset({"happened", "contact", "clothing", "marks"})
PERSON_FACTS = ("age_from", "age_to", "height_from", "height_to", "sex", "build", "hair", "eyes")
PERSON_TEXTS = ("clothing", "marks")

MORE_LABELS: Mapping[str, str] = {
    "age_from": _("Age from"),
    "age_to": _("Age to"),
    "height_from": _("Height from, in cm"),
    "height_to": _("Height to, in cm"),
    "sex": _("Sex"),
    "build": _("Build"),
    "hair": _("Hair"),
    "eyes": _("Eyes"),
    "channels": _("Channels"),
}
HINTS: Mapping[str, str] = {
    "title": _("Short and plain. It stands first on every channel."),
    "happened": _("Plain sentences that anybody understands."),
    "contact": _("One line each: where to call, and for what."),
    "case_reference": _("Shown to the public, so that callers can name it."),
    "area": _("Town, district or region."),
    "risk": _("Not shown to the public; the approver reads it."),
    "necessity": _("Not shown to the public; the approver adopts or changes it."),
    "proportionality": _("Not shown to the public; the approver adopts or changes it."),
}


class DraftForm(DeskForm):
    """What is the same for every kind and language; `draft_form` adds the rest."""

    when_at = StringField(widget=DateTimeLocalInput(), validators=[Optional()])
    picture = FileField(
        _("Add a picture"), description=_("JPEG, PNG, WebP, AVIF or HEIC, up to 25 MB. Hidden details are removed.")
    )
    source_record = StringField(
        _("Where the picture comes from"),
        description=_("System, number, who took it and when. Not shown to the public."),
        validators=[Length(max=SOURCE_LIMIT)],
    )

    def validate_when_at(self, field: Field) -> None:
        """A day and an hour that exist on a calendar."""
        try:
            field.data = datetime.fromisoformat(field.data).strftime("%Y-%m-%dT%H:%M")
        except ValueError as error:
            raise ValidationError(_("Enter a day and an hour, such as 2026-03-01T17:40.")) from error


def draft_form(
    revision: Revision, languages: Sequence[str], channels: Sequence[Channel], shown_in: str, emergency: str
) -> type[DraftForm]:
    """The form of one draft: a field for each fact, each text in each language and each alt text."""
    kind = revision.appeal.kind
    fields: dict[str, Any] = {name: _fact(name, kind, shown_in, emergency) for name in FACT_LIMITS}
    for language in languages:
        fields |= {f"{name}_{language}": _text(name, kind, shown_in) for name in TEXT_LIMITS}
        fields[f"alt_{language}"] = _alt(translate(shown_in, _("What the picture shows")))
        for picture in revision.pictures:
            fields[f"alt_{picture.photo_id}_{language}"] = _alt(translate(shown_in, _("What the picture shows")))
    fields["channels"] = SelectMultipleField(
        _("Channels"),
        choices=[SelectChoice(one.id, f"{one.name} ({one.language})") for one in channels],
        coerce=int,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    return type("DraftFormOfKind", (DraftForm,), fields)


def label(name: str) -> str:
    """The label of a fact or text, in the source language."""
    return LABELS.get(name) or MORE_LABELS.get(name, name)


def label_names() -> frozenset[str]:
    """The names of all facts that have a field of their own, and of the channels."""
    return frozenset({*FACT_LIMITS, "channels"})


def stored(revision: Revision, languages: Sequence[str]) -> dict[str, Any]:
    """What a draft holds, by the names of the form's fields."""
    given: dict[str, Any] = {name: str(revision.facts.get(name, "") or "") for name in FACT_LIMITS}
    chosen = revision.facts.get("channels")
    given["channels"] = [int(str(one)) for one in chosen] if isinstance(chosen, list) else []
    given |= {f"{one.field}_{one.language}": one.body for one in revision.texts}
    for picture in revision.pictures:
        given |= {f"alt_{picture.photo_id}_{language}": picture.alt.get(language, "") for language in languages}
    return given | {"expected_version": revision.version}


def facts(form: DraftForm) -> dict[str, object]:
    """What is the same in every language, as services take it."""
    said: dict[str, object] = {name: _clean(form[name].data) for name in FACT_LIMITS}
    return said | {"channels": list(form["channels"].data or [])}


def texts(form: DraftForm, languages: Sequence[str]) -> dict[str, dict[str, str]]:
    """The texts by language and field, as services take them."""
    return {one: {name: _clean(form[f"{name}_{one}"].data) for name in TEXT_LIMITS} for one in languages}


def alt(form: DraftForm, languages: Sequence[str], photo_id: int | None = None) -> dict[str, str]:
    """The alt texts of one picture, or of the one to add."""
    middle = f"alt_{photo_id}_" if photo_id else "alt_"
    return {one: _clean(form[f"{middle}{one}"].data) for one in languages}


def _clean(typed: str | None) -> str:
    return (typed or "").strip().replace("\r\n", "\n")


def _fact(name: str, kind: str, shown_in: str, emergency: str) -> Field:
    words, hint = _label(name, kind, shown_in), HINTS.get(name, "")
    if name in CHOICES:
        choices = [
            SelectChoice(code, translate(shown_in, text).replace("{emergency}", emergency))
            for code, text in CHOICES[name].items()
        ]
        return SelectField(words, description=hint, choices=choices)
    length = Length(max=FACT_LIMITS[name], message=_too_long(shown_in, FACT_LIMITS[name]))
    if name in NUMBERS:
        number = Regexp(r"^\d*$", message=_("This must be a whole number."))
        return StringField(words, validators=[number, length], render_kw={"inputmode": "numeric"})
    if name == "when_at":
        return StringField(words, widget=DateTimeLocalInput(), validators=[Optional()])
    kind_of_field = TextAreaField if FACT_LIMITS[name] >= 1000 else StringField
    return kind_of_field(words, description=hint, validators=[length])


def _text(name: str, kind: str, shown_in: str) -> Field:
    length = Length(max=TEXT_LIMITS[name], message=_too_long(shown_in, TEXT_LIMITS[name]))
    kind_of_field = TextAreaField if name in TEXT_AREAS else StringField
    return kind_of_field(_label(name, kind, shown_in), description=HINTS.get(name, ""), validators=[length])


def _alt(words: str) -> Field:
    return StringField(words, validators=[Length(max=ALT_LIMIT)])


def _label(name: str, kind: str, shown_in: str) -> str:
    words = translate(shown_in, label(name))
    is_needed = name in REQUIRED[kind] or name in PERSON_FACTS + PERSON_TEXTS
    return words if is_needed else f"{words} {translate(shown_in, _('(optional)'))}"


def _too_long(shown_in: str, limit: int) -> str:
    return translate(shown_in, _("This is too long: %(limit)s characters are the most."), limit=limit)
