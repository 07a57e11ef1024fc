"""Forms of administration: the force's settings, as the table of them says, and officers."""

from collections.abc import Mapping
from typing import Any

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from appeal.routes.forms.base import DeskForm
from appeal.rules.force import SETTINGS
from appeal.rules.permissions import ROLES
from appeal.rules.words import _

LABELS: Mapping[str, str] = {
    "force_name": _("Name of the force"),
    "zone": _("Time zone"),
    "language": _("Main language"),
    "languages": _("Languages of appeals"),
    "cover_minutes": _("Staffed minutes that must be left"),
    "country": _("Country"),
    "region": _("Region"),
    "tip_minutes": _("Minutes to read a tip"),
    "quiet_starts": _("Quiet time begins"),
    "quiet_ends": _("Quiet time ends"),
    "emergency_number": _("Emergency number"),
    "phone": _("Number for information"),
    "duty_number": _("Duty officer's number"),
    "sms_number": _("Number for text messages"),
    "contact_en": _("Contact lines in English"),
    "contact_es": _("Contact lines in Spanish"),
    "review_days": _("Days until a review"),
    "claim_minutes": _("Minutes that a tip is kept for its reader"),
    "deadline_live": _("Minutes until a live sighting is late"),
    "deadline_about_me": _("Minutes until a message of a person shown is late"),
    "deadline_urgent": _("Minutes until an urgent tip is late"),
    "deadline_to_read": _("Minutes until any other tip is late"),
    "draw_every": _("One tip in how many comes from below"),
    "reread_percent": _("Closed tips read again, in a hundred"),
    "grading": _("Grading of tips"),
    "leave_url": _("Where “Leave quickly” goes"),
    "order_kinds": _("Kinds that need a judge's order"),
    "lapse_takes_down_missing": _("A lapsed review takes down a missing person at high risk"),
    "telephone_authority": _("Approval by telephone"),
    "owed_holds": _("What is owed holds what has not gone out"),
    "legal_bases": _("Legal bases"),
}
LONG = ("contact_", "legal_bases")
MAY_BE_EMPTY = frozenset({"grading", "order_kinds", "region", "sms_number"})
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
        return {name: (self[name].data or "").strip().replace("\r\n", "\n") for name, _default, _words in SETTINGS}

    def setting_fields(self) -> list[Any]:
        """The fields in the order of the table."""
        return [self[name] for name, _default, _words in SETTINGS]


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
    fields = {name: _field(name, words) for name, _default, words in SETTINGS}
    made: type[SettingsForm] = type("KeptSettingsForm", (SettingsForm,), fields)
    return made(**arguments)


def _field(name: str, words: str) -> Any:
    kind = TextAreaField if name.startswith(LONG) else StringField
    checks: list[Any] = [Length(max=MOST_LETTERS, message=_("2,000 characters at most."))]
    if name not in MAY_BE_EMPTY:
        checks.insert(0, InputRequired(_("This may not be empty.")))
    return kind(LABELS[name], description=words, validators=checks)
