"""The clock and the frame of a map. It is sent in the body: a place in an address would stay in the browser."""

from datetime import datetime, timedelta

from flask_wtf.file import FileField
from wtforms import FloatField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput, RangeInput

from appeal.routes.forms.base import DeskForm
from appeal.rules.geo import Frame, framed
from appeal.rules.words import _

HOURS = {
    0: _("From the beginning"),
    1: _("1 hour"),
    3: _("3 hours"),
    6: _("6 hours"),
    12: _("12 hours"),
    24: _("1 day"),
    72: _("3 days"),
    168: _("7 days"),
}
HOUR = timedelta(hours=1)
BACK, ON = "back", "on"


def _degrees() -> FloatField:
    return FloatField(widget=HiddenInput(), validators=[Optional(), NumberRange(-180, 180)])


class MapForm(DeskForm):
    """`step` counts hours since the appeal was begun; `before` is where the map of newer sightings ended."""

    step = IntegerField(_("Until when"), widget=RangeInput(), validators=[Optional(), NumberRange(0, 100_000)])
    hours = SelectField(
        _("How long before"),
        coerce=int,
        default=0,
        choices=[SelectChoice(str(hours), words) for hours, words in HOURS.items()],
    )
    before = IntegerField(widget=HiddenInput(), validators=[Optional()])
    south, west, north, east = _degrees(), _degrees(), _degrees(), _degrees()

    def frame(self) -> Frame | None:
        """The frame that was shown; None for the one that shows everything."""
        given = [self[name].data for name in ("south", "west", "north", "east")]
        if any(one is None for one in given):
            return None
        south, west, north, east = given
        return framed(((south + north) / 2, (west + east) / 2), abs(north - south), abs(east - west))

    def last_step(self, begun_at: datetime, now: datetime) -> int:
        """The number of the hour that has begun."""
        return max(1, -int((begun_at - now) // HOUR))

    def until(self, begun_at: datetime, now: datetime) -> tuple[int, datetime]:
        """The step that was chosen, the last one if none was, and its moment, never later than now."""
        last = self.last_step(begun_at, now)
        step = last if self.step.data is None else min(max(0, self.step.data), last)
        return step, min(now, begun_at + step * HOUR)


class OutlineForm(DeskForm):
    """A GeoJSON file."""

    outline = FileField(
        _("GeoJSON file"),
        description=_("Borders, coast and rivers as lines or areas in degrees; points with a name become place names."),
    )
