"""The pages after the words, each optional: where, when, who, how somebody was recognised, and who tells it."""

from collections.abc import Mapping

from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from appeal.routes.forms.tell import OFF, PublicForm
from appeal.rules.words import _

# One sentence for each, the same words for everybody who asks what it means.
STANDINGS: Mapping[str, str] = {
    "anonymous": _("Anonymous: nobody learns who you are, not even we, and you come back only with your code."),
    "confidential": _("Confidential: we know how to reach you, and say it to others only where the law obliges us."),
    "named": _("Named: you say who you are, and may be asked to say before a court what you know."),
}
NO_DATE = _("Write a date as day, month and year, or leave it empty.")


class FurtherForm(PublicForm):
    """What every one of these pages carries; `frame` is what the map shows, as degrees."""

    step = HiddenField()
    frame = HiddenField()


class WhereForm(FurtherForm):
    """The place in words, or as a point of the map."""

    where = StringField(
        _("The place in your own words"), description=_("An address, a place, or what is near it."), render_kw=OFF
    )
    position = StringField(
        _("The point on the map"),
        description=_("Latitude and longitude, for example 41.6561, -0.8773. Leave it empty if you do not know."),
        render_kw=OFF,
    )


class WhenForm(FurtherForm):
    """The moment, as exactly as the person knows it."""

    on = DateField(_("On which day?"), validators=[Optional()])
    at = TimeField(_("At what time?"), validators=[Optional()])
    when = StringField(
        _("Or in your own words"),
        description=_("For example: yesterday at about 18:30, or every Monday."),
        render_kw=OFF,
    )


class WhoForm(FurtherForm):
    """Whom the person means, and from where they know them."""

    who = StringField(_("Who is it? A name, a nickname, or how others call the person"), render_kw=OFF)
    relation = StringField(
        _("How do you know the person?"),
        description=_("For example: family, work, neighbour, school, only from seeing them."),
        render_kw=OFF,
    )
    whereabouts = TextAreaField(
        _("Where does the person live, work or spend time?"),
        description=_("Streets, vehicles, telephone numbers or names of accounts, if you know them."),
        render_kw=OFF,
    )


class SeenForm(FurtherForm):
    """How somebody came to recognise a person in a picture: asked only after they told freely what they know."""

    seen_how = TextAreaField(
        _("When and where did you see the picture or video, and on what?"),
        description=_("For example: on Monday at 21:00 at home, on my telephone."),
        render_kw=OFF,
    )
    seen_with = StringField(
        _("Were you alone, or who was there?"), description=_("Did anybody say a name before you did?"), render_kw=OFF
    )
    told_before = StringField(
        _("What had you heard or read before you saw it?"),
        description=_("Whether somebody told you a name, or what it was about."),
        render_kw=OFF,
    )
    recognised_by = TextAreaField(
        _("By what did you recognise the person?"),
        description=_("For example: face, hair, the way of walking, clothing, a tattoo, the voice."),
        render_kw=OFF,
    )
    known_since = StringField(_("How long have you known the person, and when did you see them last?"), render_kw=OFF)
    doubts = StringField(_("Is there anything that makes you doubt?"), render_kw=OFF)


class YouForm(FurtherForm):
    """Who tells it: only what the person wants to give."""

    standing = RadioField(
        _("How do you want to stay?"),
        choices=[SelectChoice(code, words) for code, words in STANDINGS.items()],
        default="anonymous",
    )
    name = StringField(_("Your name"), render_kw=OFF)
    phone = StringField(_("Your telephone number"), render_kw=OFF)
    email = StringField(_("Your e-mail address"), render_kw=OFF)
    safe = StringField(
        _("When and how is it safe to reach you?"),
        description=_("We only use what you write here if you are needed."),
        render_kw=OFF,
    )


FORMS: Mapping[str, type[FurtherForm]] = {
    "where": WhereForm,
    "when": WhenForm,
    "who": WhoForm,
    "seen": SeenForm,
    "you": YouForm,
}
HEADINGS: Mapping[str, str] = {
    "where": _("Where was it?"),
    "when": _("When was it?"),
    "who": _("Who is it?"),
    "seen": _("How did you recognise the person?"),
    "you": _("May we reach you?"),
}
CARRIED = ("token", "step", "frame")
