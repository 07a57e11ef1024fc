"""The form that pauses the force."""

from collections.abc import Sequence

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from appeal.models.release import Channel
from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class PauseForm(DeskForm):
    """Which channels; none chosen means all."""

    channels = SelectMultipleField(
        _("Only these channels"),
        description=_("Choose none to pause all of them."),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @classmethod
    def with_channels(cls, found: Sequence[Channel]) -> "PauseForm":
        """The form with the channels to choose from."""
        form = cls()
        form.channels.choices = [SelectChoice(one.id, one.name) for one in found]
        return form
