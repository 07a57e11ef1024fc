"""Forms of the desk's longer pages: skim, several at once, views, keys, second readings, hand over."""

from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class BulkForm(DeskForm):
    """Tips by number, and the one reason for all of them."""

    chosen = SelectMultipleField(_("Tips"), coerce=int, validate_choice=False, choices=[])
    reason = RadioField(
        _("Reason"), validate_choice=False, choices=[], validators=[InputRequired(_("Choose a reason."))]
    )


class ViewForm(DeskForm):
    """A name for the filters that are on the page."""

    name = StringField(
        _("Name of this view"),
        validators=[InputRequired(_("Give it a name of at most 60 characters.")), Length(max=60)],
    )


class KeysForm(DeskForm):
    """Whether single keys work; the keys themselves are fields by the code of their command."""

    is_on = BooleanField(_("Single keys work for me"))


class SettleForm(DeskForm):
    """What the second reader thinks."""

    is_agreed = RadioField(
        _("Was it right to close this tip?"),
        choices=[
            SelectChoice("yes", _("Yes, it stays closed")),
            SelectChoice("no", _("No, put it back into the queue")),
        ],
        validators=[InputRequired(_("Choose yes or no."))],
    )


class BundleForm(DeskForm):
    """Which tips, and for whom and why."""

    references = StringField(
        _("References of the tips"),
        description=_("With spaces between them, such as 3KQ7-0XMA 9TR2-4B1C."),
        validators=[Length(max=5000)],
    )
    appeal = StringField(_("Appeal"), validators=[Length(max=16)])
    part = IntegerField(
        _("Part"),
        description=_("Only for an appeal with more tips than one bundle holds."),
        validators=[Optional(), NumberRange(min=1, max=500, message=_("A whole number from 1."))],
    )
    why = StringField(
        _("For whom and why"),
        description=_("Your reason is kept in the ledger."),
        validators=[InputRequired(_("Say for whom and why.")), Length(max=300)],
    )


class HandOverForm(DeskForm):
    """Who takes the tip over."""

    officer_id = IntegerField(_("Colleague"), validators=[Optional()])


class ShareForm(DeskForm):
    """What is written out of a tip, for whom and why."""

    for_id = SelectField(
        _("Who needs it"), coerce=int, choices=[], validators=[InputRequired(_("Choose who needs it."))]
    )
    words = TextAreaField(
        _("What they need to know"),
        description=_("Addresses, numbers and names were taken out. Read it: does a detail give the person away?"),
        validators=[InputRequired(_("Write what the officer needs to know.")), Length(max=4000)],
    )
    why = StringField(
        _("Why do they need it?"),
        description=_("Your reason is kept in the ledger."),
        validators=[InputRequired(_("Say why.")), Length(max=300)],
    )


class ReasonForm(DeskForm):
    """A reason of the force's own."""

    decision = SelectField(_("What the tip becomes"), choices=[], validators=[InputRequired(_("Choose a decision."))])
    words = StringField(
        _("Reason"),
        description=_("In the words of your desk, 80 characters at most."),
        validators=[InputRequired(_("Write the reason, 80 characters at most.")), Length(max=80)],
    )
    key = StringField(
        _("Key"),
        description=_("One letter, figure or sign that no other reason has."),
        validators=[InputRequired(_("One letter, figure or sign.")), Length(max=1)],
    )
