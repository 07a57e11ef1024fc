"""Leads: the list, one of them, and what is done to it."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal.routes.desk import press, tip_words
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound, WrongState
from appeal.rules.permissions import Permission
from appeal.rules.words import _, kept, say
from appeal.tips import board, bulk, lead_closing, lead_map, lead_pages, leads, own_reasons
from appeal.tips.sameness import REASONS

pages = Blueprint("leads", __name__)
pages.context_processor(tip_words.context)


@pages.get("/leads")
@needs(Permission.READ_TIPS)
def index() -> ResponseReturnValue:
    """Leads, those changed last first."""
    appeal, state = request.args.get("appeal", ""), request.args.get("state", "")
    lines, after = lead_pages.page(actor(), appeal=appeal, state=state, after=request.args.get("after", ""))
    return render_template(
        "desk/tips/leads.html",
        lines=lines,
        state=state,
        next_address=url_for("leads.index", appeal=appeal or None, state=state or None, after=after) if after else "",
        titles=board.titles(language()),
        form=DeskForm(formdata=None),
    )


@pages.get("/leads/<int:lead_id>")
@needs(Permission.READ_TIPS)
def show(lead_id: int) -> ResponseReturnValue:
    """One lead with its tips."""
    lead = lead_pages.view(actor(), lead_id=lead_id, now=clock.now())
    return render_template(
        "desk/tips/lead.html",
        lead=lead,
        sheet=lead_map.sheet(lead),
        time_line=lead_map.time_line(lead),
        reference_of=board.reference,
        titles=board.titles(language()),
        likeness=REASONS,
        findings=leads.FINDINGS,
        means=lead_pages.MEANS,
        form=DeskForm(formdata=None),
        reasons=[one for one in own_reasons.current() if one.decision in bulk.CLOSING],
    )


@pages.post("/leads")
@needs(Permission.ASSESS)
def gather() -> ResponseReturnValue:
    """Put the tips with these references into a new lead, or into one that is there."""
    form, now = DeskForm(), clock.now()
    lead_id = request.form.get("lead", type=int)

    def act() -> str:
        written = [*request.form.get("references", "").replace(",", " ").split(), *request.form.getlist("reference")]
        ids = [board.find(one) for one in written]
        title = request.form.get("title", "")
        made = leads.gather(actor(), tip_ids=ids, title=title, now=now, lead_id=lead_id)
        flash(_("The tips are gathered. You can undo this."), "success")
        return url_for("leads.show", lead_id=made)

    try:
        return redirect(press.once(form, now, act))
    except (BadInput, NotFound) as error:
        words = next(iter(error.fields.values()), error.words) if isinstance(error, BadInput) else error.words
        flash(kept(words), "error")
        return redirect(url_for("leads.show", lead_id=lead_id) if lead_id else url_for("leads.index"))


@pages.post("/leads/<int:lead_id>/<any(confirm,undo,back,out,check,close):what>")
@needs(Permission.ASSESS)
def change(lead_id: int, what: str) -> ResponseReturnValue:
    """Confirm, undo or bring back a lead, take tips out of it, note a check."""
    form, now, here = DeskForm(), clock.now(), url_for("leads.show", lead_id=lead_id)

    def act() -> str:
        flash(kept(_ACTS[what](lead_id, form.version, now)), "success")
        return here

    try:
        return redirect(press.once(form, now, act))
    except (BadInput, WrongState) as error:
        words = next(iter(error.fields.values()), error.words) if isinstance(error, BadInput) else error.words
        flash(kept(words), "error")
        return redirect(here)


def _confirm(lead_id: int, version: int, now: datetime) -> str:
    leads.confirm(actor(), lead_id=lead_id, expected_version=version, now=now)
    return _("This is a lead now.")


def _undo(lead_id: int, version: int, now: datetime) -> str:
    count = leads.undo(actor(), lead_id=lead_id, expected_version=version, now=now)
    return say("%(count)s tips stand alone again. You can bring the lead back.", count=count)


def _back(lead_id: int, version: int, now: datetime) -> str:
    del version
    count, elsewhere = leads.bring_back(actor(), lead_id=lead_id, now=now)
    return say("%(count)s tips are in again; %(elsewhere)s are in other leads now.", count=count, elsewhere=elsewhere)


def _out(lead_id: int, version: int, now: datetime) -> str:
    del version
    ids = [int(one) for one in request.form.getlist("tip") if one.isdecimal()]
    leads.take_out(actor(), lead_id=lead_id, tip_ids=ids, now=now)
    return _("They stand alone again and will not be suggested together.")


def _check(lead_id: int, version: int, now: datetime) -> str:
    del version
    given = request.form
    hours = given.get("hours", type=int) or 0
    finding, words = given.get("finding", ""), given.get("words", "")
    leads.check(actor(), lead_id=lead_id, finding=finding, words=words, hours=hours, now=now)
    return _("The check is noted. Later tips of this lead show it.")


def _close(lead_id: int, version: int, now: datetime) -> str:
    del version
    outcome = lead_closing.close(actor(), lead_id=lead_id, reason=request.form.get("reason", ""), now=now)
    for sentence in dict.fromkeys(outcome.left.values()):
        ids = ", ".join(board.reference(one) for one, why in outcome.left.items() if why == sentence)
        flash(kept(say("%(why)s Left: %(ids)s", why=sentence, ids=ids)), "warning")
    return say("%(count)s tips are decided. You can undo this.", count=outcome.done)


_ACTS = {"confirm": _confirm, "undo": _undo, "back": _back, "out": _out, "check": _check, "close": _close}
