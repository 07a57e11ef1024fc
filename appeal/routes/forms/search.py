"""What an officer looks for among the tips. It is sent in the body: a name in an address would stay in the browser."""

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from appeal.routes.forms.base import DeskForm
from appeal.rules.asking import MOST_ASKED
from appeal.rules.words import _


class SearchForm(DeskForm):
    """Words and filters; `before` is where the page before ended."""

    words = StringField(
        _("Words, starts of words or a “phrase”"),
        description=_("All of them must be in the tip. Accents and capitals make no difference."),
        validators=[Length(max=MOST_ASKED, message=_("300 characters at most."))],
    )
    appeal = SelectField(_("Appeal"), validate_choice=False, choices=[])
    source = SelectField(_("Source"), validate_choice=False, choices=[])
    language = SelectField(_("Language"), validate_choice=False, choices=[])
    before = IntegerField(widget=HiddenInput(), validators=[Optional()])
