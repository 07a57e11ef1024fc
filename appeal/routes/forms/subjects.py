"""The fields of one person, vehicle or item on the page of a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp
from wtforms.widgets import DateTimeLocalInput

from appeal.pages import translate
from appeal.routes.forms.moments import a_moment
from appeal.rules.subjects import CHOICES, FACTS, LABELS, NAMED_KINDS, NUMBERS, TEXTS
from appeal.rules.words import _

# What stands on the page at once; everything else is behind "add more".
FIRST: Mapping[str, tuple[str, ...]] = {"person": ("name",), "vehicle": ("plate", "make", "model"), "item": ()}
FIRST_TEXTS: Mapping[str, tuple[str, ...]] = {"person": (), "vehicle": (), "item": ("what",)}
HINTS: Mapping[str, str] = {
    "ethnicity": _("Only if it helps to recognise the person and the law allows it."),
    "health": _("Only what somebody who meets the person must know."),
    "hair_words": _("As somebody described it. It is shown instead of the choice above."),
    "eyes_words": _("As somebody described it. It is shown instead of the choice above."),
    "colour_words": _("As somebody described it. It is shown instead of the choice above."),
}


def facts(one: Mapping[str, str], kind: str, shown_in: str) -> dict[str, Any]:
    """A field for each fact of a subject, by the names they are posted under."""
    return {f"{one['key']}_{name}": _fact(name, one["type"], kind, shown_in) for name in FACTS[one["type"]]}


def texts(one: Mapping[str, str], language: str, shown_in: str) -> dict[str, Any]:
    """A field for each text of a subject in one language."""
    made = {}
    for name, most in TEXTS[one["type"]].items():
        words = translate(shown_in, LABELS[name])
        made[f"{one['key']}_{name}_{language}"] = StringField(
            words, description=HINTS.get(name, ""), validators=[_length(shown_in, most)]
        )
    return made


def text_names(one: Mapping[str, str]) -> list[str]:
    """The names of a subject's texts, without language."""
    return [f"{one['key']}_{name}" for name in TEXTS[one["type"]]]


def read(form: Form, one: Mapping[str, str]) -> dict[str, str]:
    """What was typed of one subject, as services take it."""
    said = {name: str(form[f"{one['key']}_{name}"].data or "").strip() for name in FACTS[one["type"]]}
    return {**one, **said}


def stored(given: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What a draft holds of its subjects, by the names of the form's fields."""
    return {f"{one['key']}_{name}": one.get(name, "") for one in given for name in FACTS[one["type"]]}


def _fact(name: str, what: str, kind: str, shown_in: str) -> Field:
    words = translate(shown_in, LABELS[name])
    if name == "name" and kind not in NAMED_KINDS:
        words = f"{words} {translate(shown_in, _('(optional)'))}"
    if name in CHOICES:
        choices = [SelectChoice(code, translate(shown_in, text)) for code, text in CHOICES[name].items()]
        return SelectField(words, choices=choices)
    if name == "seen_at":
        return StringField(words, widget=DateTimeLocalInput(), validators=[Optional(), a_moment])
    checks = [_length(shown_in, FACTS[what][name])]
    if name in NUMBERS:
        number = Regexp(r"^\d*$", message=_("This must be a whole number."))
        return StringField(words, validators=[number, *checks], render_kw={"inputmode": "numeric"})
    return StringField(words, validators=checks)


def _length(shown_in: str, limit: int) -> Length:
    words = translate(shown_in, _("This is too long: %(limit)s characters are the most."), limit=limit)
    return Length(max=limit, message=words)
