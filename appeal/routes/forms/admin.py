"""Forms of administration: the force's settings, as the table of them says, and officers."""

from collections.abc import Mapping
from typing import Any

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from appeal.routes.forms.base import DeskForm
from appeal.rules.force import DEFAULTS, SETTINGS, Setting
from appeal.rules.permissions import ROLES
from appeal.rules.words import _

LONG = ("contact_", "legal_bases")
# What is empty at first may stay so; a force may have no number for text messages.
MAY_BE_EMPTY = frozenset({one.name for one in SETTINGS if not one.default} | {"sms_number"})
MOST_LETTERS = 2000

ROLE_WORDS: Mapping[str, str] = {
    "author": _("author: drafts appeals and takes them down"),
    "approver": _("approver: approves, sets endings, takes down"),
    "triager": _("triager: reads and decides on tips, takes down"),
    "administrator": _("administrator: officers, channels, rota, settings"),
    "auditor": _("auditor: reads the ledger"),
    "observer": _("observer: sees appeals and changes nothing"),
}


class SettingsForm(DeskForm):
    """The settings; its fields are made from the table by `settings_form`."""

    def given(self) -> dict[str, str]:
        """What was typed by name; line ends as one sign."""
        return {name: (self[name].data or "").strip().replace("\r\n", "\n") for name in DEFAULTS}

    def setting_fields(self) -> list[Any]:
        """The fields in the order of the table."""
        return [self[name] for name in DEFAULTS]


class OfficerForm(DeskForm):
    """A new officer, who then gets an invitation."""

    name = StringField(
        _("Name"), validators=[InputRequired(_("Enter the officer's name, up to 120 characters.")), Length(max=120)]
    )
    email = StringField(
        _("E-mail address"),
        validators=[InputRequired(_("Enter an e-mail address.")), Length(max=255)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    roles = SelectMultipleField(
        _("Roles"),
        choices=[SelectChoice(role, ROLE_WORDS[role]) for role in ROLES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def settings_form(**arguments: Any) -> SettingsForm:
    """A form with one field for each line of the table."""
    fields = {one.name: _field(one) for one in SETTINGS}
    made: type[SettingsForm] = type("KeptSettingsForm", (SettingsForm,), fields)
    return made(**arguments)


def _field(setting: Setting) -> Any:
    kind = TextAreaField if setting.name.startswith(LONG) else StringField
    checks: list[Any] = [Length(max=MOST_LETTERS, message=_("2,000 characters at most."))]
    if setting.name not in MAY_BE_EMPTY:
        checks.insert(0, InputRequired(_("This may not be empty.")))
    return kind(setting.label, description=setting.sentence, validators=checks)
