"""Words of a channel's own."""

from wtforms import TextAreaField
from wtforms.validators import Length

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class WordingForm(DeskForm):
    """Empty words mean the common text."""

    words = TextAreaField(
        _("What happened, in words for this channel"),
        description=_(
            "They take the place of what happened, place, time and description. Title, danger line, contact and link"
            " are added and never cut; what you write here is not cut either. Leave it empty to use the common text."
        ),
        validators=[Length(max=5000, message=_("5,000 characters at most."))],
    )
