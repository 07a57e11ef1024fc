"""Forms of channels: connecting one, built from what its publisher asks for, and the addresses of a list."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from appeal import pages
from appeal.publishers.base import Capabilities, Setting
from appeal.routes.forms.base import DeskForm
from appeal.rules.errors import BadInput
from appeal.rules.words import _

PREFIX = "setting_"
LONG = frozenset({"certificate"})
MOST_LETTERS = 20_000


class ConnectForm(DeskForm):
    """What every channel has; `form_for` adds the publisher's own settings."""

    name = StringField(
        _("Name of the channel"),
        description=_("As officers see it when they choose, such as “Press list north”."),
        validators=[InputRequired(_("Give the channel a name.")), Length(max=80, message=_("80 characters at most."))],
    )
    language = SelectField(_("Language of what goes out here"))
    purpose = SelectField(
        _("What it is for"),
        description=_("Pages ask officers on call to take something at once, and go to the way each has chosen."),
        choices=[
            SelectChoice("appeals", _("Appeals to the public")),
            SelectChoice("pages", _("Pages to officers on call")),
        ],
        default="appeals",
    )
    anyway = BooleanField(_("Connect although the test failed"))
    asked: tuple[Setting, ...] = ()

    def given(self, *, is_secret: bool) -> Mapping[str, str]:
        """What was typed by name of setting; empty ones are left out."""
        typed = {
            one.name: (self[PREFIX + one.name].data or "").strip() for one in self.asked if one.is_secret == is_secret
        }
        return {name: value for name, value in typed.items() if value}

    def setting_fields(self) -> list[Any]:
        """The fields of the publisher's own settings, in their order."""
        return [self[PREFIX + one.name] for one in self.asked]

    def show(self, error: BadInput) -> None:
        """The same as for every form; the service knows settings by their own names."""
        own = {one.name for one in self.asked}
        super().show(BadInput(error.words, {PREFIX * (name in own) + name: w for name, w in error.fields.items()}))


class AddressesForm(DeskForm):
    """Many addresses at once."""

    lines = TextAreaField(
        _("Addresses to add, one a line"),
        validators=[InputRequired(_("Write at least one address."))],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )


class OptOutForm(DeskForm):
    """One address that gets nothing more."""

    listed = StringField(
        _("Address to take off the list"),
        validators=[InputRequired(_("Write the address."))],
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )


def form_for(
    capabilities: Capabilities, languages: list[str], *, reaches_officers: bool = False, **arguments: Any
) -> ConnectForm:
    """A form with the settings of one publisher; secrets never come back to the page."""
    fields = {PREFIX + one.name: _field(one) for one in capabilities.settings}
    made: type[ConnectForm] = type("ChannelForm", (ConnectForm,), {**fields, "asked": capabilities.settings})
    form = made(**arguments)
    if not reaches_officers:
        del form.purpose
    form.language.choices = [SelectChoice(code, pages.LANGUAGES.get(code, code)) for code in languages]
    return form


def _field(setting: Setting) -> Any:
    if setting.is_secret:
        return PasswordField(
            setting.label,
            description=_("Kept encrypted and never shown again."),
            validators=[Length(max=MOST_LETTERS)],
            render_kw={"autocomplete": "off"},
        )
    if setting.choices:
        choices = [SelectChoice(value, words) for value, words in setting.choices]
        return SelectField(setting.label, default=setting.default, choices=choices)
    kind = TextAreaField if setting.name in LONG else StringField
    return kind(setting.label, default=setting.default, validators=[Length(max=MOST_LETTERS)])
