"""Taking a call, and importing a table of tips with a dry run before it."""

import base64
import binascii

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.calls import CallForm, ImportForm
from appeal.rules import clock, spelling
from appeal.rules.errors import BadInput, Overloaded
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept, say
from appeal.services import force
from appeal.tips import board, calls, importing
from appeal.tips.sources import csv_file, telephone

MOST_SHOWN = 200
ANY = ("", _("Not known"))

pages = Blueprint("calls", __name__)


@pages.get("/calls/new")
@needs(Permission.ASSESS)
def new() -> ResponseReturnValue:
    """An empty form, the words first and under the hands at once."""
    form = CallForm(formdata=None, token=calls.new_token(now=clock.now()))
    return _call_page(form)


@pages.post("/calls/new")
@needs(Permission.ASSESS)
def take() -> ResponseReturnValue:
    """Store the call and show the code to be read out; pressed twice it shows the same."""
    form, now = CallForm(), clock.now()
    values = {name: str(form[name].data or "") for name in ("words", "kind", "appeal", "language", *telephone.FACTS)}
    if values["standing"] not in {"confidential", "named"}:
        values |= dict.fromkeys(("name", "phone", "email", "safe"), "")
    try:
        received = calls.take(actor(), values=values, token=form.token.data or "", now=now)
    except (BadInput, Overloaded) as error:
        form.show(error if isinstance(error, BadInput) else BadInput(error.words))
        if not calls.is_ours(form.token.data or "", now=now):
            form.token.data = calls.new_token(now=now)
        return _call_page(form), 400 if isinstance(error, BadInput) else 503
    spoken = values["language"] if values["language"] in spelling.ALPHABETS else language()
    return render_template(
        "desk/calls/done.html",
        code=received.code,
        spelled=spelling.spelled(received.code, spoken),
        tip_id=received.tip_id,
        reference=board.reference(received.tip_id),
        is_live=values["kind"] == "live",
    )


@pages.get("/tips/import")
@needs(Permission.ASSESS)
def start() -> ResponseReturnValue:
    """Choose a table."""
    return _import_page(ImportForm(formdata=None))


@pages.post("/tips/import/dry-run")
@needs(Permission.ASSESS)
def dry_run() -> ResponseReturnValue:
    """Read the table, guess its columns or take them as chosen, and show line by line what would come in."""
    form = ImportForm()
    raw = _raw(form)
    try:
        table = csv_file.table(raw)
        mapping = _mapping(table.head)
        found = importing.dry_run(actor(), raw=raw, mapping=mapping, appeal=form.appeal.data or "", now=clock.now())
    except BadInput as error:
        form.show(error)
        return _import_page(form), 400
    form.table.data = base64.b64encode(raw).decode()
    return _import_page(form, table=table, mapping=mapping, found=found)


@pages.post("/tips/import")
@needs(Permission.ASSESS)
def run() -> ResponseReturnValue:
    """Store what the dry run named."""
    form, now = ImportForm(), clock.now()
    raw = _raw(form)
    try:
        mapping = _mapping(csv_file.table(raw).head)
        # A second press stores nothing twice: every line knows whether it is there already.
        found = importing.run(actor(), raw=raw, mapping=mapping, appeal=form.appeal.data or "", now=now)
    except (BadInput, Overloaded) as error:
        form.show(error if isinstance(error, BadInput) else BadInput(error.words))
        return _import_page(form), 400
    words = say("%(stored)d tips came in, %(refused)d lines did not.", stored=found.coming, refused=found.refused)
    flash(kept(words), "success")
    return redirect(url_for("tips.queue"))


def _call_page(form: CallForm) -> str:
    settings = force.settings()
    form.appeal.choices = [ANY, *board.titles(language()).items()]
    form.language.choices = [ANY, *((code, code) for code in settings["languages"].split())]
    return render_template("desk/calls/call.html", form=form, emergency_number=settings["emergency_number"])


def _import_page(
    form: ImportForm,
    *,
    table: csv_file.Table | None = None,
    mapping: dict[str, int] | None = None,
    found: importing.Outcome | None = None,
) -> str:
    form.appeal.choices = [("", _("None")), *board.titles(language()).items()]
    return render_template(
        "desk/imports/import.html",
        form=form,
        table=table,
        mapping=mapping or {},
        found=found,
        fields=csv_file.FIELDS,
        most=MOST_SHOWN,
    )


def _raw(form: ImportForm) -> bytes:
    """The bytes of a file that was chosen now, else those that the page carried."""
    chosen = request.files.get("file")
    data = chosen.read() if chosen else b""
    if data:
        return data
    try:
        return base64.b64decode(form.table.data or "", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _mapping(head: tuple[str, ...]) -> dict[str, int]:
    """What was chosen for each column, else what their names say."""
    chosen = {name: request.form.get(f"column-{name}", "") for name in csv_file.FIELDS}
    if not any(f"column-{name}" in request.form for name in csv_file.FIELDS):
        return csv_file.guess(head)
    return {name: int(at) for name, at in chosen.items() if at.isascii() and at.isdigit() and len(at) < 4}
