"""Who gets the kit for the press by mail."""

from wtforms import RadioField
from wtforms.validators import InputRequired

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class PressListForm(DeskForm):
    """The list; its choices are set by the page."""

    channel = RadioField(
        _("List"),
        coerce=int,
        validate_choice=False,
        default=None,
        description=_("Everybody on it gets the address of the kit, and the recall when the appeal comes down."),
        validators=[InputRequired(_("Choose a list."))],
    )
