"""The ledger as an auditor reads it: pages, newest first, an export, and the check of the whole chain."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from appeal import ledger, ledger_check
from appeal.models.ledger import LedgerEntry
from appeal.routes.desk import ledger_words
from appeal.routes.desk.gate import language, needs
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock
from appeal.rules.errors import CannotOpen, LedgerBroken, NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import officers

PAGE = 50
LONGEST_TARGET = 60

pages = Blueprint("ledger", __name__)


@dataclass(frozen=True)
class Line:
    """One entry as it is shown; `problem` says why its words cannot be."""

    entry: LedgerEntry
    actor: str
    action: str
    target: str
    reason: str
    words: str
    problem: str
    is_broken: bool


@pages.get("/ledger")
@needs(Permission.READ_LEDGER)
def index() -> ResponseReturnValue:
    """One page, perhaps of one target only."""
    target = request.args.get("target", "")[:LONGEST_TARGET]
    before, after = _number("before"), _number("after")
    if after is not None:
        found = list(ledger.entries(after, PAGE + 1, target or None))
        has_newer, rows = len(found) > PAGE, found[:PAGE][::-1]
        has_older = True
    else:
        found = list(ledger.latest(PAGE + 1, before, target or None))
        has_older, rows = len(found) > PAGE, found[:PAGE]
        has_newer = before is not None
    names = {f"officer:{one.id}": one.name for one in officers.everyone()}
    return render_template(
        "desk/ledger/index.html",
        lines=[_line(entry, names) for entry in rows],
        target=target,
        target_words=ledger_words.target(target, names, language()) if target else "",
        newer=_page_address(target, after=rows[0].id) if has_newer and rows else "",
        older=_page_address(target, before=rows[-1].id) if has_older and rows else "",
        form=DeskForm(formdata=None),
    )


@pages.get("/ledger/export")
@needs(Permission.READ_LEDGER)
def export() -> Response:
    """Every chained entry as JSON Lines, for the check on another machine."""
    name = f"ledger-{clock.now():%Y%m%d-%H%M}.jsonl"
    response = Response(stream_with_context(ledger_check.lines()), mimetype="application/jsonl")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


@pages.post("/ledger/verify")
@needs(Permission.READ_LEDGER)
def verify() -> ResponseReturnValue:
    """Check the whole chain now and say in words what was found."""
    form, here = DeskForm(), url_for("ledger.index")
    if not form.validate_on_submit():
        return redirect(here)
    try:
        found = ledger_check.verify_database(ledger_check.own_key())
    except LedgerBroken as error:
        flash(ledger_words.broken(error.words, language()), "error")
    else:
        flash(ledger_words.verified(found.count, found.head, language()), "success")
    return redirect(here)


def _line(entry: LedgerEntry, names: dict[str, str]) -> Line:
    words, problem, is_broken = "", "", False
    try:
        opened = ledger.words_of(entry)
        words, problem = opened or "", "" if opened is not None else _("The words were erased.")
    except (LedgerBroken, CannotOpen):
        problem, is_broken = _("The words are not what was recorded."), True
    return Line(
        entry=entry,
        actor=names.get(entry.actor) or ledger_words.actor(entry.actor, language()),
        action=ledger_words.action(entry.action, language()),
        target=ledger_words.target(entry.target, names, language()),
        words=words,
        problem=problem,
        is_broken=is_broken,
        reason=ledger_words.reason(entry.reason_code),
    )


def _number(name: str) -> int | None:
    given = request.args.get(name, "")
    if not given:
        return None
    if not given.isdecimal() or len(given) > 18:
        raise NotFound(_("There is no such page."))
    return int(given)


def _page_address(target: str, *, before: int | None = None, after: int | None = None) -> str:
    return url_for("ledger.index", target=target or None, before=before, after=after)
