"""Forms of the second person: sign what is shown, or give it back with a reason."""

from wtforms import DateField, HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from appeal.routes.forms.base import INCOMPLETE, DeskForm
from appeal.rules.words import _

WORDS_LIMIT = 1000


class ApproveForm(DeskForm):
    """The signature over exactly the texts and posts that were shown."""

    content_sha256 = HiddenField(validators=[InputRequired(INCOMPLETE), Length(max=64)])
    posts_sha256 = HiddenField(validators=[InputRequired(INCOMPLETE), Length(max=64)])
    legal_basis = SelectField(_("Legal basis"), validators=[InputRequired(_("Choose the legal basis."))])
    necessity = TextAreaField(
        _("Why it is necessary"),
        validators=[InputRequired(_("Say why this is necessary.")), Length(max=WORDS_LIMIT)],
    )
    proportionality = TextAreaField(
        _("Why it is proportionate"),
        validators=[InputRequired(_("Say why this is proportionate.")), Length(max=WORDS_LIMIT)],
    )
    risk = TextAreaField(
        _("Risks to anyone shown or near"),
        validators=[InputRequired(_("Say which risks you see, or why there are none.")), Length(max=WORDS_LIMIT)],
    )
    statement = TextAreaField(
        _("One sentence of your own"),
        description=_("What you checked, or why you agree."),
        validators=[InputRequired(_("Add one sentence of your own.")), Length(max=WORDS_LIMIT)],
    )
    review_on = DateField(
        _("Review on"),
        description=_("On this day the approval is looked at again."),
        validators=[InputRequired(_("Enter a date."))],
    )


class ReturnForm(DeskForm):
    """Back to the author."""

    reason = TextAreaField(
        _("What has to change"),
        validators=[InputRequired(_("Say what has to change.")), Length(max=2000)],
    )
