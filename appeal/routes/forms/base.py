"""What every form of the desk carries: the forgery token, a one-time request id and the version that was shown."""

import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from appeal.rules.errors import BadInput
from appeal.rules.words import _

INCOMPLETE = _("This form was incomplete. Load the page again.")


def new_request_id() -> str:
    """A random id under which one press of a form is known."""
    return secrets.token_urlsafe(24)


class DeskForm(FlaskForm):  # type: ignore[misc]
    """Ask `presses.once` with `request_id.data`; give `version` to services that take an expected version."""

    request_id = HiddenField(default=new_request_id, validators=[InputRequired(INCOMPLETE), Length(max=64)])
    expected_version = IntegerField(widget=HiddenInput(), default=0, validators=[Optional()])

    @property
    def version(self) -> int:
        """The version that the form was filled in for; 0 if the thing has none."""
        return int(self.expected_version.data or 0)

    def show(self, error: BadInput) -> None:
        """Put the sentences of a service at their fields; those of unknown fields and without one go on top."""
        for name, words in error.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, words]
            else:
                self.form_errors.append(words)
        if not error.fields and error.words:
            self.form_errors.append(error.words)
