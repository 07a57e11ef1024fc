"""The request of a person concerned: which name, and under which reference it was received."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class HeldForm(DeskForm):
    """Sent in the body: a name in an address would stay in the browser."""

    name = StringField(
        _("Name of the person"),
        description=_("All of it. Order, accents and capitals make no difference."),
        validators=[InputRequired(_("Enter the whole name.")), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    reference = StringField(
        _("Reference of the request"),
        description=_("It is kept in the ledger, sealed, with the name and your own."),
        validators=[InputRequired(_("Enter the reference of the request.")), Length(max=120)],
    )
