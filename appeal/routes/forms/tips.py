"""Forms of the queue and of one tip."""

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _
from appeal.tips import own_reasons

MOST_WORDS = 2000


class AssessForm(DeskForm):
    """The decision on a tip: one reason says both. `seen` is how many messages the officer had on the page."""

    reason = RadioField(
        _("What becomes of this tip?"),
        choices=[],
        validators=[InputRequired(_("Choose what to do with this tip."))],
    )
    duplicate_of = StringField(
        _("Reference of the tip that it repeats"),
        description=_("Only for a duplicate. Eight letters and figures, such as 3KQ7-0XMA."),
        validators=[Length(max=20, message=_("A reference has eight letters and figures, such as 3KQ7-0XMA."))],
    )
    words = TextAreaField(
        _("In your own words"),
        description=_("Needed to escalate, and to close an urgent tip without action."),
        validators=[Length(max=MOST_WORDS, message=_("2,000 characters at most."))],
    )
    points_away = BooleanField(
        _("Points away from the person sought"),
        description=_("It is then never closed by one person, and heads what is handed to the court."),
    )
    grade = StringField(
        _("Grading 3x5x2"),
        description=_("Three signs: source 1 to 3, information A to E, handling P or C, such as 2DC."),
        filters=[lambda value: (value or "").strip().upper()],
        validators=[Length(max=3, message=_("Three signs, such as 2DC."))],
    )
    seen = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])

    def __init__(self, **given: Any) -> None:
        """The reasons are those that the force uses now."""
        super().__init__(**given)
        self.reason.choices = [(one.code, one.words) for one in own_reasons.current()]


class SenderForm(DeskForm):
    """Why an officer needs to know who sent a tip."""

    why = StringField(
        _("Why do you need to know who this is?"),
        description=_("Your reason is kept in the ledger."),
        validators=[InputRequired(_("Say why you need to know who this is.")), Length(max=300)],
    )
