"""Forms of the shift page: who is on, and what is handed over."""

from wtforms import DateTimeLocalField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
NO_MOMENT = _("Enter a date and a time.")


class ShiftForm(DeskForm):
    """An officer is on at the desk from one moment to another."""

    officer = SelectField(_("Officer"), coerce=int, validate_choice=False)
    starts_at = DateTimeLocalField(_("From"), format=FORMATS, validators=[InputRequired(NO_MOMENT)])
    ends_at = DateTimeLocalField(_("Until"), format=FORMATS, validators=[InputRequired(NO_MOMENT)])


class NoteForm(DeskForm):
    """What the next shift has to know."""

    words = TextAreaField(
        _("What the next shift has to know"),
        description=_("Kept sealed. The next shift reads it on this page for a day."),
        validators=[InputRequired(_("Write what the next shift has to know.")), Length(max=5000)],
    )
