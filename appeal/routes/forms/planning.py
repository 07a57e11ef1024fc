"""Forms of what is planned with an appeal: reminders and an embargo."""

from wtforms import DateField, DateTimeLocalField, IntegerField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _

DAYS, YEARLY = "days", "yearly"
NO_DATE = _("Enter a date, such as 2026-12-25.")


class ReminderForm(DeskForm):
    """A series of reminders; the officer in the case is asked before each."""

    officer = SelectField(
        _("The officer in the case"),
        description=_("Asked a day before each reminder whether it is still sought; without an answer it does not go."),
        coerce=int,
        validate_choice=False,
    )
    rhythm = RadioField(
        _("How often"),
        choices=[SelectChoice(DAYS, _("every so many days")), SelectChoice(YEARLY, _("once a year"))],
        default=DAYS,
    )
    every_days = IntegerField(
        _("How many days"),
        default=7,
        validators=[Optional(), NumberRange(1, 365, _("Enter a number of days up to 365."))],
    )
    first_on = DateField(_("First on"), validators=[InputRequired(NO_DATE)])
    at = TimeField(_("At"), validators=[InputRequired(_("Enter a time, such as 08:00."))])
    until_on = DateField(_("Last on"), validators=[InputRequired(NO_DATE)])

    def days(self) -> int:
        """So many days; 0 for once a year."""
        return 0 if self.rhythm.data == YEARLY else int(self.every_days.data or 7)


class ReadingDeskForm(DeskForm):
    """Which desk reads what comes in on this appeal; 0 leaves it to the languages."""

    desk = SelectField(_("Who reads what comes in on this appeal"), coerce=int, validate_choice=False)


class EmbargoForm(DeskForm):
    """Nothing goes out before this moment; empty lifts it."""

    at = DateTimeLocalField(
        _("Nothing goes out before"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        description=_("In the force's time zone. Leave it empty to lift the embargo."),
        validators=[Optional()],
    )
