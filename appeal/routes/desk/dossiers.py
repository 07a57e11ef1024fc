"""For data protection: the record of one appeal, and everything that is held on one name."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from appeal.routes.desk import ledger_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.dossiers import HeldForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotAllowed
from appeal.rules.permissions import Permission
from appeal.services import dossiers
from appeal.tips import held

pages = Blueprint("dossiers", __name__)


@pages.get("/appeals/<int:appeal_id>/record")
@needs(Permission.READ_LEDGER)
def show(appeal_id: int) -> str:
    """Purpose, basis, categories, recipients, periods, who saw what."""
    found = dossiers.of(actor(), appeal_id=appeal_id, language=language(), now=clock.now())
    acts = {one.action: ledger_words.action(one.action, language()) for one in found.seen}
    return render_template("desk/ledger/record.html", appeal_id=appeal_id, found=found, acts=acts)


@pages.get("/appeals/<int:appeal_id>/record.pdf")
@needs(Permission.READ_LEDGER)
def printed(appeal_id: int) -> Response:
    """The same, to be printed."""
    made = dossiers.printed(actor(), appeal_id=appeal_id, language=language(), now=clock.now())
    return _pdf(made, "record.pdf")


@pages.get("/ledger/person")
@needs(Permission.READ_LEDGER)
def ask() -> str:
    """The name that somebody asks about."""
    return render_template("desk/ledger/person.html", form=HeldForm(formdata=None), found=None, ways=held.WORDS)


@pages.post("/ledger/person")
@needs(Permission.READ_LEDGER)
def find() -> ResponseReturnValue:
    """Where the name stands."""
    form, found, status = HeldForm(), None, 400
    if form.validate_on_submit():
        given = {"name": form.name.data or "", "reference": form.reference.data or ""}
        try:
            found, status = held.find(actor(), **given, now=clock.now()), 200
            if "print" in request.form:
                return _pdf(held.printed(found, **given, language=language(), now=clock.now()), "request.pdf")
        except BadInput as error:
            form.show(error)
        except NotAllowed as error:
            form.form_errors.append(error.words)
            status = 403
    return render_template("desk/ledger/person.html", form=form, found=found, ways=held.WORDS), status


def _pdf(made: bytes, name: str) -> Response:
    return Response(made, mimetype="application/pdf", headers={"Content-Disposition": f"attachment; filename={name}"})
