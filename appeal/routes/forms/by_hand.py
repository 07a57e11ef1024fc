"""What a person says about something that they were asked to post elsewhere."""

from wtforms import StringField
from wtforms.validators import AnyOf, Length, ValidationError

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _

YES, NO = "yes", "no"


class PostedForm(DeskForm):
    """It is there, at this address; or it will not be."""

    answer = StringField(validators=[AnyOf((YES, NO), message=_("Choose one of the answers."))])
    permalink = StringField(
        _("Address of the post"),
        description=_("Copy it from there. It is where the post is looked for when it has to be removed."),
        validators=[Length(max=300, message=_("300 characters at most."))],
        render_kw={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
    )

    def validate_permalink(self, field: StringField) -> None:
        """Needed when it is there: whoever removes it must find it."""
        typed = (field.data or "").strip()
        if self.answer.data == YES and not typed:
            raise ValidationError(_("Paste the address of the post, or write where it is."))
