"""Forms of templates and copies, and of the search among appeals."""

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from appeal.routes.forms.base import DeskForm
from appeal.rules.asking import MOST_ASKED
from appeal.rules.drafting import KIND_WORDS
from appeal.rules.words import _
from appeal.services.outcomes import APPEAL_STATES


class TemplateForm(DeskForm):
    """An appeal becomes a template."""

    name = StringField(
        _("Name of the template"),
        validators=[InputRequired(_("Give the template a name of up to 80 characters.")), Length(max=80)],
    )


class CopyForm(DeskForm):
    """An appeal is copied into a new draft."""

    with_people = BooleanField(_("Copy the people, vehicles and items too"))


class FindForm(DeskForm):
    """Words and filters; sent in the body, because a name in an address would stay in the browser."""

    words = StringField(
        _("Title, case reference, name or plate"),
        description=_("All words must be there; their beginnings are enough. Accents and capitals make no difference."),
        validators=[Length(max=MOST_ASKED, message=_("300 characters at most."))],
    )
    kind = SelectField(
        _("Kind"),
        choices=[SelectChoice("", _("All")), *(SelectChoice(code, words) for code, words in KIND_WORDS.items())],
    )
    state = SelectField(
        _("State"),
        choices=[
            SelectChoice("", _("All")),
            *(SelectChoice(code, words) for code, (words, _colour) in APPEAL_STATES.items()),
        ],
    )
    before = IntegerField(widget=HiddenInput(), validators=[Optional()])
