"""The forms of the public side: words first, everything else afterwards and optional. No session, no cookie."""

from wtforms import Form, HiddenField, MultipleFileField, StringField, TextAreaField

from appeal.rules.errors import BadInput
from appeal.rules.words import _

OFF = {"autocomplete": "off"}
KINDS = ("words", "live", "about_me")
WORDS_ARE_MISSING = _("Write what you know, in your own words.")


class PublicForm(Form):  # type: ignore[misc]
    """`token` is random, signed with the time: it makes one message of two presses and belongs to nobody."""

    token = HiddenField()

    def show(self, error: BadInput) -> None:
        """Put the sentences of a service at their fields; those without one go on top."""
        for name, words in error.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, words]
            else:
                self.form_errors.append(words)
        if not error.fields and error.words:
            self.form_errors.append(error.words)


class WordsForm(PublicForm):
    """What a person knows; `where` is asked at once only of somebody who sees the person now."""

    appeal = HiddenField()
    # People never see it; machines fill it in.
    website = StringField(_("Leave this empty"), render_kw=OFF | {"tabindex": "-1"})
    kind = HiddenField(default=KINDS[0])
    where = StringField(_("Where is the person?"), render_kw=OFF)
    words = TextAreaField(_("What do you know?"), render_kw=OFF)


class MoreForm(PublicForm):
    """Everything that may be added once the words are stored."""

    sent = HiddenField()
    where = StringField(_("Where was it?"), description=_("An address, a place, or what is near it."), render_kw=OFF)
    when = StringField(
        _("When was it?"), description=_("For example: yesterday at about 18:30, or every Monday."), render_kw=OFF
    )
    files = MultipleFileField(
        _("Photos, video, sound or PDF"),
        description=_("Up to 10 files, 25 MB together. They are stored encrypted."),
        render_kw={"accept": "image/*,video/*,audio/*,application/pdf"},
    )
    name = StringField(_("Your name"), render_kw=OFF)
    phone = StringField(_("Your telephone number"), render_kw=OFF)
    email = StringField(_("Your e-mail address"), render_kw=OFF)
    safe = StringField(
        _("When and how is it safe to reach you?"),
        description=_("We only use what you write here if you are needed."),
        render_kw=OFF,
    )


class CodeForm(PublicForm):
    """Come back with the code, and perhaps add something."""

    code = StringField(
        _("Your tip code"),
        description=_("20 letters and figures in groups of four, and one at the end."),
        render_kw=OFF | {"spellcheck": "false"},
    )
    words = TextAreaField(_("Your answer, or what you want to add"), render_kw=OFF)
    where = StringField(_("Where was it?"), description=_("An address, a place, or what is near it."), render_kw=OFF)
    when = StringField(
        _("When was it?"), description=_("For example: yesterday at about 18:30, or every Monday."), render_kw=OFF
    )
    files = MultipleFileField(
        _("Photos, video, sound or PDF"),
        description=_("Up to 10 files, 25 MB together. They are stored encrypted."),
        render_kw={"accept": "image/*,video/*,audio/*,application/pdf"},
    )
