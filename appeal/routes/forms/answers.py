"""What is done about answers in public."""

from wtforms import StringField

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class BarForm(DeskForm):
    """A name that nobody is to read under the posts of an appeal."""

    name = StringField(_("Name"))
