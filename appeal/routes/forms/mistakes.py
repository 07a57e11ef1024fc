"""Forms around a mistake: the control room was told, the person was told, the standing correction is written."""

from collections.abc import Sequence

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class MistakeForm(DeskForm):
    """The press that begins the order: who was told in the control room."""

    told_name = StringField(
        _("Who was told in the control room"),
        description=_("By name. The time is noted when you press."),
        validators=[InputRequired(_("Write who was told in the control room, by name.")), Length(max=120)],
    )


class CorrectionForm(DeskForm):
    """The standing correction in one language."""

    language = SelectField(_("Language"))
    body = TextAreaField(
        _("The correction"),
        description=_("Without a name or a picture; it has to be true of every mistake. 200 characters at the most."),
        validators=[InputRequired(_("Write the correction.")), Length(max=200)],
    )

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """Fill in the languages (code, name) of the force."""
        self.language.choices = [SelectChoice(code, name) for code, name in languages]
