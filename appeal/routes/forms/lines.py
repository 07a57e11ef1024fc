"""The form of one danger line or contact line of the force in one language."""

from collections.abc import Sequence

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _

KIND_WORDS = {"danger": _("Danger line"), "contact": _("Contact line")}


class LineForm(DeskForm):
    """A new line, or other words for one that is there."""

    kind = SelectField(_("What it is"), choices=[SelectChoice(code, words) for code, words in KIND_WORDS.items()])
    code = StringField(
        _("Short name"),
        description=_("The same in every language, such as may_be_armed or tip_line."),
        validators=[InputRequired(_("Give it a short name.")), Length(max=20)],
    )
    language = SelectField(_("Language"))
    body = StringField(
        _("The line"),
        description=_("{emergency} becomes the emergency number."),
        validators=[InputRequired(_("Write the line.")), Length(max=400)],
    )

    def offer(self, languages: Sequence[tuple[str, str]]) -> None:
        """Fill in the languages (code, name) of the force."""
        self.language.choices = [SelectChoice(code, name) for code, name in languages]
