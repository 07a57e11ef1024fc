"""The red box on top of an appeal and its approval: what is owed, until when, what happens else, and the forms."""

from typing import Any

from appeal.routes.desk.gate import actor
from appeal.routes.forms.approvals import FurtherForm, OwedForm
from appeal.routes.forms.base import DeskForm
from appeal.rules.drafting import REASONED
from appeal.rules.owed import WORDS
from appeal.services import court_orders, officers, owed

# Several forms stand on one page; their fields need names of their own.
FURTHER, CONFIRM, OWED = "further", "confirm", "owed"


def box(appeal_id: int) -> dict[str, Any]:
    """What the box needs; `owing` is None where nothing is owed."""
    found = owed.of_appeal(appeal_id)
    hashes = {"content_sha256": found.approval.content_sha256} if found else {}
    return {
        "owing": found,
        "debt_words": WORDS,
        "names": {one.id: one.name for one in officers.everyone()},
        "my_id": actor().id,
        "orders": court_orders.of(appeal_id),
        "lacking": [name for name in REASONED if found and not getattr(found.approval, name).strip()],
        "further_form": FurtherForm(formdata=None, prefix=FURTHER, data=hashes),
        "confirm_form": DeskForm(formdata=None, prefix=CONFIRM),
        "owed_form": OwedForm(formdata=None, prefix=OWED),
    }
