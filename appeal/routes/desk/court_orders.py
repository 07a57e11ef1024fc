"""Judges' orders: attached to an appeal, opened by those who write and sign it."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk.gate import actor, needs
from appeal.routes.desk.press import once
from appeal.routes.forms.court_orders import OrderForm
from appeal.rules import clock
from appeal.rules.errors import BadInput
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import court_orders

pages = Blueprint("court_orders", __name__)


@pages.post("/appeals/<int:appeal_id>/orders")
@needs(Permission.DRAFT)
def attach(appeal_id: int) -> ResponseReturnValue:
    """Keep one file, sealed."""
    form, now = OrderForm(), clock.now()
    given = form.order.data
    data = given.read(court_orders.MOST_BYTES + 1) if given else b""

    def work() -> str:
        court_orders.attach(actor(), appeal_id=appeal_id, data=data, name=given.filename if given else "", now=now)
        flash(_("The order is attached. The approver sees it."), "success")
        return url_for("appeals.show", appeal_id=appeal_id)

    try:
        return redirect(once(form, now, work))
    except BadInput as error:
        flash(next(iter(error.fields.values()), error.words), "error")
    return redirect(url_for("appeals.show", appeal_id=appeal_id))


@pages.get("/orders/<int:order_id>")
@needs(Permission.READ_APPEALS)
def show(order_id: int) -> Response:
    """The file, to be saved; the service asks for the role, and the ledger keeps who opened it."""
    data, name = court_orders.opened(actor(), order_id=order_id, now=clock.now())
    answer = Response(data, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
