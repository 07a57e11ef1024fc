"""What a person saw of a copy where the platform could not be asked."""

from wtforms import StringField
from wtforms.validators import AnyOf, Length, Optional, Regexp

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _

YES, NO, AGAIN = "yes", "no", "again"


class AnswerForm(DeskForm):
    """Is it there? The button says so."""

    answer = StringField(validators=[AnyOf((YES, NO, AGAIN), message=_("Choose one of the answers."))])
    permalink = StringField(
        _("Address of the post (optional)"),
        validators=[Optional(), Length(max=300), Regexp(r"^https?://", message=_("An address begins with https://."))],
    )
