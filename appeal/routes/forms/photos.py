"""One picture of a draft: where it comes from, what it shows, what is cut away and blacked out."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from wtforms import BooleanField, DateField, Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from appeal.models.appeal import RevisionPicture
from appeal.pages import translate
from appeal.routes.forms.base import DeskForm
from appeal.rules.pictures import KINDS, LABELS, LIMITS, MOST_BOXES, in_percent, part
from appeal.rules.words import _, say
from appeal.services.photos import ALT_LIMIT, Cut, Source

NOT_A_PART = _("Enter four percentages inside the picture, such as 10 20 30 5.")
KIND_CHOICES = [SelectChoice("", _("Choose")), *(SelectChoice(code, words) for code, words in KINDS.items())]


def _text(name: str, hint: str = "") -> StringField:
    return StringField(LABELS[name], description=hint, validators=[Length(max=LIMITS[name])])


class PictureForm(DeskForm):
    """What is the same in every language; `picture_form` adds the descriptions."""

    languages: ClassVar[tuple[str, ...]] = ()

    kind = SelectField(LABELS["kind"], choices=KIND_CHOICES)
    source_system = _text("source_system", _("Where the approver can look it up."))
    source_record = _text("source_record", _("The approver reads it there and types its last four characters."))
    taken_by = _text("taken_by")
    taken_on = DateField(LABELS["taken_on"], validators=[Optional()])
    consent = _text("consent", _("Whose, given to whom, for what."))
    conditions = _text("conditions", _("Newspapers read this: credit, until when, where not."))
    is_marked = BooleanField(
        _("Write across it where it is valid"),
        description=_(
            "A stripe at the lower edge names the address of the appeal, so that an old copy gives itself away."
        ),
    )
    crop = StringField(_("Show only this part"), validators=[Optional(), Length(max=60)])
    boxes = TextAreaField(_("Black out these parts"), validators=[Optional(), Length(max=1000)])

    def validate_crop(self, field: Field) -> None:
        """Four percentages inside the picture."""
        if part(field.data) is None:
            raise ValidationError(NOT_A_PART)

    def validate_boxes(self, field: Field) -> None:
        """Four percentages inside the picture on each line."""
        lines = _lines(field.data)
        if any(part(line) is None for line in lines):
            raise ValidationError(NOT_A_PART)
        if len(lines) > MOST_BOXES:
            raise ValidationError(say("%(most)s boxes are the most.", most=MOST_BOXES))


def picture_form(languages: Sequence[str], shown_in: str, names: Mapping[str, str]) -> type[PictureForm]:
    """The form with a description in each language."""
    fields: dict[str, Any] = {"languages": tuple(languages)}
    for one in languages:
        words = translate(shown_in, _("What the picture shows, in %(name)s"), name=names.get(one, one))
        fields[f"alt_{one}"] = TextAreaField(words, validators=[Length(max=ALT_LIMIT)])
    return type("PictureFormOfLanguages", (PictureForm,), fields)


def stored(picture: RevisionPicture, version: int) -> dict[str, Any]:
    """What is kept of a picture, by the names of the form's fields."""
    photo = picture.photo
    given: dict[str, Any] = {name: getattr(photo, name) for name in LABELS}
    given |= {f"alt_{language}": words for language, words in picture.alt.items()}
    given |= {"crop": in_percent(photo.crop) if photo.crop else "", "is_marked": picture.is_marked}
    return given | {"boxes": "\n".join(in_percent(box) for box in photo.boxes), "expected_version": version}


def source(form: PictureForm) -> Source:
    """Where the picture comes from, as the service takes it."""
    texts: dict[str, Any] = {name: form[name].data or "" for name in LABELS if name != "taken_on"}
    return Source(**texts, taken_on=form.taken_on.data)


def cut(form: PictureForm) -> Cut:
    """What is cut away and blacked out, as the service takes it; the form was validated."""
    crop = part(form.crop.data or "") or []
    boxes = [box for line in _lines(form.boxes.data) if (box := part(line))]
    return Cut(tuple(crop), tuple(tuple(box) for box in boxes))


def alt(form: PictureForm) -> dict[str, str]:
    """The descriptions by language."""
    return {one: " ".join((form[f"alt_{one}"].data or "").split()) for one in form.languages}


def _lines(typed: str | None) -> list[str]:
    return [line for line in (typed or "").splitlines() if line.strip()]
