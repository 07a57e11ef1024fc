"""The form with which a judge's order is attached."""

from flask_wtf.file import FileField

from appeal.routes.forms.base import DeskForm
from appeal.rules.words import _


class OrderForm(DeskForm):
    """One file."""

    order = FileField(_("The judge's order"), description=_("A PDF, JPEG or PNG of up to 20 MB. It is kept sealed."))
