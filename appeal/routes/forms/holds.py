"""The forms of legal holds."""

from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class LiftForm(DeskForm):
    """Why a hold need not stand any more."""

    words = StringField(_("Why"))


class HoldForm(DeskForm):
    """Which appeal to hold, and why."""

    appeal_id = IntegerField(_("Number of the appeal"), validators=[InputRequired(_("Give the number of an appeal."))])
    words = StringField(_("Why"))


class EraseForm(DeskForm):
    """Why what a tip says is erased."""

    why = StringField(_("Why"))


class AsideForm(DeskForm):
    """Why a restricted tip is opened, or stands with the others again."""

    why = StringField(_("Why"))
