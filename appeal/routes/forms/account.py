"""Forms of an officer's own account and of the invitation."""

from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from appeal import pages
from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _

NEW = {"autocomplete": "new-password"}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class AcceptForm(DeskForm):
    """An invitation to an exercise: a password."""

    password = PasswordField(
        _("Choose a password"),
        description=_("At least 12 characters. Three or four words that do not belong together are good."),
        validators=[InputRequired(_("Choose a password."))],
        render_kw=NEW,
    )
    again = PasswordField(
        _("The same password again"),
        validators=[EqualTo("password", _("The two passwords are not the same."))],
        render_kw=NEW,
    )


class EnrolForm(AcceptForm):
    """An invitation to the real desk: a password and the first code of the app."""

    code = StringField(
        _("Code from your app"),
        description=_("Six digits. The app shows a new code every 30 seconds."),
        validators=[InputRequired(_("Enter the code that your app shows.")), Length(max=12)],
        render_kw=CODE,
    )


class PasswordForm(DeskForm):
    """A new password for whoever knows the old one."""

    current = PasswordField(
        _("Your present password"),
        validators=[InputRequired(_("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _("New password"),
        description=_("At least 12 characters. Three or four words that do not belong together are good."),
        validators=[InputRequired(_("Choose a password."))],
        render_kw=NEW,
    )
    again = PasswordField(
        _("The new password again"),
        validators=[EqualTo("new", _("The two passwords are not the same."))],
        render_kw=NEW,
    )


class CodesForm(DeskForm):
    """New recovery codes for whoever holds the app."""

    code = StringField(
        _("Code from your app"),
        validators=[InputRequired(_("Enter the code that your app shows.")), Length(max=12)],
        render_kw=CODE,
    )


class LanguageForm(DeskForm):
    """The language in which the officer sees the desk."""

    language = SelectField(_("Language"), choices=[SelectChoice(code, name) for code, name in pages.LANGUAGES.items()])
