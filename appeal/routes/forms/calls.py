"""The call-taker's form and the form of an import."""

from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.further import STANDINGS
from appeal.rules.words import _

OFF = {"autocomplete": "off"}
KINDS = {
    "words": _("Information"),
    "live": _("Sees the person now"),
    "about_me": _("Is the person shown, or says it is the wrong person"),
}


class CallForm(DeskForm):
    """In the order in which a caller tells it: what, where, when, who, and only then who they are."""

    token = HiddenField()
    kind = RadioField(
        _("What is it?"), choices=[SelectChoice(code, words) for code, words in KINDS.items()], default="words"
    )
    words = TextAreaField(_("What the caller says"), render_kw=OFF | {"autofocus": "autofocus"})
    where = StringField(_("Where"), render_kw=OFF)
    position = StringField(_("Coordinates, if the caller has them"), render_kw=OFF)
    when = StringField(_("When"), render_kw=OFF)
    who = StringField(_("Who it is"), render_kw=OFF)
    relation = StringField(_("How the caller knows the person"), render_kw=OFF)
    appeal = SelectField(_("Appeal"), validate_choice=False, choices=[])
    language = SelectField(_("Language of the caller"), validate_choice=False, choices=[])
    standing = RadioField(
        _("How the caller wants to stay"),
        choices=[SelectChoice(code, words) for code, words in STANDINGS.items()],
        default="anonymous",
    )
    name = StringField(_("Name"), render_kw=OFF)
    phone = StringField(_("Telephone number"), render_kw=OFF)
    email = StringField(_("E-mail address"), render_kw=OFF)
    safe = StringField(_("When and how it is safe to call back"), render_kw=OFF)


class ImportForm(DeskForm):
    """A table; once it was read, `table` carries it from the dry run to the import."""

    file = FileField(
        _("The table"),
        description=_("CSV with a head, commas, semicolons or tabs, 500 kB and 2,000 lines at most."),
        render_kw={"accept": ".csv,text/csv"},
    )
    appeal = SelectField(_("The appeal of every line that names none"), validate_choice=False, choices=[])
    table = HiddenField()
