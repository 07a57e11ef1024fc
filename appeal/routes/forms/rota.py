"""Forms of the staffed hours: the week's windows, and the days that replace them."""

from datetime import time

from wtforms import BooleanField, DateField, FieldList, Form, FormField, SelectField, StringField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from appeal.routes.forms.base import DeskForm
from appeal.rules.hours import Window
from appeal.rules.words import _

MOST_WINDOWS = 50
NO_TIME = _("Enter a time, such as 08:00.")
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


class WindowForm(Form):  # type: ignore[misc]
    """One weekly window."""

    weekday = SelectField(_("Day"), coerce=int, choices=[SelectChoice(day, WEEKDAYS[day]) for day in range(7)])
    opens = TimeField(_("Opens"), validators=[InputRequired(NO_TIME)])
    closes = TimeField(_("Closes"), validators=[InputRequired(NO_TIME)])


class RotaForm(DeskForm):
    """All weekly windows at once."""

    windows = FieldList(FormField(WindowForm), max_entries=MOST_WINDOWS)

    def values(self) -> list[Window]:
        """The windows as they were typed."""
        return [Window(row["weekday"], row["opens"], row["closes"]) for row in self.windows.data]


class ExceptionForm(DeskForm):
    """One day with other hours; without hours the desk is closed."""

    on = DateField(_("Day"), validators=[InputRequired(_("Enter a date, such as 2026-12-25."))])
    reason = StringField(
        _("Why"),
        description=_("For the desk only, such as a public holiday."),
        validators=[Length(max=120, message=_("120 characters at most."))],
    )
    opens_1 = TimeField(_("Opens"), validators=[Optional()])
    closes_1 = TimeField(_("Closes"), validators=[Optional()])
    opens_2 = TimeField(_("Opens again"), validators=[Optional()])
    closes_2 = TimeField(_("Closes again"), validators=[Optional()])
    is_sure = BooleanField(_("Close all the same; what is due then waits"))

    def validate(self, extra_validators: object = None) -> bool:
        """Hours come in pairs."""
        is_right = bool(super().validate(extra_validators))
        for opens, closes in ((self.opens_1, self.closes_1), (self.opens_2, self.closes_2)):
            for one, other in ((opens, closes), (closes, opens)):
                if other.data is not None and one.data is None and not one.errors:
                    one.errors = [NO_TIME]
                    is_right = False
        return is_right

    def windows(self) -> list[tuple[time, time]]:
        """The pairs of hours that were given; empty means closed."""
        pairs = ((self.opens_1.data, self.closes_1.data), (self.opens_2.data, self.closes_2.data))
        return [(opens, closes) for opens, closes in pairs if opens is not None and closes is not None]
