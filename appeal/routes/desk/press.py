"""One press of a form is one act: the act and the note that it was done are one transaction."""

from collections.abc import Callable
from datetime import datetime

from appeal import db
from appeal.routes.desk.gate import actor
from appeal.routes.forms.base import INCOMPLETE, DeskForm
from appeal.rules.errors import BadInput
from appeal.services import presses


def once(form: DeskForm, now: datetime, act: Callable[[], str]) -> str:
    """Do what the form asks and return the address it leads to; a second press only finds that address."""
    if not form.request_id.raw_data:
        raise BadInput(INCOMPLETE)
    request_id = str(form.request_id.data)
    with db.writing() as session:
        earlier = presses.once(session, actor(), request_id, now)
        if earlier is not None:
            return earlier
        address = act()
        presses.finish(session, request_id, address)
    return address
