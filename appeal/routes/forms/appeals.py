"""Forms of the board and of one appeal: begin, take down, end, override the hours."""

from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from appeal.routes.forms.base import DeskForm
from appeal.rules import endings
from appeal.rules.words import _

REASONS = {
    "found": _("The person was found"),
    "wrong_person": _("It shows the wrong person"),
    "wrong_facts": _("Something in it is wrong"),
    "court": _("A court or prosecutor said so"),
    "safety": _("It puts somebody in danger"),
    "other": _("Another reason"),
}
# reasons that nobody presses
MORE_REASONS = {
    "review": _("Nobody answered the review in time"),
    "authority": _("The approver did not give the authority that was written down"),
}
ENDINGS = {code: ending.words for code, ending in endings.ENDINGS.items()}
HOURS = ("1", "2", "4", "8", "12", "24")


class BeginForm(DeskForm):
    """Begin an appeal; the button says of which kind."""

    kind = StringField()


class PressForm(DeskForm):
    """A button alone."""


class TakeDownForm(DeskForm):
    """Take everything down at once."""

    reason = RadioField(
        _("Why does it come down?"),
        choices=[SelectChoice(code, words) for code, words in REASONS.items()],
        validators=[InputRequired(_("Choose a reason."))],
        default=None,
    )


class EndForm(DeskForm):
    """How the appeal ended."""

    ending = RadioField(
        _("How did it end?"),
        choices=[SelectChoice(code, words) for code, words in ENDINGS.items() if code != endings.MISTAKEN],
        validators=[InputRequired(_("Choose an ending."))],
        default=None,
    )


class ToldForm(DeskForm):
    """Somebody was told before the closing words go out."""

    code = HiddenField()
    name = StringField(
        _("Who was told"), validators=[InputRequired(_("Write who was told, by name.")), Length(max=120)]
    )


class RenewForm(DeskForm):
    """Go on without change until another day."""

    review_on = DateField(_("Review again on"), validators=[InputRequired(_("Enter a date."))])


class OverrideForm(DeskForm):
    """A named person reads outside the staffed hours."""

    reader = SelectField(
        _("Who reads the answers until then"),
        description=_("Whoever you name is asked at once by text message or e-mail, the next ones after five minutes."),
        coerce=int,
        validators=[InputRequired(_("Choose who reads the answers."))],
        validate_choice=False,
    )
    hours = SelectField(_("For how long"), choices=[SelectChoice(one, f"{one} h") for one in HOURS], default="4")
    reason = StringField(
        _("Why this cannot wait"), validators=[InputRequired(_("Say why this cannot wait.")), Length(max=300)]
    )
