"""Forms of the second person: sign what is shown, sign as a further approver, or give it back with comments."""

from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import BooleanField, DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from appeal.models.appeal import Revision
from appeal.routes.forms.base import INCOMPLETE, DeskForm
from appeal.rules.pictures import masked
from appeal.rules.words import _, say
from appeal.services import photos

WORDS_LIMIT = 1000
COMMENTS = 3


class Ticked(DeskForm):
    """What is read and ticked before anybody signs, whoever does; `records` are the fields about pictures' records."""

    records: ClassVar[tuple[str, ...]] = ()

    dialled = SelectMultipleField(
        _("I dialled each of these and somebody answered"), widget=ListWidget(), option_widget=CheckboxInput()
    )
    alert = SelectMultipleField(
        _("I accept the evidence for each criterion"), widget=ListWidget(), option_widget=CheckboxInput()
    )
    flags_kept = BooleanField(_("I looked at the marked words and they stay"))
    urgent = BooleanField(
        _("This is urgent: somebody's life is in danger"),
        description=_("The reasons and a further signature may then follow within 24 hours."),
    )
    why_now = StringField(_("Why it cannot wait, if it is urgent"), validators=[Length(max=300)])

    def offer(
        self, bases: Sequence[str], lines: Sequence[tuple[str, str]], criteria: Sequence[tuple[str, str]]
    ) -> None:
        """Fill in what can be chosen: legal bases, hand-typed lines (language, line), criteria (code, words)."""
        self["legal_basis"].choices = [SelectChoice("", _("Choose")), *(SelectChoice(one, one) for one in bases)]
        self.dialled.choices = [SelectChoice(line, f"{line} ({language})") for language, line in lines]
        self.alert.choices = [SelectChoice(code, words) for code, words in criteria]

    def ticks(self) -> dict[str, str]:
        """What was read and ticked, as the service takes it."""
        said = {name: str(self[name].data or "") for name in (*self.records, "why_now", "legal_basis")}
        said |= {name: "yes" if self[name].data else "" for name in ("flags_kept", "urgent")}
        return said | {"dialled": "\n".join(self.dialled.data or []), "alert": " ".join(self.alert.data or [])}


class ApproveForm(Ticked):
    """The signature over exactly the texts and posts that were shown; what is missing the service says."""

    content_sha256 = HiddenField(validators=[InputRequired(INCOMPLETE), Length(max=64)])
    posts_sha256 = HiddenField(validators=[InputRequired(INCOMPLETE), Length(max=64)])
    legal_basis = SelectField(_("Legal basis"))
    necessity = TextAreaField(_("Why it is necessary"), validators=[Length(max=WORDS_LIMIT)])
    proportionality = TextAreaField(_("Why it is proportionate"), validators=[Length(max=WORDS_LIMIT)])
    risk = TextAreaField(_("Risks to anyone shown or near"), validators=[Length(max=WORDS_LIMIT)])
    statement = TextAreaField(
        _("One sentence of your own"),
        description=_("What you checked, or why you agree."),
        validators=[Length(max=WORDS_LIMIT)],
    )
    review_on = DateField(
        _("Review on"),
        description=_("On this day the approval is looked at again."),
        validators=[InputRequired(_("Enter a date."))],
    )

    def answers(self) -> dict[str, str]:
        """Everything that was answered, as the service takes it."""
        names = ("necessity", "proportionality", "risk", "statement")
        return {**{name: str(self[name].data or "") for name in names}, **self.ticks()}


class RecordForm(Ticked):
    """Another officer's authority, given by telephone and written down by whoever reads the text to them."""

    content_sha256 = HiddenField(validators=[InputRequired(INCOMPLETE), Length(max=64)])
    posts_sha256 = HiddenField(validators=[InputRequired(INCOMPLETE), Length(max=64)])
    recorded_for = SelectField(_("Who gives the authority"), validators=[InputRequired(_("Choose an officer."))])
    authority_words = TextAreaField(
        _("The words that were said, and when"),
        description=_("Read the whole text to them first."),
        validators=[InputRequired(_("Write the words that were said, and when.")), Length(max=WORDS_LIMIT)],
    )
    legal_basis = SelectField(_("Legal basis"), validators=[InputRequired(_("Choose the legal basis."))])


def approve_form(revision: Revision) -> type[ApproveForm]:
    """The form with a field for the record of each picture that the approver has to read in its source."""
    fields = _records(revision)
    return type("ApproveFormOfPictures", (ApproveForm,), fields | {"records": tuple(fields)})


def record_form(revision: Revision) -> type[RecordForm]:
    """The same for whoever writes an authority down: the record is read in its source while both are on the line."""
    fields = _records(revision)
    return type("RecordFormOfPictures", (RecordForm,), fields | {"records": tuple(fields)})


def _records(revision: Revision) -> dict[str, Any]:
    return {
        photos.record_field(one): StringField(
            say(
                "Last four characters of the record of picture %(number)s (%(system)s %(record)s)",
                number=number,
                system=one.photo.source_system,
                record=masked(one.photo.source_record),
            ),
            description=_("Open the record in its system, compare the picture there with both shown above, then type."),
            validators=[Length(max=40)],
            render_kw={"autocomplete": "off"},
        )
        for number, one in photos.to_read(revision)
    }


class FurtherForm(DeskForm):
    """One more approver where a rule asks for it."""

    content_sha256 = HiddenField(validators=[InputRequired(INCOMPLETE), Length(max=64)])
    statement = TextAreaField(
        _("One sentence of your own"),
        validators=[InputRequired(_("Add one sentence of your own.")), Length(max=WORDS_LIMIT)],
    )


class OwedForm(DeskForm):
    """The reasons that an urgent approval still owes."""

    necessity = TextAreaField(_("Why it is necessary"), validators=[Length(max=WORDS_LIMIT)])
    proportionality = TextAreaField(_("Why it is proportionate"), validators=[Length(max=WORDS_LIMIT)])
    risk = TextAreaField(_("Risks to anyone shown or near"), validators=[Length(max=WORDS_LIMIT)])


class ReturnForm(DeskForm):
    """Back to the author, with a reason and comments at fields."""

    reason = TextAreaField(
        _("What has to change"),
        validators=[InputRequired(_("Say what has to change.")), Length(max=2000)],
    )
    field_1 = SelectField(_("At which field"))
    comment_1 = StringField(_("Comment"), validators=[Length(max=500)])
    field_2 = SelectField(_("At which field"))
    comment_2 = StringField(_("Comment"), validators=[Length(max=500)])
    field_3 = SelectField(_("At which field"))
    comment_3 = StringField(_("Comment"), validators=[Length(max=500)])

    def offer(self, fields: Sequence[tuple[str, str]]) -> None:
        """Fill in the fields (name, words) that can be commented on."""
        choices = [SelectChoice("", _("Choose")), *(SelectChoice(name, words) for name, words in fields)]
        for number in range(1, COMMENTS + 1):
            self[f"field_{number}"].choices = choices

    def comments(self) -> dict[str, str]:
        """The comments by field."""
        rows = [(self[f"field_{n}"].data, self[f"comment_{n}"].data) for n in range(1, COMMENTS + 1)]
        return {str(name): str(words) for name, words in rows if name and words}
