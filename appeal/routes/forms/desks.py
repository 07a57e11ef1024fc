"""Forms of desks, of the people at them, and of how an officer is paged."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectMultipleField, StringField, TelField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from appeal import pages
from appeal.models.people import User
from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _

MOST_ON_CALL = 99


class DeskNameForm(DeskForm):
    """A desk: name, languages, zone."""

    name = StringField(_("Name of the desk"), validators=[InputRequired(_("Give the desk a name.")), Length(max=80)])
    languages = SelectMultipleField(
        _("Languages that it reads"),
        description=_("Channels and answers in these languages follow its hours. The first desk reads all others."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    zone = StringField(
        _("Time zone"),
        description=_("Only if it is another than the force's. One looks like Europe/Madrid."),
        validators=[Length(max=60)],
    )

    @classmethod
    def with_languages(cls, codes: Sequence[str], **given: object) -> "DeskNameForm":
        """The form with the force's languages to choose from."""
        form = cls(**given)
        form.languages.choices = [SelectChoice(code, pages.LANGUAGES.get(code, code)) for code in codes]
        return form


class ContactForm(DeskForm):
    """How an officer wants to be paged."""

    number = TelField(
        _("Mobile number"),
        description=_("With its country, such as +34 600 555 001. It is kept sealed."),
        validators=[Length(max=30)],
    )
    by_sms = BooleanField(_("By text message"))
    by_email = BooleanField(_("By e-mail"))


def people_form(officers: Sequence[User]) -> type[DeskForm]:
    """A form with a box "reads here" and a place on the on-call list for each officer."""
    fields: dict[str, object] = {"__doc__": "Who reads at a desk, and who of them is on call."}
    for one in officers:
        fields[f"reads_{one.id}"] = BooleanField(_("reads here"))
        fields[f"place_{one.id}"] = IntegerField(
            _("place on call"),
            validators=[
                Optional(),
                NumberRange(1, MOST_ON_CALL, _("A place is a whole number from 1; leave it empty for nobody on call.")),
            ],
        )
    made: type[DeskForm] = type(FlaskForm)("PeopleForm", (DeskForm,), fields)
    return made
